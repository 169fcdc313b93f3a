import type { LetterKind } from '../../../../server/schemas/letters.ts'

/** Where a mail to many is looked at before it goes; `of`: projects or hosts chosen elsewhere. */
export function writeAddress(
  programmeId: string,
  { kind, eventId, of = [] }: { kind: LetterKind; eventId?: string; of?: string[] },
): string {
  const asked = { tipo: kind, ...(eventId && { evento: eventId }), ...(of.length > 0 && { a: of.join(',') }) }
  return `/organizza/${programmeId}/posta/scrivi?${new URLSearchParams(asked)}`
}

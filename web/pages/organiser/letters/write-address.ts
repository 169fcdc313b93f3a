import type { LetterKind, RecipientFilter } from '../../../../server/schemas/letters.ts'

type Asked = { kind: LetterKind; eventId?: string; filter?: RecipientFilter; of?: string[] }

/** Where a mail to many is looked at before it goes; `of`: projects or hosts chosen elsewhere. */
export function writeAddress(programmeId: string, { kind, eventId, filter, of = [] }: Asked): string {
  const asked = {
    tipo: kind,
    ...(eventId && { evento: eventId }),
    ...(filter && { filtro: filter }),
    ...(of.length > 0 && { a: of.join(',') }),
  }
  return `/organizza/${programmeId}/posta/scrivi?${new URLSearchParams(asked)}`
}

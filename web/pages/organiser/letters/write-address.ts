import type { Language } from '../../../../server/schemas/common.ts'
import type { LetterKind, RecipientFilter } from '../../../../server/schemas/letters.ts'
import { isFilter, isLetterKind } from './letter-kinds.ts'

export type Asked = {
  kind: LetterKind
  eventId?: string | null
  filter?: RecipientFilter | null
  /** Projects or hosts chosen elsewhere. */
  of?: string[] | null
}

/** Where a mail to many is looked at before it goes. */
export const writeAddress = (programmeId: string, asked: Asked): string =>
  addressOf(`/organizza/${programmeId}/posta/scrivi`, asked)

/** Where its text is written; from there one comes back to the same people. */
export const textsAddress = (programmeId: string, asked: Asked, lingua?: Language): string =>
  addressOf(`/organizza/${programmeId}/posta/testi`, asked, lingua && { lingua })

/** The chosen stand behind the hash, which no server reads: hundreds of them make an address longer than servers take. */
function addressOf(page: string, { kind, eventId, filter, of }: Asked, more: Record<string, string> = {}) {
  const asked = new URLSearchParams({
    ...{ tipo: kind, ...more },
    ...(eventId && { evento: eventId }),
    ...(filter && { filtro: filter }),
    ...(of && { a: String(of.length) }),
  })
  return `${page}?${asked}${of ? `#${CHOSEN}${of.join(',')}` : ''}`
}

const CHOSEN = 'a='
export const isChoice = (hash: string) => hash.startsWith(`#${CHOSEN}`)

/** What such an address asks for. Where it tells of a choice that is not behind the hash, nobody is chosen. */
export function askedIn(search: URLSearchParams, hash: string): Required<Asked> {
  const [kind, filter] = [search.get('tipo'), search.get('filtro')]
  const ids = isChoice(hash)
    ? hash
        .slice(CHOSEN.length + 1)
        .split(',')
        .filter(Boolean)
    : []
  return {
    kind: isLetterKind(kind) ? kind : 'invitation',
    eventId: search.get('evento'),
    filter: isFilter(filter) ? filter : null,
    of: search.has('a') ? ids : null,
  }
}

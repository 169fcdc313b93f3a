import { sql } from 'drizzle-orm'
import { people } from './database/schema.ts'
import { plainWords } from './spreadsheets/words.ts'

/** How people and organisations are called, everywhere: pages, paper, mails, the log. */

export type PersonName = { firstName: string; lastName: string; title: string }

/** First name, then last name. The role stands in for it only where no name is known. */
export const nameOf = ({ firstName, lastName, title }: PersonName): string =>
  [firstName, lastName].filter((word) => word !== '').join(' ') || title

/** The same, read from the table of people. */
export const namedInSql = sql<string>`coalesce(
  nullif(concat_ws(' ', nullif(${people.firstName}, ''), nullif(${people.lastName}, '')), ''), ${people.title})`

/** The organisation first, then the person; a project has a name of its own. */
export const shownAs = (organisations: string[], name: string): string =>
  [organisations.join(', '), name].filter((words) => words !== '').join(' – ')

/** Somebody who takes part, as those whom they meet know them: a host with the organisation, a project by its name. */
export const knownAs = ({ side, name, organisations }: Omit<Called, 'id' | 'label' | 'shortName'>): string =>
  side === 'host' ? shownAs(organisations, name) : name

/** Somebody who takes part, as others know them; `label` is the organisers' own mark. */
type Called = {
  id: string
  side: 'project' | 'host'
  name: string
  organisations: string[]
  label: string | null
  /** What organisers call the project, or the organisation of a host, where there is little room. */
  shortName?: string
}

/**
 * What stands where there is room for one name: the organisation of a host, the name of a project; with the person,
 * or the organisation, where that is not enough to tell somebody from the others.
 */
export type Short = {
  short: string
  /** The organisers' own label where even that leaves two alike: for no other eyes than theirs. */
  mark: string
}

export function shortNames(people: Called[]): Map<string, Short> {
  const shorter = people.map((one) => {
    if (one.shortName) return one.shortName
    return one.side === 'host' ? one.organisations.join(', ') || one.name : one.name
  })
  const isAlike = alikeIn(people, shorter)
  const short = people.map((one, at) => {
    if (!isAlike(at)) return shorter[at]
    return one.side === 'host'
      ? shownAs(one.shortName ? [one.shortName] : one.organisations, one.name)
      : shownAs([shorter[at]], one.organisations.join(', '))
  })
  const isStillAlike = alikeIn(people, short)
  return new Map(
    people.map(({ id, label }, at) => [id, { short: short[at], mark: (isStillAlike(at) && label) || '' }]),
  )
}

/** For organisers, who know their own labels. */
export const markedName = ({ short, mark }: Short): string => [short, mark].filter(Boolean).join(' · ')

/** Which of the names others of the same side have too, but for accents, case and the like. */
function alikeIn(people: Called[], names: string[]): (at: number) => boolean {
  const keys = people.map(({ side }, at) => `${side} ${plainWords(names[at]) || names[at]}`)
  const counts = new Map<string, number>()
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1)
  return (at) => (counts.get(keys[at]) ?? 0) > 1
}

const italian = new Intl.Collator('it', { numeric: true })
export const byWords = (one: string, other: string): number => italian.compare(one, other)

/** As lists of people are sorted. */
export const surnameFirst = ({ firstName, lastName, title }: PersonName): string =>
  [lastName, firstName].filter((word) => word !== '').join(' ') || title

/** A name that stood in one field: a comma comes after the surname, else the first word is the first name. */
export function splitName(text: string): PersonName {
  const words = text.trim().replace(/\s+/g, ' ')
  if (ROLE.test(words)) return { firstName: '', lastName: '', title: words }
  const [lastName, firstName = ''] = words.includes(', ') ? words.split(', ', 2) : []
  if (lastName && firstName) return { firstName, lastName, title: '' }
  const [first, ...rest] = words.split(' ')
  return rest.length === 0
    ? { firstName: '', lastName: first, title: '' }
    : { firstName: first, lastName: rest.join(' '), title: '' }
}

/** Words with which a role begins, or that only roles hold. */
const ROLE =
  /(?<![\p{L}\p{M}])(respons|dirett|direzion|president|vicepresident|referent|coordinat|segretar|manager|director|head\b|officer|amministrat|consiglier|delegat|ufficio\b|area\b|fundrais|tutor\b|csr\b|chief|lead\b|soci[oa]\b|fondator|funzionari)/iu

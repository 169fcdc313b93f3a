import { sql } from 'drizzle-orm'
import { people } from './database/schema.ts'

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

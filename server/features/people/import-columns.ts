import type { ImportField, PeopleKind, TextRow } from '../../schemas/import.ts'
import { fieldOfHeading } from './import-fields.ts'

/** How far down a table may begin, under its titles. */
const LOOKED_AT = 30

/** The row that names most columns that are known; else the first with more than a title in it. */
export function findHeadings(kind: PeopleKind, rows: TextRow[]): TextRow {
  const above = rows.slice(0, LOOKED_AT)
  const known = above.map(({ cells }) => guessColumns(kind, cells).filter(Boolean).length)
  const most = Math.max(...known)
  if (most > 0) return above[known.indexOf(most)]
  return above.find(({ cells }) => cells.filter(Boolean).length > 1) ?? above[0]
}

/** What each column is by its heading, each field once. A name beside a surname is the first name alone. */
export function guessColumns(kind: PeopleKind, headings: string[]): (ImportField | null)[] {
  const found = headings.map((heading) => fieldOfHeading(kind, heading))
  const isSplit = found.includes('lastName')
  const meant = found.map((field) => (field === 'firstName' && !isSplit ? 'fullName' : field))
  return meant.map((field, index) => (field === 'notes' || meant.indexOf(field) === index ? field : null))
}

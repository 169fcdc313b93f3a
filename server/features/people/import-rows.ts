import type { Locale } from '../../actor.ts'
import { DomainError } from '../../errors.ts'
import { say } from '../../messages.ts'
import {
  IMPORT_FIELDS,
  type ImportField,
  type ImportTable,
  type Remark,
  type TextRow,
} from '../../schemas/import.ts'
import { isText, shownOnly, tidyText } from '../../text.ts'
import { ALLOWED, longestCell, NEEDED, readCell } from './import-fields.ts'
import { oneLine, plainWords } from '../../spreadsheets/words.ts'
import { remarkOn, strayCells } from './import-remarks.ts'

export type Values = Partial<Record<ImportField, unknown>>
/** A row as read: what its cells mean, what is wrong with them and what may be. Empty cells are absent. */
export type ParsedRow = { row: number; values: Values; errors: Remark[]; warnings: Remark[] }
export type ParsedTable = { rows: ParsedRow[]; headings: Headings; ignored: string[] }
/** What people call the column of a field. */
export type Headings = Partial<Record<ImportField, string>>

type Column = { field: ImportField | null; heading: string }

export function parseRows({ kind, rows, headings, columns }: ImportTable, locale: Locale): ParsedTable {
  const missing = NEEDED[kind].filter((fields) => !fields.some((field) => columns.includes(field)))
  if (missing.length > 0) {
    const names = missing.map(([field]) => `«${say(locale, `column_${field}`)}»`).join(', ')
    throw new DomainError('invalid-columns', { columns: names })
  }
  const named = rows.find(({ row }) => row === headings)?.cells ?? []
  // A column of the other kind of people is left out like one that is none: hosts have no rank.
  const ours: readonly (ImportField | null)[] = IMPORT_FIELDS[kind]
  const all = columns.map((field, index): Column => ({
    field: ours.includes(field) ? field : null,
    heading: oneLine(shownOnly((named[index] ?? '').slice(0, 200))),
  }))
  return {
    rows: rows.filter(({ row }) => row > headings).map((row) => parseRow(row, all, locale)),
    headings: Object.fromEntries(
      all.flatMap(({ field, heading }) =>
        field ? [[field, heading || say(locale, `column_${field}`)]] : [],
      ),
    ),
    ignored: all.flatMap(({ field, heading }) => (field || !heading ? [] : [heading])),
  }
}

function parseRow({ row, cells }: TextRow, columns: Column[], locale: Locale): ParsedRow {
  const parsed: ParsedRow = { row, values: {}, errors: [], warnings: strayCells(cells, columns, locale) }
  columns.forEach(({ field, heading }, index) => {
    const cell = cells[index] ?? ''
    if (field && cell !== '') takeCell(parsed, field, heading || say(locale, `column_${field}`), cell, locale)
  })
  return parsed
}

function takeCell(
  { row, values, errors, warnings }: ParsedRow,
  field: ImportField,
  column: string,
  cell: string,
  locale: Locale,
): void {
  const limit = longestCell(field)
  if (cell.length > limit)
    return void errors.push({ column, message: say(locale, 'import_long', { row, limit }) })
  if (!isText('prose', tidyText('prose', cell)))
    return void errors.push({ column, message: say(locale, 'pasted_characters') })
  const remark = remarkOn(field, cell, locale)
  if (remark) warnings.push({ column, message: remark })
  if (field === 'notes') return void (values.notes = noted(values.notes, column, cell))
  const read = readCell(field, cell)
  if ('value' in read && field === 'fullName' && plainWords(column).startsWith('cognome'))
    return void (values.fullName = surnameFirst(String(read.value)))
  if ('value' in read) return void (values[field] = read.value)
  const allowed = ALLOWED[field]?.(locale).join(', ') ?? ''
  errors.push({ column, message: say(locale, read.reason, { value: cell.slice(0, 60), allowed }) })
}

/** Under “Cognome e nome” the last word is the first name, unless a comma says otherwise. */
function surnameFirst(name: string): string {
  const words = name.split(' ')
  return name.includes(',') || words.length < 2 ? name : `${words.slice(0, -1).join(' ')}, ${words.at(-1)}`
}

/** A column kept as a note stands under its heading. */
const noted = (notes: unknown, column: string, cell: string) =>
  [...(typeof notes === 'string' ? [notes] : []), `${column}: ${oneLine(cell)}`].join('\n')

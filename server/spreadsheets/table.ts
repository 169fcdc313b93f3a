import type { Locale } from '../actor.ts'
import type { MessageKey } from '../messages.ts'

/** A row as the spreadsheet numbers it, its cells as the text a person sees in them. Blank rows are left out. */
export type TextRow = { row: number; cells: string[] }
export type SheetInfo = { name: string; hidden: boolean }
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'macintosh'

export type Table = {
  rows: TextRow[]
  /** The sheets of a workbook, of which one was read; none of plain text. */
  sheets: SheetInfo[]
  sheet: number
  /** How plain text was written; null of a workbook. */
  encoding: Encoding | null
  /** Rows that the spreadsheet hides and that were read all the same. */
  hiddenRows: number
}

export type ReadOptions = {
  locale: Locale
  /** Which sheet, counted from 0; by default the one that is most like a table of what is expected. */
  sheet?: number | null
  /** Headings that are expected: of several separators and sheets, those are meant that give most of them. */
  isHeading?: (cell: string) => boolean
}

/** Why a file cannot be read, by the message that says it. */
export class TableError extends Error {
  reason: MessageKey
  values: Record<string, string | number>
  constructor(reason: MessageKey, values: Record<string, string | number> = {}) {
    super(reason)
    this.reason = reason
    this.values = values
  }
}

export const MOST_ROWS = 10_000
export const MOST_COLUMNS = 100
/** As many characters as Excel lets a cell hold. */
const MOST_CHARACTERS = 32_767

/** Cells without what nobody sees, rows without what is empty; refuses what is more than anybody's list of people. */
export function tidyRows(rows: TextRow[]): TextRow[] {
  const tidy = rows.map(({ row, cells }) => ({ row, cells: withoutEnd(cells.map(cleanCell)) }))
  const full = tidy.filter(({ cells }) => cells.length > 0)
  if (full.length === 0) throw new TableError('table_empty')
  if (full.length > MOST_ROWS + 1)
    throw new TableError('table_rows', { count: full.length, limit: MOST_ROWS })
  const widest = full.find(({ cells }) => cells.length > MOST_COLUMNS)
  if (widest) throw new TableError('table_columns', { row: widest.row, limit: MOST_COLUMNS })
  const long = full.find(({ cells }) => cells.some(({ length }) => length > MOST_CHARACTERS))
  if (long) throw new TableError('table_cell', { row: long.row })
  return full
}

const withoutEnd = (cells: string[]) => cells.slice(0, cells.findLastIndex((cell) => cell !== '') + 1)

/**
 * Marks of byte order, spaces of no width and marks of direction are nothing, special spaces are spaces, and accents
 * are one with their letters. Joiners stay: some scripts and pictures are made with them.
 */
export const cleanCell = (text: string): string =>
  text
    .replace(/[\ufeff\u200b\u200e\u200f\u2060\u00ad\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/\r\n?|[\u2028\u2029\u0085\v\f]/g, '\n')
    .replace(/[^\S\n]/g, ' ')
    .normalize('NFC')
    .trim()

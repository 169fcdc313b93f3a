import { CsvError, parse } from 'csv-parse/sync'
import { TableError, type ReadOptions, type TextRow } from './table.ts'

const SEPARATORS = ['\t', ';', ',', '|'] as const
type Separator = (typeof SEPARATORS)[number]

/** How many rows are looked at to find the separator. */
const LOOKED_AT = 50

/** Rows of plain text, numbered as a spreadsheet that opens it numbers them: a row of two lines is one row. */
export function readSeparated(text: string, isHeading: ReadOptions['isHeading']): TextRow[] {
  if (!/[\p{L}\p{N}]/u.test(text)) throw new TableError('table_empty')
  const { separator, rest } = statedSeparator(text.replace(/^\ufeff/, ''))
  return parseRows(rest, separator ?? findSeparator(rest, isHeading))
}

/** A first line like `sep=;` is for the program that opens the file, which does not count it. */
function statedSeparator(text: string): { separator: Separator | null; rest: string } {
  const stated = /^"?sep=(.)"?[^\S\t\r\n]*(?:\r\n?|\n|$)/i.exec(text)
  const separator = SEPARATORS.find((mark) => mark === stated?.[1]) ?? null
  return stated && separator
    ? { separator, rest: text.slice(stated[0].length) }
    : { separator: null, rest: text }
}

/**
 * The separator that gives most headings that are known; else the first that divides most rows. None of them may: a
 * list of one column is read as such.
 */
function findSeparator(text: string, isHeading: ReadOptions['isHeading'] = () => false): Separator {
  const scored = SEPARATORS.map((separator) => {
    const rows = attempt(text, separator)
    const headings = Math.max(0, ...rows.map(({ cells }) => cells.filter(isHeading).length))
    const divided = rows.filter(({ cells }) => cells.length > 1).length / rows.length
    return { separator, headings, divided: divided >= 0.5 ? divided : 0 }
  })
  const best = scored.reduce((best, next) => {
    if (next.headings !== best.headings) return next.headings > best.headings ? next : best
    return next.divided > best.divided ? next : best
  })
  return best.headings > 1 || best.divided > 0 ? best.separator : '\t'
}

function attempt(text: string, separator: Separator): TextRow[] {
  try {
    return parseRows(text, separator, LOOKED_AT)
      .map(({ row, cells }) => ({ row, cells: cells.map((cell) => cell.trim()) }))
      .filter(({ cells }) => cells.some((cell) => cell !== ''))
  } catch {
    return []
  }
}

function parseRows(text: string, separator: Separator, to?: number): TextRow[] {
  const rows: TextRow[] = []
  try {
    parse(text, {
      delimiter: separator,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      on_record: (cells: string[]) => void rows.push({ row: rows.length + 1, cells }),
      ...(to && { to }),
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new TableError('table_quote', { row: rows.length + 1 })
  }
  return rows
}

import { formatValue, type Cell, type CellValue, type MergeRange, type Sheet, type Workbook } from 'hucre'
import { readOds } from 'hucre/ods'
import { readXls, readXlsx } from 'hucre/xlsx'
import type { Locale } from '../actor.ts'
import { measureArchive } from './archive.ts'
import { TableError, type SheetInfo, type TextRow } from './table.ts'

export type WorkbookFormat = 'archive' | 'xls'

/** What bytes begin with in a workbook; null of anything else. */
export function workbookFormat(bytes: Uint8Array): WorkbookFormat | null {
  const start = Buffer.from(bytes.subarray(0, 4)).toString('hex')
  if (start === '504b0304') return 'archive'
  return start === 'd0cf11e0' ? 'xls' : null
}

export type ReadSheet = SheetInfo & { rows: TextRow[]; hiddenRows: number }

/** All sheets with their rows as they stand, but for those that are blank. */
export async function readWorkbook(
  bytes: Uint8Array,
  format: WorkbookFormat,
  locale: Locale,
): Promise<ReadSheet[]> {
  if (format === 'archive') measureArchive(bytes)
  const { sheets } = await open(bytes, format)
  return sheets.map((sheet) => ({
    name: sheet.name,
    hidden: Boolean(sheet.hidden || sheet.veryHidden),
    rows: rowsOf(sheet, locale).filter(({ cells }) => cells.some((cell) => cell.trim() !== '')),
    hiddenRows: [...(sheet.rowDefs?.values() ?? [])].filter(({ hidden }) => hidden).length,
  }))
}

async function open(bytes: Uint8Array, format: WorkbookFormat): Promise<Workbook> {
  try {
    if (format === 'xls') return await readXls(bytes)
    return await (isOds(bytes) ? readOds : readXlsx)(bytes, { readStyles: true })
  } catch (error) {
    throw new TableError(reasonOf(error as Error))
  }
}

const reasonOf = ({ name, message }: Error) => {
  if (/encrypt|password/i.test(`${name} ${message}`)) return 'table_password'
  return /limit|too (large|many)|exceed/i.test(message) ? 'table_unpacked' : 'table_damaged'
}

/** Its first part, stored as it is, names the kind. */
const isOds = (bytes: Uint8Array) =>
  Buffer.from(bytes.subarray(30, 120))
    .toString('latin1')
    .startsWith('mimetypeapplication/vnd.oasis.opendocument')

function rowsOf({ rows, cells, merges = [] }: Sheet, locale: Locale): TextRow[] {
  const text = rows.map((row, y) => row.map((value, x) => textOf(value, cells?.get(`${y},${x}`), locale)))
  for (const merge of merges) fillDown(text, merge)
  return text.map((cells, index) => ({ row: index + 1, cells }))
}

/** A cell over several rows is read by a person as standing in each of them. */
function fillDown(text: string[][], { startRow, startCol, endRow }: MergeRange): void {
  const value = text[startRow]?.[startCol]
  for (let row = startRow + 1; value && row <= Math.min(endRow, text.length - 1); row += 1)
    text[row][startCol] = value
}

const INTL = { it: 'it-IT', en: 'en-GB' } as const
const TRUTH = { it: ['FALSO', 'VERO'], en: ['FALSE', 'TRUE'] }

function textOf(value: CellValue, cell: Cell | undefined, locale: Locale): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return TRUTH[locale][Number(value)]
  if (value instanceof Date) return dateText(value)
  const format = cell?.style?.numFmt
  const shown = format && format !== 'General' ? formatValue(value, format, { locale: INTL[locale] }) : null
  return shown ?? String(value).replace('.', locale === 'it' ? ',' : '.')
}

/** Day first, as in both languages here; the hour where there is one. */
function dateText(date: Date): string {
  const [day, time] = [date.toISOString().slice(0, 10), date.toISOString().slice(11, 16)]
  const shown = day.split('-').reverse().join('/')
  return time === '00:00' ? shown : `${shown} ${time}`
}

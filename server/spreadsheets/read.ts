import { decode } from './encoding.ts'
import { readSeparated } from './separated.ts'
import { TableError, tidyRows, type ReadOptions, type Table } from './table.ts'
import { readInThread } from './thread.ts'
import { workbookFormat, type ReadSheet, type WorkbookFormat } from './workbook.ts'

/** Reads a workbook (XLSX, ODS, XLS), a file of separated values or a text copied from a spreadsheet. */
export async function readTable(bytes: Uint8Array, options: ReadOptions): Promise<Table> {
  const format = workbookFormat(bytes)
  return format ? readBook(bytes, format, options) : readText(bytes, options)
}

async function readBook(bytes: Uint8Array, format: WorkbookFormat, options: ReadOptions): Promise<Table> {
  const reply = await readInThread({ bytes, format, locale: options.locale })
  if ('reason' in reply) throw new TableError(reply.reason, reply.values)
  const { sheets } = reply
  const sheet = options.sheet ?? likeliest(sheets, options.isHeading)
  if (!sheets[sheet]) throw new TableError('table_empty')
  const { rows, hiddenRows } = sheets[sheet]
  return {
    ...{ rows: tidyRows(rows), sheet, hiddenRows, encoding: null },
    sheets: sheets.map(({ name, hidden }) => ({ name, hidden })),
  }
}

/** How far down a sheet its headings are looked for. */
const LOOKED_AT = 30

/** Of the sheets that are not hidden, the first with most headings that are known; else with more than one row. */
function likeliest(sheets: ReadSheet[], isHeading: ReadOptions['isHeading'] = () => false): number {
  const scores = sheets.map(({ hidden, rows }) => {
    if (rows.length === 0) return 0
    const known = rows.slice(0, LOOKED_AT).map(({ cells }) => cells.filter((cell) => isHeading(cell)).length)
    return (hidden ? 0 : 10_000) + 10 * Math.max(...known) + (rows.length > 1 ? 2 : 1)
  })
  return scores.indexOf(Math.max(...scores))
}

function readText(bytes: Uint8Array, { isHeading }: ReadOptions): Table {
  const { text, encoding } = decode(bytes)
  if (isForeign(text)) throw new TableError('table_kind')
  return { rows: tidyRows(readSeparated(text, isHeading)), sheets: [], sheet: 0, encoding, hiddenRows: 0 }
}

/** Pages, documents and pictures are no tables, whatever their name ends with. */
function isForeign(text: string): boolean {
  const start = text.slice(0, 2000)
  // eslint-disable-next-line no-control-regex -- what files that are no text are full of
  const controls = start.match(/[\u0000-\u0008\u000e-\u001f]/g)?.length ?? 0
  return controls > start.length / 20 || /^\s*(%PDF-|\{\\rtf|<(!doctype|html|\?xml|table))/i.test(start)
}

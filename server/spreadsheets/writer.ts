import { writeXlsx } from 'hucre/xlsx'

/** A sheet of text: a cell that begins like a formula stays the text it is. */
export type TextSheet = {
  name: string
  rows: string[][]
  /** The row of headings, counted from 0; those above and below scroll away under it. */
  headings?: number
  widths: number[]
  /** Values offered below the headings of a column. */
  lists?: { column: number; values: string[] }[]
}

export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

export async function writeWorkbook(sheets: TextSheet[]): Promise<Buffer> {
  const bytes = await writeXlsx({
    sheets: sheets.map(({ name, rows, headings, widths, lists = [] }) => ({
      ...{ name, rows },
      columns: widths.map((width) => ({ width, style: { numFmt: '@' } })),
      cells: headings === undefined ? undefined : boldRow(rows, headings),
      ...(headings !== undefined && { freezePane: { rows: headings + 1 } }),
      dataValidations: lists.map(({ column, values }) => ({
        ...{ type: 'list' as const, values, allowBlank: true, showErrorMessage: false },
        range: `${letter(column)}${(headings ?? 0) + 2}:${letter(column)}5001`,
      })),
    })),
  })
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

const boldRow = (rows: string[][], row: number) =>
  new Map(
    rows[row].map((value, column) => [
      `${row},${column}`,
      { value, style: { font: { bold: true }, numFmt: '@' } },
    ]),
  )

/** Of the first 26 columns, which is more than anything here is offered in. */
const letter = (column: number) => String.fromCharCode(65 + column)

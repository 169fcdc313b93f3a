import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { writeXlsx, writeOds, type WriteOptions } from 'hucre'
import { describe, expect, test } from 'vitest'
import { readTable } from '../../../server/spreadsheets/read.ts'
import { TableError, type Encoding } from '../../../server/spreadsheets/table.ts'
import { readInThread } from '../../../server/spreadsheets/thread.ts'

const HEADINGS = ['Nome', 'Ente', 'Email']
const isHeading = (cell: string) => HEADINGS.includes(cell)
const read = (content: string | Uint8Array, sheet?: number) =>
  readTable(typeof content === 'string' ? new TextEncoder().encode(content) : content, {
    ...{ locale: 'it' as const, sheet, isHeading },
  })
const rowsOf = async (content: string | Uint8Array) =>
  (await read(content)).rows.map(({ row, cells }) => [row, ...cells])
const reasonOf = async (content: string | Uint8Array) => {
  const error: unknown = await read(content).catch((error: unknown) => error)
  return error instanceof TableError ? [error.reason, error.values] : error
}

const WORDS = [
  'Società',
  'perché',
  'È',
  'CITTÀ',
  'd’Angiò',
  '“Casa”',
  'Müller',
  'Lì',
  'Rossi',
  'Peña',
  '=1+1',
  '',
]
const MARKS = [' ', '"', ',', ';', '\t', '|', '\n', "'", ' - ']
function encode(text: string, encoding: Encoding): Uint8Array {
  if (encoding === 'utf-8') return new TextEncoder().encode(text)
  if (encoding === 'utf-16le') return Buffer.from(`\ufeff${text}`, 'utf16le')
  if (encoding === 'utf-16be') return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
  const bytes = Array.from({ length: 256 }, (_, byte) => byte)
  const known = bytes.map((byte) => new TextDecoder(encoding).decode(Uint8Array.of(byte)))
  return Uint8Array.from(text, (letter) => known.indexOf(letter))
}

describe('separated values', () => {
  test('of any separator, line end and encoding read back as they were written', async () => {
    const word = fc.tuple(fc.constantFrom(...MARKS), fc.constantFrom(...WORDS))
    const cell = fc.array(word, { maxLength: 4 }).map((words) => words.flat().join(''))
    const written = fc.record({
      rows: fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 8 }),
      separator: fc.constantFrom('\t', ';', ',', '|'),
      end: fc.constantFrom('\r\n', '\n', '\r'),
      encoding: fc.constantFrom<Encoding>('utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'macintosh'),
    })
    await fc.assert(
      fc.asyncProperty(written, async ({ rows, separator, end, encoding }) => {
        const quoted = (text: string) =>
          /["\n\r]/.test(text) || text.includes(separator) ? `"${text.replaceAll('"', '""')}"` : text
        // A word that tells the two old encodings apart, as any list of some length holds one.
        const table = [HEADINGS, ['Società', 'è', 'più'], ...rows]
        const text = table.map((row) => row.map(quoted).join(separator)).join(end)
        const found = await read(encode(text, encoding))
        const meant = table
          .map((row, index) => ({
            row: index + 1,
            cells: row.map((one) => one.replace(/[^\S\n]/g, ' ').trim()),
          }))
          .map(({ row, cells }) => ({ row, cells: cells.slice(0, cells.findLastIndex(Boolean) + 1) }))
          .filter(({ cells }) => cells.length > 0)
        expect([found.encoding, found.rows]).toEqual([encoding, meant])
      }),
      { numRuns: 400 },
    )
  })

  test('are read under a title, blank rows and sep=, with the rows of the spreadsheet', async () => {
    const people = 'Nome;Ente\n"Maria\nRossi";Alfa\n\nLuca;"Beta"\n'
    const rows = [
      [1, 'Nome', 'Ente'],
      [2, 'Maria\nRossi', 'Alfa'],
      [4, 'Luca', 'Beta'],
    ]
    expect(await rowsOf(people)).toEqual(rows)
    expect(await rowsOf(`sep=;\r\n${people}`)).toEqual(rows)
    expect(await rowsOf(`Elenco enti, Camp 2026\n\n${people}`)).toEqual([
      [1, 'Elenco enti, Camp 2026'],
      ...rows.map(([row, ...cells]) => [Number(row) + 2, ...cells]),
    ])
  })

  test('lose what nobody sees and keep what belongs to a name', async () => {
    expect(
      await rowsOf('\ufeffNome;Ente\nNicolo\u0300\u200b;b@x.example\u00a0\nCasa "Aperta";Sala 5"\n'),
    ).toEqual([
      [1, 'Nome', 'Ente'],
      [2, 'Nicolò', 'b@x.example'],
      [3, 'Casa "Aperta"', 'Sala 5"'],
    ])
  })

  test('in one column are a list', async () => {
    expect(await rowsOf('Nome\nUno, due\nTre\nQuattro\n')).toEqual([
      [1, 'Nome'],
      [2, 'Uno, due'],
      [3, 'Tre'],
      [4, 'Quattro'],
    ])
  })

  test('that cannot be read say why', async () => {
    expect(await reasonOf('Nome;Ente\nA;B\n"C;D\nE;F\n')).toEqual(['table_quote', { row: 3 }])
    expect(await reasonOf(' \n;;\n')).toEqual(['table_empty', {}])
    expect(await reasonOf('%PDF-1.7 …')).toEqual(['table_kind', {}])
    expect(await reasonOf('<html><table><tr><td>Nome')).toEqual(['table_kind', {}])
    const many = `Nome\n${'x\n'.repeat(10_001)}`
    expect(await reasonOf(many)).toEqual(['table_rows', { count: 10_002, limit: 10_000 }])
    expect(await reasonOf(`Nome${';'.repeat(200)}x\n`)).toEqual(['table_columns', { row: 1, limit: 100 }])
  })
})

/** An archive of one part that says of itself that it is a byte long. */
function zipOf(part: Buffer): Buffer {
  const [packed, name] = [deflateRawSync(part), Buffer.from('a')]
  const about = Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
  about.writeUInt32LE(packed.length, 14)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), about, name, packed])
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), about, Buffer.alloc(14), name])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, entry, end])
}

describe('a workbook', () => {
  const book: WriteOptions = {
    sheets: [
      { name: 'Vecchio', hidden: true, rows: [['Nome'], ['Nessuno']] },
      { name: 'Copertina', rows: [['Camp 2026']] },
      {
        name: 'Enti',
        rows: [
          [null, 'Elenco'],
          [],
          ['Nome', 'Ente', 'Quando', 'Numero', 'Vero'],
          ['Maria\nRossi', 'Alfa', new Date(Date.UTC(2026, 10, 22)), 1.5, true],
          ['007', null, new Date(Date.UTC(2026, 10, 22, 9, 30)), 7, false],
        ],
        cells: new Map([['4,3', { value: 7, style: { numFmt: '000' } }]]),
        merges: [{ startRow: 3, endRow: 4, startCol: 1, endCol: 1 }],
      },
    ],
  }
  const rows = [
    { row: 1, cells: ['', 'Elenco'] },
    { row: 3, cells: ['Nome', 'Ente', 'Quando', 'Numero', 'Vero'] },
    { row: 4, cells: ['Maria\nRossi', 'Alfa', '22/11/2026', '1,5', 'VERO'] },
    { row: 5, cells: ['007', 'Alfa', '22/11/2026 09:30', '007', 'FALSO'] },
  ]

  test('shows the text a person sees, of its first sheet with a table, and names the others', async () => {
    expect(await read(await writeXlsx(book))).toEqual({
      rows,
      sheets: [
        { name: 'Vecchio', hidden: true },
        { name: 'Copertina', hidden: false },
        { name: 'Enti', hidden: false },
      ],
      ...{ sheet: 2, encoding: null, hiddenRows: 0 },
    })
    expect((await read(await writeXlsx(book), 0)).rows).toEqual([
      { row: 1, cells: ['Nome'] },
      { row: 2, cells: ['Nessuno'] },
    ])
  })

  test('of LibreOffice is read alike', async () => {
    const { sheets, ...found } = await read(await writeOds({ sheets: book.sheets.slice(2) }))
    expect(sheets).toEqual([{ name: 'Enti', hidden: false }])
    expect(found.rows.map(({ row, cells }) => [row, ...cells.slice(0, 3)])).toEqual(
      rows.map(({ row, cells }) => [row, ...cells.slice(0, 3)]),
    )
  })

  test('that is damaged, too large or too slow says so', async () => {
    const good = await writeXlsx(book)
    expect(await reasonOf(good.subarray(0, good.length / 2))).toEqual(['table_damaged', {}])
    expect(await reasonOf(await writeXlsx({ sheets: [{ name: 'Enti', rows: [] }] }))).toEqual([
      'table_empty',
      {},
    ])
    const bomb = zipOf(Buffer.alloc(101 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(200_000)
    expect(await reasonOf(bomb)).toEqual(['table_unpacked', {}])
    const request = { bytes: good, format: 'archive' as const, locale: 'it' as const }
    await expect(readInThread(request, 1)).rejects.toEqual(new TableError('table_slow'))
    expect((await read(good)).rows).toEqual(rows)
  })

  test('with two cells at its far corners does not take the memory of all between them', async () => {
    const far = await writeXlsx({ sheets: [{ name: 'Enti', rows: [['Nome'], ['A']] }] })
    expect((await read(far)).rows).toHaveLength(2)
    const wide = Array.from({ length: 30_000 }, (_, n) => (n === 29_999 ? ['x'] : []))
    expect(await rowsOf(await writeXlsx({ sheets: [{ name: 'Enti', rows: [['Nome'], ...wide] }] }))).toEqual([
      [1, 'Nome'],
      [30_001, 'x'],
    ])
  })
})

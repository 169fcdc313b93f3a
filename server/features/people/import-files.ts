import type { Locale } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { say } from '../../messages.ts'
import {
  IMPORT_FIELDS,
  type ImportField,
  type ImportTable,
  type PeopleKind,
  type TextRow,
} from '../../schemas/import.ts'
import { writeWorkbook } from '../../spreadsheets/writer.ts'
import type { Call } from '../../write.ts'
import { ALLOWED } from './import-fields.ts'
import { planImport, type Planned } from './import-plan.ts'
import { allowImport } from './import.ts'

/** A name and a surname have each a column in the template, and nobody is asked for both ways. */
const IN_TEMPLATE = (kind: PeopleKind): ImportField[] =>
  IMPORT_FIELDS[kind].filter((field) => field !== 'fullName')

/** An empty table with the headings that are known, lists of the values allowed, and a sheet that explains it. */
export async function importTemplate(db: Database, call: Call, programmeId: string, kind: PeopleKind) {
  await allowImport(db, call, programmeId)
  const { locale } = call.actor
  const fields = IN_TEMPLATE(kind)
  const lists = fields.flatMap((field, column) => {
    const values = ALLOWED[field]?.(locale)
    return values ? [{ column, values }] : []
  })
  const headings = fields.map((field) => say(locale, `column_${field}`))
  return writeWorkbook([
    {
      ...{ name: say(locale, `sheet_${kind}`), rows: [headings], headings: 0, lists },
      widths: headings.map((heading) => Math.max(18, heading.length + 4)),
    },
    instructions(kind, fields, locale),
  ])
}

function instructions(kind: PeopleKind, fields: ImportField[], locale: Locale) {
  const intro = [[say(locale, 'template_intro')], [say(locale, 'template_again')], []]
  const headings = ['template_column', 'template_meaning', 'template_values'] as const
  const rows = fields.map((field) => [
    say(locale, `column_${field}`),
    say(locale, kind === 'projects' && field === 'name' ? 'template_project' : `template_${field}`),
    ALLOWED[field]?.(locale).join(', ') ?? '',
  ])
  return {
    name: say(locale, 'sheet_instructions'),
    rows: [...intro, headings.map((key) => say(locale, key)), ...rows],
    headings: intro.length,
    widths: [24, 90, 60],
  }
}

/** The table as it came, each row where it stood, with a column that says what is wrong with it. */
export async function importReport(db: Database, call: Call, programmeId: string, table: ImportTable) {
  await allowImport(db, call, programmeId)
  const { locale } = call.actor
  const plan = await planImport(db, programmeId, table, locale)
  const faults = new Map(plan.rows.map((row) => [row.row, sentenceOf(row, locale)]))
  const width = Math.max(...table.rows.map(({ cells }) => cells.length), table.columns.length)
  const written = placed(table.rows)
  const headings = written.findIndex((line) => line?.row === table.headings)
  const rows = written.map((line, index) => {
    if (!line) return []
    const end = index === headings ? say(locale, 'column_errors') : (faults.get(line.row) ?? '')
    return end ? [...line.cells, ...Array<string>(width - line.cells.length).fill(''), end] : line.cells
  })
  return writeWorkbook([
    {
      ...{ name: say(locale, `sheet_${table.kind}`), rows },
      ...(headings >= 0 && { headings }),
      widths: [...Array<number>(width).fill(24), 80],
    },
  ])
}

/** Twice as many as are read: a table with as many blank rows as others still comes back as it stood. */
const MOST_WRITTEN = 20_000

/** Each row where it stood; where that is far down, one under the other, for blank rows take memory too. */
function placed(rows: TextRow[]): (TextRow | undefined)[] {
  const sorted = rows.toSorted((one, other) => one.row - other.row)
  const last = sorted.at(-1)?.row ?? 0
  if (last > MOST_WRITTEN) return sorted
  const byRow = new Map(sorted.map((line) => [line.row, line]))
  return Array.from({ length: last }, (_, index) => byRow.get(index + 1))
}

function sentenceOf({ action, errors, warnings, candidates }: Planned, locale: Locale): string {
  const names = candidates.map(({ name, organisation }) => [name, organisation].filter(Boolean).join(', '))
  const asked = action === 'undecided' ? [say(locale, 'import_probably', { names: names.join(' · ') })] : []
  const remarks = [...errors, ...warnings].map(({ column, message }) =>
    [column, message].filter(Boolean).join(': '),
  )
  return [...asked, ...remarks].join(' ')
}

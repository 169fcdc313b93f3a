import { CsvError, parse } from 'csv-parse/sync'
import { DomainError } from '../../errors.ts'
import type { Locale } from '../../actor.ts'
import { say } from '../../messages.ts'
import { HOST_KINDS, type HostKind } from '../../schemas/common.ts'

export type PeopleKind = 'projects' | 'hosts'
/** A row as read: what its cells mean, and what is wrong with them. Empty cells are absent. */
export type ParsedRow = {
  line: number
  values: Record<string, unknown>
  errors: { column: string; message: string }[]
}
export type ParsedTable = { rows: ParsedRow[]; columns: Record<string, string>; ignored: string[] }

/** Headings as people write them, in both languages, for each member. */
const HEADINGS: Record<PeopleKind, Record<string, string[]>> = {
  projects: {
    name: ['nome', 'nome progetto', 'progetto', 'titolo', 'name', 'project', 'title'],
    code: ['codice', 'id', 'code'],
    organisations: [
      'organizzazione',
      'organizzazioni',
      'ente',
      'enti',
      'organisation',
      'organisations',
    ].concat('organization', 'organizations'),
    financed: ['finanziato', 'finanziata', 'financed', 'funded'],
    rank: ['graduatoria', 'posizione', 'posto', 'rank', 'position'],
    email: ['email', 'mail', 'posta', 'indirizzo email'],
  },
  hosts: {
    name: ['nome', 'ruolo', 'referente', 'persona', 'name', 'role', 'host', 'person'],
    code: ['codice', 'id', 'code'],
    organisation: ['organizzazione', 'ente', 'azienda', 'organisation', 'organization', 'company'],
    kind: ['tipo', 'tipologia', 'kind', 'type'],
    email: ['email', 'mail', 'posta', 'indirizzo email'],
  },
}
const NEEDED: Record<PeopleKind, string[]> = { projects: ['name'], hosts: ['name', 'organisation'] }

const KIND_WORDS: Record<HostKind, string[]> = {
  corporate: ['azienda', 'grande azienda', 'corporate', 'company'],
  enterprise: ['impresa', 'impresa sociale', 'pmi', 'enterprise', 'business'],
  foundation: ['fondazione', 'foundation'],
  cooperative: ['cooperativa', 'coop', 'cooperative'],
  other: ['altro', 'altra', 'other'],
}
const YES = ['si', 'x', 'vero', 'yes', 'y', 'true', '1']
const NO = ['no', 'n', 'falso', 'false', '0']

/** Reads a table copied from a spreadsheet: separator, headings, yes and no are recognised. */
export function parseTable(kind: PeopleKind, text: string, locale: Locale): ParsedTable {
  const [head, ...body] = recordsOf(text, locale)
  const members = (head?.record ?? []).map((heading) => memberOf(kind, heading))
  const columns: Record<string, string> = {}
  members.forEach((member, index) => {
    if (member) columns[member] ??= head.record[index]
  })
  const missing = NEEDED[kind].filter((member) => !(member in columns))
  if (missing.length > 0)
    throw new DomainError('invalid-file', { reason: headingsMissing(kind, missing, locale) })
  return {
    rows: body.map(({ record, line }) => readRow(members, columns, record, line, locale)),
    columns,
    ignored: (head?.record ?? []).filter((heading, index) => heading !== '' && !members[index]),
  }
}

type TextRecord = { record: string[]; line: number }

function recordsOf(text: string, locale: Locale): TextRecord[] {
  const options = { bom: true, delimiter: delimiterOf(text), trim: true, info: true } as const
  try {
    const found: unknown = parse(text, {
      ...options,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
    })
    return (found as { record: string[]; info: { lines: number } }[]).map(({ record, info }) => ({
      record,
      line: info.lines,
    }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new DomainError('invalid-file', { reason: say(locale, 'pasted_quote') })
  }
}

/** The separator that stands most often in the headings. */
function delimiterOf(text: string): string {
  const [head] = text.split(/\r?\n/, 1)
  const counts = ['\t', ';', ','].map((mark) => ({ mark, times: head.split(mark).length }))
  return counts.reduce((best, next) => (next.times > best.times ? next : best)).mark
}

const memberOf = (kind: PeopleKind, heading: string) =>
  Object.entries(HEADINGS[kind]).find(([, words]) => words.includes(plain(heading)))?.[0]

function headingsMissing(kind: PeopleKind, missing: string[], locale: Locale): string {
  const position = locale === 'it' ? 0 : -1
  const words = missing.map((member) => `«${HEADINGS[kind][member].at(position)}»`).join(', ')
  return say(locale, 'pasted_headings', { columns: words })
}

function readRow(
  members: (string | undefined)[],
  columns: Record<string, string>,
  record: string[],
  line: number,
  locale: Locale,
): ParsedRow {
  const row: ParsedRow = { line, values: {}, errors: [] }
  record.forEach((cell, index) => {
    const member = members[index]
    if (!member || cell === '') return
    const column = columns[member]
    // eslint-disable-next-line no-control-regex -- what no name and no address contains
    if (/[\u0000-\u0008\u000b-\u001f\u007f]/.test(cell) || !cell.isWellFormed())
      return row.errors.push({ column, message: say(locale, 'pasted_characters') })
    const value = READ[member]?.(cell) ?? (member in READ ? null : cell)
    if (value === null)
      row.errors.push({ column, message: say(locale, 'pasted_value', { value: cell.slice(0, 60) }) })
    else row.values[member] = value
  })
  return row
}

/** How a cell becomes a value; null when it makes no sense. Other members are plain text. */
const READ: Record<string, (cell: string) => unknown> = {
  organisations: (cell) => [
    ...new Set(
      cell
        .split(/[;|\n]/)
        .map((name) => name.trim())
        .filter(Boolean),
    ),
  ],
  financed: (cell) => (YES.includes(plain(cell)) ? true : NO.includes(plain(cell)) ? false : null),
  rank: (cell) => (/^\d{1,4}$/.test(cell) && Number(cell) > 0 ? Number(cell) : null),
  kind: (cell) => HOST_KINDS.find((kind) => KIND_WORDS[kind].includes(plain(cell))) ?? null,
}

/** Without accents, case, dashes and double spaces. */
const plain = (text: string) =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f-]/g, '')
    .replace(/[\s_]+/g, ' ')
    .trim()
    .toLowerCase()

import type { Locale } from '../../actor.ts'
import { DomainError } from '../../errors.ts'
import { say } from '../../messages.ts'
import { PREFERENCE_LEVELS, type PreferenceLevel } from '../../schemas/common.ts'
import { readTable } from '../../spreadsheets/read.ts'
import { TableError, type TextRow } from '../../spreadsheets/table.ts'
import { oneLine, plainWords } from '../../spreadsheets/words.ts'

/** A row as it was pasted, each cell in one line. */
export type PastedRow = { row: number; who: string; whom: string; level: string }

const COLUMNS = ['who', 'whom', 'level'] as const
type Column = (typeof COLUMNS)[number]

/** What people write above the columns, in both languages, without accents and punctuation. */
const HEADINGS: Record<Column, string[]> = {
  who: ['chi', 'chi risponde', 'chi sceglie', 'da', 'da chi', 'who', 'who answers', 'from', 'by'],
  whom: [
    'chi incontrare',
    'su chi',
    'di chi',
    'con chi',
    'verso',
    'a',
    'a chi',
    'whom',
    'about',
    'about whom',
    'to',
  ],
  level: [
    'livello',
    'risposta',
    'preferenza',
    'interesse',
    'scelta',
    'level',
    'answer',
    'preference',
    'choice',
  ],
}
const columnOf = (cell: string): Column | null =>
  COLUMNS.find((column) => HEADINGS[column].includes(plainWords(cell))) ?? null

/** Copied cells, or text with a separator. The columns are named by headings, else stand in the order asked for. */
export async function readPasted(content: string, locale: Locale): Promise<PastedRow[]> {
  const isHeading = (cell: string) => columnOf(cell) !== null
  const { rows } = await readTable(Buffer.from(content), { locale, isHeading }).catch((error: unknown) => {
    if (!(error instanceof TableError)) throw error
    throw new DomainError('invalid-file', { reason: say(locale, error.reason, error.values) })
  })
  const named = rows[0].cells.map(columnOf)
  const hasHeadings = COLUMNS.every((column) => named.includes(column))
  const at = COLUMNS.map((column, index) => (hasHeadings ? named.indexOf(column) : index))
  return (hasHeadings ? rows.slice(1) : rows).map((row) => pastedRow(row, at))
}

function pastedRow({ row, cells }: TextRow, at: number[]): PastedRow {
  const [who, whom, level] = at.map((index) => oneLine(cells[index] ?? '').slice(0, 300))
  return { row, who, whom, level }
}

/** What a level is called. */
const wordsOf = (level: PreferenceLevel | 'none', locale: Locale) => say(locale, `change_level_${level}`)
const LEVELS = [...PREFERENCE_LEVELS, 'none'] as const

export const allowedLevels = (locale: Locale): string =>
  LEVELS.map((level) => `«${wordsOf(level, locale)}»`).join(', ')

export const levelWords = (level: PreferenceLevel | null, locale: Locale) => wordsOf(level ?? 'none', locale)

/** Null: no preference. Undefined: not a level. Both languages are read, whoever pastes. */
export function readLevel(cell: string): PreferenceLevel | null | undefined {
  const word = plainWords(cell)
  const others: Partial<Record<(typeof LEVELS)[number], string[]>> = {
    must: ['must meet'],
    want: ['interested'],
    open: ['open to it'],
  }
  const level = LEVELS.find((each) =>
    [each, wordsOf(each, 'it'), wordsOf(each, 'en'), ...(others[each] ?? [])].map(plainWords).includes(word),
  )
  return level === 'none' ? null : level
}

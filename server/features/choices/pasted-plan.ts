import { createHash } from 'node:crypto'
import type { Locale } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { say } from '../../messages.ts'
import type { PreferenceLevel } from '../../schemas/common.ts'
import type { CheckedAnswer } from '../../schemas/pasted-answers.ts'
import type { EventRow } from '../events/repository.ts'
import type { Statement } from './candidates.ts'
import { findNamed, type Named } from './pasted-names.ts'
import { allowedLevels, levelWords, readLevel, readPasted, type PastedRow } from './pasted-rows.ts'
import { findStatements } from './repository.ts'

/** What is said of a pair, before and after. */
type Said = Pick<Statement, 'level' | 'conflict'>
export type AnswerChange = { fromId: string; toId: string; before: Said; after: Said }
type PlannedAnswer = CheckedAnswer & { change?: AnswerChange }
type AnswersPlan = { rows: PlannedAnswer[]; basis: string }

const UNSAID: Said = { level: null, conflict: false }
export const pairKey = ({ fromId, toId }: { fromId: string; toId: string }) => `${fromId} ${toId}`

type Around = {
  find: (cell: string) => Named[]
  statements: Map<string, Statement>
  locale: Locale
}

/** What would happen to each row; the same question asked again of the same answers answers the same. */
export async function planAnswers(
  reader: Reader,
  event: EventRow,
  content: string,
  locale: Locale,
): Promise<AnswersPlan> {
  const pasted = await readPasted(content, locale)
  const statements = new Map((await findStatements(reader, event.id)).map((one) => [pairKey(one), one]))
  const around: Around = { find: await findNamed(reader, event.id), statements, locale }
  const planned = withoutContradictions(
    pasted.map((row) => planRow(row, around)),
    locale,
  )
  const rows = withinMusts(planned, statements, event.rules.musts, locale)
  return { rows, basis: digestOf(rows) }
}

function planRow(row: PastedRow, around: Around): PlannedAnswer {
  const { locale } = around
  const plain = { row: row.row, who: row.who, whom: row.whom }
  const pair = findPair(row, around)
  if ('message' in pair) return { ...plain, ...pair }
  const names = { who: pair.from.label, whom: pair.to.label }
  const level = readLevel(row.level)
  if (level === undefined) {
    const values = { value: row.level, allowed: allowedLevels(locale) }
    const message = say(locale, row.level ? 'pasted_level' : 'pasted_no_level', values)
    return { ...plain, ...names, action: 'wrong', message }
  }
  return { ...plain, ...names, ...planChange(pair.from.id, pair.to.id, level, around) }
}

function planChange(fromId: string, toId: string, level: PreferenceLevel | null, around: Around) {
  const { statements, locale } = around
  const before = saidOf(statements.get(pairKey({ fromId, toId })))
  const change = { fromId, toId, before, after: { ...before, level } }
  const values = { before: levelWords(before.level, locale), after: levelWords(level, locale) }
  if (before.level === level)
    return { action: 'unchanged' as const, message: say(locale, 'pasted_unchanged', values), change }
  if (before.level === null)
    return { action: 'new' as const, message: say(locale, 'pasted_new', values), change }
  return { action: 'changed' as const, message: say(locale, 'pasted_changed', values), change }
}

export const saidOf = (statement: Statement | undefined): Said =>
  statement ? { level: statement.level, conflict: statement.conflict } : UNSAID

type Fault = Pick<PlannedAnswer, 'action' | 'message'>

/** Who speaks and about whom: a name that could be several people is settled by the other, who is of the other side. */
function findPair({ who, whom }: PastedRow, { find, locale }: Around): { from: Named; to: Named } | Fault {
  const [froms, tos] = [find(who), find(whom)]
  const unknown = froms.length === 0 ? who : tos.length === 0 ? whom : null
  if (unknown !== null)
    return {
      action: 'wrong',
      message: unknown ? say(locale, 'pasted_unknown', { name: unknown }) : say(locale, 'pasted_empty'),
    }
  const pairs = froms.flatMap((from) => tos.filter((to) => to.side !== from.side).map((to) => ({ from, to })))
  if (pairs.length === 0) return { action: 'wrong', message: say(locale, 'pasted_same_side') }
  const here = pairs.filter(({ from, to }) => !from.gone && !to.gone)
  if (here.length === 1) return here[0]
  if (here.length > 1) return ambiguous(here, { who, whom }, locale)
  const gone = pairs[0].from.gone ? pairs[0].from : pairs[0].to
  return { action: 'wrong', message: say(locale, 'pasted_gone', { name: gone.label }) }
}

function ambiguous(
  pairs: { from: Named; to: Named }[],
  { who, whom }: Pick<PastedRow, 'who' | 'whom'>,
  locale: Locale,
): Fault {
  const froms = [...new Set(pairs.map(({ from }) => from.label))]
  const tos = [...new Set(pairs.map(({ to }) => to.label))]
  const [name, labels] = tos.length > 1 ? [whom, tos] : [who, froms]
  const names = labels.slice(0, 5).join('; ')
  return { action: 'unclear', message: say(locale, 'pasted_ambiguous', { name, names }) }
}

/** Of two rows about the same pair the second has to say the same as the first. */
function withoutContradictions(rows: PlannedAnswer[], locale: Locale): PlannedAnswer[] {
  const first = new Map<string, PlannedAnswer>()
  return rows.map((row) => {
    if (!row.change) return row
    const earlier = first.get(pairKey(row.change))
    if (!earlier) first.set(pairKey(row.change), row)
    if (!earlier?.change) return row
    const { change, ...plain } = row
    const isSame = earlier.change.after.level === change.after.level
    const message = say(locale, isSame ? 'pasted_twice' : 'pasted_contradicts', { line: earlier.row })
    return { ...plain, action: isSame ? 'unchanged' : 'wrong', message }
  })
}

const isWritten = ({ action }: PlannedAnswer) => action === 'new' || action === 'changed'

/** Nobody has more musts than the rules allow: of whoever would, none of the new ones is taken. */
function withinMusts(
  rows: PlannedAnswer[],
  statements: Map<string, Statement>,
  musts: number,
  locale: Locale,
): PlannedAnswer[] {
  const after = new Map([...statements].map(([key, { fromId, level }]) => [key, { fromId, level }]))
  for (const { change } of rows.filter(isWritten))
    if (change) after.set(pairKey(change), { fromId: change.fromId, level: change.after.level })
  const counts = mustsOf([...after.values()])
  return rows.map((row) => {
    const count = row.change ? (counts.get(row.change.fromId) ?? 0) : 0
    if (!isWritten(row) || row.change?.after.level !== 'must' || count <= musts) return row
    const { change: _, ...plain } = row
    return { ...plain, action: 'wrong', message: say(locale, 'pasted_musts', { count, musts }) }
  })
}

/** How many musts each has given. */
export function mustsOf(said: { fromId: string; level: PreferenceLevel | null }[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { fromId, level } of said)
    if (level === 'must') counts.set(fromId, (counts.get(fromId) ?? 0) + 1)
  return counts
}

export const changesOf = ({ rows }: AnswersPlan): AnswerChange[] =>
  rows.filter(isWritten).flatMap(({ change }) => (change ? [change] : []))

const digestOf = (rows: PlannedAnswer[]) =>
  createHash('sha256')
    .update(JSON.stringify(rows.map(({ row, action, change }) => [row, action, change])))
    .digest('base64url')

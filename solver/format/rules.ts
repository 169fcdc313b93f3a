import type { Node } from './json-reader.ts'
import {
  filled,
  named,
  orNull,
  record,
  recordOf,
  refined,
  some,
  withDefault,
  type Read,
  type Schema,
} from './schema.ts'
import { decimal, distinct, integer, MOST_COUNT, oneOf, text } from './values.ts'

/** Levels of the objective; `value` and `fairness` are maximised, the others minimised. */
export const LEVELS = [
  'shortfall',
  'changes',
  'value',
  'fairness',
  'breaks',
  'idle',
  'seatedMoves',
  'tableMoves',
] as const
export type Level = (typeof LEVELS)[number]
const LEVELS_WITHOUT_BASE = LEVELS.filter((level) => level !== 'changes')
const DEFAULT_LEVELS = LEVELS_WITHOUT_BASE.filter((level) => level !== 'seatedMoves')
const LEVELS_WITH_TOLERANCE = LEVELS_WITHOUT_BASE.filter((level) => level !== 'fairness')

export const REPAIR_ORDERS = ['fewest-changes', 'fewest-losses'] as const
type RepairOrder = (typeof REPAIR_ORDERS)[number]
const BREAK_SCOPES = ['block', 'event'] as const

const [withBase, withoutBase] = [oneOf(LEVELS), oneOf(LEVELS_WITHOUT_BASE)]
const level: Schema<Level> = {
  ...withBase,
  read: (node) => (node.context.hasBase ? withBase : withoutBase).read(node),
}

const tolerance: Schema<Partial<Record<Level, number>>> = some(
  recordOf(LEVELS_WITH_TOLERANCE, () => decimal(0, 1)),
)

const parts = record({
  objective: filled(
    distinct(level),
    `${DEFAULT_LEVELS.join(', ')}; with seated also seatedMoves, before tableMoves; with a base also changes, where repair puts it`,
    () => null,
    'The levels, the most important first; changes only with a base.',
  ),
  seated: withDefault(
    distinct(text),
    [],
    'Sides whose participants keep their table: the level seatedMoves counts how often they change it.',
  ),
  breakScope: withDefault(
    oneOf(BREAK_SCOPES),
    'block',
    'Whether a pause between blocks of a day can be a break.',
  ),
  maxBreakSpread: orNull(
    integer(0, MOST_COUNT),
    'no such rule',
    'Most that the numbers of breaks of two participants differ.',
  ),
  tolerance: withDefault(tolerance, {}, "Share of a level's own optimum that later levels may give back."),
  repair: withDefault(
    oneOf(REPAIR_ORDERS),
    'fewest-changes',
    'Whether changes come right after shortfall or after value.',
  ),
})

/** How schedules are compared. */
export const rules = named('rules', refined(parts, putLevels))
export type Rules = Read<typeof rules>

/** With a base the objective has the level `changes`, in its place if it is not named. */
function putLevels(rules: Read<typeof parts>, { context }: Node) {
  const given = rules.objective ?? defaultLevels(rules.seated)
  return { ...rules, objective: context.hasBase ? withChanges(given, rules.repair) : given }
}

const defaultLevels = (seated: string[]): Level[] =>
  seated.length > 0 ? [...LEVELS_WITHOUT_BASE] : [...DEFAULT_LEVELS]

function withChanges(objective: Level[], repair: RepairOrder): Level[] {
  if (objective.includes('changes')) return objective
  const before: Level[] = repair === 'fewest-losses' ? ['shortfall', 'value'] : ['shortfall']
  const place = Math.max(...before.map((level) => objective.indexOf(level))) + 1
  return objective.toSpliced(place, 0, 'changes')
}

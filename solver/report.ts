import { isSame } from './spec/level-order.ts'
import { isDayLevel, lowerBounds, type DayLevel } from './bounds/day-level-bounds.ts'
import type { Prices } from './bounds/dual-bound.ts'
import type { Level } from './format/instance.ts'
import type { Effort } from './model/effort.ts'
import { isInKept, scopeOf, shortfallWithin } from './spec/scope.ts'
import { isOfTables, measure, type Measured } from './spec/objective.ts'
import { boundOf } from './bounds/level-bound.ts'
import { compile, type Problem } from './model/problem.ts'
import { pricesOf } from './select/best-prices.ts'
import { select, type Selection } from './select/flow-selection.ts'
import type { Certificate, LevelValue, Meeting, Solution } from './format/solution.ts'
import { writeSlotPrices } from './bounds/slot-prices.ts'
import type { Tidied } from './compact/compact.ts'

interface Report {
  proven: boolean
  results: Pick<Solution, 'objective' | 'certificate'>
}

/**
 * Value, bound and proof of every level of the objective, with the certificates.
 * @param known bound of the level `changes`, what the search found out about breaks, and the levels before
 *   anything of them was given back
 * @param levels the first of the objective, or all
 */
export function report(
  all: Problem,
  chosen: () => Selection,
  meetings: Meeting[],
  known: { changes?: number; tidied?: Tidied; best?: Measured },
  effort: Effort,
  levels: readonly Level[] = all.instance.rules.objective,
): Report {
  const measured = measure(all.instance, meetings)
  const best = known.best ?? measured
  const scope = scopes(all, chosen, measured.changes as number)
  const certificate: Solution['certificate'] = {}
  const objective: Solution['objective'] = {}
  const days = known.tidied?.prices ?? null
  if (days && levels.includes('breaks')) certificate.breaks = writeSlotPrices(all.instance, days)
  let worth: Prices | null = null
  const bounds = new Map<Problem, (level: DayLevel) => number>()
  const boundOfDays = (problem: Problem, level: DayLevel) => {
    const found = bounds.get(problem) ?? lowerBounds(problem, measured, () => worth, days)
    bounds.set(problem, found)
    return found(level)
  }
  let proven = true
  for (const level of levels) {
    const { problem, selection } = scope(level)
    const fewest = (objective.shortfall?.bound as number | undefined) ?? 0
    const within = shortfallWithin(all.instance, measured.shortfall as number, fewest)
    const asGood = level === 'value' ? { ...best, shortfall: within } : best
    const prices = pricesOf(problem, selection, level, asGood, effort)
    if (prices && (level === 'shortfall' || level === 'value'))
      certificate[level] = writePrices(problem, prices, level)
    if (level === 'value') worth = prices
    const bound = prices
      ? boundOf(problem, level as 'shortfall' | 'value', prices, within)
      : level === 'changes'
        ? (known.changes ?? 0)
        : isDayLevel(level)
          ? Math.max(boundOfDays(problem, level), breaksFound(problem, level, known.tidied))
          : fairnessBound(problem, selection, measured)
    const isGiven = (all.instance.rules.tolerance[level] ?? 0) > 0
    proven &&= isSame(bound, measured[level]) || (isGiven && isSame(bound, best[level]))
    objective[level] = { value: measured[level], bound, proven }
  }
  return { proven, results: { objective, certificate } }
}

/** The problem that a level's bound is about, and the selection in it. */
function scopes(all: Problem, chosen: () => Selection, changes: number) {
  const whole = { problem: all, selection: chosen }
  let kept: typeof whole | null = null
  return (level: Level) => {
    if (!isInKept(all.instance, level, changes)) return whole
    if (kept) return kept
    const instance = scopeOf(all.instance, level, changes)
    const problem = compile(instance)
    const selection = select(problem, instance.rules.objective)
    kept = { problem, selection: () => selection }
    return kept
  }
}

function writePrices({ instance }: Problem, prices: Prices, level: Level): Certificate {
  const named = (list: { id: string }[], of: Float64Array) =>
    Object.fromEntries(
      list.map(({ id }, index) => [id, of[index]] as const).filter(([, price]) => price !== 0),
    )
  const quotas = named(instance.quotas, prices.quotas)
  return {
    participants: named(instance.participants, prices.participants),
    tables: prices.tables,
    ...(level === 'value' && prices.shortfall > 0 ? { shortfall: prices.shortfall } : {}),
    ...(Object.keys(quotas).length > 0 ? { quotas } : {}),
    ...(prices.days ? { days: writeSlotPrices(instance, prices.days) } : {}),
  }
}

/**
 * What the search proved of breaks, each of which has an idle slot. It may have taken the value for as good as it is:
 * where breaks are asked for after the value, that says nothing of idle slots that are asked for before.
 */
function breaksFound({ instance }: Problem, level: Level, tidied: Tidied | undefined): number {
  const { objective } = instance.rules
  const [value, idle] = [objective.indexOf('value'), objective.indexOf('idle')]
  if (isOfTables(level) || (level === 'idle' && idle < value)) return 0
  return tidied?.breaks ?? 0
}

/** By the selection, unless the schedule falls short of it on a level before: then others may be fairer. */
function fairnessBound(problem: Problem, selection: () => Selection, measured: Measured): LevelValue {
  const { objective, tolerance } = problem.instance.rules
  const before = objective.slice(0, objective.indexOf('fairness'))
  const isGiven = before.some((level) => (tolerance[level] ?? 0) > 0)
  if (isGiven || !selection().whole || fallsShort(problem, selection(), before, measured))
    return select(problem, ['fairness']).fairness!
  return selection().fairness!
}

function fallsShort(problem: Problem, { share }: Selection, before: Level[], measured: Measured): boolean {
  const { value, guarantee, incident } = problem
  const worth = share.reduce((sum, part, c) => sum + part * value[c], 0)
  const missing = guarantee.reduce((sum, one, p) => {
    const held = incident[p].reduce((count, c) => count + share[c], 0)
    return sum + Math.max(0, one - held)
  }, 0)
  return before.some(
    (level) =>
      (level === 'value' && (measured.value as number) < worth - ROUNDING) ||
      (level === 'shortfall' && (measured.shortfall as number) > missing + ROUNDING),
  )
}

const ROUNDING = 1e-6

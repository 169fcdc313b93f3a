import { isSame } from './compare.ts'
import type { Prices } from './dual-bound.ts'
import type { Level } from './instance.ts'
import { scopeOf } from './keep.ts'
import { measure } from './objective.ts'
import { boundOf } from './price-bound.ts'
import { compile, type Problem } from './problem.ts'
import { select, type Selection } from './select.ts'
import type { Certificate, LevelResult, LevelValue, Meeting, Solution } from './solution.ts'

interface Report {
  proven: boolean
  results: Pick<Solution, 'objective' | 'certificate'>
}

/**
 * Value, bound and proof of every level of the objective, with the certificates.
 * @param changes bound of the level `changes`
 */
export function report(all: Problem, chosen: Selection, meetings: Meeting[], changes = 0): Report {
  const { rules } = all.instance
  const measured = measure(all.instance, meetings)
  const scope = scopes(all, chosen, measured.changes as number)
  const certificate: Solution['certificate'] = {}
  const objective: Solution['objective'] = {}
  let proven = true
  for (const level of rules.objective) {
    const { problem, selection } = scope(level)
    const prices =
      level === 'shortfall' || level === 'value' ? bestPrices(problem, selection, level, measured) : null
    if (prices && (level === 'shortfall' || level === 'value'))
      certificate[level] = writePrices(problem, prices, level)
    const bound = prices
      ? boundOf(problem, level as 'shortfall' | 'value', prices, measured.shortfall as number)
      : level === 'changes'
        ? changes
        : otherBound(problem, selection, level, measured, objective)
    proven &&= isSame(bound, measured[level])
    objective[level] = { value: measured[level], bound, proven }
  }
  return { proven, results: { objective, certificate } }
}

/** The problem that a level's bound is about, and the selection in it. */
function scopes(all: Problem, chosen: Selection, changes: number) {
  const whole = { problem: all, selection: chosen }
  let kept: typeof whole | null = null
  return (level: Level) => {
    const instance = scopeOf(all.instance, level, changes)
    if (instance === all.instance) return whole
    const problem = kept?.problem ?? compile(instance)
    kept ??= { problem, selection: select(problem, instance.rules.objective) }
    return kept
  }
}

type Measured = Record<Level, LevelValue>

/** The prices of the level in its place; if an earlier level fell short, those of the level alone may say more. */
function bestPrices(
  problem: Problem,
  selection: Selection,
  level: 'shortfall' | 'value',
  measured: Measured,
): Prices {
  const shortfall = measured.shortfall as number
  const inPlace = selection.prices[level]!
  const order = problem.instance.rules.objective
  const isPriced = order.includes('shortfall') && order.indexOf('shortfall') < order.indexOf('value')
  const usable = level === 'shortfall' ? order[0] === 'shortfall' : isPriced || inPlace.shortfall === 0
  const bound = usable ? boundOf(problem, level, inPlace, shortfall) : NaN
  if (usable && bound === measured[level]) return inPlace
  const alone = select(problem, [level]).prices[level]!
  const other = boundOf(problem, level, alone, shortfall)
  const isTighter = level === 'shortfall' ? bound >= other : bound <= other
  return usable && isTighter ? inPlace : alone
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
  }
}

function otherBound(
  problem: Problem,
  selection: Selection,
  level: Level,
  measured: Measured,
  before: Partial<Record<Level, LevelResult>>,
): LevelValue {
  if (level !== 'fairness') return 0
  const settled = Object.values(before).every((result) => isSame(result.value, result.bound))
  const relaxed = Object.keys(before).some((one) => (problem.instance.rules.tolerance[one as Level] ?? 0) > 0)
  return settled && selection.whole && !relaxed
    ? selection.fairness!
    : select(problem, ['fairness']).fairness!
}

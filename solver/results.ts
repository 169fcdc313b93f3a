import { isSame } from './compare.ts'
import type { Prices } from './dual-bound.ts'
import type { Level } from './instance.ts'
import { measure } from './objective.ts'
import { boundOf } from './price-bound.ts'
import type { Problem } from './problem.ts'
import { select, type Selection } from './select.ts'
import type { Certificate, LevelResult, LevelValue, Meeting, Solution } from './solution.ts'

interface Report {
  proven: boolean
  results: Pick<Solution, 'objective' | 'certificate'>
}

/** Value, bound and proof of every level of the objective, with the certificates. */
export function report(problem: Problem, selection: Selection, meetings: Meeting[]): Report {
  const { rules } = problem.instance
  const measured = measure(problem.instance, meetings)
  const certificate: Solution['certificate'] = {}
  const objective: Solution['objective'] = {}
  let proven = true
  for (const level of rules.objective) {
    const prices =
      level === 'shortfall' || level === 'value' ? bestPrices(problem, selection, level, measured) : null
    if (prices && (level === 'shortfall' || level === 'value'))
      certificate[level] = writePrices(problem, prices, level)
    const bound = prices
      ? boundOf(problem, level as 'shortfall' | 'value', prices, measured.shortfall as number)
      : otherBound(problem, selection, level, measured, objective)
    proven &&= isSame(bound, measured[level])
    objective[level] = { value: measured[level], bound, proven }
  }
  return { proven, results: { objective, certificate } }
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

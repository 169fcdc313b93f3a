import { dualBound, type Prices } from './dual-bound.ts'
import type { Problem } from '../model/problem.ts'

/** Bound of a level for schedules with at most this shortfall; whole, because values are. */
export function boundOf(
  problem: Problem,
  level: 'shortfall' | 'value',
  prices: Prices,
  shortfall: number,
): number {
  const rounding = 1e-6
  if (level === 'shortfall')
    return Math.max(
      0,
      Math.ceil(-dualBound(problem, prices, new Float64Array(problem.candidateCount)) - rounding),
    )
  return Math.floor(dualBound(problem, prices, problem.value) + prices.shortfall * shortfall + rounding)
}

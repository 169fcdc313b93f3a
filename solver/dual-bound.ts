import type { Problem } from './problem.ts'

/** Prices by index: see `Certificate` for the formula they stand in. */
export interface Prices {
  participants: Float64Array
  tables: number
  /** μ of the shortfall. */
  shortfall: number
  quotas: Float64Array
}

/**
 * An upper bound on Σ worth over held candidates − μ·shortfall, for any prices (Lagrangian duality): one pass.
 * Valid for every schedule that respects maxMeetings, availability, tables and quotas. Source: any text on
 * linear programming duality, e.g. Schrijver, Combinatorial Optimization, chapter 21 (b-matchings).
 */
export function dualBound(problem: Problem, prices: Prices, worth: Float64Array): number {
  return (
    pricedCandidates(problem, prices, worth) +
    pricedPlaces(problem, prices) +
    pricedParticipants(problem, prices)
  )
}

function pricedCandidates(problem: Problem, prices: Prices, worth: Float64Array): number {
  const { first, second, mandatory, possible, quotasOf } = problem
  let sum = 0
  for (let c = 0; c < worth.length; c++) {
    if (!possible[c]) continue
    let excess = worth[c] - prices.participants[first[c]] - prices.participants[second[c]] - prices.tables
    for (const quota of quotasOf[c]) excess -= prices.quotas[quota]
    if (mandatory[c] || excess > 0) sum += excess
  }
  return sum
}

function pricedPlaces(problem: Problem, prices: Prices): number {
  let sum = prices.tables > 0 ? prices.tables * problem.places : 0
  problem.quotas.forEach(({ min, max }, quota) => {
    const price = prices.quotas[quota]
    if (price !== 0) sum += price * (price > 0 ? max : min)
  })
  return sum
}

function pricedParticipants(problem: Problem, prices: Prices): number {
  let sum = 0
  for (let p = 0; p < problem.participantCount; p++) {
    const guarantee = prices.shortfall === 0 ? 0 : problem.guarantee[p]
    const at = (n: number) => prices.participants[p] * n - prices.shortfall * Math.max(0, guarantee - n)
    const [low, high] = [problem.fewest[p], problem.capacity[p]]
    // Concave and piecewise linear in n, with its only kink at the guarantee.
    sum += Math.max(at(low), at(high), at(Math.min(high, Math.max(low, guarantee))))
  }
  return sum
}

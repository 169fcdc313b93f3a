import { DearestDay } from './day-dp.ts'
import type { Problem } from '../model/problem.ts'
import type { SlotPrices } from './slot-prices.ts'

/** Prices by index: see `Certificate` for the formula they stand in. */
export interface Prices {
  participants: Float64Array
  tables: number
  /** μ of the shortfall. */
  shortfall: number
  quotas: Float64Array
  /** What being busy and a table cost besides in each slot, at least 0; null for nothing. */
  days: SlotPrices | null
}

/** Of a shortfall that no schedule could avoid: nothing has to be priced to prove it. */
export const withoutPrices = (problem: Problem): Prices => ({
  participants: new Float64Array(problem.participantCount),
  tables: 0,
  shortfall: 1,
  quotas: new Float64Array(problem.quotas.length),
  days: null,
})

/**
 * An upper bound on Σ worth over held candidates − μ·shortfall, for any prices (Lagrangian duality): one pass.
 * Valid for every schedule that respects maxMeetings, availability, tables and quotas. Source: any text on
 * linear programming duality, e.g. Schrijver, Combinatorial Optimization, chapter 21 (b-matchings).
 */
export function dualBound(problem: Problem, prices: Prices, worth: Float64Array): number {
  return (
    pricedCandidates(problem, prices, worth) +
    pricedPlaces(problem, prices) +
    pricedParticipants(problem, prices) +
    (prices.days ? pricedSlots(problem, prices.days) : 0)
  )
}

/** What a candidate is worth beyond the prices it pays in its cheapest slot. */
export function excessOf(problem: Problem, prices: Prices, worth: Float64Array, c: number): number {
  const { first, second, quotasOf } = problem
  let excess = worth[c] - prices.participants[first[c]] - prices.participants[second[c]] - prices.tables
  for (const quota of quotasOf[c]) excess -= prices.quotas[quota]
  return prices.days ? excess - priceOfSlot(problem, prices.days, c).price : excess
}

/** The cheapest slot of a candidate, −1 if it has none. */
export function priceOfSlot(
  { first, second, slotCount, allowed }: Problem,
  { busy, tables }: SlotPrices,
  c: number,
): { slot: number; price: number } {
  const [one, two, row] = [first[c] * slotCount, second[c] * slotCount, c * slotCount]
  let [best, least] = [-1, Infinity]
  for (let slot = 0; slot < slotCount; slot++) {
    if (!allowed[row + slot]) continue
    const price = busy[one + slot] + busy[two + slot] + tables[slot]
    if (price < least) [best, least] = [slot, price]
  }
  return { slot: best, price: least }
}

/** Everybody is busy once a slot at most, with no more in a row than they may, and so is every table. */
function pricedSlots(problem: Problem, { busy, tables }: SlotPrices): number {
  const { participantCount, slotCount, maxConsecutive, tablesIn } = problem
  const day = new DearestDay(problem)
  let sum = 0
  for (let p = 0; p < participantCount; p++)
    if (maxConsecutive[p] < slotCount) sum += day.find(p, busy, null, null)
    else for (let i = p * slotCount; i < (p + 1) * slotCount; i++) sum += busy[i]
  tables.forEach((price, slot) => (sum += price > 0 ? price * tablesIn[slot] : 0))
  return sum
}

function pricedCandidates(problem: Problem, prices: Prices, worth: Float64Array): number {
  const { mandatory, possible } = problem
  let sum = 0
  for (let c = 0; c < worth.length; c++) {
    if (!possible[c]) continue
    const excess = excessOf(problem, prices, worth, c)
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

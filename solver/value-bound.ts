import { dualBound, excessOf, priceOfSlot, type Prices } from './dual-bound.ts'
import type { Problem } from './problem.ts'
import { emptyPrices, toGrain, type SlotPrices } from './slot-prices.ts'

const WORK = 8_000_000
/** Near a base the answer is waited for. */
const WORK_NEAR_BASE = 1_500_000
/** The bound itself is looked at now and then. */
const STEPS_BETWEEN = 4
const MOST_STEPS = 1_200

/**
 * Sharper prices of the value where not every slot suits everybody: being busy has a price of its own in each slot,
 * so that two people who are there at different times are not counted on. The bound is that of the linear program
 * over candidates and slots, approached from the prices of the flow by deflected subgradient steps (Held and Karp
 * 1971; Camerini, Fratta and Maffioli 1975); any prices give a valid bound.
 * @param target value that is reached already: no bound can be lower
 */
export function sharpen(problem: Problem, prices: Prices, target: number): Prices {
  const { candidateCount, slotCount } = problem
  const work = problem.instance.base ? WORK_NEAR_BASE : WORK
  const steps = Math.min(MOST_STEPS, Math.floor(work / Math.max(1, candidateCount * slotCount)))
  const state = startFrom(problem, prices)
  let best = { bound: dualBound(problem, prices, problem.value), prices }
  let [theta, bound] = [1, best.bound]
  for (let step = 0, idle = 0; step < steps && best.bound >= target + 1; step++) {
    if (step % STEPS_BETWEEN === 0) {
      bound = dualBound(problem, state.at, problem.value)
      idle = bound < best.bound - 1e-9 ? 0 : idle + 1
      if (idle === 0) best = keepExact(problem, state.at, best)
      else if (idle % 5 === 0) theta *= 0.85
    }
    findSlope(state)
    descend(state, theta * Math.max(0.5, bound - target))
  }
  return best.prices
}

interface Slopes {
  problem: Problem
  free: Uint8Array
  at: Prices
  /** Slots taken less slots there are, and the same smoothed over the steps: what prices follow. */
  slope: SlotPrices & { participants: Float64Array }
  direction: SlotPrices & { participants: Float64Array }
}

/** The same bound with prices by slot: who may meet in every slot there is pays in each of them. */
function startFrom(problem: Problem, { participants, ...rest }: Prices): Slopes {
  const { participantCount, slotCount, capacity, fewest, guarantee } = problem
  const free = freeSlots(problem)
  const empty = () => ({ participants: new Float64Array(participantCount), ...emptyPrices(problem) })
  const at = { ...rest, participants: participants.slice(), days: emptyPrices(problem) }
  for (let p = 0; p < participantCount; p++) {
    const row = free.subarray(p * slotCount, (p + 1) * slotCount)
    const slots = row.reduce((sum, one) => sum + one, 0)
    const isPlain = fewest[p] === 0 && (guarantee[p] === 0 || rest.shortfall === 0)
    if (!isPlain || slots !== capacity[p] || participants[p] <= 0) continue
    row.forEach((isFree, slot) => (at.days.busy[p * slotCount + slot] = isFree ? participants[p] : 0))
    at.participants[p] = 0
  }
  return { problem, free, at, slope: empty(), direction: empty() }
}

/** 1 at participant × slotCount + slot where somebody can be met. */
function freeSlots({ participantCount, slotCount, first, second, allowed }: Problem): Uint8Array {
  const free = new Uint8Array(participantCount * slotCount)
  allowed.forEach((isAllowed, at) => {
    if (!isAllowed) return
    const [c, slot] = [Math.floor(at / slotCount), at % slotCount]
    free[first[c] * slotCount + slot] = free[second[c] * slotCount + slot] = 1
  })
  return free
}

function keepExact(problem: Problem, at: Prices, best: { bound: number; prices: Prices }) {
  const { busy, tables } = at.days!
  const prices = {
    ...at,
    participants: at.participants.map(toGrain),
    days: { busy: busy.map(toGrain), tables: tables.map(toGrain) },
  }
  const bound = dualBound(problem, prices, problem.value)
  return bound < best.bound ? { bound, prices } : best
}

/** How much the bound falls when a price rises: the slots that candidates take at these prices, less those there are. */
function findSlope({ problem, free, at, slope }: Slopes): void {
  const { first, second, slotCount, mandatory, possible, capacity, fewest, tablesIn } = problem
  free.forEach((isFree, i) => (slope.busy[i] = -isFree))
  slope.tables.set(tablesIn.map((one) => (one === Infinity ? 0 : -one)))
  slope.participants.forEach((_, p) => {
    slope.participants[p] = at.participants[p] > 0 ? -capacity[p] : -fewest[p]
  })
  const besides = { ...at, days: null }
  for (let c = 0; c < first.length; c++) {
    if (!possible[c]) continue
    const { slot, price } = priceOfSlot(problem, at.days!, c)
    if (!mandatory[c] && excessOf(problem, besides, problem.value, c) <= price) continue
    slope.busy[first[c] * slotCount + slot]++
    slope.busy[second[c] * slotCount + slot]++
    slope.participants[first[c]]++
    slope.participants[second[c]]++
    slope.tables[slot]++
  }
}

function descend({ problem, free, at, slope, direction }: Slopes, distance: number): void {
  const { guarantee } = problem
  let norm = 0
  for (const key of ['participants', 'busy', 'tables'] as const)
    slope[key].forEach((one, i) => {
      direction[key][i] = 0.7 * direction[key][i] + 0.3 * one
      norm += direction[key][i] ** 2
    })
  if (norm < 1e-9) return
  const step = distance / norm
  const { busy, tables } = at.days!
  busy.forEach((price, i) => (busy[i] = free[i] ? Math.max(0, price + step * direction.busy[i]) : 0))
  if (problem.tablesPerSlot < Infinity)
    tables.forEach((price, i) => (tables[i] = Math.max(0, price + step * direction.tables[i])))
  at.participants.forEach((price, p) => {
    if (at.shortfall === 0 || guarantee[p] === 0)
      at.participants[p] = Math.max(0, price + step * direction.participants[p])
  })
}

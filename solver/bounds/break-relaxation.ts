import type { Certain } from './reduced-cost-fixing.ts'
import { DayPatterns } from './break-dp.ts'
import { BREAK_BOUNDS } from '../model/effort.ts'
import type { Problem } from '../model/problem.ts'
import { emptyPrices, toGrain, type SlotPrices } from './slot-prices.ts'

export interface BreakBound {
  bound: number
  prices: SlotPrices
}

/**
 * A lower bound on breaks by Lagrangian relaxation: participants choose their best days, meetings their best slots,
 * and prices make them agree. Any prices give a valid bound; these are improved by deflected subgradient steps
 * (Held and Karp 1971; Camerini, Fratta and Maffioli 1975) until the target is reached or the steps are used up.
 */
export class BreakPricing {
  private readonly problem: Problem
  private readonly certain: Certain
  private readonly days: DayPatterns
  private readonly direction: SlotPrices
  private readonly slope: SlotPrices
  private readonly at: SlotPrices
  private theta = 1
  private idleSteps = 0
  private sharpest = -Infinity
  best: BreakBound

  constructor(problem: Problem, certain: Certain, fewest: Int32Array) {
    this.problem = problem
    this.certain = certain
    this.days = new DayPatterns(problem, certain, fewest)
    this.direction = emptyPrices(problem)
    this.slope = emptyPrices(problem)
    this.at = emptyPrices(problem)
    this.best = { bound: 0, prices: emptyPrices(problem) }
  }

  /** Improves the bound with so many steps; returns it. */
  improve(steps: number, target: number): number {
    for (let step = 0; step < steps && this.best.bound < target; step++) {
      const found = this.evaluate(this.at)
      this.keep(found)
      this.move(Math.max(0.05, target - this.sharpest))
    }
    return this.best.bound
  }

  /** The bound that these prices prove, not rounded; sets the slope on the way. */
  evaluate(prices: SlotPrices): number {
    this.slope.busy.fill(0)
    this.slope.tables.fill(0)
    let sum = 0
    for (let p = 0; p < this.problem.participantCount; p++)
      sum += this.days.cheapest(p, prices.busy, this.slope.busy)
    for (let c = 0; c < this.problem.candidateCount; c++)
      if (this.certain.state[c] > 0) sum += this.placeCheapest(c, prices)
    for (let slot = 0; slot < this.problem.slotCount; slot++) sum += this.priceTables(slot, prices)
    return sum
  }

  private placeCheapest(c: number, { busy, tables }: SlotPrices): number {
    const { slotCount, first, second } = this.problem
    const [one, other] = [first[c] * slotCount, second[c] * slotCount]
    let [best, least] = [-1, this.certain.state[c] === 2 ? Infinity : 0]
    for (let slot = 0; slot < slotCount; slot++) {
      if (!this.certain.allowed[c * slotCount + slot]) continue
      const price = tables[slot] - busy[one + slot] - busy[other + slot]
      if (price >= least) continue
      least = price
      best = slot
    }
    if (best < 0) return least
    this.slope.busy[one + best]--
    this.slope.busy[other + best]--
    this.slope.tables[best]++
    return least
  }

  private priceTables(slot: number, { tables }: SlotPrices): number {
    const { tablesPerSlot } = this.problem
    if (tablesPerSlot === Infinity) {
      this.slope.tables[slot] = 0
      return tables[slot] === 0 ? 0 : -Infinity
    }
    // Places can stay empty, so that only a price of 0 or more proves something.
    if (tables[slot] < 0) return -Infinity
    this.slope.tables[slot] -= tablesPerSlot
    return -tables[slot] * tablesPerSlot
  }

  private keep(found: number): void {
    this.idleSteps++
    if (found > this.sharpest) {
      this.sharpest = found
      this.idleSteps = 0
    }
    if (found > this.best.bound) this.keepExact()
    if (this.idleSteps < BREAK_BOUNDS.patience) return
    this.theta *= 0.8
    this.idleSteps = 0
  }

  /** The bound with prices that can be written down: a little less perhaps, but exact. */
  private keepExact(): void {
    const prices = { busy: this.at.busy.map(toGrain), tables: this.at.tables.map(toGrain) }
    const bound = Math.ceil(this.evaluate(prices))
    if (bound > this.best.bound) this.best = { bound, prices }
  }

  private move(distance: number): void {
    const norm =
      deflect(this.direction.busy, this.slope.busy) + deflect(this.direction.tables, this.slope.tables)
    if (norm < 1e-9) return
    const step = (this.theta * distance) / norm
    climb(this.at.busy, this.direction.busy, step, -Infinity)
    climb(this.at.tables, this.direction.tables, step, 0)
  }
}

/** Blends the slope into the direction; returns the square of its length. */
function deflect(direction: Float64Array, slope: Float64Array): number {
  let norm = 0
  for (let i = 0; i < direction.length; i++) {
    direction[i] = 0.95 * direction[i] + 0.05 * slope[i]
    norm += direction[i] * direction[i]
  }
  return norm
}

function climb(prices: Float64Array, direction: Float64Array, step: number, least: number): void {
  for (let i = 0; i < prices.length; i++) prices[i] = Math.max(least, prices[i] + step * direction[i])
}

import type { Certain } from './reduced-cost-fixing.ts'
import { DayPatterns } from './break-dp.ts'
import { BREAK_BOUNDS } from '../model/effort.ts'
import type { Problem } from '../model/problem.ts'
import { emptyPrices, toGrain, type SlotPrices } from './slot-prices.ts'
import { StepLength, Subgradient } from './subgradient.ts'

/** How much of each slope counts. */
const BETA = 0.05

export interface BreakBound {
  bound: number
  prices: SlotPrices
}

/**
 * A lower bound on breaks by Lagrangian relaxation: participants choose their best days, meetings their best slots,
 * and prices make them agree. Any prices give a valid bound; these are improved until the target is reached or the
 * steps are used up.
 */
export class BreakPricing extends Subgradient {
  private readonly problem: Problem
  private readonly certain: Certain
  private readonly days: DayPatterns
  private readonly prices: SlotPrices
  private readonly slopes: SlotPrices
  private readonly length = new StepLength(1, BREAK_BOUNDS.patience)
  private highest = -Infinity
  best: BreakBound

  constructor(problem: Problem, certain: Certain, fewest: Int32Array) {
    const { participantCount, slotCount } = problem
    const tables = participantCount * slotCount
    super(tables + slotCount, false)
    this.lowest.fill(-Infinity, 0, tables)
    const all = [...this.at.keys()]
    this.moving = [all.slice(0, tables), all.slice(tables)]
    this.problem = problem
    this.certain = certain
    this.days = new DayPatterns(problem, certain, fewest)
    this.prices = { busy: this.at.subarray(0, tables), tables: this.at.subarray(tables) }
    this.slopes = { busy: this.slope.subarray(0, tables), tables: this.slope.subarray(tables) }
    this.best = { bound: 0, prices: emptyPrices(problem) }
  }

  /** Improves the bound with so many steps; returns it. */
  improve(steps: number, target: number): number {
    for (let step = 0; step < steps && this.best.bound < target; step++) {
      const found = this.evaluate(this.prices)
      this.length.heed(found > this.highest)
      this.highest = Math.max(this.highest, found)
      if (found > this.best.bound) this.keepExact()
      this.follow(this.length.share * Math.max(0.05, target - this.highest), BETA)
    }
    return this.best.bound
  }

  /** The bound that these prices prove, not rounded; sets the slope on the way. */
  evaluate(prices: SlotPrices): number {
    this.slope.fill(0)
    let sum = 0
    for (let p = 0; p < this.problem.participantCount; p++)
      sum += this.days.cheapest(p, prices.busy, this.slopes.busy)
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
    this.slopes.busy[one + best]--
    this.slopes.busy[other + best]--
    this.slopes.tables[best]++
    return least
  }

  private priceTables(slot: number, { tables }: SlotPrices): number {
    const { tablesPerSlot } = this.problem
    if (tablesPerSlot === Infinity) {
      this.slopes.tables[slot] = 0
      return tables[slot] === 0 ? 0 : -Infinity
    }
    // Places can stay empty, so that only a price of 0 or more proves something.
    if (tables[slot] < 0) return -Infinity
    this.slopes.tables[slot] -= tablesPerSlot
    return -tables[slot] * tablesPerSlot
  }

  /** The bound with prices that can be written down: a little less perhaps, but exact. */
  private keepExact(): void {
    const prices = { busy: this.prices.busy.map(toGrain), tables: this.prices.tables.map(toGrain) }
    const bound = Math.ceil(this.evaluate(prices))
    if (bound > this.best.bound) this.best = { bound, prices }
  }
}

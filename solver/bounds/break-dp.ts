import type { Certain } from './reduced-cost-fixing.ts'
import { onlySlot, type Problem } from '../model/problem.ts'

const BEFORE = 0
const BUSY = 1
const IDLE = 2

/**
 * The cheapest day of one participant for given prices of being busy, by dynamic programming over slots with the
 * number of meetings so far, the breaks that cannot be avoided anyway, and whether a break may be ending.
 */
export class DayPatterns {
  private readonly problem: Problem
  private readonly certain: Certain
  private readonly fewest: Int32Array
  /** 1 where the participant may be busy, 2 where it must, at participant × slotCount + slot. */
  private readonly free: Uint8Array
  /** Cost of each state after each slot, and the state it came from. */
  private cost = new Float64Array(0)
  private from = new Int32Array(0)

  constructor(problem: Problem, certain: Certain, fewest: Int32Array) {
    const { slotCount } = problem
    this.problem = problem
    this.certain = certain
    this.fewest = fewest
    this.free = findFree(problem, certain)
    const most = certain.high.reduce((top, high, p) => Math.max(top, (high + 1) * (fewest[p] + 1) * 3), 3)
    this.cost = new Float64Array(most * (slotCount + 1))
    this.from = new Int32Array(most * (slotCount + 1))
  }

  /** Breaks and prices of the best day; adds 1 to `busy` where that day is busy. Infinity if there is none. */
  cheapest(p: number, price: Float64Array, busy: Float64Array): number {
    const { slotCount } = this.problem
    const [low, high, known] = [this.certain.low[p], this.certain.high[p], this.fewest[p]]
    const width = (high + 1) * (known + 1) * 3
    if (high === 0) return 0
    this.cost.fill(Infinity, 0, width * (slotCount + 1))
    this.cost[BEFORE] = 0
    for (let slot = 0; slot < slotCount; slot++) this.step(p, slot, width, price[p * slotCount + slot])
    let [best, least] = [-1, Infinity]
    const last = width * slotCount
    for (let state = low * (known + 1) * 3; state < width; state++)
      if (this.cost[last + state] < least) {
        least = this.cost[last + state]
        best = state
      }
    if (best >= 0) this.trace(p, width, best, busy)
    return least + known
  }

  /** State: (meetings × (known + 1) + breaks) × 3 + before, busy or idle. */
  private step(p: number, slot: number, width: number, price: number): void {
    const { cost } = this
    const { slotCount, stretch } = this.problem
    const isApart = slot > 0 && stretch[slot] !== stretch[slot - 1]
    const free = this.free[p * slotCount + slot]
    const row = slot * width
    const known = this.fewest[p]
    const next = 3 * (known + 1)
    for (let base = 0; base < width; base += 3) {
      for (let kind = BEFORE; kind <= IDLE; kind++) {
        const so = cost[row + base + kind]
        if (so === Infinity) continue
        const now = isApart ? BEFORE : kind
        if (free < 2) this.reach(row + width + base + (now === BEFORE ? BEFORE : IDLE), so, base + kind)
        if (free === 0 || base + next >= width) continue
        const breaks = (base / 3) % (known + 1)
        if (now !== IDLE) this.reach(row + width + base + next + BUSY, so + price, base + kind)
        else if (breaks < known) this.reach(row + width + base + next + 3 + BUSY, so + price, base + kind)
        else this.reach(row + width + base + next + BUSY, so + price + 1, base + kind)
      }
    }
  }

  private reach(state: number, cost: number, from: number): void {
    if (cost >= this.cost[state]) return
    this.cost[state] = cost
    this.from[state] = from
  }

  private trace(p: number, width: number, end: number, busy: Float64Array): void {
    const { slotCount } = this.problem
    let state = end
    for (let slot = slotCount - 1; slot >= 0; slot--) {
      if (state % 3 === BUSY) busy[p * slotCount + slot]++
      state = this.from[(slot + 1) * width + state]
    }
  }
}

function findFree(
  { participantCount, slotCount, incident }: Problem,
  { state, allowed }: Certain,
): Uint8Array {
  const free = new Uint8Array(participantCount * slotCount)
  incident.forEach((candidates, p) => {
    for (const c of candidates.filter((one) => state[one] > 0)) {
      const row = allowed.subarray(c * slotCount, (c + 1) * slotCount)
      const only = state[c] === 2 ? onlySlot(allowed, slotCount, c) : -1
      row.forEach((may, slot) => {
        if (may && free[p * slotCount + slot] === 0) free[p * slotCount + slot] = 1
      })
      if (only >= 0) free[p * slotCount + only] = 2
    }
  })
  return free
}

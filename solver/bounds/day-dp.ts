import type { Problem } from '../model/problem.ts'

/**
 * The day on which being busy costs one participant most, among those without too many meetings in a row: by dynamic
 * programming over slots with the length of the row so far.
 */
export class DearestDay {
  private readonly problem: Problem
  /** Best sum after each slot for each length of the row that ends with it, 0 for an idle slot. */
  private readonly sum: Float64Array
  /** Length of the row in the best state before each slot. */
  private readonly best: Int32Array

  constructor(problem: Problem) {
    const { slotCount, maxConsecutive } = problem
    const longest = maxConsecutive.reduce((top, most) => (most < slotCount ? Math.max(top, most) : top), 0)
    this.problem = problem
    this.sum = new Float64Array((longest + 1) * (slotCount + 1))
    this.best = new Int32Array(slotCount + 1)
  }

  /**
   * What that day costs, at prices by participant × slotCount + slot.
   * @param must 1 where the participant is busy for certain, which costs nothing more; or null
   * @param slope gets 1 less where that day is busy; or null
   */
  find(p: number, prices: Float64Array, must: Uint8Array | null, slope: Float64Array | null): number {
    const { sum, best, problem } = this
    const { slotCount, block, maxConsecutive } = problem
    const width = maxConsecutive[p] + 1
    sum.fill(-Infinity, 1, width)
    sum[0] = 0
    for (let slot = 0; slot < slotCount; slot++) {
      const row = slot * width
      const top = this.findBest(row, width)
      const isBusy = must !== null && must[p * slotCount + slot] === 1
      const price = isBusy ? 0 : prices[p * slotCount + slot]
      best[slot] = top
      sum[row + width] = isBusy ? -Infinity : sum[row + top]
      const begins = slot > 0 && block[slot] !== block[slot - 1]
      for (let length = 1; length < width; length++)
        sum[row + width + length] = begins ? -Infinity : sum[row + length - 1] + price
      if (begins) sum[row + width + 1] = sum[row + top] + price
    }
    best[slotCount] = this.findBest(slotCount * width, width)
    if (slope) this.trace(p, must, slope)
    return sum[slotCount * width + best[slotCount]]
  }

  /** The length of row with the greatest sum; of equal ones the longest, which is busier. */
  private findBest(row: number, width: number): number {
    const { sum } = this
    let best = 0
    for (let length = 1; length < width; length++) if (sum[row + length] >= sum[row + best]) best = length
    return best
  }

  private trace(p: number, must: Uint8Array | null, slope: Float64Array): void {
    const { slotCount, block } = this.problem
    let length = this.best[slotCount]
    for (let slot = slotCount - 1; slot >= 0; slot--) {
      const begins = slot > 0 && block[slot] !== block[slot - 1]
      if (length > 0 && !(must && must[p * slotCount + slot])) slope[p * slotCount + slot]--
      length = length === 0 || begins ? this.best[slot] : length - 1
    }
  }
}

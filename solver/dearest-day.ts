import type { Problem } from './problem.ts'

/**
 * The day on which being busy costs one participant most, among those without too many meetings in a row: by dynamic
 * programming over slots with the length of the row so far.
 */
export class DearestDay {
  private readonly problem: Problem
  private readonly sum: Float64Array
  private readonly before: Int32Array

  constructor(problem: Problem) {
    const { slotCount, maxConsecutive } = problem
    const longest = maxConsecutive.reduce((top, most) => (most < slotCount ? Math.max(top, most) : top), 0)
    this.problem = problem
    this.sum = new Float64Array((longest + 1) * (slotCount + 1))
    this.before = new Int32Array((longest + 1) * (slotCount + 1))
  }

  /**
   * What that day costs, at prices by participant × slotCount + slot.
   * @param must 1 where the participant is busy for certain, which costs nothing more; or null
   * @param slope gets 1 less where that day is busy; or null
   */
  find(p: number, prices: Float64Array, must: Uint8Array | null, slope: Float64Array | null): number {
    const { slotCount, block, maxConsecutive } = this.problem
    const width = maxConsecutive[p] + 1
    const { sum } = this
    sum.fill(-Infinity, 0, width * (slotCount + 1))
    sum[0] = 0
    for (let slot = 0; slot < slotCount; slot++) {
      const at = p * slotCount + slot
      const row = slot * width
      const longest = this.longest(row, width)
      const isBusy = must !== null && must[at] === 1
      if (!isBusy) this.reach(row + width, sum[row + longest], longest)
      const price = isBusy ? 0 : prices[at]
      if (slot > 0 && block[slot] !== block[slot - 1])
        this.reach(row + width + 1, sum[row + longest] + price, longest)
      else
        for (let length = 1; length < width; length++)
          this.reach(row + width + length, sum[row + length - 1] + price, length - 1)
    }
    const end = this.longest(slotCount * width, width)
    if (slope) this.trace(p, width, end, must, slope)
    return sum[slotCount * width + end]
  }

  private reach(state: number, sum: number, before: number): void {
    this.sum[state] = sum
    this.before[state] = before
  }

  /** The length of row with the greatest sum; of equal ones the longest, which is busier. */
  private longest(row: number, width: number): number {
    let best = 0
    for (let length = 1; length < width; length++)
      if (this.sum[row + length] >= this.sum[row + best]) best = length
    return best
  }

  private trace(p: number, width: number, end: number, must: Uint8Array | null, slope: Float64Array): void {
    const { slotCount } = this.problem
    let length = end
    for (let slot = slotCount - 1; slot >= 0; slot--) {
      const at = p * slotCount + slot
      if (length > 0 && !(must && must[at])) slope[at]--
      length = this.before[(slot + 1) * width + length]
    }
  }
}

/** Steps become shorter by this factor. */
const SHORTER = 0.8

/**
 * Prices that a bound depends on, moved towards better ones by deflected subgradient steps (Held and Karp 1971;
 * Camerini, Fratta and Maffioli 1975). Whoever evaluates the bound writes its slope: how far each price is too low.
 */
export class Subgradient {
  protected readonly at: Float64Array
  protected readonly slope: Float64Array
  protected readonly direction: Float64Array
  /** What each price is at least; 0 unless told otherwise. */
  protected readonly lowest: Float64Array
  /** The prices that move, in groups whose slopes are summed by themselves; all in one unless told otherwise. */
  protected moving: number[][]
  private readonly stopsAtKinks: boolean
  /** The best prices so far. */
  protected readonly sharpest: Float64Array
  private bound = Infinity

  /** @param stopsAtKinks whether prices wait at 0 and at their lowest, where the bound is not smooth */
  constructor(size: number, stopsAtKinks: boolean) {
    this.at = new Float64Array(size)
    this.slope = new Float64Array(size)
    this.direction = new Float64Array(size)
    this.lowest = new Float64Array(size)
    this.sharpest = new Float64Array(size)
    this.moving = [[...this.at.keys()]]
    this.stopsAtKinks = stopsAtKinks
  }

  /**
   * Moves the prices so far that the bound would change by the distance if it were as steep all the way.
   * @param beta how much the last slope counts beside those before it, from 0 to 1
   */
  follow(distance: number, beta: number): void {
    const norm = this.moving.reduce((sum, group) => sum + this.turn(group, beta), 0)
    if (norm < 1e-9) return
    for (const group of this.moving) this.step(group, distance / norm)
  }

  /** Blends the slope into the direction; returns the square of its length. */
  private turn(group: number[], beta: number): number {
    const { at, slope, direction, lowest, stopsAtKinks } = this
    let norm = 0
    for (const i of group) {
      const towards = (1 - beta) * direction[i] + beta * slope[i]
      direction[i] = stopsAtKinks && towards < 0 && at[i] <= lowest[i] ? 0 : towards
      norm += direction[i] * direction[i]
    }
    return norm
  }

  private step(group: number[], length: number): void {
    const { at, direction, lowest, stopsAtKinks } = this
    for (const i of group) {
      const next = at[i] + length * direction[i]
      at[i] = stopsAtKinks && at[i] * next < 0 ? 0 : Math.max(lowest[i], next)
    }
  }

  /** Remembers the prices if the bound, of which less is better, is the best so far. */
  protected remember(bound: number): void {
    if (bound >= this.bound) return
    this.bound = bound
    this.sharpest.set(this.at)
  }

  /** Takes the next bound for the best so far. */
  forget(): void {
    this.bound = Infinity
  }

  /** Goes on from the best prices so far. */
  goBack(): void {
    this.at.set(this.sharpest)
    this.direction.fill(0)
  }
}

/** How long steps are, as a share of what may still be missing: shorter after bounds in a row that are no better. */
export class StepLength {
  share: number
  private readonly patience: number
  private idle = 0

  constructor(share: number, patience: number) {
    this.share = share
    this.patience = patience
  }

  /** To be told after each step; returns whether steps have become shorter by it. */
  heed(isBetter: boolean): boolean {
    this.idle = isBetter ? 0 : this.idle + 1
    if (this.idle < this.patience) return false
    this.idle = 0
    this.share *= SHORTER
    return true
  }
}

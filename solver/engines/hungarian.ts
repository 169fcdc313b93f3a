/**
 * The cheapest assignment of rows to columns, by shortest augmenting paths with prices (Kuhn 1955; in the form of
 * Jonker and Volgenant 1987). Kept for many small problems in a row, so that they make no garbage.
 */
export class Assignment {
  /** Cost at row × size + column, to be filled in; Infinity where the two don't go together. */
  readonly cost: Float64Array
  /** Column of each row, after `solve`. */
  readonly columnOf: Int32Array
  private readonly rowPrice: Float64Array
  private readonly columnPrice: Float64Array
  private readonly rowOf: Int32Array
  private readonly from: Int32Array
  private readonly distance: Float64Array
  private readonly isReached: Uint8Array
  private readonly left: number[] = []

  /** @param most rows that a problem may have */
  constructor(most: number) {
    this.cost = new Float64Array(most * most)
    this.columnOf = new Int32Array(most)
    this.rowPrice = new Float64Array(most)
    this.columnPrice = new Float64Array(most)
    this.rowOf = new Int32Array(most)
    this.from = new Int32Array(most)
    this.distance = new Float64Array(most)
    this.isReached = new Uint8Array(most)
  }

  /** Fills `columnOf` for a problem of so many rows and columns, which must have an assignment of finite cost. */
  solve(size: number): void {
    this.columnPrice.fill(0, 0, size)
    this.rowOf.fill(-1, 0, size)
    this.left.length = 0
    for (let row = 0; row < size; row++) if (!this.takeCheapest(row, size)) this.left.push(row)
    for (const row of this.left) this.augment(row, this.search(row, size))
    for (let column = 0; column < size; column++) this.columnOf[this.rowOf[column]] = column
  }

  /** Gives a row its cheapest column if that is free: for most of them that will do. */
  private takeCheapest(row: number, size: number): boolean {
    let [column, least] = [-1, Infinity]
    for (let one = 0; one < size; one++) {
      if (this.cost[row * size + one] >= least) continue
      least = this.cost[row * size + one]
      column = one
    }
    this.rowPrice[row] = least
    if (this.rowOf[column] >= 0) return false
    this.rowOf[column] = row
    return true
  }

  /** Grows the tree of cheapest paths from a row until it reaches a free column, which it returns. */
  private search(start: number, size: number): number {
    const { cost, rowPrice, columnPrice, rowOf, from, distance, isReached } = this
    distance.fill(Infinity, 0, size)
    isReached.fill(0, 0, size)
    let [row, last] = [start, -1]
    // What the prices of all rows and columns reached so far have changed by.
    let paid = 0
    for (;;) {
      let [nearest, least] = [-1, Infinity]
      for (let column = 0; column < size; column++) {
        if (isReached[column]) continue
        const length = paid + cost[row * size + column] - rowPrice[row] - columnPrice[column]
        if (length < distance[column]) {
          distance[column] = length
          from[column] = last
        }
        if (distance[column] >= least) continue
        least = distance[column]
        nearest = column
      }
      paid = least
      if (rowOf[nearest] < 0) {
        this.reprice(start, paid, size)
        return nearest
      }
      isReached[nearest] = 1
      last = nearest
      row = rowOf[nearest]
    }
  }

  private reprice(start: number, paid: number, size: number): void {
    this.rowPrice[start] += paid
    for (let column = 0; column < size; column++) {
      if (!this.isReached[column]) continue
      this.rowPrice[this.rowOf[column]] += paid - this.distance[column]
      this.columnPrice[column] -= paid - this.distance[column]
    }
  }

  /** Along the path that ends in this column everybody moves up by one. */
  private augment(start: number, free: number): void {
    let column = free
    for (let before = this.from[column]; before >= 0; before = this.from[column]) {
      this.rowOf[column] = this.rowOf[before]
      column = before
    }
    this.rowOf[column] = start
  }
}

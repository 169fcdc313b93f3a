import { Assignment } from '../engines/hungarian.ts'
import { SEATING } from '../model/effort.ts'
import type { Random } from '../model/random.ts'
import { suits, type Seats } from './seats.ts'

/**
 * Deals the tables of some slots out anew: what stands at one table in all of these slots goes to another one
 * together, and an assignment finds the best of all ways to do that at once, whoever sits there in other slots staying
 * where they are (a very large neighbourhood: Ahuja, Ergun, Orlin and Punnen 2002).
 */
export class TableExchange {
  private readonly seats: Seats
  private readonly assignment: Assignment
  /** What the assignment has to pay is for looking; this is the same by the levels. */
  private readonly truth: Float64Array
  /** The tables that take part, and the place of each among them, −1 for those that do not. */
  private readonly tables: number[] = []
  private readonly placeOf: Int32Array
  /** Who sits at each of these tables in a slot, while they are dealt out. */
  private readonly sitting: Int32Array

  constructor(seats: Seats) {
    const { tablesPerSlot } = seats.agenda.problem
    const most = Math.min(tablesPerSlot, SEATING.tablesAtOnce)
    this.seats = seats
    this.assignment = new Assignment(most)
    this.truth = new Float64Array(most * most)
    this.placeOf = new Int32Array(tablesPerSlot).fill(-1)
    this.sitting = new Int32Array(most)
  }

  /**
   * Deals anew in the slots from `from` to before `to`.
   * @param noise most by which a choice may seem better or worse than it is
   * @param until meetings from this slot on are not looked at, as if they had no table yet
   * @param onMove told of each meeting that gets another table, before it does
   * @returns by how much changes of table cost more by the levels
   */
  deal(
    from: number,
    to: number,
    { random, noise, until }: { random: Random; noise: number; until: number },
    onMove: (c: number) => void,
  ): number {
    this.chooseTables(from, to, random)
    const size = this.tables.length
    const { truth, assignment } = this
    const { cost, columnOf } = assignment
    this.price(from, to, until)
    for (let at = 0; at < size * size; at++) cost[at] += noise * random.unit()
    this.assignment.solve(size)
    let change = 0
    for (let place = 0; place < size; place++)
      change += truth[place * size + columnOf[place]] - truth[place * size + place]
    for (let slot = from; slot < to; slot++) this.move(slot, onMove)
    return change
  }

  /** All tables; of many, those that people of a random one come from and go to, those of these, and so on. */
  private chooseTables(from: number, to: number, random: Random): void {
    const { tablesPerSlot } = this.seats.agenda.problem
    const most = this.assignment.columnOf.length
    if (this.tables.length === tablesPerSlot) return
    for (const table of this.tables) this.placeOf[table] = -1
    this.tables.length = 0
    for (let next = 0; this.tables.length < most; next++) {
      while (next === this.tables.length) this.choose(random.below(tablesPerSlot))
      this.chooseBeside(this.tables[next], from, to, most)
    }
  }

  private choose(table: number): void {
    if (this.placeOf[table] >= 0) return
    this.placeOf[table] = this.tables.push(table) - 1
  }

  private chooseBeside(table: number, from: number, to: number, most: number): void {
    const { agenda, holder, beside, tableOf } = this.seats
    const { tablesPerSlot } = agenda.problem
    for (let slot = from; slot < to; slot++) {
      const c = holder[slot * tablesPerSlot + table]
      for (let corner = c * 4; c >= 0 && corner < c * 4 + 4; corner++)
        if (beside[corner] >= 0 && this.tables.length < most) this.choose(tableOf[beside[corner]])
    }
  }

  /** Fills the costs: a stay is worth what a change would cost, and nobody goes where they cannot be. */
  private price(from: number, to: number, until: number): void {
    const { seats, tables } = this
    const { tablesPerSlot } = seats.agenda.problem
    const { cost } = this.assignment
    const size = tables.length
    cost.fill(0, 0, size * size)
    this.truth.fill(0, 0, size * size)
    for (let slot = from; slot < to; slot++)
      for (let place = 0; place < size; place++) {
        const c = seats.holder[slot * tablesPerSlot + tables[place]]
        if (c < 0) continue
        this.priceStays(c, place * size, { from, to, until })
        this.forbid(c, place * size)
      }
  }

  private priceStays(c: number, row: number, slots: { from: number; to: number; until: number }): void {
    const { agenda, tableOf, beside, price, guide } = this.seats
    for (let corner = c * 4; corner < c * 4 + 4; corner++) {
      const other = beside[corner]
      if (other < 0) continue
      const slot = agenda.slotOf[other]
      const place = this.placeOf[tableOf[other]]
      if (place < 0 || (slot >= slots.from && slot < slots.to) || slot >= slots.until) continue
      this.assignment.cost[row + place] -= guide[corner]
      this.truth[row + place] -= price[corner]
    }
  }

  private forbid(c: number, row: number): void {
    const { tableOut, suitable } = this.seats.agenda.problem
    if (!tableOut && !suitable[c]) return
    for (let place = 0; place < this.tables.length; place++)
      if (!suits(this.seats, c, this.tables[place])) this.assignment.cost[row + place] = Infinity
  }

  private move(slot: number, onMove: (c: number) => void): void {
    const { tables, sitting } = this
    const { agenda, holder, tableOf } = this.seats
    const row = slot * agenda.problem.tablesPerSlot
    for (let place = 0; place < tables.length; place++) sitting[place] = holder[row + tables[place]]
    for (let place = 0; place < tables.length; place++) {
      const table = tables[this.assignment.columnOf[place]]
      const c = sitting[place]
      holder[row + table] = c
      if (c < 0 || tableOf[c] === table) continue
      onMove(c)
      tableOf[c] = table
    }
  }
}

import type { Problem } from './problem.ts'

/**
 * Keeps, slot by slot, a table for every meeting (a bipartite matching with augmenting paths, H. W. Kuhn 1955),
 * where tables differ: features somebody needs, own tables, locks.
 */
export class Seating {
  /** Table of each held candidate, −1 otherwise. */
  readonly tableOf: Int32Array
  private readonly problem: Problem
  private readonly tables: number
  /** Candidate at slot × tables + table, −1 if free. */
  private readonly holder: Int32Array

  constructor(problem: Problem, inSlot: number[][]) {
    this.problem = problem
    this.tables = problem.tablesPerSlot
    this.tableOf = new Int32Array(problem.candidateCount).fill(-1)
    this.holder = new Int32Array(inSlot.length * this.tables).fill(-1)
  }

  /** Seats a candidate, moving others to other tables of the slot if that is what it takes. */
  seat(c: number, slot: number): boolean {
    const free = this.findFree(c, slot)
    if (free >= 0) return this.sit(c, slot, free)
    const reached = this.explore(c, slot, [])
    if (reached.free < 0) return false
    let table = reached.free
    for (;;) {
      const mover = reached.from.get(table)!
      const old = this.tableOf[mover]
      this.tableOf[mover] = table
      this.holder[slot * this.tables + table] = mover
      if (mover === c) return true
      table = old
    }
  }

  /** Seats a candidate at this table if it suits and is free. */
  sit(c: number, slot: number, table: number): boolean {
    const place = slot * this.tables + table
    const suits = this.problem.suitable[c]?.includes(table) ?? true
    if (!suits || this.isOut(table, slot) || this.holder[place] >= 0) return false
    this.tableOf[c] = table
    this.holder[place] = c
    return true
  }

  unseat(c: number, slot: number): void {
    const table = this.tableOf[c]
    if (table < 0) return
    this.holder[slot * this.tables + table] = -1
    this.tableOf[c] = -1
  }

  /** Meetings of which one must go so that c gets a table; none if it has one when `leaving` are gone. */
  rivals(c: number, slot: number, leaving: readonly number[]): number[] {
    if (this.findFree(c, slot) >= 0) return []
    const { free, from } = this.explore(c, slot, leaving)
    if (free >= 0) return []
    return [...from.keys()].map((table) => this.holder[slot * this.tables + table])
  }

  /** The first table that c can have without anybody moving, −1 if there is none. */
  private findFree(c: number, slot: number): number {
    const own = this.problem.suitable[c]
    const row = slot * this.tables
    const isFree = (table: number) => this.holder[row + table] < 0 && !this.isOut(table, slot)
    if (own) return own.find(isFree) ?? -1
    for (let table = 0; table < this.tables; table++) if (isFree(table)) return table
    return -1
  }

  /** Breadth first over the tables c could take if their holders moved; `from` says who moves to a table. */
  private explore(
    c: number,
    slot: number,
    leaving: readonly number[],
  ): { free: number; from: Map<number, number> } {
    const from = new Map<number, number>()
    const queue = [c]
    for (const mover of queue)
      for (const table of this.choices(mover)) {
        if (from.has(table) || this.isOut(table, slot)) continue
        from.set(table, mover)
        const holder = this.holder[slot * this.tables + table]
        if (holder < 0 || leaving.includes(holder)) return { free: table, from }
        queue.push(holder)
      }
    return { free: -1, from }
  }

  private isOut(table: number, slot: number): boolean {
    return this.problem.tableOut !== null && this.problem.tableOut[slot * this.tables + table] === 1
  }

  private choices(c: number): Iterable<number> {
    return this.problem.suitable[c] ?? Array(this.tables).keys()
  }
}

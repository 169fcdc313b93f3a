import { findPath, type Path } from './augmenting-path.ts'
import type { Problem } from './problem.ts'

/**
 * Keeps, slot by slot, a table for every meeting (a bipartite matching), where tables differ: features somebody
 * needs, own tables, locks.
 */
export class Seating {
  /** Table of each held candidate, −1 otherwise. */
  readonly tableOf: Int32Array
  private readonly problem: Problem
  private readonly tables: number
  private readonly all: number[]
  /** Candidate at slot × tables + table, −1 if free. */
  private readonly holder: Int32Array

  constructor(problem: Problem, inSlot: number[][]) {
    this.problem = problem
    this.tables = problem.tablesPerSlot
    this.all = [...Array(this.tables).keys()]
    this.tableOf = new Int32Array(problem.candidateCount).fill(-1)
    this.holder = new Int32Array(inSlot.length * this.tables).fill(-1)
  }

  /** Seats a candidate, moving others to other tables of the slot if that is what it takes. */
  seat(c: number, slot: number): boolean {
    const free = this.findFree(c, slot)
    if (free >= 0) return this.sit(c, slot, free)
    const { moves } = this.findPath(c, slot, [])
    for (const { mover, place: table } of moves) {
      this.tableOf[mover] = table
      this.holder[slot * this.tables + table] = mover
    }
    return moves.length > 0
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
    if (this.findFree(c, slot, leaving) >= 0) return []
    return this.findPath(c, slot, leaving).reached.map((table) => this.holder[slot * this.tables + table])
  }

  /** The first table that c can have with nobody else moving once `leaving` are gone, −1 if there is none. */
  private findFree(c: number, slot: number, leaving: readonly number[] = []): number {
    const own = this.problem.suitable[c]
    const row = slot * this.tables
    const isFree = (table: number) => {
      const holder = this.holder[row + table]
      return (holder < 0 || leaving.includes(holder)) && !this.isOut(table, slot)
    }
    if (own) return own.find(isFree) ?? -1
    for (let table = 0; table < this.tables; table++) if (isFree(table)) return table
    return -1
  }

  /** To a table of the slot that is free, or would be if `leaving` were gone. */
  private findPath(c: number, slot: number, leaving: readonly number[]): Path {
    const holderOf = (table: number) => {
      const holder = this.holder[slot * this.tables + table]
      return leaving.includes(holder) ? -1 : holder
    }
    return findPath(c, (mover) => this.tablesFor(mover, slot), holderOf)
  }

  private isOut(table: number, slot: number): boolean {
    return this.problem.tableOut !== null && this.problem.tableOut[slot * this.tables + table] === 1
  }

  private tablesFor(c: number, slot: number): readonly number[] {
    const own = this.problem.suitable[c] ?? this.all
    return this.problem.tableOut ? own.filter((table) => !this.isOut(table, slot)) : own
  }
}

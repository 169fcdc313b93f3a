import type { Meeting } from '../format/meeting.ts'
import { meetingsAt } from './assignment.ts'
import type { Problem } from './problem.ts'
import type { SlotLimit } from './slot-limits.ts'
import { Seating } from './table-matching.ts'

/**
 * A partial schedule that never breaks a rule about time and tables: who meets whom in which slot.
 * `put` expects what `conflicts` names to have been removed first.
 */
export class Agenda {
  readonly problem: Problem
  /** Slot of each candidate, −1 if it is not held. */
  readonly slotOf: Int32Array
  /** Candidate at participant × slotCount + slot, −1 if idle. */
  readonly at: Int32Array
  /** Meetings of each participant. */
  readonly count: Int32Array
  /** Candidates held in each slot, in no particular order. */
  readonly inSlot: number[][]
  /** Only where some meetings do not suit every table, or some tables every slot. */
  readonly seating: Seating | null
  private readonly indexInSlot: Int32Array
  /** For `fits`, which is asked millions of times. */
  private readonly leaving: number[] = []

  constructor(problem: Problem) {
    this.problem = problem
    this.slotOf = new Int32Array(problem.candidateCount).fill(-1)
    this.at = new Int32Array(problem.participantCount * problem.slotCount).fill(-1)
    this.count = new Int32Array(problem.participantCount)
    this.inSlot = Array.from({ length: problem.slotCount }, () => [])
    this.indexInSlot = new Int32Array(problem.candidateCount)
    this.seating =
      problem.tableOut || problem.suitable.some((tables) => tables !== null)
        ? new Seating(problem, this.inSlot)
        : null
  }

  /** @param table the one to sit at if it is free, where tables differ; −1 for any */
  put(c: number, slot: number, table = -1): void {
    const { first, second, slotCount } = this.problem
    this.slotOf[c] = slot
    this.at[first[c] * slotCount + slot] = c
    this.at[second[c] * slotCount + slot] = c
    this.count[first[c]]++
    this.count[second[c]]++
    this.indexInSlot[c] = this.inSlot[slot].push(c) - 1
    if (table < 0 || !this.seating?.sit(c, slot, table)) this.seating?.seat(c, slot)
  }

  remove(c: number): void {
    const { first, second, slotCount } = this.problem
    const slot = this.slotOf[c]
    this.seating?.unseat(c, slot)
    this.slotOf[c] = -1
    this.at[first[c] * slotCount + slot] = -1
    this.at[second[c] * slotCount + slot] = -1
    this.count[first[c]]--
    this.count[second[c]]--
    const last = this.inSlot[slot].pop()!
    if (last === c) return
    this.inSlot[slot][this.indexInSlot[c]] = last
    this.indexInSlot[last] = this.indexInSlot[c]
  }

  /** Makes this agenda hold exactly the given slots. */
  restore(slotOf: Int32Array): void {
    for (let c = 0; c < slotOf.length; c++)
      if (this.slotOf[c] >= 0 && this.slotOf[c] !== slotOf[c]) this.remove(c)
    for (let c = 0; c < slotOf.length; c++) if (slotOf[c] >= 0 && this.slotOf[c] < 0) this.put(c, slotOf[c])
  }

  /** Whether both people and a table are free in the slot: what a meeting needs before any other rule. */
  isFree(c: number, slot: number): boolean {
    const { first, second, slotCount, tablesIn } = this.problem
    return (
      this.at[first[c] * slotCount + slot] < 0 &&
      this.at[second[c] * slotCount + slot] < 0 &&
      this.inSlot[slot].length < tablesIn[slot]
    )
  }

  /** Whether a candidate that is not held can be in a slot it is allowed in, with everybody staying where they are. */
  fits(c: number, slot: number): boolean {
    if (!this.isFree(c, slot)) return false
    this.inTheWay(c, slot, this.leaving)
    return this.leaving.length === 0 && this.rivals(c, slot, this.leaving) === null
  }

  /**
   * Fills `out` with the meetings to remove so that candidate c can be in the slot. Where there is a choice
   * (a table, a row that gets too long, a participant with enough meetings) the cheapest by `cost` goes.
   */
  conflicts(c: number, slot: number, cost: (other: number) => number, out: number[]): void {
    this.inTheWay(c, slot, out)
    let rivals = this.rivals(c, slot, out)
    while (rivals && rivals.length > 0) {
      out.push(cheapest(rivals, cost))
      rivals = this.rivals(c, slot, out)
    }
  }

  /** Fills `out` with whoever must leave in any case: who shares a participant, or would be in the wrong order. */
  inTheWay(c: number, slot: number, out: number[]): void {
    const { first, second, slotCount, earlier, later } = this.problem
    out.length = 0
    add(out, this.at[first[c] * slotCount + slot])
    add(out, this.at[second[c] * slotCount + slot])
    for (const other of earlier[c]) if (this.slotOf[other] >= slot) add(out, other)
    for (const other of later[c]) if (this.slotOf[other] >= 0 && this.slotOf[other] <= slot) add(out, other)
  }

  /**
   * Meetings of which one more has to go when those in `leaving` do, for the first limit that c would exceed: a row, a
   * participant's number of meetings in some slots or in all, a quota, the tables. Null if there is room for it.
   */
  rivals(c: number, slot: number, leaving: readonly number[]): number[] | null {
    const { first, second } = this.problem
    return (
      this.rivalsOfPerson(first[c], slot, leaving) ??
      this.rivalsOfPerson(second[c], slot, leaving) ??
      this.rivalsInQuotas(c, leaving) ??
      this.rivalsForTables(c, slot, leaving)
    )
  }

  private rivalsOfPerson(p: number, slot: number, leaving: readonly number[]): number[] | null {
    const { maxConsecutive, limits, slotCount, capacity, incident, first, second } = this.problem
    if (maxConsecutive[p] < slotCount && this.rowLength(p, slot, leaving) > maxConsecutive[p])
      return this.rowAround(p, slot, leaving)
    for (const limit of limits[p]) {
      if (!limit.isIn[slot]) continue
      const counted = this.meetingsIn(p, limit, leaving)
      if (counted.length >= limit.max) return counted
    }
    let meetings = this.count[p]
    for (const other of leaving) if (first[other] === p || second[other] === p) meetings--
    return meetings < capacity[p] ? null : this.staying(incident[p], leaving)
  }

  private rivalsInQuotas(c: number, leaving: readonly number[]): number[] | null {
    const { quotasOf, quotas } = this.problem
    for (const quota of quotasOf[c]) {
      const held = this.staying(quotas[quota].members, leaving)
      if (held.length >= quotas[quota].max) return held
    }
    return null
  }

  private rivalsForTables(c: number, slot: number, leaving: readonly number[]): number[] | null {
    let seated = this.inSlot[slot].length
    for (const other of leaving) if (this.slotOf[other] === slot) seated--
    if (seated >= this.problem.tablesIn[slot]) return this.staying(this.inSlot[slot], leaving)
    const rivals = this.seating?.rivals(c, slot, leaving)
    return rivals && rivals.length > 0 ? rivals : null
  }

  private staying(list: readonly number[], leaving: readonly number[]): number[] {
    return list.filter((other) => this.slotOf[other] >= 0 && !leaving.includes(other))
  }

  /** How many meetings in a row inside a block a participant has with one in the slot, when `leaving` are gone. */
  rowLength(p: number, slot: number, leaving: readonly number[]): number {
    return 1 + this.reach(p, slot, -1, leaving) + this.reach(p, slot, 1, leaving)
  }

  /** Those of a participant's meetings that count in a limit, when `leaving` are gone. */
  meetingsIn(p: number, { isIn }: SlotLimit, leaving: readonly number[]): number[] {
    const { slotCount } = this.problem
    const counted: number[] = []
    for (let slot = 0; slot < slotCount; slot++) {
      const c = isIn[slot] ? this.at[p * slotCount + slot] : -1
      if (c >= 0 && !leaving.includes(c)) counted.push(c)
    }
    return counted
  }

  /** The others of that row, those before the slot first. */
  private rowAround(p: number, slot: number, leaving: readonly number[]): number[] {
    const { at, problem } = this
    return [-1, 1].flatMap((step) =>
      Array.from(
        { length: this.reach(p, slot, step, leaving) },
        (_, n) => at[p * problem.slotCount + slot + step * (n + 1)],
      ),
    )
  }

  /** How many meetings follow each other from the slot on, forwards or backwards. */
  private reach(p: number, slot: number, step: number, leaving: readonly number[]): number {
    const { slotCount, block } = this.problem
    let next = slot + step
    while (next >= 0 && next < slotCount && block[next] === block[slot]) {
      const c = this.at[p * slotCount + next]
      if (c < 0 || leaving.includes(c)) break
      next += step
    }
    return (next - slot) * step - 1
  }
}

function add(out: number[], c: number): void {
  if (c >= 0 && !out.includes(c)) out.push(c)
}

function cheapest(list: number[], cost: (c: number) => number): number {
  let best = list[0]
  let least = cost(best)
  for (let index = 1; index < list.length; index++) {
    const one = cost(list[index])
    if (one >= least) continue
    least = one
    best = list[index]
  }
  return best
}

/** The meetings of an agenda; without tables where nobody is seated yet. */
export const meetingsOf = ({ problem, slotOf }: Agenda, tables: Int32Array | null = null): Meeting[] =>
  meetingsAt(problem.instance, { slots: slotOf, tables })

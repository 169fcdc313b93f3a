import type { Problem } from './problem.ts'
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

  /**
   * Fills `out` with the meetings to remove so that candidate c can be in the slot. Where there is a choice
   * (a table, a row that gets too long, a participant with enough meetings) the cheapest by `cost` goes.
   */
  conflicts(c: number, slot: number, cost: (other: number) => number, out: number[]): void {
    const { first, second, slotCount, earlier, later } = this.problem
    out.length = 0
    add(out, this.at[first[c] * slotCount + slot])
    add(out, this.at[second[c] * slotCount + slot])
    for (const other of earlier[c]) if (this.slotOf[other] >= slot) add(out, other)
    for (const other of later[c]) if (this.slotOf[other] >= 0 && this.slotOf[other] <= slot) add(out, other)
    for (const participant of [first[c], second[c]]) {
      this.breakRow(participant, slot, cost, out)
      this.makeRoom(participant, cost, out)
    }
    this.respectQuotas(c, cost, out)
    this.freeTable(c, slot, cost, out)
  }

  private breakRow(participant: number, slot: number, cost: (c: number) => number, out: number[]): void {
    const { maxConsecutive, slotCount } = this.problem
    if (maxConsecutive[participant] >= slotCount) return
    for (;;) {
      const row = this.rowAround(participant, slot, out)
      if (row.length < maxConsecutive[participant]) return
      out.push(cheapest(row, cost))
    }
  }

  /** Meetings that would be in a row with one in the slot, without those already in `out`. */
  private rowAround(participant: number, slot: number, out: number[]): number[] {
    const { slotCount, block } = this.problem
    const row: number[] = []
    for (const step of [-1, 1])
      for (
        let next = slot + step;
        next >= 0 && next < slotCount && block[next] === block[slot];
        next += step
      ) {
        const other = this.at[participant * slotCount + next]
        if (other < 0 || out.includes(other)) break
        row.push(other)
      }
    return row
  }

  private makeRoom(participant: number, cost: (c: number) => number, out: number[]): void {
    const { capacity, incident, first, second } = this.problem
    const leaving = out.filter((c) => first[c] === participant || second[c] === participant).length
    if (this.count[participant] - leaving < capacity[participant]) return
    const held = incident[participant].filter((c) => this.slotOf[c] >= 0 && !out.includes(c))
    if (held.length > 0) out.push(cheapest(held, cost))
  }

  private respectQuotas(c: number, cost: (c: number) => number, out: number[]): void {
    for (const quota of this.problem.quotasOf[c]) {
      const { members, max } = this.problem.quotas[quota]
      const held = members.filter((one) => this.slotOf[one] >= 0 && !out.includes(one))
      if (held.length > 0 && held.length >= max) out.push(cheapest(held, cost))
    }
  }

  private freeTable(c: number, slot: number, cost: (c: number) => number, out: number[]): void {
    const leaving = out.filter((other) => this.slotOf[other] === slot).length
    if (this.inSlot[slot].length - leaving >= this.problem.tablesIn[slot]) {
      const others = this.inSlot[slot].filter((other) => !out.includes(other))
      if (others.length > 0) out.push(cheapest(others, cost))
    }
    if (!this.seating) return
    for (
      let rivals = this.seating.rivals(c, slot, out);
      rivals.length > 0;
      rivals = this.seating.rivals(c, slot, out)
    )
      out.push(cheapest(rivals, cost))
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

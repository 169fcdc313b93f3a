import type { Agenda } from './agenda.ts'
import type { Chain } from './kempe.ts'

type End = Chain['ends'][number]

const FIRST_LEVEL = 10
const SECOND_LEVEL = 2
const TOO_MANY_BREAKS = 40

/** The cost of agendas for `breaks`, `idle` and `maxBreakSpread`, and how a Kempe chain changes it. */
export class DayCosts {
  /** False if neither level counts and there is no spread to keep. */
  readonly isWanted: boolean
  private readonly agenda: Agenda
  private readonly weights: { breaks: number; idle: number }
  private readonly most: number
  private readonly costOf: Float64Array
  /** First slot of the stretch in which breaks count, and the slot after its last. */
  private readonly start: Int32Array
  private readonly end: Int32Array

  constructor(agenda: Agenda) {
    const { block, slotCount, instance } = agenda.problem
    const { objective, breakScope, maxBreakSpread } = instance.rules
    const [breaks, idle] = [objective.indexOf('breaks'), objective.indexOf('idle')]
    this.agenda = agenda
    this.weights = {
      breaks: breaks < 0 ? 0 : idle < 0 || breaks < idle ? FIRST_LEVEL : SECOND_LEVEL,
      idle: idle < 0 ? 0 : breaks < 0 || idle < breaks ? FIRST_LEVEL : SECOND_LEVEL,
    }
    this.most = maxBreakSpread ?? Infinity
    this.isWanted = breaks >= 0 || idle >= 0 || maxBreakSpread !== null
    const isApart = (slot: number) =>
      slot === 0 || (breakScope === 'block' && block[slot] !== block[slot - 1])
    this.start = new Int32Array(slotCount)
    this.end = new Int32Array(slotCount).fill(slotCount)
    for (let slot = 0; slot < slotCount; slot++)
      this.start[slot] = isApart(slot) ? slot : this.start[slot - 1]
    for (let slot = slotCount - 2; slot >= 0; slot--)
      this.end[slot] = isApart(slot + 1) ? slot + 1 : this.end[slot + 1]
    this.costOf = new Float64Array(agenda.problem.participantCount)
    this.reset()
  }

  reset(): void {
    for (let p = 0; p < this.costOf.length; p++) this.costOf[p] = this.dayCost(p, -1, -1)
  }

  total(): number {
    return this.costOf.reduce((sum, cost) => sum + cost, 0)
  }

  changeOf({ ends }: Chain): number {
    let change = 0
    for (const { participant, from, to } of ends)
      change += this.dayCost(participant, from, to) - this.costOf[participant]
    return change
  }

  /** To be called after the chain was swapped. */
  accept({ ends }: Chain): void {
    for (const { participant } of ends) this.costOf[participant] = this.dayCost(participant, -1, -1)
  }

  keepsRows({ ends }: Chain): boolean {
    const { maxConsecutive, slotCount } = this.agenda.problem
    return ends.every((end) => maxConsecutive[end.participant] >= slotCount || this.keepsRow(end))
  }

  /** Cost of a day as if the meeting in slot `without` were in slot `instead`. */
  private dayCost(participant: number, without: number, instead: number): number {
    const { at, problem } = this.agenda
    const { slotCount } = problem
    const row = participant * slotCount
    let [breaks, idle] = [0, 0]
    for (let start = 0; start < slotCount; start = this.end[start]) {
      let last = -1
      for (let slot = start; slot < this.end[start]; slot++) {
        if (slot !== instead && (slot === without || at[row + slot] < 0)) continue
        if (last >= 0 && slot - last > 1) {
          breaks++
          idle += slot - last - 1
        }
        last = slot
      }
    }
    const tooMany = breaks > this.most ? (breaks - this.most) * TOO_MANY_BREAKS : 0
    return breaks * this.weights.breaks + idle * this.weights.idle + tooMany
  }

  private keepsRow({ participant, from, to }: End): boolean {
    const { block, slotCount, maxConsecutive } = this.agenda.problem
    const isBusy = (slot: number) =>
      slot >= 0 &&
      slot < slotCount &&
      block[slot] === block[to] &&
      slot !== from &&
      this.agenda.at[participant * slotCount + slot] >= 0
    let row = 1
    for (let slot = to - 1; isBusy(slot); slot--) row++
    for (let slot = to + 1; isBusy(slot); slot++) row++
    return row <= maxConsecutive[participant]
  }
}

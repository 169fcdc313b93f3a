import type { Agenda } from '../model/partial-schedule.ts'
import { gainOf, weighLevels, worthOf, type Worth } from '../model/score.ts'

/**
 * Puts meetings in an agenda and takes them out, and knows the way back to the best it has been, by the levels
 * `shortfall` and `value` and then by the number of meetings; among equals to the first.
 */
export class BestSoFar {
  private readonly agenda: Agenda
  private readonly worth: Worth
  /** How much better the agenda is than the best, and by how many meetings it has more. */
  private gain = 0
  private more = 0
  /** Slots at the best time of those that were touched since. */
  private readonly slotAtBest = new Map<number, number>()

  constructor(agenda: Agenda) {
    this.agenda = agenda
    this.worth = weighLevels(agenda.problem)
  }

  put(c: number, slot: number): void {
    this.touch(c)
    this.gain += gainOf(this.agenda, this.worth, c)
    this.more++
    this.agenda.put(c, slot)
  }

  remove(c: number): void {
    this.touch(c)
    this.gain -= worthOf(this.agenda, this.worth, c)
    this.more--
    this.agenda.remove(c)
  }

  /** To be asked whenever the agenda keeps all rules again. */
  compare(): void {
    if (this.gain < 0 || (this.gain === 0 && this.more <= 0)) return
    this.gain = this.more = 0
    this.slotAtBest.clear()
  }

  goBack(): void {
    const slots = this.agenda.slotOf.slice()
    for (const [c, slot] of this.slotAtBest) slots[c] = slot
    if (this.slotAtBest.size > 0) this.agenda.restore(slots)
  }

  private touch(c: number): void {
    if (!this.slotAtBest.has(c)) this.slotAtBest.set(c, this.agenda.slotOf[c])
  }
}

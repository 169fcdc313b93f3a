import type { Level } from '../format/instance.ts'
import { isBetter } from '../spec/level-order.ts'
import { isOfTables, measure, type Measured } from '../spec/objective.ts'
import { checkRules } from '../spec/rules.ts'
import { meetingsOf, type Agenda } from './partial-schedule.ts'
import type { Problem } from './problem.ts'

/**
 * The best schedule that a search has come by, in the order of the levels that need no tables. The stages offer theirs
 * at places that every longer search passes, too, so that what is handed over is never worse for more time.
 */
export class Incumbent {
  private readonly levels: Level[]
  private slotOf: Int32Array | null = null
  private measured: Measured | null = null

  constructor({ instance }: Problem) {
    this.levels = instance.rules.objective.filter((level) => !isOfTables(level))
  }

  /** Whether anything has been offered that keeps all rules. */
  get isFound(): boolean {
    return this.slotOf !== null
  }

  /** Takes a schedule that keeps all rules and is better than what there is; among equals the first one stays. */
  offer(agenda: Agenda): void {
    const { slotOf, seating, problem } = agenda
    const { instance } = problem
    if (seating && slotOf.some((slot, c) => slot >= 0 && seating.tableOf[c] < 0)) return
    const meetings = meetingsOf(agenda, seating?.tableOf)
    const measured = measure(instance, meetings)
    if (this.measured && !isBetter(this.levels, measured, this.measured)) return
    if (checkRules(instance, meetings).length > 0) return
    this.slotOf = slotOf.slice()
    this.measured = measured
  }

  /** Puts the best schedule in the agenda, if there is one. */
  handOver(agenda: Agenda): void {
    if (this.slotOf) agenda.restore(this.slotOf)
  }
}

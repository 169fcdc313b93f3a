import type { Agenda } from './agenda.ts'
import type { Certain } from './certain.ts'
import { startSat, type SatEngine } from './sat.ts'
import { breathe, type Search } from './search.ts'
import { writeTimetable, type Timetable } from './timetable.ts'

/** Iterations that one conflict of the SAT engine counts for, by the time it takes. */
export const STEPS_PER_CONFLICT = 20
const FIRST_CONFLICTS = 1_000
const MOST_CONFLICTS = 8_000
const COUNTED_BREAKS = 60

/**
 * Asks a SAT engine for timetables of the certain meetings: whether there is one at all, then with fewer and fewer
 * breaks, or with no more than are proven necessary. Both ends close in on the fewest.
 */
export class ExactTimetable {
  private readonly agenda: Agenda
  private readonly search: Search
  private readonly meetings: number[]
  private readonly sat: SatEngine
  private readonly timetable: Timetable
  private conflicts = FIRST_CONFLICTS

  private constructor(agenda: Agenda, search: Search, certain: Certain, fewest: Int32Array, sat: SatEngine) {
    this.agenda = agenda
    this.search = search
    this.sat = sat
    this.meetings = [...certain.state.keys()].filter((c) => certain.state[c] === 2)
    this.timetable = writeTimetable(
      sat,
      agenda.problem,
      certain.allowed,
      this.meetings,
      fewest,
      COUNTED_BREAKS,
    )
  }

  static async start(agenda: Agenda, search: Search, certain: Certain, fewest: Int32Array) {
    return new ExactTimetable(agenda, search, certain, fewest, await startSat(search.isStopped))
  }

  /** Puts any timetable in the agenda; `unsatisfiable` proves that there is none. */
  async findAny(): Promise<'satisfiable' | 'unsatisfiable' | 'unknown'> {
    while (!this.search.isOver()) {
      const answer = this.ask([])
      if (answer === 'satisfiable') return this.read() ? 'satisfiable' : 'unknown'
      if (answer === 'unsatisfiable') return answer
      await breathe()
    }
    return 'unknown'
  }

  /**
   * Brings the breaks down and their lower bound up until they meet or the search is over; returns the bound.
   * `count` tells the breaks of the agenda.
   */
  async close(lower: number, count: () => number, onStep: (lower: number) => void): Promise<number> {
    let upper = count()
    let low = true
    for (let bound = lower; ;) {
      if (bound >= upper || this.search.isOver()) return bound
      const most = low ? bound : upper - 1
      const { fewest, breaks } = this.timetable
      if (most - fewest >= COUNTED_BREAKS) return bound
      if (!low || most === upper - 1) this.preferAgenda()
      const answer = this.ask(most - fewest < breaks.length ? [-breaks[most - fewest]] : [])
      if (answer === 'unsatisfiable') bound = most + 1
      if (answer === 'satisfiable' && !this.read()) return bound
      upper = Math.min(upper, count())
      if (answer !== 'unknown') onStep(bound)
      else if (!low || bound === upper - 1) this.conflicts = Math.min(MOST_CONFLICTS, this.conflicts * 1.3)
      low = answer === 'unsatisfiable' || !low
      await breathe()
    }
  }

  end(): void {
    this.sat.dispose()
  }

  private ask(assumptions: number[]) {
    const left = (this.search.maxIterations - this.search.iterations) / STEPS_PER_CONFLICT
    const conflicts = Math.ceil(Math.min(this.conflicts, left))
    this.search.iterations += conflicts * STEPS_PER_CONFLICT
    return this.sat.solve(assumptions, conflicts)
  }

  private preferAgenda(): void {
    const { slotCount } = this.agenda.problem
    for (const c of this.meetings)
      for (let slot = 0; slot < slotCount; slot++) {
        const variable = this.timetable.variables[c * slotCount + slot]
        if (variable > 0) this.sat.prefer(this.agenda.slotOf[c] === slot ? variable : -variable)
      }
  }

  /** Takes over the answer; false, with the agenda as it was, if its meetings cannot be seated. */
  private read(): boolean {
    const { slotCount } = this.agenda.problem
    const before = this.agenda.slotOf.slice()
    const found = new Int32Array(before.length).fill(-1)
    for (const c of this.meetings)
      for (let slot = 0; slot < slotCount; slot++) {
        const variable = this.timetable.variables[c * slotCount + slot]
        if (variable > 0 && this.sat.isTrue(variable)) found[c] = slot
      }
    this.agenda.restore(found)
    const { seating } = this.agenda
    if (!seating || this.meetings.every((c) => seating.tableOf[c] >= 0)) return true
    this.agenda.restore(before)
    return false
  }
}

import type { Agenda } from '../model/partial-schedule.ts'
import type { Certain } from '../bounds/reduced-cost-fixing.ts'
import { startSat, type SatEngine } from '../engines/sat.ts'
import { breathe, type Search } from '../model/search-limits.ts'
import { readTimetable, writeTimetable, type Timetable } from './timetable-encoding.ts'
import { SAT } from '../model/effort.ts'

/**
 * Asks a SAT engine for timetables of the certain meetings: whether there is one at all, then with no more breaks
 * than are proven necessary, one more after each refusal.
 */
export class ExactTimetable {
  private readonly agenda: Agenda
  private readonly search: Search
  private readonly meetings: number[]
  private readonly sat: SatEngine
  private readonly timetable: Timetable

  private constructor(
    agenda: Agenda,
    search: Search,
    certain: Certain,
    fewest: Int32Array,
    upper: number,
    sat: SatEngine,
  ) {
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
      Math.min(SAT.breaksCounted, upper - fewest.reduce((sum, one) => sum + one, 0)),
    )
  }

  /** @param upper breaks that are reached already, or Infinity; more than these need not be counted */
  static async start(agenda: Agenda, search: Search, certain: Certain, fewest: Int32Array, upper: number) {
    return new ExactTimetable(agenda, search, certain, fewest, upper, await startSat(search.isStopped))
  }

  /** Puts any timetable in the agenda; `unsatisfiable` proves that there is none. */
  async findAny(): Promise<'satisfiable' | 'unsatisfiable' | 'unknown'> {
    while (!this.search.isOver()) {
      const answer = this.ask([], SAT.firstConflicts)
      if (answer === 'satisfiable') return this.read() ? 'satisfiable' : 'unknown'
      if (answer === 'unsatisfiable') return answer
      await breathe()
    }
    return 'unknown'
  }

  /**
   * Asks for as few breaks as are proven necessary; a refusal raises the bound, so that the first answer is the best.
   * Returns the bound. In between, `meanwhile` may find something better than there is.
   */
  async close(lower: number, count: () => number, meanwhile: () => Promise<void>): Promise<number> {
    let bound = lower
    for (let conflicts = SAT.firstConflicts; bound < count() && !this.search.isOver(); conflicts *= 2) {
      if (bound - this.timetable.fewest >= SAT.breaksCounted) return bound
      const answer = this.ask(this.atMost(bound), conflicts)
      if (answer === 'unsatisfiable') bound++
      else if (answer === 'satisfiable') {
        this.read()
        return bound
      }
      if (answer === 'unknown' && conflicts > SAT.firstConflicts) await meanwhile()
      await breathe()
    }
    return bound
  }

  private atMost(breaks: number): number[] {
    const above = breaks - this.timetable.fewest
    return above < this.timetable.breaks.length ? [-this.timetable.breaks[above]] : []
  }

  end(): void {
    this.sat.dispose()
  }

  private ask(assumptions: number[], most: number) {
    const left = (this.search.maxIterations - this.search.iterations) / SAT.stepsPerConflict
    const conflicts = Math.ceil(Math.min(most, left))
    this.search.iterations += conflicts * SAT.stepsPerConflict
    return this.sat.solve(assumptions, conflicts)
  }

  /** Takes over the answer; false, with the agenda as it was, if its meetings cannot be seated. */
  private read(): boolean {
    const before = this.agenda.slotOf.slice()
    this.agenda.restore(readTimetable(this.sat, this.agenda.problem, this.timetable, this.meetings))
    const { seating } = this.agenda
    if (!seating || this.meetings.every((c) => seating.tableOf[c] >= 0)) return true
    this.agenda.restore(before)
    return false
  }
}

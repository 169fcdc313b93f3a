import type { Agenda } from './agenda.ts'
import type { Certain } from './certain.ts'
import { DayCosts } from './day-costs.ts'
import { startSat, type SatEngine } from './sat.ts'
import { breathe, type Search } from './search.ts'
import { writeTimetable, type Timetable } from './timetable.ts'

/** Iterations that one conflict of the SAT engine counts for, by the time it takes. */
export const STEPS_PER_CONFLICT = 20
const FIRST_CONFLICTS = 1_000
const MOST_CONFLICTS = 8_000
const LOCAL_CONFLICTS = 400
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
  private readonly costs: DayCosts
  private conflicts = FIRST_CONFLICTS
  /** Meetings that are freed at a time. */
  private freed: number

  private constructor(agenda: Agenda, search: Search, certain: Certain, fewest: Int32Array, sat: SatEngine) {
    this.agenda = agenda
    this.search = search
    this.sat = sat
    this.costs = new DayCosts(agenda)
    this.meetings = [...certain.state.keys()].filter((c) => certain.state[c] === 2)
    this.freed = this.meetings.length / 4
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
      const answer = this.ask([], MOST_CONFLICTS)
      if (answer === 'satisfiable') return this.read() ? 'satisfiable' : 'unknown'
      if (answer === 'unsatisfiable') return answer
      await breathe()
    }
    return 'unknown'
  }

  /**
   * Brings the breaks down and their lower bound up until they meet or the search is over; returns the bound.
   * Each round asks for so few breaks that a refusal raises the bound, then frees parts of the agenda to lessen them.
   * `count` tells the breaks of the agenda.
   */
  async close(lower: number, count: () => number, onStep: () => void): Promise<number> {
    let [bound, upper] = [lower, count()]
    while (bound < upper && !this.search.isOver()) {
      if (bound - this.timetable.fewest >= COUNTED_BREAKS) return bound
      this.preferAgenda()
      const answer = this.ask(this.atMost(bound), this.conflicts)
      if (answer === 'unsatisfiable') bound++
      if (answer === 'satisfiable' && !this.read()) return bound
      await breathe()
      if (bound < count()) await this.lessen(count, bound)
      if (answer === 'unknown' || count() === upper)
        this.conflicts = Math.min(MOST_CONFLICTS, this.conflicts * 1.3)
      upper = count()
      onStep()
    }
    return bound
  }

  /** Frees the meetings of a few people at a time and asks for fewer breaks with all others where they are. */
  private async lessen(count: () => number, bound: number): Promise<void> {
    let upper = count()
    for (
      let spent = 0;
      spent < this.conflicts && bound < upper && !this.search.isOver();
      spent += LOCAL_CONFLICTS / 4
    ) {
      const free = this.pickSome(Math.min(this.meetings.length, Math.round(this.freed)))
      const kept = this.meetings.filter((c) => !free.has(c)).map((c) => this.variableNow(c))
      const answer = this.ask([...this.atMost(upper - 1), ...kept], LOCAL_CONFLICTS)
      if (answer === 'unsatisfiable') this.freed = Math.min(this.meetings.length, this.freed * 1.03)
      else if (answer === 'unknown') this.freed = Math.max(10, this.freed * 0.95)
      else if (!this.read()) return
      upper = Math.min(upper, count())
      await breathe()
    }
  }

  /** Meetings that hang together: of somebody with a break, of those they meet, and so on. */
  private pickSome(size: number): Set<number> {
    const { incident, first, second, participantCount } = this.agenda.problem
    const { random } = this.search
    const start = this.meetings[random.below(this.meetings.length)]
    const people = [this.costs.someWithBreaks(random) ?? first[start]]
    const free = new Set<number>()
    const seen = new Uint8Array(participantCount)
    seen[people[0]] = 1
    while (people.length > 0 && free.size < size) {
      const at = random.below(people.length)
      const [p] = people.splice(at, 1)
      for (const c of incident[p]) {
        if (this.agenda.slotOf[c] < 0) continue
        free.add(c)
        const other = first[c] === p ? second[c] : first[c]
        if (seen[other]) continue
        seen[other] = 1
        people.push(other)
      }
    }
    return free
  }

  private atMost(breaks: number): number[] {
    const above = breaks - this.timetable.fewest
    return above < this.timetable.breaks.length ? [-this.timetable.breaks[above]] : []
  }

  private variableNow(c: number): number {
    return this.timetable.variables[c * this.agenda.problem.slotCount + this.agenda.slotOf[c]]
  }

  end(): void {
    this.sat.dispose()
  }

  private preferAgenda(): void {
    const { slotCount } = this.agenda.problem
    for (const c of this.meetings)
      for (let slot = 0; slot < slotCount; slot++) {
        const variable = this.timetable.variables[c * slotCount + slot]
        if (variable > 0) this.sat.prefer(this.agenda.slotOf[c] === slot ? variable : -variable)
      }
  }

  private ask(assumptions: number[], most: number) {
    const left = (this.search.maxIterations - this.search.iterations) / STEPS_PER_CONFLICT
    const conflicts = Math.ceil(Math.min(most, left))
    this.search.iterations += conflicts * STEPS_PER_CONFLICT
    return this.sat.solve(assumptions, conflicts)
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

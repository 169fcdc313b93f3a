import type { Level } from '../format/instance.ts'
import type { Meeting } from '../format/meeting.ts'
import { SEATING } from '../model/effort.ts'
import { Agenda, meetingsOf } from '../model/partial-schedule.ts'
import type { Search } from '../model/search-limits.ts'
import { isBetter } from '../spec/level-order.ts'
import { isOfTables, measure, type Measured } from '../spec/objective.ts'
import { checkRules } from '../spec/rules.ts'
import { seat } from './seat.ts'
import { moveLevels } from './seats.ts'
import { ShiftTimes } from './shift-times.ts'
import { exchangeTimes } from './time-exchange.ts'

interface Seated {
  slotOf: Int32Array
  tableOf: Int32Array | null
  meetings: Meeting[]
  measured: Measured
}

/**
 * Finds who sits where. What is done first follows from the slots and the seed alone: a longer search that comes to
 * the same schedule seats it no worse. Where time alone ends the search, the tables have their turn while the agendas
 * are still being compacted: each goes on from the best seating, until other agendas are better on an earlier level.
 */
export class Seating {
  private readonly search: Search
  private best: Seated | null = null
  /** Steps of the search when the last turn ended. */
  private since = 0
  private readonly shifts: ShiftTimes

  constructor(search: Search) {
    this.search = search
    this.shifts = new ShiftTimes(search)
  }

  /** A turn for the tables, as long as a share of what was done since the last one; the seating if it became better. */
  async turn(agenda: Agenda): Promise<Meeting[] | null> {
    const { search } = this
    if (search.horizon < Infinity || moveLevels(agenda.problem.instance).length === 0) return null
    const before = this.best
    const steps = search.iterations - this.since
    if (this.isOvertaken(agenda)) await this.begin(agenda)
    else await this.goOn(agenda, steps)
    if (agenda.problem.instance.rules.seated.length > 0) await this.tryShifts(agenda, steps)
    this.since = search.iterations
    return this.best === before ? null : this.best!.meetings
  }

  /** The meetings of the agenda, or of as good ones, with their tables. */
  async end(agenda: Agenda): Promise<Meeting[]> {
    return this.best && !this.isOvertaken(agenda) ? this.best.meetings : (await this.sit(agenda)).meetings
  }

  private isOvertaken(agenda: Agenda): boolean {
    const { instance } = agenda.problem
    const levels = instance.rules.objective.filter((level: Level) => !isOfTables(level))
    const measured = measure(instance, meetingsOf(agenda, agenda.seating?.tableOf))
    return !this.best || isBetter(levels, measured, this.best.measured)
  }

  private async begin(agenda: Agenda): Promise<void> {
    const seated = await this.sit(agenda)
    if (checkRules(agenda.problem.instance, seated.meetings).length === 0) this.best = seated
  }

  private async sit(agenda: Agenda): Promise<Seated> {
    const { search } = this
    const afresh = copyOf(agenda, agenda.slotOf)
    const steps = { ...search, random: search.newRandom(), isStopped: () => false }
    const chairs = seat(afresh, steps)
    // As long as there are no steps to be saved, times are exchanged, too, even when the time is over: it takes few.
    const tables = chairs && search.horizon === Infinity ? await exchangeTimes(afresh, chairs, steps) : chairs
    search.iterations += steps.iterations - search.iterations
    return seatedOf(afresh, tables)
  }

  /** As long as what the turn is a share of. Where the times are better as well, the agenda takes them over. */
  private async tryShifts(agenda: Agenda, steps: number): Promise<void> {
    const slotOf = await this.shifts.turn(agenda, steps)
    if (!slotOf) return
    const { instance } = agenda.problem
    const seated = await this.sit(copyOf(agenda, slotOf))
    if (checkRules(instance, seated.meetings).length > 0) return
    if (!this.best || isBetter(instance.rules.objective, seated.measured, this.best.measured))
      this.best = seated
    const levels = instance.rules.objective.filter((level) => !isOfTables(level))
    const measured = measure(instance, meetingsOf(agenda, agenda.seating?.tableOf))
    if (isBetter(levels, seated.measured, measured)) agenda.restore(seated.slotOf)
  }

  private async goOn({ problem }: Agenda, steps: number): Promise<void> {
    const { slotOf, tableOf, measured } = this.best!
    if (!tableOf) return
    const agenda = copyOf({ problem }, slotOf)
    const work = steps * SEATING.exchangeWorkPerStep
    const tables = await exchangeTimes(agenda, tableOf, this.search, { work, isOver: this.search.isOver })
    const seated = seatedOf(agenda, tables)
    const { objective } = problem.instance.rules
    if (isBetter(objective, seated.measured, measured)) this.best = seated
  }
}

function copyOf({ problem }: Pick<Agenda, 'problem'>, slotOf: Int32Array): Agenda {
  const copy = new Agenda(problem)
  copy.restore(slotOf)
  return copy
}

function seatedOf(agenda: Agenda, tableOf: Int32Array | null): Seated {
  const meetings = meetingsOf(agenda, tableOf)
  return {
    slotOf: agenda.slotOf.slice(),
    tableOf,
    meetings,
    measured: measure(agenda.problem.instance, meetings),
  }
}

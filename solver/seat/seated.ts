import type { Meeting } from '../format/meeting.ts'
import { Agenda, meetingsOf } from '../model/partial-schedule.ts'
import type { Search } from '../model/search-limits.ts'
import { seat } from './seat.ts'
import { exchangeTimes } from './time-exchange.ts'

/**
 * The meetings of a schedule with their tables. Who sits where follows from the slots and the seed alone: a longer
 * search that comes to the same schedule seats it no worse.
 */
export function seated(agenda: Agenda, search: Search): Meeting[] {
  const afresh = new Agenda(agenda.problem)
  afresh.restore(agenda.slotOf)
  const steps = { ...search, random: search.newRandom(), isStopped: () => false }
  const chairs = seat(afresh, steps)
  // As long as there are no steps to be saved, times are exchanged, too, even when the time is over: it takes few.
  const tables = chairs && search.horizon === Infinity ? exchangeTimes(afresh, chairs, steps) : chairs
  search.iterations += steps.iterations - search.iterations
  return meetingsOf(afresh, tables)
}

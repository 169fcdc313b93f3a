import { Agenda } from '../model/partial-schedule.ts'
import { keepMeetings } from '../spec/scope.ts'
import { compile, type Problem } from '../model/problem.ts'
import type { Search } from '../model/search-limits.ts'
import { seat } from './seat.ts'
import { Seating } from '../model/table-matching.ts'
import type { Meeting } from '../format/solution.ts'

/**
 * The meetings of a schedule with their tables: those of the base where they can be, the others so that few people
 * change table. Null if not everybody finds one.
 * @param wished table of each candidate in the base, −1 if any will do
 */
export function seatNear(
  problem: Problem,
  agenda: Agenda,
  wished: Int32Array,
  search: Search,
): Meeting[] | null {
  const { tables, candidates, slots } = problem.instance
  const held = [...agenda.slotOf.keys()].filter((c) => agenda.slotOf[c] >= 0)
  const meetingOf = (c: number) => ({ candidate: candidates[c].id, slot: slots[agenda.slotOf[c]].id })
  if (!Array.isArray(tables)) return held.map(meetingOf)
  const near = chairsNear(agenda, wished)
  if (held.some((c) => near[c] < 0)) return null
  const own = held.filter((c) => near[c] === wished[c])
  const kept = own.map((c) => ({ ...meetingOf(c), table: tables[near[c]].id }))
  const seated = new Agenda(compile(keepMeetings(problem.instance, kept)))
  for (const c of [...own, ...held.filter((c) => near[c] !== wished[c])]) seated.put(c, agenda.slotOf[c])
  const better = seat(seated, search)!
  const tableOf = held.every((c) => better[c] >= 0) ? better : near
  return held.map((c) => ({ ...meetingOf(c), table: tables[tableOf[c]].id }))
}

/**
 * A table for every meeting: whoever has one in the base sits down there first, then the others find a table along
 * the shortest chain of people who change theirs.
 */
export function chairsNear({ problem, inSlot }: Agenda, wished: Int32Array): Int32Array {
  const seating = new Seating(problem, inSlot)
  inSlot.forEach((list, slot) => {
    const rest = list.filter((c) => wished[c] < 0 || !seating.sit(c, slot, wished[c]))
    rest.sort((one, other) => freedom(problem.suitable[one]) - freedom(problem.suitable[other]))
    for (const c of rest) seating.seat(c, slot)
  })
  return seating.tableOf
}

const freedom = (suitable: number[] | null): number => suitable?.length ?? Infinity

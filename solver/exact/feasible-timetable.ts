import type { Agenda } from '../model/partial-schedule.ts'
import type { Contradiction } from '../format/infeasibility.ts'
import { findAnyTimetable } from './unsat-core.ts'
import type { Search } from '../model/search-limits.ts'

/** Whether a meeting that must be held is not, or a quota has too few. */
export function isShort({ problem, slotOf }: Agenda): boolean {
  const { mandatory, quotas } = problem
  const held = (members: number[]) => members.filter((c) => slotOf[c] >= 0).length
  return (
    mandatory.some((one, c) => one === 1 && slotOf[c] < 0) ||
    quotas.some(({ members, min }) => held(members) < min)
  )
}

/**
 * Where the search did not find room for everything that must be held: the agenda with nothing but that, or why
 * there is no such schedule. Null, with the agenda as it was, if it could not be told in time.
 */
export async function settle(agenda: Agenda, search: Search): Promise<'settled' | Contradiction | null> {
  const found = await findAnyTimetable(agenda.problem, search)
  if (!found || 'reason' in found) return found
  agenda.restore(found.slotOf)
  return 'settled'
}

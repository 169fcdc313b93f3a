import type { Reader } from '../../database/client.ts'
import type { Day } from '../day/open.ts'
import { slotsAhead } from '../disruptions/facts.ts'
import { findMeetings } from '../schedules/repository.ts'

/** How many published meetings each participant still has before them. */
export async function comingOf(
  reader: Reader,
  { live, slots, now }: Pick<Day, 'live' | 'slots' | 'now'>,
): Promise<Map<string, number>> {
  const ahead = new Set(slotsAhead(slots, now).map(({ id }) => id))
  const meetings = live ? await findMeetings(reader, live.id) : []
  const people = meetings
    .filter(({ state, slotId }) => state === 'planned' && ahead.has(slotId))
    .flatMap(({ projectId, hostId }) => [projectId, hostId])
  return new Map([...Map.groupBy(people, (id) => id)].map(([id, all]) => [id, all.length]))
}

import type { Reader } from '../../database/client.ts'
import { clockOf } from '../events/clock.ts'
import { findSlots, findTables, type ProgrammeRow } from '../events/repository.ts'
import { factsOf } from '../disruptions/facts.ts'
import { findDisruptions } from '../disruptions/repository.ts'
import type { Occupancy } from './cells.ts'
import { findHumans, findUnavailable } from '../participants/repository.ts'
import { findMeetings, type ScheduleRow } from './repository.ts'

/** Everything that says which cells of a schedule are free. */
export async function readOccupancy(
  reader: Reader,
  { schedule, programme }: { schedule: ScheduleRow; programme: ProgrammeRow },
): Promise<Occupancy> {
  const isLive = schedule.kind === 'live'
  const [slots, tables, meetings, unavailable, humans, disruptions] = await Promise.all([
    findSlots(reader, schedule.eventId, schedule.id),
    findTables(reader, schedule.eventId, schedule.id),
    findMeetings(reader, schedule.id),
    findUnavailable(reader, schedule.eventId),
    findHumans(reader, schedule.eventId),
    isLive ? findDisruptions(reader, schedule.eventId) : [],
  ])
  const now = isLive ? clockOf(programme) : null
  return { slots, tables, meetings, unavailable, humans, now, facts: factsOf(disruptions, slots, tables) }
}

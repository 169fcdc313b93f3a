import type { Reader } from '../../database/client.ts'
import { clockOf } from '../events/clock.ts'
import { findSlots, findTables, type ProgrammeRow } from '../events/repository.ts'
import { factsOf } from '../disruptions/facts.ts'
import { findDisruptions } from '../disruptions/repository.ts'
import type { Way } from './by-hand.ts'
import type { Occupancy } from './cells.ts'
import { findHumans, findUnavailable } from '../participants/repository.ts'
import { findMeetings, type ScheduleRow } from './repository.ts'

/** Everything that says which cells of a schedule are free. Two who agree on the spot can do so in the slot that is on. */
export async function readOccupancy(
  reader: Reader,
  { schedule, programme }: { schedule: ScheduleRow; programme: ProgrammeRow },
  way: Way = 'plan',
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
  const now = isLive && way === 'plan' ? clockOf(programme) : null
  return {
    slots,
    tables,
    meetings,
    unavailable,
    humans,
    now,
    way,
    facts: factsOf(disruptions, slots, tables),
  }
}

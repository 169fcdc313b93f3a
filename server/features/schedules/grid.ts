import type { Reader } from '../../database/client.ts'
import { clockOf } from '../events/clock.ts'
import { findSlots, findTables, type ProgrammeRow } from '../events/repository.ts'
import type { Grid } from './cells.ts'
import { findUnavailable } from './people.ts'
import { findMeetings, type ScheduleRow } from './repository.ts'

/** Everything that says which cells of a schedule are free. */
export async function readGrid(
  reader: Reader,
  { schedule, programme }: { schedule: ScheduleRow; programme: ProgrammeRow },
): Promise<Grid> {
  const [slots, tables, meetings, unavailable] = await Promise.all([
    findSlots(reader, schedule.eventId),
    findTables(reader, schedule.eventId),
    findMeetings(reader, schedule.id),
    findUnavailable(reader, schedule.eventId),
  ])
  return { slots, tables, meetings, unavailable, now: schedule.kind === 'live' ? clockOf(programme) : null }
}

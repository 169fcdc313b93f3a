import type { Database } from '../../database/client.ts'
import type { DifferenceView } from '../../schemas/schedule.ts'
import type { Call } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { findSlots, findTables } from '../events/repository.ts'
import { findContacts } from '../mail/repository.ts'
import { findParticipants } from '../participants/repository.ts'
import { compareMeetings } from '../schedules/difference.ts'
import { presentComparison } from '../schedules/reads.ts'
import { findLive } from '../schedules/repository.ts'
import { openSchedule } from '../schedules/service.ts'
import { isHeld, readSuccession } from '../schedules/succession.ts'
import { readConcerned } from '../told/concerned.ts'
import { agendasOf, readGrid } from '../told/in-force.ts'
import { presentConcerned } from './present.ts'

/** What publishing a schedule would change for people, and who would then have something to be told. */
export async function readDifference(db: Database, call: Call, scheduleId: string): Promise<DifferenceView> {
  const found = await openSchedule(db, call, scheduleId, 'plan.read')
  const { schedule, event, programme } = found
  const live = await findLive(db, event.id)
  const [{ old, held, kept, leftOut }, people, slots, tables, contacts, grid] = await Promise.all([
    readSuccession(db, schedule, live, clockOf(programme)),
    findParticipants(db, event.id),
    findSlots(db, event.id, schedule.id),
    findTables(db, event.id, schedule.id),
    findContacts(db, event.id),
    readGrid(db, event.id),
  ])
  const concerned = await readConcerned(db, found, agendasOf(held, grid))
  return {
    fromNumber: live?.number ?? null,
    ...presentComparison(compareMeetings(old.filter(isHeld), held), held.length, { people, slots, tables }),
    people: presentConcerned(concerned, people, contacts),
    ...{ kept, leftOut },
  }
}

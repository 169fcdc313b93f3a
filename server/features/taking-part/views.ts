import { topic } from '../../changes.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { nameOf } from '../../naming.ts'
import { TakingPartView, type Attendee } from '../../schemas/taking-part.ts'
import type { View } from '../../view.ts'
import { openEventView } from '../events/open.ts'
import { presentEvent } from '../events/present.ts'
import { findEvent, findGridSlots } from '../events/repository.ts'
import { clockOf, todayOf } from '../events/clock.ts'
import { findParticipantRows, findStandIns, presentRsvp } from '../participants/repository.ts'
import { findHosts, findProjects } from '../people/repository.ts'
import { findLive } from '../schedules/repository.ts'
import { comingOf } from './coming.ts'

/** Who of the programme takes part in the event, and who does not, for organisers. */
export const takingPartView: View = {
  name: 'taking-part',
  path: '/events/:eventId/taking-part',
  schema: TakingPartView,
  open: (reader, actor, eventId) => openEventView(reader, actor, eventId, 'event.read', [topic.organisers]),
  read: (reader, _actor, eventId) => readTakingPart(reader, eventId),
  shared: true,
}

async function readTakingPart(reader: Reader, eventId: string): Promise<TakingPartView> {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const { event, programme } = found
  const [ofProjects, ofHosts, taking, standIns, slots, live] = await Promise.all([
    findProjects(reader, programme.id),
    findHosts(reader, programme.id),
    findParticipantRows(reader, eventId),
    findStandIns(reader, eventId),
    findGridSlots(reader, eventId),
    findLive(reader, eventId),
  ])
  const now = clockOf(programme)
  const coming = await comingOf(reader, { live, slots, now })
  const rowOf = new Map(taking.map((row) => [(row.projectId ?? row.hostId)!, row]))
  // Who has withdrawn is brought back among the people of the programme, not here.
  const isKnown = ({ withdrawnAt }: { withdrawnAt: Date | null }) => withdrawnAt === null
  const placeOf = (
    id: string,
  ): Pick<
    Attendee,
    'participantId' | 'takesPart' | 'removedAt' | 'answered' | 'rsvp' | 'instead' | 'coming'
  > => {
    const row = rowOf.get(id)
    return {
      participantId: row?.id ?? null,
      takesPart: row?.removedAt === null,
      removedAt: row?.removedAt?.toISOString() ?? null,
      answered: row?.answeredAt != null,
      rsvp: presentRsvp(row),
      instead: standIns.get(row?.id ?? '') ?? null,
      coming: row ? (coming.get(row.id) ?? 0) : 0,
    }
  }
  return {
    event: presentEvent(event, programme),
    published: live !== null,
    past: event.lastDate < todayOf(programme),
    people: [
      ...ofProjects.filter(isKnown).map(({ id, name, organisations, team }) => ({
        ...{ id, name, organisations, side: 'project' as const, label: '' },
        hasEmail: team.some(({ email }) => email !== null),
        ...placeOf(id),
      })),
      ...ofHosts.filter(isKnown).map(({ id, person, organisation, label }) => ({
        ...{ id, name: nameOf(person), organisations: [organisation], side: 'host' as const, label },
        hasEmail: person.email !== null,
        ...placeOf(id),
      })),
    ],
  }
}

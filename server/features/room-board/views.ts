import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { ScreenView } from '../../schemas/agenda.ts'
import type { View } from '../../view.ts'
import { presentPublished } from '../agenda/present.ts'
import { presentTimes } from '../day/present.ts'
import { propagate } from '../day/propagate.ts'
import { findRooms } from '../events/repository.ts'
import { openEventView } from '../events/open.ts'
import { presentEvent, presentSlot } from '../events/present.ts'
import { findEvent, findSlots, findTables, type TableRow } from '../events/repository.ts'
import { findParticipants, type Participant } from '../participants/repository.ts'
import { findMeetings, findPublished, type MeetingRow } from '../schedules/repository.ts'

/** What hangs in the room for all to read: who meets whom, when and where. */
export const roomBoardView: View = {
  name: 'screen',
  path: '/events/:eventId/screen',
  schema: ScreenView,
  open: (reader, actor, eventId) => openEventView(reader, actor, eventId, 'screen.read', [topic.screens]),
  read: readRoomBoard,
  shared: true,
}

async function readRoomBoard(reader: Reader, _: Actor, eventId: string): Promise<ScreenView> {
  const [found, published, slots, tables, people, rooms] = await Promise.all([
    findEvent(reader, eventId),
    findPublished(reader, eventId),
    findSlots(reader, eventId),
    findTables(reader, eventId),
    findParticipants(reader, eventId),
    findRooms(reader, eventId),
  ])
  if (!found) throw notFound()
  const meetings = published ? await findMeetings(reader, published.live.id) : []
  const day = { slots, times: propagate(slots, rooms, tables, meetings) }
  const tableOf = new Map(tables.map((table) => [table.id, table]))
  const personOf = new Map(people.map((person) => [person.id, person]))
  const positions = new Map([...slots, ...tables].map(({ id, position }) => [id, position]))
  const slotOf = ({ slotId }: MeetingRow) => positions.get(slotId) ?? 0
  const placeOf = ({ tableId }: MeetingRow) => positions.get(tableId ?? '') ?? 0
  return {
    event: presentEvent(found.event, found.programme),
    published: presentPublished(published),
    slots: slots.map(presentSlot),
    meetings: meetings
      .filter(({ state }) => state !== 'cancelled')
      .toSorted((one, other) => slotOf(one) - slotOf(other) || placeOf(one) - placeOf(other))
      .map((meeting) => ({ ...presentMeeting(meeting, tableOf, personOf), ...presentTimes(day, meeting) })),
  }
}

function presentMeeting(
  { candidateId: id, slotId, tableId, projectId, hostId, state }: MeetingRow,
  tables: Map<string, TableRow>,
  people: Map<string, Participant>,
): Omit<ScreenView['meetings'][number], 'startsAt' | 'endsAt' | 'behind'> {
  const table = tables.get(tableId ?? '')
  const host = people.get(hostId)
  return {
    id,
    slotId,
    table: table?.name ?? null,
    room: table?.room ?? '',
    ...{ projectId, hostId },
    project: people.get(projectId)?.short ?? '',
    host: host?.name ?? '',
    organisation: host?.organisations[0] ?? '',
    withPerson: host !== undefined && host.short !== host.organisations.join(', '),
    state,
  }
}

import type { Reader } from '../../database/client.ts'
import type { ToldMeeting } from '../../database/schema.ts'
import { propagate } from '../day/propagate.ts'
import {
  findRooms,
  findSlots,
  findTables,
  type RoomRow,
  type SlotRow,
  type TableRow,
} from '../events/repository.ts'
import { findLive, findMeetings, type MeetingRow } from '../schedules/repository.ts'

/** A person's meetings by their pairs, at the times and tables that their agenda shows. */
export type Meetings = Record<string, ToldMeeting>

type Grid = { slots: SlotRow[]; tables: TableRow[]; rooms: RoomRow[] }

/** The agendas of everybody who has meetings, as they stand; null as long as nothing is published. */
export async function readInForce(reader: Reader, eventId: string): Promise<Map<string, Meetings> | null> {
  const live = await findLive(reader, eventId)
  if (!live) return null
  const [meetings, grid] = await Promise.all([findMeetings(reader, live.id), readGrid(reader, eventId)])
  return agendasOf(
    meetings.filter(({ state }) => state !== 'cancelled'),
    grid,
  )
}

export async function readGrid(reader: Reader, eventId: string): Promise<Grid> {
  const [slots, tables, rooms] = await Promise.all([
    findSlots(reader, eventId),
    findTables(reader, eventId),
    findRooms(reader, eventId),
  ])
  return { slots, tables, rooms }
}

/** What those meetings are for each of their people. */
export function agendasOf(held: MeetingRow[], { slots, tables, rooms }: Grid): Map<string, Meetings> {
  const times = propagate(slots, rooms, tables, held)
  const names = new Map(tables.map(({ id, name }) => [id, name]))
  const agendas = new Map<string, Meetings>()
  for (const { id, candidateId, tableId, projectId, hostId } of held) {
    // One in a turn that was taken out of the event stands on no agenda.
    const startsAt = times.get(id)?.startsAt.toISOString()
    if (!startsAt) continue
    const place = { startsAt, table: names.get(tableId ?? '') ?? null }
    for (const [self, other] of [
      [projectId, hostId],
      [hostId, projectId],
    ]) {
      const own = agendas.get(self) ?? {}
      agendas.set(self, Object.assign(own, { [candidateId]: { with: other, ...place } }))
    }
  }
  return agendas
}

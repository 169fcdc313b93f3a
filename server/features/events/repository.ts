import { asc, eq } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'
import { events, programmes, rooms, slots, tables } from '../../database/schema.ts'

export type EventRow = typeof events.$inferSelect
export type ProgrammeRow = typeof programmes.$inferSelect
export type SlotRow = typeof slots.$inferSelect
export type TableRow = typeof tables.$inferSelect & { room: string }

/** An event with the programme that owns it, or null. */
export async function findEvent(reader: Reader, eventId: string) {
  const [row] = await reader
    .select({ event: events, programme: programmes })
    .from(events)
    .innerJoin(programmes, eq(programmes.id, events.programmeId))
    .where(eq(events.id, eventId))
  return row ?? null
}

export const findSlots = (reader: Reader, eventId: string): Promise<SlotRow[]> =>
  reader.select().from(slots).where(eq(slots.eventId, eventId)).orderBy(asc(slots.position))

export async function findTables(reader: Reader, eventId: string): Promise<TableRow[]> {
  const rows = await reader
    .select({ table: tables, room: rooms.name })
    .from(tables)
    .innerJoin(rooms, eq(rooms.id, tables.roomId))
    .where(eq(tables.eventId, eventId))
    .orderBy(asc(tables.position))
  return rows.map(({ table, room }) => ({ ...table, room }))
}

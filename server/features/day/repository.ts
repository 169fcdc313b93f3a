import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { candidates, meetings, meetingSeats, repairs, rooms, slots } from '../../database/schema.ts'
import type { MeetingState } from '../../schemas/common.ts'
import type { RoomRow } from '../events/repository.ts'

export type RepairRow = typeof repairs.$inferSelect

export const updateRoomDelay = (
  tx: Transaction,
  id: string,
  fields: Pick<RoomRow, 'delayMinutes' | 'delayFromId'>,
) => tx.update(rooms).set(fields).where(eq(rooms.id, id))

export async function updateSlots(
  tx: Transaction,
  rows: { id: string; startsAt: Date; endsAt: Date }[],
): Promise<void> {
  for (const { id, startsAt, endsAt } of rows)
    await tx.update(slots).set({ startsAt, endsAt }).where(eq(slots.id, id))
}

export const findRepairs = (reader: Reader, eventId: string): Promise<RepairRow[]> =>
  reader
    .select()
    .from(repairs)
    .where(eq(repairs.eventId, eventId))
    .orderBy(asc(repairs.createdAt), asc(repairs.order))

export async function findRepair(reader: Reader, id: string): Promise<RepairRow | null> {
  const [row] = await reader.select().from(repairs).where(eq(repairs.id, id))
  return row ?? null
}

/** The proposals of an event are always of one moment: new ones replace those before. */
export async function replaceRepairs(
  tx: Transaction,
  eventId: string,
  rows: (typeof repairs.$inferInsert)[],
): Promise<string[]> {
  await tx.delete(repairs).where(eq(repairs.eventId, eventId))
  if (rows.length === 0) return []
  const inserted = await tx.insert(repairs).values(rows).returning({ id: repairs.id })
  return inserted.map(({ id }) => id)
}

export type PairState = { candidateId: string; state: MeetingState }

export async function updateStates(tx: Transaction, states: PairState[]): Promise<void> {
  const ofState = Map.groupBy(states, ({ state }) => state)
  for (const [state, pairs] of ofState)
    await tx
      .update(candidates)
      .set({ state })
      .where(
        inArray(
          candidates.id,
          pairs.map(({ candidateId }) => candidateId),
        ),
      )
}

/** A cancelled meeting keeps its place in the day but neither its table nor its people. */
export async function vacateMeeting(tx: Transaction, id: string): Promise<void> {
  await tx.delete(meetingSeats).where(eq(meetingSeats.meetingId, id))
  await tx.update(meetings).set({ tableId: null }).where(eq(meetings.id, id))
}

export const deleteMeeting = (tx: Transaction, scheduleId: string, candidateId: string) =>
  tx.delete(meetings).where(and(eq(meetings.scheduleId, scheduleId), eq(meetings.candidateId, candidateId)))

import { count, eq } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'
import { unavailableSlots } from '../../database/schema.ts'

/** Slots each participant can't come to; those who can always come are absent. */
export async function countUnavailable(reader: Reader, eventId: string): Promise<Map<string, number>> {
  const rows = await reader
    .select({ id: unavailableSlots.participantId, slots: count() })
    .from(unavailableSlots)
    .where(eq(unavailableSlots.eventId, eventId))
    .groupBy(unavailableSlots.participantId)
  return new Map(rows.map(({ id, slots }) => [id, slots]))
}

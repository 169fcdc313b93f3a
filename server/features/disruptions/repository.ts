import { asc, eq, inArray } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { disruptions } from '../../database/schema.ts'

export type DisruptionRow = typeof disruptions.$inferSelect
export type NewDisruption = typeof disruptions.$inferInsert

export const findDisruptions = (reader: Reader, eventId: string): Promise<DisruptionRow[]> =>
  reader
    .select()
    .from(disruptions)
    .where(eq(disruptions.eventId, eventId))
    .orderBy(asc(disruptions.createdAt), asc(disruptions.id))

export async function findDisruption(reader: Reader, id: string): Promise<DisruptionRow | null> {
  const [row] = await reader.select().from(disruptions).where(eq(disruptions.id, id))
  return row ?? null
}

export async function insertDisruptions(tx: Transaction, rows: NewDisruption[]): Promise<string[]> {
  if (rows.length === 0) return []
  const inserted = await tx.insert(disruptions).values(rows).returning({ id: disruptions.id })
  return inserted.map(({ id }) => id)
}

/** Answers the rows that were there. */
export async function deleteDisruptions(tx: Transaction, ids: string[]): Promise<DisruptionRow[]> {
  return ids.length === 0 ? [] : tx.delete(disruptions).where(inArray(disruptions.id, ids)).returning()
}

export async function updateDisruptions(
  tx: Transaction,
  ids: string[],
  state: DisruptionRow['state'],
): Promise<void> {
  if (ids.length > 0) await tx.update(disruptions).set({ state }).where(inArray(disruptions.id, ids))
}

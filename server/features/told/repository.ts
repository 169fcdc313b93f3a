import { and, eq, sql } from 'drizzle-orm'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { pendingNotices, toldAgendas } from '../../database/schema.ts'

export type ToldRow = typeof toldAgendas.$inferSelect
export type PendingNotice = typeof pendingNotices.$inferSelect

/** What the people of an event were told last, by participant; of some, or of all. */
export async function findTold(
  reader: Reader,
  eventId: string,
  ids: string[] | null = null,
): Promise<Map<string, ToldRow>> {
  const rows = await reader
    .select()
    .from(toldAgendas)
    .where(and(eq(toldAgendas.eventId, eventId), ids ? among(toldAgendas.participantId, ids) : undefined))
  return new Map(rows.map((row) => [row.participantId, row]))
}

/** As many as are written at once: a statement has so many values at most. */
const AT_ONCE = 1_000

export async function keepTold(tx: Transaction, rows: ToldRow[]): Promise<void> {
  const excluded = (name: string) => sql.join([sql`excluded.`, sql.identifier(name)])
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await tx
      .insert(toldAgendas)
      .values(rows.slice(from, from + AT_ONCE))
      .onConflictDoUpdate({
        target: [toldAgendas.eventId, toldAgendas.participantId],
        set: {
          date: excluded('date'),
          meetings: excluded('meetings'),
          decision: excluded('decision'),
          decidedAt: excluded('decided_at'),
          // What counts as known was not told.
          toldAt: sql`coalesce(excluded.told_at, ${toldAgendas.toldAt})`,
        },
      })
}

export async function findPending(reader: Reader, eventId: string): Promise<PendingNotice | null> {
  const [row] = await reader.select().from(pendingNotices).where(eq(pendingNotices.eventId, eventId))
  return row ?? null
}

/** Instead of the one there is. */
export const keepPending = (tx: Transaction, row: PendingNotice) =>
  tx.insert(pendingNotices).values(row).onConflictDoUpdate({ target: pendingNotices.eventId, set: row })

/** It does not leave by itself any more. */
export async function takePending(tx: Transaction, eventId: string): Promise<PendingNotice | null> {
  const [row] = await tx.delete(pendingNotices).where(eq(pendingNotices.eventId, eventId)).returning()
  return row ?? null
}

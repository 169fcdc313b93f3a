import { randomUUID } from 'node:crypto'
import { and, desc, eq, gt, lt, sql } from 'drizzle-orm'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { rateLimits, verifications } from '../../database/schema.ts'
import type { Bucket } from './sign-in-codes.ts'

export type CodeRow = { id: string; sealed: string; sentAt: Date; expiresAt: Date; printed: boolean }

/** Under which better-auth keeps the code of an address. */
export const codeOf = (of: string) => `sign-in-otp-${of}`

const PRINTED = 'printed:'

/** Of two who ask at the same moment the second one finds the code of the first. */
export async function lockCode(tx: Transaction, of: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${codeOf(of)}, 0))`)
}

const asCode = (row: typeof verifications.$inferSelect): CodeRow => ({
  id: row.id,
  // Behind the last colon better-auth counts tries, which never get as far as there.
  sealed: row.value.slice(0, row.value.lastIndexOf(':')),
  sentAt: row.updatedAt,
  expiresAt: row.expiresAt,
  printed: row.id.startsWith(PRINTED),
})

/** The code of an address that can still be used. */
export async function findCode(reader: Reader, of: string): Promise<CodeRow | null> {
  const [row] = await reader
    .select()
    .from(verifications)
    .where(and(eq(verifications.identifier, codeOf(of)), gt(verifications.expiresAt, new Date())))
    .orderBy(desc(verifications.createdAt))
    .limit(1)
  return row ? asCode(row) : null
}

export async function replaceCode(
  tx: Transaction,
  { of, sealed, expiresAt, printed }: { of: string; sealed: string; expiresAt: Date; printed: boolean },
): Promise<CodeRow> {
  const identifier = codeOf(of)
  await tx.delete(verifications).where(eq(verifications.identifier, identifier))
  const id = (printed ? PRINTED : '') + randomUUID()
  const [row] = await tx
    .insert(verifications)
    .values({ id, identifier, value: `${sealed}:0`, expiresAt })
    .returning()
  return asCode(row)
}

/** True for the one who used it up. */
export async function deleteCode(tx: Transaction, id: string): Promise<boolean> {
  const used = await tx.delete(verifications).where(eq(verifications.id, id)).returning()
  return used.length > 0
}

export async function noteSent(tx: Transaction, { id }: CodeRow): Promise<CodeRow> {
  const [row] = await tx
    .update(verifications)
    .set({ updatedAt: new Date() })
    .where(eq(verifications.id, id))
    .returning()
  return asCode(row)
}

/** Takes one out of a bucket; or says how long there is none, and in either case when there is one again. */
export async function take(
  db: Reader,
  key: string,
  { most, everyMs }: Bucket,
): Promise<{ refusedMs: number | null; againAt: Date }> {
  const now = Date.now()
  // When the bucket will be full again; so much later than now, the emptier it is.
  const full = sql`greatest(${rateLimits.lastRequest}, ${now}) + ${everyMs}`
  const [row] = await db
    .insert(rateLimits)
    .values({ id: randomUUID(), key, count: 1, lastRequest: now + everyMs })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: { count: sql`${rateLimits.count} + 1`, lastRequest: full },
      setWhere: sql`${full} <= ${now + most * everyMs}`,
    })
    .returning({ fullAt: rateLimits.lastRequest })
  const fullAt = row?.fullAt ?? (await fullAtOf(db, key, now))
  const againMs = Math.max(0, fullAt + everyMs - now - most * everyMs)
  return { refusedMs: row ? null : againMs, againAt: new Date(now + againMs) }
}

async function fullAtOf(db: Reader, key: string, otherwise: number): Promise<number> {
  const [row] = await db.select().from(rateLimits).where(eq(rateLimits.key, key))
  return row?.lastRequest ?? otherwise
}

export async function giveBack(db: Reader, key: string, { everyMs }: Bucket): Promise<void> {
  await db
    .update(rateLimits)
    .set({ lastRequest: sql`${rateLimits.lastRequest} - ${everyMs}` })
    .where(eq(rateLimits.key, key))
}

/** A bucket that has been full for long is as good as a new one; a code that ran out opens nothing. */
export async function deleteUsedUp(db: Database): Promise<void> {
  const before = new Date()
  await db.delete(rateLimits).where(lt(rateLimits.lastRequest, before.getTime()))
  await db.delete(verifications).where(lt(verifications.expiresAt, before))
}

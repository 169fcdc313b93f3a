import { and, asc, desc, eq, gt, ne } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { passkeys, sessions, users } from '../../database/schema.ts'

/** All of it is asked for by the person: nobody reaches what is another's. */

export const findSessionsOf = (reader: Reader, userId: string) =>
  reader
    .select({
      id: sessions.id,
      userAgent: sessions.userAgent,
      createdAt: sessions.createdAt,
      updatedAt: sessions.updatedAt,
    })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), gt(sessions.expiresAt, new Date())))
    .orderBy(desc(sessions.updatedAt), asc(sessions.id))

export async function deleteSession(tx: Transaction, userId: string, id: string): Promise<void> {
  await ring(tx, await tx.delete(sessions).where(own(userId, id)).returning({ id: sessions.id }))
}

export async function deleteOtherSessions(tx: Transaction, userId: string, kept: string): Promise<void> {
  const others = and(eq(sessions.userId, userId), ne(sessions.id, kept))
  await ring(tx, await tx.delete(sessions).where(others).returning({ id: sessions.id }))
}

const own = (userId: string, id: string) => and(eq(sessions.userId, userId), eq(sessions.id, id))

async function ring(tx: Transaction, ended: { id: string }[]): Promise<void> {
  for (const { id } of ended) await ringSessions(tx, id)
}

export const findPasskeysOf = (reader: Reader, userId: string) =>
  reader
    .select({ id: passkeys.id, name: passkeys.name, createdAt: passkeys.createdAt })
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id))

/** Until the transaction ends nobody else removes a passkey of this person. */
export async function lockUser(tx: Transaction, userId: string): Promise<void> {
  await tx.select({ id: users.id }).from(users).where(eq(users.id, userId)).for('update')
}

const passkeyOf = (userId: string, id: string) => and(eq(passkeys.userId, userId), eq(passkeys.id, id))

export async function renamePasskey(tx: Transaction, userId: string, id: string, name: string) {
  const named = await tx.update(passkeys).set({ name }).where(passkeyOf(userId, id)).returning()
  return named.length > 0
}

export async function deletePasskey(tx: Transaction, userId: string, id: string): Promise<boolean> {
  return (await tx.delete(passkeys).where(passkeyOf(userId, id)).returning()).length > 0
}

/** Those that were opened with a passkey, whichever it was. */
export async function deleteOtherStrong(tx: Transaction, userId: string, kept: string): Promise<void> {
  const others = and(eq(sessions.userId, userId), ne(sessions.id, kept), sessions.strong)
  await ring(tx, await tx.delete(sessions).where(others).returning({ id: sessions.id }))
}

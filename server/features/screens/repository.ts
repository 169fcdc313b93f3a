import { eq, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { screens } from '../../database/schema.ts'

export async function findScreen(reader: Reader, screenId: string) {
  const [row] = await reader.select().from(screens).where(eq(screens.id, screenId))
  return row ?? null
}

export async function insertScreen(tx: Transaction, values: typeof screens.$inferInsert): Promise<string> {
  const [{ id }] = await tx.insert(screens).values(values).returning({ id: screens.id })
  return id
}

/** The link ends, and the sockets that were opened with it close. */
export async function revokeScreen(tx: Transaction, screenId: string): Promise<void> {
  await tx.update(screens).set({ revokedAt: new Date() }).where(eq(screens.id, screenId))
  await tx.execute(sql`select pg_notify('session', '')`)
}

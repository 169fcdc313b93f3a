import { createHash } from 'node:crypto'
import { and, eq, inArray, isNull } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { events, screens } from '../../database/schema.ts'

/** How the token of a screen's link is stored. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export async function findScreen(reader: Reader, screenId: string) {
  const [row] = await reader.select().from(screens).where(eq(screens.id, screenId))
  return row ?? null
}

/** The screens that tokens open, by token; those withdrawn are absent. */
export async function findScreensOfTokens(reader: Reader, tokens: string[]) {
  if (tokens.length === 0) return new Map<string, never>()
  const byDigest = new Map(tokens.map((token) => [digestOf(token), token]))
  const rows = await reader
    .select({
      digest: screens.digest,
      opened: { screenId: screens.id, eventId: events.id, programmeId: events.programmeId },
    })
    .from(screens)
    .innerJoin(events, and(eq(events.id, screens.eventId), isNull(events.deletedAt)))
    .where(and(inArray(screens.digest, [...byDigest.keys()]), isNull(screens.revokedAt)))
  return new Map(rows.map(({ digest, opened }) => [byDigest.get(digest) as string, opened]))
}

type NewScreen = { eventId: string; label: string; token: string }

export async function insertScreen(tx: Transaction, { eventId, label, token }: NewScreen): Promise<string> {
  const [{ id }] = await tx
    .insert(screens)
    .values({ eventId, label, digest: digestOf(token) })
    .returning({ id: screens.id })
  return id
}

/** The link ends, and the sockets that were opened with it close. */
export async function revokeScreen(tx: Transaction, screenId: string): Promise<void> {
  await tx.update(screens).set({ revokedAt: new Date() }).where(eq(screens.id, screenId))
  await ringSessions(tx)
}

import { and, desc, eq, sql } from 'drizzle-orm'
import { CATALOGUE, type Change } from './change-catalogue.ts'
import type { Reader, Transaction } from './database/client.ts'
import { changes, programmes } from './database/schema.ts'
import { notFound } from './errors.ts'

export { topic } from './change-catalogue.ts'

/** Consecutive autosaves of one form by one person are one entry for so long. */
const AUTOSAVE_MINUTES = 10

/** One writer at a time per programme: total order, simple invariants. */
export async function lockProgramme(tx: Transaction, programmeId: string): Promise<void> {
  const [row] = await tx
    .select({ id: programmes.id })
    .from(programmes)
    .where(eq(programmes.id, programmeId))
    .for('update')
  if (!row) throw notFound()
}

/** Whose log it goes into, and who did it: nobody where the service did it by itself. */
type Author = { programmeId: string; actorId: string | null }

/** Writes the numbered entry of this transaction and rings the doorbell, which sounds at commit. */
export async function record(
  tx: Transaction,
  { programmeId, actorId }: Author,
  change: Change,
): Promise<number> {
  const [{ seq, offset }] = await tx
    .update(programmes)
    .set({ seq: sql`${programmes.seq} + 1` })
    .where(eq(programmes.id, programmeId))
    .returning({ seq: programmes.seq, offset: programmes.clockOffsetMs })
  const { type, payload, eventId = null, inverse = null } = change
  const entry = { programmeId, seq, eventId, actorId, type, payload, audience: audienceOf(change), inverse }
  const isAutosave = 'autosaved' in CATALOGUE[type]
  if (!(isAutosave && (await moveToEnd(tx, entry, offset)))) await append(tx, entry, offset)
  await tx.execute(sql`select pg_notify('programme', ${`${programmeId}:${seq}`})`)
  return seq
}

/** The topics that every change of its kind concerns, and those that were looked up for this one. */
const audienceOf = ({ type, also }: Change): string[] => [
  ...new Set([...CATALOGUE[type].audience.topics, ...(also?.topics ?? [])]),
]

/** Wakes the sockets of every node, so that those whose right to see has ended close; in a transaction at its commit. */
export const ringSessions = (reader: Reader, sessionId = '') =>
  reader.execute(sql`select pg_notify('session', ${sessionId})`)

type Entry = Omit<typeof changes.$inferInsert, 'at'>

/** A sample's day is read by its own clock, which is so many milliseconds from the real one; its log too. */
const byClock = (offset: number) => sql<Date>`now() + ${offset} * interval '1 millisecond'`

const append = (tx: Transaction, entry: Entry, offset: number) =>
  tx.insert(changes).values({ ...entry, at: byClock(offset) })

/** True when the person's last entry was the same form and now stands for this autosave as well. */
async function moveToEnd(tx: Transaction, entry: Entry, offset: number): Promise<boolean> {
  if (!entry.actorId) return false
  const [last] = await tx
    .select()
    .from(changes)
    .where(and(eq(changes.programmeId, entry.programmeId), eq(changes.actorId, entry.actorId)))
    .orderBy(desc(changes.seq))
    .limit(1)
  const age = last && Math.abs(Date.now() + offset - last.at.getTime())
  const recent = last && age < AUTOSAVE_MINUTES * 60_000
  if (!recent || last.type !== entry.type || !sameJson(last.payload, entry.payload)) return false
  if (!sameJson([...last.audience].sort(), [...entry.audience].sort())) return false
  await tx
    .update(changes)
    .set({ seq: entry.seq, at: byClock(offset) })
    .where(and(eq(changes.programmeId, entry.programmeId), eq(changes.seq, last.seq)))
  return true
}

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

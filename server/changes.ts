import { and, desc, eq, sql } from 'drizzle-orm'
import type { Reader, Transaction } from './database/client.ts'
import { changes, programmes } from './database/schema.ts'
import { notFound } from './errors.ts'

/**
 * Topics: who a change concerns. A page is told of a change when one of its own topics is among them.
 * Participants are told by id, so a page of one participant never wakes for another's meeting.
 */
export const topic = {
  organisers: 'organisers',
  desk: 'desk',
  screens: 'screens',
  everyone: 'everyone',
  participant: (id: string) => `participant:${id}`,
}

export type Change = {
  programmeId: string
  eventId?: string | null
  actorId: string | null
  /** noun.pastTense, for example 'meeting.moved'. */
  type: string
  /** Ids, numbers and words of the product; never names or other personal data. */
  payload: Record<string, unknown>
  audience: string[]
  /** What would take it back, in the same terms; null where nothing can. */
  inverse?: Record<string, unknown> | null
  /** Consecutive changes of this type by this person on the same payload are one entry (autosave). */
  coalesce?: boolean
}

const COALESCE_MINUTES = 10

/** One writer at a time per programme: total order, simple invariants. */
export async function lockProgramme(tx: Transaction, programmeId: string): Promise<void> {
  const [row] = await tx
    .select({ id: programmes.id })
    .from(programmes)
    .where(eq(programmes.id, programmeId))
    .for('update')
  if (!row) throw notFound()
}

/** Writes the numbered entry of this transaction and rings the doorbell, which sounds at commit. */
export async function record(tx: Transaction, change: Change): Promise<number> {
  const [{ seq, offset }] = await tx
    .update(programmes)
    .set({ seq: sql`${programmes.seq} + 1` })
    .where(eq(programmes.id, change.programmeId))
    .returning({ seq: programmes.seq, offset: programmes.clockOffsetMs })
  const entry = { ...change, seq, offset }
  if (!(change.coalesce && (await moveToEnd(tx, entry)))) await append(tx, entry)
  await tx.execute(sql`select pg_notify('programme', ${`${change.programmeId}:${seq}`})`)
  return seq
}

/** Wakes the sockets of every node, so that those whose right to see has ended close; in a transaction at its commit. */
export const ringSessions = (reader: Reader, sessionId = '') =>
  reader.execute(sql`select pg_notify('session', ${sessionId})`)

/** `offset`: how far the programme's clock is from the real one, in milliseconds. */
type Entry = Change & { seq: number; offset: number }

// A sample's day is read by its own clock, its log too.
const byClock = ({ offset }: Entry) => sql<Date>`now() + ${offset} * interval '1 millisecond'`

async function append(tx: Transaction, entry: Entry): Promise<void> {
  const { programmeId, seq, eventId = null, actorId, type, payload, audience, inverse = null } = entry
  const values = { programmeId, seq, eventId, actorId, type, payload, audience, inverse }
  await tx.insert(changes).values({ ...values, at: byClock(entry) })
}

/** True when the person's last entry was the same form and now stands for this autosave as well. */
async function moveToEnd(tx: Transaction, change: Entry): Promise<boolean> {
  if (!change.actorId) return false
  const [last] = await tx
    .select()
    .from(changes)
    .where(and(eq(changes.programmeId, change.programmeId), eq(changes.actorId, change.actorId)))
    .orderBy(desc(changes.seq))
    .limit(1)
  const age = last && Math.abs(Date.now() + change.offset - last.at.getTime())
  const recent = last && age < COALESCE_MINUTES * 60_000
  if (!recent || last.type !== change.type || !sameJson(last.payload, change.payload)) return false
  if (!sameJson([...last.audience].sort(), [...change.audience].sort())) return false
  await tx
    .update(changes)
    .set({ seq: change.seq, at: byClock(change) })
    .where(and(eq(changes.programmeId, change.programmeId), eq(changes.seq, last.seq)))
  return true
}

const sameJson = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

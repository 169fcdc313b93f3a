import { and, eq } from 'drizzle-orm'
import { userIdOf, type Actor } from './actor.ts'
import type { Change } from './change-catalogue.ts'
import { lockProgramme, record } from './changes.ts'
import type { Database, Transaction } from './database/client.ts'
import { idempotencyKeys } from './database/schema.ts'
import { DomainError } from './errors.ts'
import type { Written } from './schemas/common.ts'

/** One request as a service sees it: who asks, whether it is a retry, and which version it started from. */
export type Call = {
  actor: Actor
  /** Idempotency-Key with a digest of method, address and body. */
  retry: { key: string; request: string } | null
  /** If-Match. */
  expected: number | null
}

export type WriteContext = {
  tx: Transaction
  /** Writes the entry of the log: of each kind, what the catalogue says. */
  record: (change: Change) => Promise<number>
}

/**
 * Every write of a programme: one transaction, one writer at a time, its change recorded inside.
 */
export async function write<Reply extends Written>(
  db: Database,
  call: Call,
  programmeId: string,
  act: (context: WriteContext) => Promise<Reply>,
): Promise<Reply> {
  return db.transaction(async (tx) => {
    await lockProgramme(tx, programmeId)
    const author = { programmeId, actorId: userIdOf(call.actor) }
    let seq: number | undefined
    const context: WriteContext = {
      tx,
      record: async (change) => (seq = await record(tx, author, change)),
    }
    return once(tx, call, async () => {
      const reply = await act(context)
      return seq === undefined ? reply : { ...reply, seq }
    })
  })
}

/** A retried request finds the first reply and has no second effect. */
export async function once<Reply extends Written>(
  tx: Transaction,
  call: Call,
  act: () => Promise<Reply>,
): Promise<Reply> {
  const before = await findReply<Reply>(tx, call)
  if (before) return before
  const reply = await act()
  await keepReply(tx, call, reply)
  return reply
}

const keyOwner = (call: Call) => userIdOf(call.actor) ?? 'nobody'

async function findReply<Reply>(tx: Transaction, call: Call): Promise<Reply | null> {
  if (!call.retry) return null
  const [row] = await tx
    .select()
    .from(idempotencyKeys)
    .where(and(eq(idempotencyKeys.actor, keyOwner(call)), eq(idempotencyKeys.key, call.retry.key)))
  if (!row) return null
  if (row.request !== call.retry.request) throw new DomainError('key-reused')
  return row.reply as Reply
}

async function keepReply(tx: Transaction, call: Call, reply: Written): Promise<void> {
  if (!call.retry) return
  await tx
    .insert(idempotencyKeys)
    .values({ actor: keyOwner(call), key: call.retry.key, request: call.retry.request, reply, status: 200 })
}

/** Refuses a write that started from an older version; one without any version is told to send it. */
export function expectVersion(call: Call, version: number): void {
  if (call.expected === null) throw new DomainError('version-needed')
  if (call.expected !== version) throw new DomainError('stale-version')
}

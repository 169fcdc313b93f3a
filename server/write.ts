import { and, eq } from 'drizzle-orm'
import { userIdOf, type Actor, type ActorMembership } from './actor.ts'
import type { Change } from './change-catalogue.ts'
import { lockProgramme, record } from './changes.ts'
import type { Database, Transaction } from './database/client.ts'
import { idempotencyKeys, memberships, programmes } from './database/schema.ts'
import { DomainError, notFound } from './errors.ts'
import { refuseStranger } from './policy.ts'
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
  /** That the write is of; nobody else writes in it meanwhile. */
  programmeId: string
  /** The request as it stands now: the roles of its actor were read again where nobody else writes. */
  call: Call
  /** Writes the entry of the log: of each kind, what the catalogue says. */
  record: (change: Change) => Promise<number>
}

/** The programme that a write is of, or how to find it by what the write is about: null where there is no such thing. */
export type Owner = string | ((tx: Transaction) => Promise<string | null>)

/**
 * Every write of a programme: one transaction, one writer at a time. Inside, where nothing can change any more, the
 * thing is read, the permission and the version are asked, and the change is recorded. Strangers to the programme are
 * refused before they wait for their turn, so that they keep nobody waiting.
 */
export async function write<Reply extends Written>(
  db: Database,
  call: Call,
  owner: Owner,
  act: (context: WriteContext) => Promise<Reply>,
): Promise<Reply> {
  return db.transaction(async (tx) => {
    const programmeId = await findOwner(tx, owner)
    if (programmeId === null) throw notFound()
    refuseStranger(call.actor, programmeId)
    await lockProgramme(tx, programmeId)
    const author = { programmeId, actorId: userIdOf(call.actor) }
    let seq: number | undefined
    const context: WriteContext = {
      ...{ tx, programmeId },
      call: { ...call, actor: await asOfNow(tx, call.actor, programmeId) },
      record: async (change) => (seq = await record(tx, author, change)),
    }
    return once(tx, call, async () => {
      const reply = await act(context)
      return seq === undefined ? reply : { ...reply, seq }
    })
  })
}

export type OwnWriteContext = {
  tx: Transaction
  /** In the name of whoever once asked for it. */
  record: (actorId: string | null, change: Change) => Promise<number>
}

/**
 * What the service writes by itself, without anybody's permission: as alone in the programme. Null where that is
 * there no more.
 */
export async function writeByItself<Result>(
  db: Database,
  owner: Owner,
  act: (context: OwnWriteContext) => Promise<Result>,
): Promise<Result | null> {
  return db.transaction(async (tx) => {
    const programmeId = await findOwner(tx, owner)
    if (programmeId === null) return null
    await lockProgramme(tx, programmeId)
    return act({ tx, record: (actorId, change) => record(tx, { programmeId, actorId }, change) })
  })
}

async function findOwner(tx: Transaction, owner: Owner): Promise<string | null> {
  if (typeof owner !== 'string') return owner(tx)
  return (await tx.$count(programmes, eq(programmes.id, owner))) > 0 ? owner : null
}

/** The actor with the roles in this programme that have not been taken back since the request came in. */
async function asOfNow(tx: Transaction, actor: Actor, programmeId: string): Promise<Actor> {
  if (actor.kind !== 'user') return actor
  const held = await tx
    .select()
    .from(memberships)
    .where(and(eq(memberships.userId, actor.userId), eq(memberships.programmeId, programmeId)))
  const isHeld = (one: ActorMembership) =>
    held.some(
      ({ role, projectId, hostId }) =>
        role === one.role && projectId === one.projectId && hostId === one.hostId,
    )
  const here = actor.memberships.filter((one) => one.programmeId === programmeId && isHeld(one))
  if (here.length === 0) throw new DomainError('forbidden')
  return { ...actor, memberships: here }
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

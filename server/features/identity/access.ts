import type { Actor } from '../../actor.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { signedInPerson, type SignedInPerson } from '../../policy.ts'
import type { Access } from '../../schemas/access.ts'
import type { Written } from '../../schemas/common.ts'
import * as repository from './access-repository.ts'
import { findUser, holdsRealOrganiser, isStrong } from './repository.ts'

/**
 * One's own sessions and passkeys. better-auth's own addresses for them do not do: they want the tokens of sessions,
 * which no page ever gets, and count and remove passkeys in two steps.
 */
export async function readAccess(reader: Reader, actor: Actor): Promise<Access> {
  const { userId, sessionId } = signedInPerson(actor)
  const [sessions, passkeys, keepsOne, strong] = await Promise.all([
    repository.findSessionsOf(reader, userId),
    repository.findPasskeysOf(reader, userId),
    needsPasskey(reader, userId),
    isStrong(reader, sessionId),
  ])
  return {
    sessions: sessions.map(({ id, userAgent, createdAt, updatedAt }) => ({
      ...{ id, userAgent, current: id === sessionId },
      ...{ begun: createdAt.toISOString(), lastUsed: updatedAt.toISOString() },
    })),
    passkeys: passkeys.map(({ id, name, createdAt }) => ({ id, name, added: createdAt.toISOString() })),
    keepsOne,
    mayChange: strong || passkeys.length === 0,
  }
}

/** Ended already is as good as ended: what is asked for twice has one effect. */
export async function endSession(db: Database, actor: Actor, id: string): Promise<Written> {
  const { userId } = signedInPerson(actor)
  await db.transaction((tx) => repository.deleteSession(tx, userId, id))
  return { id }
}

export async function endOtherSessions(db: Database, actor: Actor): Promise<Written> {
  const { userId, sessionId } = signedInPerson(actor)
  await db.transaction((tx) => repository.deleteOtherSessions(tx, userId, sessionId))
  return { id: sessionId }
}

export const renamePasskey = (db: Database, actor: Actor, id: string, name: string): Promise<Written> =>
  changePasskeys(db, actor, async (tx, { userId }) => {
    if (!(await repository.renamePasskey(tx, userId, id, name))) throw notFound()
    return { id }
  })

export const removePasskey = (db: Database, actor: Actor, id: string): Promise<Written> =>
  changePasskeys(db, actor, async (tx, { userId, sessionId }) => {
    const known = await repository.findPasskeysOf(tx, userId)
    const isLast = known.length === 1 && known[0].id === id
    if (isLast && (await needsPasskey(tx, userId))) throw new DomainError('last-passkey')
    // Whoever has the device may have come in with it: what it opened ends with it.
    if (await repository.deletePasskey(tx, userId, id))
      await repository.deleteOtherStrong(tx, userId, sessionId)
    return { id }
  })

/** Whoever can read a person's mail must not get past their passkeys, nor two who remove one each leave none. */
function changePasskeys<T>(
  db: Database,
  actor: Actor,
  act: (tx: Transaction, person: SignedInPerson) => Promise<T>,
): Promise<T> {
  const person = signedInPerson(actor)
  return db.transaction(async (tx) => {
    await repository.lockUser(tx, person.userId)
    const known = await repository.findPasskeysOf(tx, person.userId)
    if (known.length > 0 && !(await isStrong(tx, person.sessionId))) throw new DomainError('passkey-needed')
    return act(tx, person)
  })
}

async function needsPasskey(reader: Reader, userId: string): Promise<boolean> {
  const user = await findUser(reader, userId)
  return user !== null && (user.founder || (await holdsRealOrganiser(reader, userId)))
}

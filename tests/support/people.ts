import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Transaction } from '../../server/database/client.ts'
import type { Auth } from '../../server/features/identity/auth.ts'
import { sessionCookie } from '../../server/features/identity/cookies.ts'
import { findUserByEmail, insertSession } from '../../server/features/identity/repository.ts'
import { ensureMember } from '../../server/features/identity/service.ts'
import type { Role } from '../../server/schemas/session.ts'

export type Person = {
  role: Role
  programmeId: string
  projectId?: string
  hostId?: string
  strong?: boolean
}
export type SignedIn = { cookie: string; userId: string }

/**
 * A new person with that membership and a session of their own; `headers: { cookie }` makes a request theirs.
 * Organisers are signed in with a passkey unless `strong: false` is asked for.
 */
export async function signedIn(app: FastifyInstance, person: Person): Promise<SignedIn> {
  const { programmeId, role, projectId, hostId, strong = role === 'organiser' } = person
  const { db, auth } = app.identity
  const email = `${role}-${randomUUID()}@example.org`
  return db.transaction(async (tx) => {
    const user = await ensureMember(tx, { programmeId, email, name: email, role, projectId, hostId })
    return { cookie: await openSession(tx, auth, user.id, strong), userId: user.id }
  })
}

/** The cookie of an account, signed in with a code. */
export const openAccount = (app: FastifyInstance, userId: string): Promise<string> => {
  const { db, auth } = app.identity
  return db.transaction((tx) => openSession(tx, auth, userId, false))
}

/** The cookie of whoever reads a mailbox, signed in with a code. */
export const readerOf = (app: FastifyInstance, email: string): Promise<string> => {
  const { db, auth } = app.identity
  return db.transaction(async (tx) => openSession(tx, auth, (await findUserByEmail(tx, email))!.id, false))
}

async function openSession(tx: Transaction, auth: Auth, userId: string, strong: boolean): Promise<string> {
  const token = await insertSession(tx, userId, 1, strong)
  return (await sessionCookie(auth, token, 1)).split(';')[0]
}

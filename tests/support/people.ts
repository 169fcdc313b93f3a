import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { sessionCookie } from '../../server/features/identity/cookies.ts'
import { insertSession } from '../../server/features/identity/repository.ts'
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
    const token = await insertSession(tx, user.id, 1, strong)
    const cookie = (await sessionCookie(auth, token, 1)).split(';')[0]
    return { cookie, userId: user.id }
  })
}

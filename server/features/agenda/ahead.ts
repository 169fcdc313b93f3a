import type { FastifyRequest } from 'fastify'
import type { Credentials } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { gather } from '../../gather.ts'
import type { Identity } from '../../plugins/session.ts'
import { findFirstAgenda } from './repository.ts'

const PAGE = /^\/(progetto|referente)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/agenda$/i
// A page without its head start is better than one that comes late, or that keeps the database from its work.
const PATIENCE_MS = 250
const MOST_AT_ONCE = 16

/**
 * The page of one's own agenda, before it is sent: the address at which it will ask for what it shows. On a slow
 * network that is underway together with the scripts. Null where it is another page, or somebody else's.
 */
export function agendaAhead(db: Database, identity: Identity) {
  const actorOf = gather((credentials: Credentials[]) => identity.actorsOf(db, credentials))
  let asked = 0

  async function findOwn(
    credentials: Credentials,
    side: 'projectId' | 'hostId',
    id: string,
  ): Promise<string | null> {
    const actor = await actorOf(credentials)
    if (actor.kind !== 'user' || !actor.memberships.some((one) => one[side] === id)) return null
    const first = await findFirstAgenda(db, side, id)
    return first && `/api/v1/live?event=${first.eventId}&view=agenda&key=${first.id}`
  }

  return (request: FastifyRequest): Promise<string | null> | null => {
    const [, role, id] = request.url.match(PAGE) ?? []
    const credentials = id ? identity.credentialsOf(request) : null
    if (!credentials?.session || asked >= MOST_AT_ONCE) return null
    asked += 1
    const found = findOwn(credentials, role === 'progetto' ? 'projectId' : 'hostId', id)
      .catch(() => null)
      .finally(() => (asked -= 1))
    const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref())
    return Promise.race([found, late])
  }
}

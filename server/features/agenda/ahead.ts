import type { FastifyRequest } from 'fastify'
import type { Database } from '../../database/client.ts'
import type { Identity } from '../../plugins/session.ts'
import { findFirstAgenda } from './repository.ts'

const PAGE = /^\/(progetto|referente)\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\/agenda$/i
// A page without its head start is better than one that comes late.
const PATIENCE_MS = 250

/**
 * The page of one's own agenda, before it is sent: the address at which it will ask for what it shows. On a slow
 * network that is underway together with the scripts. Null where it is another page, or somebody else's.
 */
export async function agendaAhead(
  db: Database,
  identity: Identity,
  request: FastifyRequest,
): Promise<string | null> {
  const [, role, id] = request.url.match(PAGE) ?? []
  if (!id) return null
  const late = new Promise<null>((resolve) => setTimeout(resolve, PATIENCE_MS, null).unref())
  const found = findOwn(db, identity, request, role === 'progetto' ? 'projectId' : 'hostId', id)
  return Promise.race([found.catch(() => null), late])
}

async function findOwn(
  db: Database,
  identity: Identity,
  request: FastifyRequest,
  side: 'projectId' | 'hostId',
  id: string,
): Promise<string | null> {
  const credentials = identity.credentialsOf(request)
  if (credentials.session === null) return null
  const [actor] = await identity.actorsOf(db, [credentials])
  if (actor.kind !== 'user' || !actor.memberships.some((one) => one[side] === id)) return null
  const first = await findFirstAgenda(db, side, id)
  return first && `/api/v1/live?event=${first.eventId}&view=agenda&key=${first.id}`
}

import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Actor, Credentials } from '../actor.ts'
import type { Database, Reader } from '../database/client.ts'
import { DomainError } from '../errors.ts'
import { gather } from '../gather.ts'
import type { Call } from '../write.ts'
import { requestLocale } from './problems.ts'

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor
    /** By which the actor is known; null where nobody asks who it is. */
    credentials: Credentials | null
  }
}

/** Who stands behind cookies: what a request carries, and whom that is at this moment. */
export type Identity = {
  credentialsOf(request: FastifyRequest): Credentials
  actorsOf(reader: Reader, credentials: Credentials[]): Promise<Actor[]>
}
type Options = { db: Database; publicUrl: string; identity: Identity }

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Puts the actor on every request and refuses writes that another site had the browser send. */
export default fp(
  function session(app: FastifyInstance, { db, publicUrl, identity }: Options) {
    const actorOf = gather((credentials: Credentials[]) => identity.actorsOf(db, credentials))
    app.decorateRequest('actor')
    app.decorateRequest('credentials', null)
    app.addHook('onRequest', async (request, reply) => {
      if (!request.url.startsWith('/api/')) {
        request.actor = { kind: 'nobody', locale: requestLocale(request) }
        return
      }
      // What one person is told stays nowhere on the way, nor in a browser that others use after them.
      reply.header('cache-control', 'no-store')
      if (!SAFE.has(request.method)) checkOrigin(request, publicUrl)
      request.credentials = identity.credentialsOf(request)
      request.actor = await actorOf(request.credentials)
      checkAuthor(request)
    })
  },
  { name: 'session', dependencies: ['problems'] },
)

/** Browsers say where a request comes from; a request with neither header is not a browser's. */
export function checkOrigin(request: FastifyRequest, publicUrl: string): void {
  const { origin } = request.headers
  const site = request.headers['sec-fetch-site']
  if (
    origin !== undefined
      ? !sameOrigin(origin, publicUrl, request)
      : site !== undefined && site !== 'same-origin' && site !== 'none'
  )
    throw new DomainError('wrong-origin')
}

/** A page says whose words it sends: another tab may have signed in somebody else since it was opened. */
function checkAuthor({ actor, headers }: FastifyRequest): void {
  const author = headers['written-by']
  if (author !== undefined && actor.kind === 'user' && actor.userId !== author)
    throw new DomainError('other-person')
}

/** On the machine itself localhost and 127.0.0.1 are the same place. */
export function sameOrigin(origin: string, publicUrl: string, request: FastifyRequest): boolean {
  if (origin === publicUrl) return true
  const local = ['localhost', '127.0.0.1', '[::1]']
  if (!URL.canParse(origin) || !local.includes(new URL(publicUrl).hostname)) return false
  return local.includes(new URL(origin).hostname) && new URL(origin).host === request.headers.host
}

const MAX_KEY = 100

/** The request in a service's terms. */
export function callOf(request: FastifyRequest): Call {
  return { actor: request.actor, retry: retryOf(request), expected: expectedOf(request) }
}

function retryOf(request: FastifyRequest): Call['retry'] {
  const key = request.headers['idempotency-key']
  if (typeof key !== 'string' || key === '') return null
  // Without it a retry would do everything twice.
  if (key.length > MAX_KEY) throw new DomainError('key-too-long', { limit: String(MAX_KEY) })
  const digest = createHash('sha256')
    .update(`${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`)
    .digest('base64url')
  return { key, request: digest }
}

function expectedOf(request: FastifyRequest): number | null {
  const match = request.headers['if-match']?.match(/^"?(\d{1,9})"?$/)
  return match ? Number(match[1]) : null
}

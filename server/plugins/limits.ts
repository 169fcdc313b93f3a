import rateLimit from '@fastify/rate-limit'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { DomainError } from '../errors.ts'

/** Requests a minute on one node: far more than pages ask for, so that only a programme gone wild reaches it. */
export const LIMITS = {
  /** One session, or one screen. */
  known: 6_000,
  /** Everybody unknown behind one network address: a whole hall may come at once. */
  address: 20_000,
}

/** So many are counted at a time; the ones longest silent are forgotten first. */
const COUNTED = 50_000

/**
 * Whoever asks without end is stopped, alone: a session by itself, an address only for those who have none yet.
 * Files and health are never refused, or a hall behind one address would see white pages.
 */
export default fp(
  async function limits(app: FastifyInstance, most: typeof LIMITS) {
    await app.register(rateLimit, {
      max: (request) => (request.actor.kind === 'nobody' ? most.address : most.known),
      timeWindow: '1 minute',
      cache: COUNTED,
      keyGenerator: keyOf,
      allowList: (request) => !request.url.startsWith('/api/'),
      errorResponseBuilder: () => new DomainError('too-many-requests'),
    })
  },
  { name: 'limits', dependencies: ['session'] },
)

function keyOf({ actor, ip }: FastifyRequest): string {
  if (actor.kind === 'user') return `session ${actor.sessionId}`
  return actor.kind === 'screen' ? `screen ${actor.screenId}` : `address ${ip}`
}

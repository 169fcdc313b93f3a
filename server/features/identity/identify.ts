import type { FastifyRequest } from 'fastify'
import type { Actor, ActorMembership } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { requestLocale } from '../../plugins/problems.ts'
import type { Auth } from './auth.ts'
import { cookieOf, readToken } from './cookies.ts'
import { findScreenOfToken } from '../screens/repository.ts'
import { findSession } from './repository.ts'

export const SCREEN_COOKIE = 'incontro_screen'
const SCREEN_REQUEST = /\/screen(?:\?|$)|[?&]view=screen(?:&|$)/

/**
 * Who stands behind a request: asked of the database each time, so that an ended session or a withdrawn
 * role counts from the next request on. A screen's own requests go by the screen's link even where the
 * same browser is signed in.
 */
export async function createIdentify(db: Database, auth: Auth) {
  const { authCookies } = await auth.$context
  return async (request: FastifyRequest): Promise<Actor> => {
    const { cookie } = request.headers
    const locale = requestLocale(request)
    const token = readToken(cookieOf(cookie, authCookies.sessionToken.name), auth.secret)
    const person = async () => (token ? userActor(await findSession(db, token), locale) : null)
    const screen = () => screenActor(db, cookieOf(cookie, SCREEN_COOKIE), locale)
    const actor = SCREEN_REQUEST.test(request.url)
      ? ((await screen()) ?? (await person()))
      : ((await person()) ?? (await screen()))
    return actor ?? { kind: 'nobody', locale }
  }
}

async function screenActor(db: Database, token: string | undefined, locale: Actor['locale']) {
  const screen = token ? await findScreenOfToken(db, token) : null
  return screen && { kind: 'screen' as const, ...screen, locale }
}

type SessionRows = Awaited<ReturnType<typeof findSession>>

/** Outside the sample, organising and founding programmes count only in a session opened with a passkey. */
function userActor(rows: SessionRows, locale: Actor['locale']): Actor | null {
  if (rows.length === 0) return null
  const [{ userId, sessionId, strong, founder }] = rows
  const memberships = rows.flatMap(({ membership, sample }): ActorMembership[] =>
    membership && (membership.role !== 'organiser' || strong || sample) ? [membershipOf(membership)] : [],
  )
  return { kind: 'user', userId, sessionId, founder: founder && strong, memberships, locale }
}

const membershipOf = ({ programmeId, role, projectId, hostId }: ActorMembership): ActorMembership => ({
  programmeId,
  role,
  projectId,
  hostId,
})

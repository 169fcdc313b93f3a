import type { FastifyRequest } from 'fastify'
import type { Actor, ActorMembership, Credentials } from '../../actor.ts'
import type { Database, Reader } from '../../database/client.ts'
import { requestLocale } from '../../plugins/problems.ts'
import type { Identity } from '../../plugins/session.ts'
import type { Auth } from './auth.ts'
import { cookieOf, readToken } from './cookies.ts'
import { SCREEN_COOKIE } from '../screen-links/cookie.ts'
import { findScreensOfTokens } from '../screen-links/repository.ts'
import { findSessions, touchSessions } from './repository.ts'

const SCREEN_REQUEST = /\/screen(?:\?|$)|[?&]view=screen(?:&|$)/

/**
 * Who stands behind requests: asked of the database each time, so that an ended session or a withdrawn role
 * counts from the next request on. However many are asked for, it is one query for people and one for screens.
 */
export async function createIdentity(auth: Auth, db: Database): Promise<Identity> {
  const { authCookies } = await auth.$context
  const credentialsOf = (request: FastifyRequest): Credentials => ({
    session: readToken(cookieOf(request.headers.cookie, authCookies.sessionToken.name), auth.secret),
    screen: cookieOf(request.headers.cookie, SCREEN_COOKIE) ?? null,
    screenFirst: SCREEN_REQUEST.test(request.url),
    locale: requestLocale(request),
  })
  const actorsOf = (reader: Reader, credentials: Credentials[]) =>
    readActors(reader, credentials, (ids) => {
      // Who asks does not wait for it, and gets an answer also where nothing can be written.
      void touchSessions(db, ids, new Date(Date.now() - NOTED_AFTER_MS)).catch(() => {})
    })
  return { credentialsOf, actorsOf }
}

/** When a session was last used is known this closely. */
const NOTED_AFTER_MS = 10 * 60_000

async function readActors(
  reader: Reader,
  credentials: Credentials[],
  note: (sessionIds: string[]) => void,
): Promise<Actor[]> {
  const tokens = (kind: 'session' | 'screen') => [
    ...new Set(credentials.map((one) => one[kind]).filter((token) => token !== null)),
  ]
  const [sessions, screens] = await Promise.all([
    findSessions(reader, tokens('session')),
    findScreensOfTokens(reader, tokens('screen')),
  ])
  const unnoted = [...sessions.values()]
    .filter(([{ lastUsed }]) => Date.now() - lastUsed.getTime() > NOTED_AFTER_MS)
    .map(([{ sessionId }]) => sessionId)
  if (unnoted.length > 0) note(unnoted)
  return credentials.map(({ session, screen, screenFirst, locale }): Actor => {
    const person = userActor(sessions.get(session ?? '') ?? [], locale)
    const found = screens.get(screen ?? '')
    const display = found ? { kind: 'screen' as const, ...found, locale } : null
    return (screenFirst ? (display ?? person) : (person ?? display)) ?? { kind: 'nobody', locale }
  })
}

type SessionRows = Awaited<ReturnType<typeof findSessions>> extends Map<string, infer Rows> ? Rows : never

/** Outside the sample, organising and founding programmes count only in a session opened with a passkey. */
function userActor(rows: SessionRows, locale: Actor['locale']): Actor | null {
  if (rows.length === 0) return null
  const [{ userId, sessionId, strong, founder }] = rows
  const memberships = rows.flatMap(({ membership, sample }): ActorMembership[] =>
    membership && (membership.role !== 'organiser' || strong || sample) ? [membership] : [],
  )
  return { kind: 'user', userId, sessionId, founder: founder && strong, memberships, locale }
}

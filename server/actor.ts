import type { Language } from './schemas/common.ts'
import type { Role } from './schemas/session.ts'

export type Locale = Language

export type ActorMembership = {
  programmeId: string
  role: Role
  projectId: string | null
  hostId: string | null
}

/**
 * Who is asking. Memberships are the ones in force for this session: an organiser's counts only where
 * the session is strong enough (see features/identity).
 */
export type Actor =
  | {
      kind: 'user'
      userId: string
      sessionId: string
      founder: boolean
      memberships: ActorMembership[]
      locale: Locale
    }
  | { kind: 'screen'; screenId: string; programmeId: string; eventId: string; locale: Locale }
  | { kind: 'nobody'; locale: Locale }

/** By what somebody is known: read once from a request, asked of the database as often as needed. */
export type Credentials = {
  session: string | null
  screen: string | null
  /** A screen's own request goes by the screen's link even where the same browser is signed in. */
  screenFirst: boolean
  locale: Locale
}

export const userIdOf = (actor: Actor): string | null => (actor.kind === 'user' ? actor.userId : null)

import type { Role } from './schemas/session.ts'

export type Locale = 'it' | 'en'

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

export const userIdOf = (actor: Actor): string | null => (actor.kind === 'user' ? actor.userId : null)

import { m } from '../paraglide/messages.js'
import { homeOf, type Membership } from './session.svelte.ts'

/** What somebody can be here: each role once that has a page of its own. Organisers choose their programme there. */
export const rolesOf = (memberships: Membership[]): Membership[] =>
  [...new Map(memberships.toReversed().map((one) => [homeOf(one), one])).values()].toReversed()

/** Whom somebody stands for; organisers and helpers for the event or the programme they look after. */
export const roleName = ({ label, programmeName }: Membership): string => label ?? programmeName

export const roleKind = ({ role }: Membership): string =>
  ({
    project: m.role_project,
    host: m.role_host,
    organiser: m.role_organiser,
    desk: m.role_desk,
    observer: m.role_observer,
    applicant: m.role_applicant,
  })[role]()

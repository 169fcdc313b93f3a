import type { Actor } from './actor.ts'
import { DomainError, notFound } from './errors.ts'

/**
 * Who may do what: role × action → scope. What is not in the table is denied.
 *   programme  anything in a programme where the actor has that role
 *   own        only what belongs to the actor's own project or host, or what they apply with
 *   event      (screens) only the event the link was made for
 */
type Scope = 'programme' | 'own' | 'event'
type Rule = {
  organiser?: 'programme'
  desk?: 'programme'
  observer?: 'programme'
  project?: Scope
  host?: Scope
  applicant?: 'own'
  screen?: 'event'
}

const TABLE = {
  'programme.read': { organiser: 'programme' },
  'programme.edit': { organiser: 'programme' },
  'people.read': { organiser: 'programme' },
  'people.edit': { organiser: 'programme' },
  'member.edit': { organiser: 'programme' },
  'mail.read': { organiser: 'programme' },
  'mail.send': { organiser: 'programme' },
  'change.read': { organiser: 'programme' },
  'change.undo': { organiser: 'programme' },
  'sample.reset': { organiser: 'programme' },
  'clock.move': { organiser: 'programme' },
  /** Figures and the published plan: nobody's contacts, notes or answers. */
  'figures.read': { organiser: 'programme', observer: 'programme' },
  'event.read': { organiser: 'programme' },
  'event.edit': { organiser: 'programme' },
  'screen.edit': { organiser: 'programme' },
  'answer.read': { organiser: 'programme' },
  'proposal.read': { organiser: 'programme', project: 'own' },
  'proposal.edit': { organiser: 'programme', project: 'own' },
  'proposal.review': { organiser: 'programme' },
  'host.read': { organiser: 'programme', host: 'own' },
  'host.edit': { organiser: 'programme', host: 'own' },
  'choice.read': { organiser: 'programme', project: 'own', host: 'own' },
  'choice.edit': { organiser: 'programme', project: 'own', host: 'own' },
  'reply.late': { organiser: 'programme' },
  'agenda.read': { organiser: 'programme', project: 'own', host: 'own' },
  'attendance.edit': { organiser: 'programme', desk: 'programme', project: 'own', host: 'own' },
  /** Taking somebody out of the day: not for themselves to say. */
  'attendance.judge': { organiser: 'programme', desk: 'programme' },
  /** Whether they will come. */
  'rsvp.edit': { organiser: 'programme', desk: 'programme', project: 'own', host: 'own' },
  /** Who comes to one event instead of them. */
  'standIn.edit': { organiser: 'programme', project: 'own', host: 'own' },
  'call.read': { organiser: 'programme' },
  'call.edit': { organiser: 'programme' },
  'application.read': { organiser: 'programme', applicant: 'own' },
  'application.edit': { applicant: 'own' },
  /** Deciding on it; drafts are nobody's but their applicant's. */
  'application.review': { organiser: 'programme' },
  'desk.read': { organiser: 'programme', desk: 'programme' },
  'day.read': { organiser: 'programme' },
  'day.edit': { organiser: 'programme' },
  'run.read': { organiser: 'programme' },
  'run.start': { organiser: 'programme' },
  'plan.read': { organiser: 'programme' },
  'plan.edit': { organiser: 'programme' },
  'plan.publish': { organiser: 'programme' },
  'print.read': { organiser: 'programme' },
  'screen.read': { organiser: 'programme', screen: 'event' },
} as const satisfies Record<string, Rule>

export type Action = keyof typeof TABLE

export type Resource = {
  programmeId: string
  eventId?: string | null
  projectId?: string | null
  hostId?: string | null
  /** Whose application it is, by their account. */
  applicantId?: string
}

export function may(actor: Actor, action: Action, resource: Resource): boolean {
  const rule: Rule = TABLE[action]
  if (actor.kind === 'nobody') return false
  if (actor.kind === 'screen') return rule.screen === 'event' && actor.eventId === resource.eventId
  return actor.memberships.some((membership) => {
    if (membership.programmeId !== resource.programmeId) return false
    const scope = rule[membership.role]
    if (scope === 'programme') return true
    if (scope !== 'own') return false
    if (membership.role === 'applicant') return resource.applicantId === actor.userId
    return membership.role === 'project'
      ? membership.projectId !== null && membership.projectId === resource.projectId
      : membership.hostId !== null && membership.hostId === resource.hostId
  })
}

export type SignedInPerson = Extract<Actor, { kind: 'user' }>

/** Who asks for what is a person's own, whatever their roles; a screen is nobody. */
export function signedInPerson(actor: Actor): SignedInPerson {
  if (actor.kind === 'user') return actor
  throw new DomainError(actor.kind === 'nobody' ? 'signed-out' : 'forbidden')
}

/** Throws unless allowed. */
export function allow(actor: Actor, action: Action, resource: Resource): void {
  const refused = refusal(actor, action, resource)
  if (refused) throw refused
}

/** Why it is not allowed, or null. */
export function refusal(actor: Actor, action: Action, resource: Resource): DomainError | null {
  if (may(actor, action, resource)) return null
  return strangeness(actor, resource.programmeId) ?? new DomainError('forbidden')
}

/** Throws for whoever has no part in the programme. They are not told whether it exists. */
export function refuseStranger(actor: Actor, programmeId: string): void {
  const refused = strangeness(actor, programmeId)
  if (refused) throw refused
}

function strangeness(actor: Actor, programmeId: string): DomainError | null {
  if (actor.kind === 'nobody') return new DomainError('signed-out')
  const isKnown =
    actor.kind === 'screen'
      ? actor.programmeId === programmeId
      : actor.memberships.some((membership) => membership.programmeId === programmeId)
  return isKnown ? null : notFound()
}

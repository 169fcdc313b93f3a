import type { ActorMembership } from '../../actor.ts'
import type { participants, programmes } from '../../database/schema.ts'
import { shownAs } from '../../naming.ts'
import type { Membership } from '../../schemas/session.ts'
import type { EventRow } from '../events/repository.ts'

/** What the memberships of a person refer to. */
export type Subjects = {
  programmes: (typeof programmes.$inferSelect)[]
  events: EventRow[]
  participants: (typeof participants.$inferSelect)[]
  projects: { id: string; name: string }[]
  hosts: { id: string; name: string; organisation: string }[]
}

export function present(membership: ActorMembership, subjects: Subjects): Membership {
  const { programmeId, role, projectId, hostId } = membership
  const programme = subjects.programmes.find(({ id }) => id === programmeId)
  return {
    programmeId,
    programmeName: programme?.name ?? '',
    timezone: programme?.timezone ?? 'UTC',
    contact: { email: programme?.contactEmail ?? null, phone: programme?.contactPhone ?? '' },
    role,
    projectId,
    hostId,
    label: labelOf(membership, subjects),
    events: eventsOf(membership, subjects),
  }
}

function labelOf({ projectId, hostId }: ActorMembership, { projects, hosts }: Subjects): string | null {
  if (projectId) return projects.find(({ id }) => id === projectId)?.name ?? null
  const host = hosts.find(({ id }) => id === hostId)
  return host ? shownAs([host.organisation], host.name) : null
}

/** Who helps is concerned with every event; a project or a host with those it takes part in. Rehearsals are for organisers. */
function eventsOf(membership: ActorMembership, { events, participants }: Subjects): Membership['events'] {
  const { programmeId, role, projectId, hostId } = membership
  const everywhere = projectId === null && hostId === null
  return events
    .filter((event) => event.programmeId === programmeId && (role === 'organiser' || !event.rehearsal))
    .map(({ id, title, kind, date, lastDate }) => {
      const participant = participants.find(
        (one) =>
          one.eventId === id &&
          ((projectId !== null && one.projectId === projectId) || (hostId !== null && one.hostId === hostId)),
      )
      return { id, title, kind, date, lastDate, participantId: participant?.id ?? null }
    })
    .filter(({ participantId }) => everywhere || participantId !== null)
}

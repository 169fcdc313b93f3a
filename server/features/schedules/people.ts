import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'
import {
  hosts,
  organisations,
  participants,
  projectOrganisations,
  projects,
  unavailableSlots,
} from '../../database/schema.ts'

/** Everybody who takes part in an event, each with the names others know them by. */
export type Person = Awaited<ReturnType<typeof findPeople>>[number]

const carriers = sql<string[]>`array(
  select carrier.name from ${projectOrganisations} link join ${organisations} carrier on carrier.id = link.organisation_id
  where link.project_id = ${participants.projectId} order by link.position)`

export async function findPeople(reader: Reader, eventId: string) {
  const rows = await reader
    .select({
      id: participants.id,
      side: participants.side,
      projectId: participants.projectId,
      hostId: participants.hostId,
      maxMeetings: participants.maxMeetings,
      answeredAt: participants.answeredAt,
      projectName: projects.name,
      financed: projects.financed,
      projectEmail: projects.email,
      hostName: hosts.name,
      hostEmail: hosts.email,
      hostOrganisation: organisations.name,
      kind: organisations.kind,
      carriers,
    })
    .from(participants)
    .leftJoin(projects, eq(projects.id, participants.projectId))
    .leftJoin(hosts, eq(hosts.id, participants.hostId))
    .leftJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(eq(participants.eventId, eventId))
    .orderBy(asc(projects.name), asc(hosts.name), asc(participants.id))
  return rows.map(
    ({ projectName, hostName, projectEmail, hostEmail, hostOrganisation, carriers, ...row }) => ({
      ...row,
      name: projectName ?? hostName ?? '',
      email: projectEmail ?? hostEmail,
      organisations: hostOrganisation === null ? carriers : [hostOrganisation],
    }),
  )
}

/** Slots in which each participant can't come; only of those who are named, where they are. */
export async function findUnavailable(
  reader: Reader,
  eventId: string,
  ids: string[] | null = null,
): Promise<Map<string, Set<string>>> {
  const rows = await reader
    .select({ participantId: unavailableSlots.participantId, slotId: unavailableSlots.slotId })
    .from(unavailableSlots)
    .where(
      and(
        eq(unavailableSlots.eventId, eventId),
        ids === null ? undefined : inArray(unavailableSlots.participantId, ids),
      ),
    )
  const byParticipant = Map.groupBy(rows, (row) => row.participantId)
  return new Map([...byParticipant].map(([id, own]) => [id, new Set(own.map((row) => row.slotId))]))
}

import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  hosts,
  organisations,
  participants,
  projectOrganisations,
  projects,
  slots,
  unavailableSlots,
} from '../../database/schema.ts'

export type ParticipantRow = typeof participants.$inferSelect

/** Everybody who takes part in an event, each with the names others know them by. */
export type Participant = Awaited<ReturnType<typeof findParticipants>>[number]

const carriers = sql<string[]>`array(
  select carrier.name from ${projectOrganisations} link join ${organisations} carrier on carrier.id = link.organisation_id
  where link.project_id = ${participants.projectId} order by link.position)`

export async function findParticipants(reader: Reader, eventId: string) {
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

export const findParticipantRows = (reader: Reader, eventId: string): Promise<ParticipantRow[]> =>
  reader.select().from(participants).where(eq(participants.eventId, eventId))

export async function findParticipant(reader: Reader, id: string): Promise<ParticipantRow | null> {
  const [row] = await reader.select().from(participants).where(eq(participants.id, id))
  return row ?? null
}

export async function findProjectIds(reader: Reader, eventId: string): Promise<Set<string>> {
  const rows = await reader
    .select({ id: participants.id })
    .from(participants)
    .where(and(eq(participants.eventId, eventId), eq(participants.side, 'project')))
  return new Set(rows.map(({ id }) => id))
}

export const updateAttendance = (
  tx: Transaction,
  id: string,
  fields: Pick<ParticipantRow, 'attendance' | 'arrivedAt'>,
) => tx.update(participants).set(fields).where(eq(participants.id, id))

export async function insertParticipant(
  tx: Transaction,
  row: typeof participants.$inferInsert,
): Promise<string> {
  const [inserted] = await tx.insert(participants).values(row).returning({ id: participants.id })
  return inserted.id
}

export async function updateParticipant(
  tx: Transaction,
  id: string,
  values: Partial<Pick<ParticipantRow, 'maxMeetings' | 'answeredAt'>>,
): Promise<void> {
  await tx.update(participants).set(values).where(eq(participants.id, id))
}

/** Slots in which one participant can't come, in the order of the day. */
export async function findUnavailableOf(reader: Reader, participantId: string): Promise<string[]> {
  const rows = await reader
    .select({ slotId: unavailableSlots.slotId })
    .from(unavailableSlots)
    .innerJoin(slots, eq(slots.id, unavailableSlots.slotId))
    .where(eq(unavailableSlots.participantId, participantId))
    .orderBy(asc(slots.position))
  return rows.map(({ slotId }) => slotId)
}

export async function replaceUnavailable(
  tx: Transaction,
  { id: participantId, eventId }: ParticipantRow,
  slotIds: string[],
): Promise<void> {
  await tx.delete(unavailableSlots).where(eq(unavailableSlots.participantId, participantId))
  if (slotIds.length === 0) return
  await tx.insert(unavailableSlots).values(slotIds.map((slotId) => ({ participantId, slotId, eventId })))
}

/** Names of the organisations that carry each project, in the order the project gave them. */
export async function findCarriers(reader: Reader, projectIds: string[]): Promise<Map<string, string[]>> {
  if (projectIds.length === 0) return new Map()
  const rows = await reader
    .select({ projectId: projectOrganisations.projectId, name: organisations.name })
    .from(projectOrganisations)
    .innerJoin(organisations, eq(organisations.id, projectOrganisations.organisationId))
    .where(inArray(projectOrganisations.projectId, projectIds))
    .orderBy(asc(projectOrganisations.position))
  const names = Map.groupBy(rows, ({ projectId }) => projectId)
  return new Map([...names].map(([id, found]) => [id, found.map(({ name }) => name)]))
}

import { and, asc, eq, inArray, isNull, not, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { takesPart } from '../../database/taking-part.ts'
import {
  hosts,
  organisations,
  participantHumans,
  participants,
  people,
  projectOrganisations,
  projects,
  slots,
  teamMembers,
  unavailableSlots,
} from '../../database/schema.ts'
import type { Instead, RsvpState } from '../../schemas/rsvp.ts'
import { findEngagements } from './engagements.ts'
import { byWords, nameOf, shortNames, surnameFirst, type PersonName } from '../../naming.ts'

export type ParticipantRow = typeof participants.$inferSelect

/** Everybody who takes part in an event, or one of them, each with the names others know them by. */
export type Participant = Awaited<ReturnType<typeof findParticipants>>[number]

const carriers = sql<string[]>`array(
  select carrier.name from ${projectOrganisations} link join ${organisations} carrier on carrier.id = link.organisation_id
  where link.project_id = ${participants.projectId} order by link.position)`

/** Said that they will not come, and were not seen there all the same. */
const staysAway = sql`coalesce(${participants.rsvp} = 'not-coming' and ${participants.attendance} in ('expected', 'absent'), false)`

/** Who comes instead of a host, or of a team. */
export const standIn = alias(people, 'stand_in')
type Named = PersonName & { email: string | null }

/** As a host is called in an event: by the name of who comes. */
export const nameThere = (person: PersonName | null, instead: Named | null): string =>
  instead ? nameOf(instead) || (instead.email ?? '') : person ? nameOf(person) : ''

export const insteadOf = (
  projectName: string | null,
  person: PersonName | null,
  standIn: Named | null,
): Instead =>
  standIn && {
    who: nameThere(null, standIn),
    of: projectName ?? (person ? nameOf(person) : ''),
  }

export async function findParticipants(reader: Reader, eventId: string, only: string | null = null) {
  const rows = await reader
    .select({
      id: participants.id,
      side: participants.side,
      projectId: participants.projectId,
      hostId: participants.hostId,
      maxMeetings: participants.maxMeetings,
      needs: participants.needs,
      answeredAt: participants.answeredAt,
      projectName: projects.name,
      financed: projects.financed,
      person: people,
      standIn,
      human: participantHumans.human,
      withdrawn: sql<boolean>`not ${takesPart}`,
      notComing: sql<boolean>`${staysAway}`,
      hostOrganisation: organisations.name,
      organisationId: hosts.organisationId,
      kind: organisations.kind,
      label: hosts.label,
      shortName: sql<string>`coalesce(${projects.shortName}, ${organisations.shortName}, '')`,
      carriers,
    })
    .from(participants)
    .leftJoin(projects, eq(projects.id, participants.projectId))
    .leftJoin(hosts, eq(hosts.id, participants.hostId))
    .leftJoin(people, eq(people.id, hosts.personId))
    .leftJoin(standIn, eq(standIn.id, participants.standInId))
    .leftJoin(participantHumans, eq(participantHumans.participantId, participants.id))
    .leftJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(and(eq(participants.eventId, eventId), only === null ? undefined : eq(participants.id, only)))
    .orderBy(asc(participants.id))
  const everybody = rows.map(({ projectName, person, standIn, hostOrganisation, carriers, ...row }) => ({
    ...row,
    name: projectName ?? nameThere(person, standIn),
    instead: insteadOf(projectName, person, standIn),
    organisations: hostOrganisation === null ? carriers : [hostOrganisation],
    sort: sortOf(projectName, standIn ?? person),
  }))
  const names = shortNames(everybody)
  return everybody
    .map(({ label: _, shortName: __, ...person }) => ({ ...person, ...names.get(person.id)! }))
    .toSorted((one, other) => byWords(one.sort, other.sort))
}

/** Who comes instead, by participant. */
export async function findStandIns(reader: Reader, eventId: string): Promise<Map<string, string>> {
  const rows = await reader
    .select({ id: participants.id, person: people })
    .from(participants)
    .innerJoin(people, eq(people.id, participants.standInId))
    .where(eq(participants.eventId, eventId))
  return new Map(rows.map(({ id, person }) => [id, nameThere(null, person)]))
}

/** Participants of an event who take no part in it any more. */
export async function findWithdrawn(reader: Reader, eventId: string): Promise<Set<string>> {
  const rows = await reader
    .select({ id: participants.id })
    .from(participants)
    .where(and(eq(participants.eventId, eventId), not(takesPart)))
  return new Set(rows.map(({ id }) => id))
}

/** Pairs of an event in which somebody would meet themselves: a host who is of the project's team. */
export async function findOwnPairs(reader: Reader, eventId: string) {
  const [ofHost, person, member] = [
    alias(participants, 'of_host'),
    alias(people, 'person'),
    alias(people, 'member'),
  ]
  const rows = await reader
    .select({ projectId: participants.id, hostId: ofHost.id })
    .from(participants)
    .innerJoin(teamMembers, eq(teamMembers.projectId, participants.projectId))
    .innerJoin(member, eq(member.id, teamMembers.personId))
    .innerJoin(person, eq(person.human, member.human))
    .innerJoin(hosts, eq(hosts.personId, person.id))
    .innerJoin(ofHost, and(eq(ofHost.hostId, hosts.id), eq(ofHost.eventId, eventId)))
    .where(eq(participants.eventId, eventId))
  return new Set(rows.map(({ projectId, hostId }) => `${projectId} ${hostId}`))
}

/** Pairs of an event in which an organisation would meet itself: its host, and a project that it carries. */
export async function findOwnOrganisationPairs(reader: Reader, eventId: string) {
  const ofHost = alias(participants, 'of_host')
  const rows = await reader
    .select({ projectId: participants.id, hostId: ofHost.id })
    .from(participants)
    .innerJoin(projectOrganisations, eq(projectOrganisations.projectId, participants.projectId))
    .innerJoin(hosts, eq(hosts.organisationId, projectOrganisations.organisationId))
    .innerJoin(ofHost, and(eq(ofHost.hostId, hosts.id), eq(ofHost.eventId, eventId)))
    .where(eq(participants.eventId, eventId))
  return rows.map(({ projectId, hostId }) => `${projectId} ${hostId}`)
}

/** Who has to sit for each participant; those for whom anybody of a team can are absent. */
export async function findHumans(reader: Reader, eventId: string): Promise<Map<string, string>> {
  const rows = await reader
    .select({ id: participants.id, human: participantHumans.human })
    .from(participants)
    .innerJoin(participantHumans, eq(participantHumans.participantId, participants.id))
    .where(eq(participants.eventId, eventId))
  return new Map(rows.flatMap(({ id, human }) => (human === null ? [] : [[id, human] as const])))
}

/** As lists are sorted: projects by their name, people by their surname. */
export const sortOf = (projectName: string | null, person: PersonName | null): string =>
  projectName ?? (person ? surnameFirst(person) : '')

/** Slots in which each participant can't come, said so or engaged elsewhere; only of those who are named, where they are. */
export async function findUnavailable(
  reader: Reader,
  eventId: string,
  ids: string[] | null = null,
): Promise<Map<string, Set<string>>> {
  const [away, engagements, refused] = await Promise.all([
    findStatedAbsences(reader, eventId, ids),
    findEngagements(reader, eventId, ids),
    findRefused(reader, eventId, ids),
  ])
  for (const [id, always] of Map.groupBy(refused, ({ participantId }) => participantId))
    away.set(id, new Set(always.map(({ slotId }) => slotId)))
  for (const { slots, participants } of engagements)
    for (const id of participants) away.set(id, new Set([...(away.get(id) ?? []), ...slots]))
  return away
}

/** Those who have said that they will not come. */
export async function findNotComing(reader: Reader, eventId: string): Promise<string[]> {
  const rows = await reader
    .select({ id: participants.id })
    .from(participants)
    .where(and(eq(participants.eventId, eventId), staysAway))
    .orderBy(asc(participants.id))
  return rows.map(({ id }) => id)
}

/** All slots, of whoever has said that they will not come at all. */
const findRefused = (reader: Reader, eventId: string, ids: string[] | null) =>
  reader
    .select({ participantId: participants.id, slotId: slots.id })
    .from(participants)
    .innerJoin(slots, eq(slots.eventId, participants.eventId))
    .where(
      and(
        eq(participants.eventId, eventId),
        ids === null ? undefined : inArray(participants.id, ids),
        staysAway,
      ),
    )

/** Slots to which each participant has said that they can't come. */
export async function findStatedAbsences(
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
  // Of somebody entered twice, links to either lead to the one that stayed.
  if (row?.mergedIntoId) return findParticipant(reader, row.mergedIntoId)
  return row ?? null
}

export async function findProjectIds(reader: Reader, eventId: string): Promise<Set<string>> {
  const rows = await reader
    .select({ id: participants.id })
    .from(participants)
    .where(and(eq(participants.eventId, eventId), eq(participants.side, 'project')))
  return new Set(rows.map(({ id }) => id))
}

/** Whether they come, as it is shown; of whoever never was in the event, that nobody knows. */
export const presentRsvp = (
  row: Pick<ParticipantRow, 'rsvp' | 'rsvpAt' | 'rsvpBy' | 'rsvpReason'> | undefined,
): RsvpState => ({
  rsvp: row?.rsvp ?? null,
  at: row?.rsvpAt?.toISOString() ?? null,
  by: row?.rsvpBy ?? null,
  reason: row?.rsvp === 'not-coming' ? row.rsvpReason : '',
})

/** As they are on a day of the event: what was said of another day says nothing of this one. */
export const onDay = <P extends Pick<ParticipantRow, 'attendance' | 'attendanceDay'>>(
  participant: P,
  day: string | null,
): P =>
  participant.attendanceDay === null || participant.attendanceDay === day
    ? participant
    : { ...participant, attendance: 'expected', arrivedAt: null }

export const updateAttendance = (
  tx: Transaction,
  id: string,
  fields: Pick<ParticipantRow, 'attendance' | 'arrivedAt'> & Partial<Pick<ParticipantRow, 'attendanceDay'>>,
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

/** Answers were written down for these: of those who had not answered, who has now. */
export async function markAnswered(tx: Transaction, ids: string[], answeredAt: Date): Promise<string[]> {
  const rows = await tx
    .update(participants)
    .set({ answeredAt })
    .where(and(among(participants.id, ids), isNull(participants.answeredAt)))
    .returning({ id: participants.id })
  return rows.map(({ id }) => id)
}

/** Who has answered by themselves since has answered. */
export const unmarkAnswered = (tx: Transaction, ids: string[], answeredAt: Date) =>
  tx
    .update(participants)
    .set({ answeredAt: null })
    .where(and(among(participants.id, ids), eq(participants.answeredAt, answeredAt)))

/** Slots in which one participant can't come, in the order of the day. */
export async function findUnavailableOf(reader: Reader, participantId: string): Promise<string[]> {
  const rows = await reader
    .select({ slotId: unavailableSlots.slotId })
    .from(unavailableSlots)
    .innerJoin(slots, eq(slots.id, unavailableSlots.slotId))
    .where(and(eq(unavailableSlots.participantId, participantId), isNull(slots.removedAt)))
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

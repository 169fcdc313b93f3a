import { and, asc, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { alias, type PgColumn } from 'drizzle-orm/pg-core'
import type { Reader } from '../../database/client.ts'
import {
  candidates,
  events,
  hosts,
  meetings,
  organisations,
  participants,
  people,
  projects,
  proposals,
} from '../../database/schema.ts'
import { byWords } from '../../naming.ts'
import type { EventRow } from '../events/repository.ts'
import { findCarriers, insteadOf, nameThere, sortOf, standIn } from '../participants/repository.ts'

export type Profile = Awaited<ReturnType<typeof findProfiles>>[number]
export type AgendaMeetingRow = Awaited<ReturnType<typeof findAgendaMeetings>>[number]
export type AppointmentRow = Awaited<ReturnType<typeof findAppointments>>[number]

/** The participants whose agendas these are, with their event's programme, by id; those that there are. */
export async function findAgendaOwners(reader: Reader, ids: string[]) {
  // Of somebody entered twice, links to either lead to the one that stayed.
  const asked = alias(participants, 'asked')
  const rows = await reader
    .select({
      asked: asked.id,
      id: participants.id,
      eventId: participants.eventId,
      projectId: participants.projectId,
      hostId: participants.hostId,
      programmeId: events.programmeId,
    })
    .from(asked)
    .innerJoin(participants, eq(participants.id, sql`coalesce(${asked.mergedIntoId}, ${asked.id})`))
    .innerJoin(events, eq(events.id, participants.eventId))
    .where(and(amongIds(asked.id, ids), isNull(events.deletedAt)))
  return new Map(rows.map(({ asked, ...row }) => [asked, row]))
}

/** As whom a project or a host takes part in one-to-one meetings: in the camp if there is one, as its page shows it. */
export async function findFirstAgenda(reader: Reader, side: 'projectId' | 'hostId', id: string) {
  const [row] = await reader
    .select({ id: participants.id, eventId: participants.eventId })
    .from(participants)
    .innerJoin(events, eq(events.id, participants.eventId))
    .where(
      and(
        eq(participants[side], id),
        inArray(events.kind, ['camp', 'tutoring']),
        eq(events.rehearsal, false),
        isNull(events.deletedAt),
      ),
    )
    .orderBy(desc(eq(events.kind, 'camp')), asc(events.date), asc(events.title))
    .limit(1)
  return row ?? null
}

/** One of many ids, as one value of the statement however many they are. */
const amongIds = (column: PgColumn, ids: string[]) =>
  sql`${column} in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`

/** Meetings of a schedule, of some participants or of all. */
export async function findAgendaMeetings(reader: Reader, scheduleId: string, ids: string[] | null) {
  const own =
    ids && or(amongIds(candidates.projectParticipantId, ids), amongIds(candidates.hostParticipantId, ids))
  return reader
    .select({
      id: meetings.id,
      candidateId: meetings.candidateId,
      slotId: meetings.slotId,
      tableId: meetings.tableId,
      state: candidates.state,
      projectId: candidates.projectParticipantId,
      hostId: candidates.hostParticipantId,
    })
    .from(meetings)
    .innerJoin(candidates, eq(candidates.id, meetings.candidateId))
    .where(and(eq(meetings.scheduleId, scheduleId), own ?? undefined))
}

/** What the other side may read of each participant; of all of the event where no ids are given. */
export async function findProfiles(reader: Reader, eventId: string, ids: string[] | null) {
  const rows = await reader
    .select({
      id: participants.id,
      side: participants.side,
      projectId: participants.projectId,
      hostId: participants.hostId,
      attendance: participants.attendance,
      attendanceDay: participants.attendanceDay,
      code: participants.code,
      rsvp: participants.rsvp,
      rsvpAt: participants.rsvpAt,
      rsvpBy: participants.rsvpBy,
      rsvpReason: participants.rsvpReason,
      projectName: projects.name,
      financed: projects.financed,
      status: proposals.status,
      content: proposals.content,
      host: hosts,
      person: people,
      standIn,
      organisation: organisations,
    })
    .from(participants)
    .leftJoin(projects, eq(projects.id, participants.projectId))
    .leftJoin(proposals, eq(proposals.projectId, participants.projectId))
    .leftJoin(hosts, eq(hosts.id, participants.hostId))
    .leftJoin(people, eq(people.id, hosts.personId))
    .leftJoin(standIn, eq(standIn.id, participants.standInId))
    .leftJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(and(eq(participants.eventId, eventId), ids === null ? undefined : amongIds(participants.id, ids)))
    .orderBy(asc(participants.side), asc(participants.id))
  const carriers = await findCarriers(
    reader,
    rows.map(({ projectId }) => projectId).filter((id) => id !== null),
  )
  return rows
    .map((row) => ({
      ...row,
      name: row.projectName ?? nameThere(row.person, row.standIn),
      instead: insteadOf(row.projectName, row.person, row.standIn),
      organisations: row.organisation ? [row.organisation.name] : (carriers.get(row.projectId ?? '') ?? []),
      sort: sortOf(row.projectName, row.standIn ?? row.person),
    }))
    .toSorted((one, other) => byWords(one.side, other.side) || byWords(one.sort, other.sort))
}

/**
 * Workshops and public events of an event's programme, with the projects and hosts invited to each. To one to which
 * nobody is invited by name everybody comes; rehearsals are for rehearsals.
 */
export async function findAppointments(
  reader: Reader,
  { programmeId, rehearsal }: Pick<EventRow, 'programmeId' | 'rehearsal'>,
) {
  const invited = alias(participants, 'invited')
  return reader
    .select({
      id: events.id,
      title: events.title,
      venue: events.venue,
      date: events.date,
      startsAt: events.startsAt,
      endsAt: events.endsAt,
      invited: sql<string[]>`coalesce(array_agg(coalesce(${invited.projectId}, ${invited.hostId}))
        filter (where ${invited.id} is not null and ${invited.removedAt} is null), '{}')`,
      isOpen: sql<boolean>`count(${invited.id}) = 0`,
    })
    .from(events)
    .leftJoin(invited, eq(invited.eventId, events.id))
    .where(
      and(
        eq(events.programmeId, programmeId),
        inArray(events.kind, ['workshop', 'public']),
        isNull(events.deletedAt),
        rehearsal ? undefined : eq(events.rehearsal, false),
      ),
    )
    .groupBy(events.id)
    .orderBy(asc(events.date), asc(events.startsAt), asc(events.title))
}

import { and, asc, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { given } from '../../database/given.ts'
import {
  candidates,
  events,
  hosts,
  participants,
  preferences,
  projects,
  unavailableSlots,
} from '../../database/schema.ts'
import { takesPart } from '../../database/taking-part.ts'
import type { ParticipantsInput } from '../../schemas/taking-part.ts'
import { eventFields } from '../events/repository.ts'

export type PlacesOf = { projectId: string; hostId: null } | { projectId: null; hostId: string }

/** Those that they take part in first; of these the camp before the days of tutoring. */
export const findPlaces = (reader: Reader, { projectId, hostId }: PlacesOf) =>
  reader
    .select({
      eventId: events.id,
      participantId: participants.id,
      title: events.title,
      date: events.date,
      lastDate: eventFields.lastDate,
      takesPart: sql<boolean>`${takesPart}`,
      rsvp: participants.rsvp,
    })
    .from(participants)
    .innerJoin(events, eq(events.id, participants.eventId))
    .where(
      and(
        projectId === null ? eq(participants.hostId, hostId) : eq(participants.projectId, projectId),
        isNull(participants.mergedIntoId),
        inArray(events.kind, ['camp', 'tutoring']),
        isNull(events.deletedAt),
      ),
    )
    .orderBy(desc(takesPart), desc(eq(events.kind, 'camp')), asc(events.date), asc(events.title))

/** How many of the chosen projects and hosts the programme has. */
export async function countChosen(
  reader: Reader,
  programmeId: string,
  chosen: ParticipantsInput,
): Promise<number> {
  const [ofProjects, ofHosts] = await Promise.all([
    reader.$count(
      projects,
      and(
        eq(projects.programmeId, programmeId),
        inArray(projects.id, chosen.projects),
        isNull(projects.withdrawnAt),
      ),
    ),
    reader.$count(
      hosts,
      and(eq(hosts.programmeId, programmeId), inArray(hosts.id, chosen.hosts), isNull(hosts.withdrawnAt)),
    ),
  ])
  return ofProjects + ofHosts
}

export async function insertChosen(
  tx: Transaction,
  eventId: string,
  chosen: ParticipantsInput,
): Promise<string[]> {
  const rows = [
    ...chosen.projects.map((projectId) => ({ eventId, side: 'project' as const, projectId })),
    ...chosen.hosts.map((hostId) => ({ eventId, side: 'host' as const, hostId })),
  ]
  if (rows.length === 0) return []
  const inserted = await tx.insert(participants).values(rows).returning({ id: participants.id })
  return inserted.map(({ id }) => id)
}

/** Null: they take part. */
export const updateRemoved = (tx: Transaction, ids: string[], removedAt: Date | null) =>
  ids.length === 0 ? [] : tx.update(participants).set({ removedAt }).where(inArray(participants.id, ids))

/** Removes the rows of those on whom nothing hangs, and answers whose rows they were. */
export async function deleteUnused(tx: Transaction, ids: string[]): Promise<string[]> {
  const gone = await tx.execute<{ id: string }>(sql`
    delete from ${participants} taking using ${given(ids.map((id) => ({ id })))} (id uuid)
    where taking.id = given.id and taking.answered_at is null and taking.max_meetings is null and taking.rsvp is null
      and taking.attendance = 'expected'
      and not exists (select 1 from ${preferences} where taking.id in (from_id, to_id))
      and not exists (select 1 from ${unavailableSlots} where participant_id = taking.id)
      and not exists (
        select 1 from ${candidates} where taking.id in (project_participant_id, host_participant_id))
    returning taking.id`)
  return gone.map(({ id }) => id)
}

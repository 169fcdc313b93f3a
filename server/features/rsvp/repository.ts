import { createHash } from 'node:crypto'
import { and, eq, isNull, or, sql } from 'drizzle-orm'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  events,
  hosts,
  memberships,
  participants,
  people,
  programmes,
  rsvpLinks,
  schedules,
  slots,
  teamMembers,
  users,
} from '../../database/schema.ts'
import { eventFields } from '../events/repository.ts'
import { takesPart } from '../../database/taking-part.ts'
import type { ParticipantRow } from '../participants/repository.ts'

/** How the token of a link is stored. */
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')

export const insertLinks = (tx: Transaction, links: { participantId: string; token: string }[]) =>
  links.length === 0
    ? []
    : tx
        .insert(rsvpLinks)
        .values(links.map(({ participantId, token }) => ({ participantId, digest: digestOf(token) })))

/** Whoever came by a link before has to ask for a new one: another comes now. */
export const deleteLinks = (tx: Transaction, participantId: string) =>
  tx.delete(rsvpLinks).where(eq(rsvpLinks.participantId, participantId))

/** Whose link a token is; null where it is none, or of somebody who takes no part any more. */
export async function findLinked(reader: Reader, token: string): Promise<string | null> {
  const [row] = await reader
    .select({ id: participants.id })
    .from(rsvpLinks)
    .innerJoin(participants, eq(participants.id, rsvpLinks.participantId))
    .innerJoin(events, and(eq(events.id, participants.eventId), isNull(events.deletedAt)))
    .where(and(eq(rsvpLinks.digest, digestOf(token)), takesPart))
  return row?.id ?? null
}

export const isTakingPart = async (reader: Reader, participantId: string): Promise<boolean> =>
  (await reader.$count(participants, and(eq(participants.id, participantId), takesPart))) > 0

export const updateRsvp = (
  tx: Transaction,
  id: string,
  values: Pick<ParticipantRow, 'rsvp' | 'rsvpAt' | 'rsvpBy'> & Partial<Pick<ParticipantRow, 'rsvpReason'>>,
) => tx.update(participants).set(values).where(eq(participants.id, id))

/** When the first turn of an event begins; null where it has none. */
export async function findFirstTurn(reader: Reader, eventId: string): Promise<Date | null> {
  const [row] = await reader
    .select({ startsAt: sql<string | null>`to_json(min(${slots.startsAt})) #>> '{}'` })
    .from(slots)
    .where(and(eq(slots.eventId, eventId), isNull(slots.removedAt)))
  return row.startsAt === null ? null : new Date(row.startsAt)
}

/** Those of them who were given a link. */
export async function findAsked(reader: Reader, ids: string[]): Promise<Set<string>> {
  const rows = await reader
    .select({ id: rsvpLinks.participantId })
    .from(rsvpLinks)
    .where(among(rsvpLinks.participantId, ids))
  return new Set(rows.map(({ id }) => id))
}

export async function findPerson(reader: Reader, id: string) {
  const [row] = await reader.select().from(people).where(eq(people.id, id))
  return row ?? null
}

export const updateStandIn = (tx: Transaction, id: string, standInId: string | null) =>
  tx.update(participants).set({ standInId }).where(eq(participants.id, id))

/** Its last day is over by the clock of its programme. */
const isOver = sql`${eventFields.lastDate}::date
  < ((now() + ${programmes.clockOffsetMs} * interval '1 millisecond') at time zone ${programmes.timezone})::date`

/** Colleagues of events that are over, who still sign in for whom they came instead of. */
export const findPastStandIns = (reader: Reader) =>
  reader
    .select({
      programmeId: events.programmeId,
      email: sql<string>`${people.email}`,
      projectId: participants.projectId,
      hostId: participants.hostId,
    })
    .from(participants)
    .innerJoin(people, eq(people.id, participants.standInId))
    .innerJoin(events, eq(events.id, participants.eventId))
    .innerJoin(programmes, eq(programmes.id, events.programmeId))
    .innerJoin(users, eq(users.email, people.email))
    .innerJoin(
      memberships,
      and(
        eq(memberships.userId, users.id),
        or(eq(memberships.projectId, participants.projectId), eq(memberships.hostId, participants.hostId)),
      ),
    )
    .where(isOver)

/** Whether somebody with that mailbox stands for the same project or host: as such, or instead of them in some event to come. */
export async function standsFor(
  reader: Reader,
  { projectId, hostId }: Pick<ParticipantRow, 'projectId' | 'hostId'>,
  email: string,
): Promise<boolean> {
  const [found] = await reader
    .select({ id: people.id })
    .from(people)
    .where(
      and(
        eq(people.email, email),
        sql`(exists (select 1 from ${teamMembers} where project_id = ${projectId} and person_id = ${people.id})
          or exists (select 1 from ${hosts} where ${hosts.id} = ${hostId} and person_id = ${people.id})
          or exists (select 1 from ${participants} join ${events} on ${events.id} = ${participants.eventId}
            join ${programmes} on ${programmes.id} = ${events.programmeId}
            where ${participants.standInId} = ${people.id} and not (${isOver})
            and (${participants.projectId} = ${projectId} or ${participants.hostId} = ${hostId})))`,
      ),
    )
    .limit(1)
  return found !== undefined
}

/** The schedules of an event that can still change. */
export async function findOpenSchedules(reader: Reader, eventId: string): Promise<string[]> {
  const rows = await reader
    .select({ id: schedules.id })
    .from(schedules)
    .where(and(eq(schedules.eventId, eventId), eq(schedules.sealed, false)))
  return rows.map(({ id }) => id)
}

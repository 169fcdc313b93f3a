import { createHash } from 'node:crypto'
import { and, eq, gt, isNull, sql } from 'drizzle-orm'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  events,
  hosts,
  participants,
  people,
  rsvpLinks,
  schedules,
  slots,
  teamMembers,
} from '../../database/schema.ts'
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

/** Those of them who were given a link since. */
export async function findAskedSince(reader: Reader, ids: string[], since: Date): Promise<Set<string>> {
  const rows = await reader
    .select({ id: rsvpLinks.participantId })
    .from(rsvpLinks)
    .where(and(among(rsvpLinks.participantId, ids), gt(rsvpLinks.createdAt, since)))
  return new Set(rows.map(({ id }) => id))
}

export async function findPerson(reader: Reader, id: string) {
  const [row] = await reader.select().from(people).where(eq(people.id, id))
  return row ?? null
}

export const updateStandIn = (tx: Transaction, id: string, standInId: string | null) =>
  tx.update(participants).set({ standInId }).where(eq(participants.id, id))

/** Whether somebody with that mailbox stands for the same project or host: as such, or instead of them in some event. */
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
          or exists (select 1 from ${participants} where stand_in_id = ${people.id}
            and (project_id = ${projectId} or host_id = ${hostId})))`,
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

import { and, desc, eq, lt, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { among } from '../../database/among.ts'
import { isNameOf } from '../../database/member-name.ts'
import type { Reader } from '../../database/client.ts'
import {
  applications,
  candidates,
  changes,
  events,
  hosts,
  memberNames,
  organisations,
  participants,
  people,
  projects,
  rooms,
  screens,
  slots,
  tables,
} from '../../database/schema.ts'

import { namedInSql } from '../../naming.ts'

/** A page of the log: entries before a number, of one event, so many; null where it is of all. */
export type Narrowed = { before: number | null; eventId: string | null; limit: number }

/** Newest first. */
export const findChanges = (reader: Reader, programmeId: string, { before, eventId, limit }: Narrowed) =>
  reader
    .select({ change: changes, actor: memberNames.name })
    .from(changes)
    .leftJoin(memberNames, isNameOf(changes.programmeId, changes.actorId))
    .where(
      and(
        eq(changes.programmeId, programmeId),
        before === null ? undefined : lt(changes.seq, before),
        eventId === null ? undefined : eq(changes.eventId, eventId),
      ),
    )
    .orderBy(desc(changes.seq))
    .limit(limit)
export type FoundChange = Awaited<ReturnType<typeof findChanges>>[number]

/** The events of a programme that have, or had, several days. */
export async function findLongEvents(reader: Reader, programmeId: string): Promise<Set<string>> {
  const rows = await reader
    .select({ id: events.id })
    .from(events)
    .innerJoin(slots, eq(slots.eventId, events.id))
    .where(eq(events.programmeId, programmeId))
    .groupBy(events.id)
    .having(sql`count(distinct ${slots.day}) > 1`)
  return new Set(rows.map(({ id }) => id))
}

/** What ids in the log stand for. */
export type Noun =
  | 'project'
  | 'host'
  | 'organisation'
  | 'participant'
  | 'meeting'
  | 'table'
  | 'room'
  | 'screen'
  | 'event'
  | 'user'
  | 'application'

type Named = { id: string; name: string | null }

/** The organisation, then the person. */
const ofHost = sql<string>`concat_ws(' – ', ${organisations.name}, nullif(${namedInSql}, ''))`

/** Finders of names by id: of each noun, how it is called today. */
const NAMES: Record<Noun, (reader: Reader, ids: string[], programmeId: string) => Promise<Named[]>> = {
  project: (reader, ids) => reader.select().from(projects).where(among(projects.id, ids)),
  host: (reader, ids) =>
    reader
      .select({ id: hosts.id, name: ofHost })
      .from(hosts)
      .innerJoin(people, eq(people.id, hosts.personId))
      .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
      .where(among(hosts.id, ids)),
  organisation: (reader, ids) => reader.select().from(organisations).where(among(organisations.id, ids)),
  participant: (reader, ids) =>
    reader
      .select({ id: participants.id, name: sql<string>`coalesce(${projects.name}, ${ofHost})` })
      .from(participants)
      .leftJoin(projects, eq(projects.id, participants.projectId))
      .leftJoin(hosts, eq(hosts.id, participants.hostId))
      .leftJoin(people, eq(people.id, hosts.personId))
      .leftJoin(organisations, eq(organisations.id, hosts.organisationId))
      .where(among(participants.id, ids)),
  meeting: findPairNames,
  table: (reader, ids) => reader.select().from(tables).where(among(tables.id, ids)),
  room: (reader, ids) => reader.select().from(rooms).where(among(rooms.id, ids)),
  screen: (reader, ids) =>
    reader.select({ id: screens.id, name: screens.label }).from(screens).where(among(screens.id, ids)),
  event: (reader, ids) =>
    reader.select({ id: events.id, name: events.title }).from(events).where(among(events.id, ids)),
  application: (reader, ids) => reader.select().from(applications).where(among(applications.id, ids)),
  user: (reader, ids, programmeId) =>
    reader
      .select({ id: memberNames.userId, name: memberNames.name })
      .from(memberNames)
      .where(and(eq(memberNames.programmeId, programmeId), among(memberNames.userId, ids))),
}

/** A meeting by its lasting id: the project and the organisation it meets. */
function findPairNames(reader: Reader, ids: string[]): Promise<Named[]> {
  const [ofProject, ofHost] = [alias(participants, 'of_project'), alias(participants, 'of_host')]
  return reader
    .select({ id: candidates.id, name: sql<string>`${projects.name} || ' – ' || ${organisations.name}` })
    .from(candidates)
    .innerJoin(ofProject, eq(ofProject.id, candidates.projectParticipantId))
    .innerJoin(projects, eq(projects.id, ofProject.projectId))
    .innerJoin(ofHost, eq(ofHost.id, candidates.hostParticipantId))
    .innerJoin(hosts, eq(hosts.id, ofHost.hostId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(among(candidates.id, ids))
}

export type Wanted = { noun: Noun; id: string }

/** How things of a programme are called in it, by id; what is gone is absent. */
export async function findNames(
  reader: Reader,
  programmeId: string,
  wanted: Wanted[],
): Promise<Map<string, string>> {
  const byNoun = Map.groupBy(wanted, ({ noun }) => noun)
  const found = await Promise.all(
    [...byNoun].map(([noun, named]) =>
      NAMES[noun](reader, [...new Set(named.map(({ id }) => id))], programmeId),
    ),
  )
  return new Map(found.flat().flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])))
}

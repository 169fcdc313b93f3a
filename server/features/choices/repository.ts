import { and, asc, eq, isNotNull, ne, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  hosts,
  organisations,
  participants,
  people,
  preferences,
  projects,
  proposals,
  teamMembers,
} from '../../database/schema.ts'
import type { PreferenceInput } from '../../schemas/choice.ts'
import { findCarriers, type ParticipantRow } from '../participants/repository.ts'
import type { Statement } from './candidates.ts'

type HostRow = typeof hosts.$inferSelect & {
  organisation: typeof organisations.$inferSelect
  person: typeof people.$inferSelect
}
type ProjectRow = typeof projects.$inferSelect & {
  organisations: string[]
  proposal: typeof proposals.$inferSelect
}
/** A participant with the project or the host it stands for. */
export type Chooser = {
  participant: ParticipantRow
  project: ProjectRow | null
  host: HostRow | null
  /** Somebody can be written to. */
  reachable: boolean
}

const reachable = sql<boolean>`exists (
  select 1 from ${teamMembers} member join ${people} person on person.id = member.person_id
  where member.project_id = ${projects.id} and person.email is not null)`

/** Everybody of an event, by side and name. */
export async function findChoosers(reader: Reader, eventId: string): Promise<Chooser[]> {
  const [ofProjects, ofHosts] = await Promise.all([
    reader
      .select({ participant: participants, project: projects, proposal: proposals, reachable })
      .from(participants)
      .innerJoin(projects, eq(projects.id, participants.projectId))
      .innerJoin(proposals, eq(proposals.projectId, projects.id))
      .where(eq(participants.eventId, eventId))
      .orderBy(asc(projects.name), asc(projects.code)),
    reader
      .select({ participant: participants, host: hosts, person: people, organisation: organisations })
      .from(participants)
      .innerJoin(hosts, eq(hosts.id, participants.hostId))
      .innerJoin(people, eq(people.id, hosts.personId))
      .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
      .where(eq(participants.eventId, eventId))
      .orderBy(asc(organisations.name), asc(people.lastName), asc(people.firstName), asc(hosts.code)),
  ])
  const carriers = await findCarriers(
    reader,
    ofProjects.map(({ project }) => project.id),
  )
  return [
    ...ofProjects.map(({ participant, project, proposal, reachable }) => ({
      participant,
      reachable,
      project: { ...project, proposal, organisations: carriers.get(project.id) ?? [] },
      host: null,
    })),
    ...ofHosts.map(({ participant, host, person, organisation }) => ({
      participant,
      reachable: person.email !== null,
      project: null,
      host: { ...host, person, organisation },
    })),
  ]
}

/** Who is of the team of each project that takes part. */
export const findTeamsOf = (reader: Reader, eventId: string) =>
  reader
    .select({
      participantId: participants.id,
      firstName: people.firstName,
      lastName: people.lastName,
      title: people.title,
      email: people.email,
    })
    .from(participants)
    .innerJoin(teamMembers, eq(teamMembers.projectId, participants.projectId))
    .innerJoin(people, eq(people.id, teamMembers.personId))
    .where(eq(participants.eventId, eventId))
    .orderBy(asc(participants.id), asc(teamMembers.position))

const statement = {
  fromId: preferences.fromId,
  toId: preferences.toId,
  level: preferences.level,
  conflict: preferences.conflict,
}

export const findStatements = (reader: Reader, eventId: string): Promise<Statement[]> =>
  reader
    .select(statement)
    .from(preferences)
    .where(eq(preferences.eventId, eventId))
    .orderBy(asc(preferences.fromId), asc(preferences.toId))

/** Answers that are not only a conflict of interest. */
export const countWishes = (reader: Reader, eventId: string) =>
  reader.$count(preferences, and(eq(preferences.eventId, eventId), isNotNull(preferences.level)))

export const findStatementsFrom = (reader: Reader, fromId: string): Promise<Statement[]> =>
  reader.select(statement).from(preferences).where(eq(preferences.fromId, fromId))

/** Musts a participant gave to anyone but `exceptId`. */
export async function countMusts(reader: Reader, fromId: string, exceptId: string): Promise<number> {
  return reader.$count(
    preferences,
    and(eq(preferences.fromId, fromId), eq(preferences.level, 'must'), ne(preferences.toId, exceptId)),
  )
}

export async function upsertPreference(
  tx: Transaction,
  key: { eventId: string; fromId: string; toId: string },
  { level, conflict }: PreferenceInput,
): Promise<void> {
  const values = { level, conflict, updatedAt: new Date() }
  await tx
    .insert(preferences)
    .values({ ...key, ...values })
    .onConflictDoUpdate({ target: [preferences.fromId, preferences.toId], set: values })
}

/** So many rows at a time: a statement takes 65,534 values. */
const AT_ONCE = 2000

/** All of them, each in place of what was said of the same pair before. */
export async function upsertPreferences(
  tx: Transaction,
  rows: (Statement & { eventId: string })[],
): Promise<void> {
  const updatedAt = new Date()
  for (let from = 0; from < rows.length; from += AT_ONCE)
    await tx
      .insert(preferences)
      .values(rows.slice(from, from + AT_ONCE).map((row) => ({ ...row, updatedAt })))
      .onConflictDoUpdate({
        target: [preferences.fromId, preferences.toId],
        set: { level: sql`excluded.level`, conflict: sql`excluded.conflict`, updatedAt },
      })
}

export async function deletePreference(tx: Transaction, fromId: string, toId: string): Promise<void> {
  await tx.delete(preferences).where(and(eq(preferences.fromId, fromId), eq(preferences.toId, toId)))
}

import { and, asc, eq, gte, inArray, isNull, notExists, sql, type SQL } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { among } from '../../database/among.ts'
import type { Reader } from '../../database/client.ts'
import {
  events,
  hosts,
  organisations,
  people,
  projectOrganisations,
  projects,
  proposals,
  schedules,
  teamMembers,
} from '../../database/schema.ts'
import { byWords, surnameFirst } from '../../naming.ts'

export type PersonRow = typeof people.$inferSelect

export async function findProject(reader: Reader, projectId: string) {
  const [project] = await projectsWhere(reader, eq(projects.id, projectId))
  return project ?? null
}

/** The people of each project, the first contact first; projects without any are absent. */
export async function findTeams(reader: Reader, projectIds: string[]): Promise<Map<string, PersonRow[]>> {
  const rows = await reader
    .select({ projectId: teamMembers.projectId, person: people })
    .from(teamMembers)
    .innerJoin(people, eq(people.id, teamMembers.personId))
    .where(among(teamMembers.projectId, projectIds))
    .orderBy(asc(teamMembers.position))
  const teams = Map.groupBy(rows, ({ projectId }) => projectId)
  return new Map([...teams].map(([id, members]) => [id, members.map(({ person }) => person)]))
}

const carriers = sql<string[]>`array(
  select carrier.name from ${projectOrganisations} link join ${organisations} carrier on carrier.id = link.organisation_id
  where link.project_id = ${projects.id} order by link.position)`

export const findProjects = (reader: Reader, programmeId: string) =>
  projectsWhere(reader, eq(projects.programmeId, programmeId))

async function projectsWhere(reader: Reader, which: SQL) {
  const rows = await reader
    .select({ project: projects, proposalStatus: proposals.status, organisations: carriers })
    .from(projects)
    .innerJoin(proposals, eq(proposals.projectId, projects.id))
    .where(which)
    .orderBy(asc(projects.rank), asc(projects.name))
  const teams = await findTeams(
    reader,
    rows.map(({ project }) => project.id),
  )
  return rows.map(({ project, ...rest }) => ({ ...project, ...rest, team: teams.get(project.id) ?? [] }))
}
export type FoundProject = Awaited<ReturnType<typeof findProjects>>[number]

export const findHosts = async (reader: Reader, programmeId: string) =>
  hostsWhere(reader, eq(hosts.programmeId, programmeId))

export type FoundHost = Awaited<ReturnType<typeof hostsWhere>>[number]

export async function findHost(reader: Reader, hostId: string) {
  const [host] = await hostsWhere(reader, eq(hosts.id, hostId))
  return host ?? null
}

async function hostsWhere(reader: Reader, which: SQL) {
  const rows = await reader
    .select({ host: hosts, person: people, organisation: organisations.name, kind: organisations.kind })
    .from(hosts)
    .innerJoin(people, eq(people.id, hosts.personId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(which)
  return rows
    .map(({ host, ...rest }) => ({ ...host, ...rest }))
    .toSorted(
      (one, other) =>
        byWords(surnameFirst(one.person), surnameFirst(other.person)) ||
        byWords(one.organisation, other.organisation),
    )
}

const survivor = alias(organisations, 'survivor')

/** With the name that stands for each: a twin that was merged goes by its survivor's. */
export const findOrganisations = (reader: Reader, programmeId: string) =>
  reader
    .select({
      name: organisations.name,
      kind: organisations.kind,
      goesBy: sql<string>`coalesce(${survivor.name}, ${organisations.name})`,
    })
    .from(organisations)
    .leftJoin(survivor, eq(survivor.id, organisations.mergedIntoId))
    .where(eq(organisations.programmeId, programmeId))
    .orderBy(asc(organisations.name))

/**
 * Events with meetings whose day is not over and of which nothing is published yet: newcomers take part in them. To
 * the others they are only offered.
 */
export async function findEventsToJoin(
  reader: Reader,
  { id: programmeId, today }: { id: string; today: string },
): Promise<string[]> {
  const published = reader
    .select({ id: schedules.id })
    .from(schedules)
    .where(and(eq(schedules.eventId, events.id), inArray(schedules.kind, ['live', 'version'])))
  const rows = await reader
    .select({ id: events.id })
    .from(events)
    .where(
      and(
        eq(events.programmeId, programmeId),
        isNull(events.deletedAt),
        inArray(events.kind, ['camp', 'tutoring']),
        gte(events.date, today),
        notExists(published),
      ),
    )
  return rows.map(({ id }) => id)
}

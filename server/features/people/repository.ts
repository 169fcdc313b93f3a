import { and, asc, eq, inArray, notExists, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  events,
  hosts,
  memberships,
  organisations,
  participants,
  programmes,
  projectOrganisations,
  projects,
  proposals,
  schedules,
  users,
} from '../../database/schema.ts'
import type { HostKind } from '../../schemas/common.ts'
import { EMPTY_PROPOSAL } from '../proposals/content.ts'

export type ProjectValues = typeof projects.$inferInsert
export type HostValues = typeof hosts.$inferInsert
/** PostgreSQL takes 65,535 values a statement: rows go in by portions. */
const PORTION = 2000

export async function findProgramme(reader: Reader, programmeId: string) {
  const [row] = await reader.select().from(programmes).where(eq(programmes.id, programmeId))
  return row ?? null
}

export async function findProject(reader: Reader, projectId: string) {
  const [row] = await reader.select().from(projects).where(eq(projects.id, projectId))
  return row ?? null
}

export async function findProjects(reader: Reader, programmeId: string) {
  const rows = await reader
    .select({ project: projects, proposalStatus: proposals.status })
    .from(projects)
    .innerJoin(proposals, eq(proposals.projectId, projects.id))
    .where(eq(projects.programmeId, programmeId))
    .orderBy(asc(projects.rank), asc(projects.name))
  const carriers = await findCarriers(
    reader,
    rows.map(({ project }) => project.id),
  )
  return rows.map(({ project, proposalStatus }) => ({
    ...project,
    proposalStatus,
    organisations: carriers.get(project.id) ?? [],
  }))
}
export type FoundProject = Awaited<ReturnType<typeof findProjects>>[number]

export async function findHosts(reader: Reader, programmeId: string) {
  const rows = await reader
    .select({ host: hosts, organisation: organisations.name, kind: organisations.kind })
    .from(hosts)
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(eq(hosts.programmeId, programmeId))
    .orderBy(asc(organisations.name), asc(hosts.name))
  return rows.map(({ host, ...rest }) => ({ ...host, ...rest }))
}
export type FoundHost = Awaited<ReturnType<typeof findHosts>>[number]

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

/** Makes the organisations that are missing; a kind that is given replaces the one before. */
export async function upsertOrganisations(
  tx: Transaction,
  programmeId: string,
  kinds: Map<string, HostKind | null>,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const part of portions([...kinds])) {
    const rows = await tx
      .insert(organisations)
      .values(part.map(([name, kind]) => ({ programmeId, name, kind })))
      .onConflictDoUpdate({
        target: [organisations.programmeId, organisations.name],
        set: { kind: sql`coalesce(excluded.kind, ${organisations.kind})` },
      })
      .returning({ id: organisations.id, name: organisations.name })
    for (const { id, name } of rows) ids.set(name, id)
  }
  return ids
}

/** Answers their ids in the same order. Each gets an empty proposal. */
export async function insertProjects(tx: Transaction, values: ProjectValues[]): Promise<string[]> {
  const ids: string[] = []
  for (const part of portions(values)) {
    const rows = await tx.insert(projects).values(part).returning({ id: projects.id })
    const blank = rows.map(({ id }) => ({ projectId: id, content: EMPTY_PROPOSAL }))
    await tx.insert(proposals).values(blank)
    ids.push(...rows.map(({ id }) => id))
  }
  return ids
}

export async function insertHosts(tx: Transaction, values: HostValues[]): Promise<string[]> {
  const ids: string[] = []
  for (const part of portions(values)) {
    const rows = await tx.insert(hosts).values(part).returning({ id: hosts.id })
    ids.push(...rows.map(({ id }) => id))
  }
  return ids
}

export async function updateProject(tx: Transaction, id: string, values: Partial<ProjectValues>) {
  if (Object.keys(values).length > 0) await tx.update(projects).set(values).where(eq(projects.id, id))
}

export async function updateHost(tx: Transaction, id: string, values: Partial<HostValues>) {
  await tx
    .update(hosts)
    .set({ ...values, version: sql`${hosts.version} + 1` })
    .where(eq(hosts.id, id))
}

export async function replaceCarriers(
  tx: Transaction,
  carriers: { projectId: string; organisationId: string; position: number }[],
  projectIds: string[],
): Promise<void> {
  for (const part of portions(projectIds))
    await tx.delete(projectOrganisations).where(inArray(projectOrganisations.projectId, part))
  for (const part of portions(carriers)) await tx.insert(projectOrganisations).values(part)
}

/** Events with meetings of which nothing is published yet: newcomers take part in them. */
export async function findEventsToJoin(reader: Reader, programmeId: string): Promise<string[]> {
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
        inArray(events.kind, ['camp', 'tutoring']),
        notExists(published),
      ),
    )
  return rows.map(({ id }) => id)
}

export async function insertParticipants(
  tx: Transaction,
  values: (typeof participants.$inferInsert)[],
): Promise<void> {
  for (const part of portions(values)) await tx.insert(participants).values(part).onConflictDoNothing()
}

/** An address that no longer belongs to a project or host no longer opens it; its open pages close. */
export async function deleteMembershipOf(
  tx: Transaction,
  email: string,
  of: { projectId: string } | { hostId: string },
): Promise<void> {
  const subject =
    'projectId' in of ? eq(memberships.projectId, of.projectId) : eq(memberships.hostId, of.hostId)
  const user = tx.select({ id: users.id }).from(users).where(eq(users.email, email))
  await tx.delete(memberships).where(and(subject, inArray(memberships.userId, user)))
  await tx.execute(sql`select pg_notify('session', '')`)
}

function portions<T>(values: T[]): T[][] {
  const parts: T[][] = []
  for (let at = 0; at < values.length; at += PORTION) parts.push(values.slice(at, at + PORTION))
  return parts
}

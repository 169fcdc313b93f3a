import { and, asc, eq, inArray, isNull, ne } from 'drizzle-orm'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { events, programmes, projects, proposals } from '../../database/schema.ts'
import { findCarriers } from '../participants/repository.ts'

export const findPublicProgrammes = (reader: Reader) =>
  reader
    .select()
    .from(programmes)
    .where(eq(programmes.public, true))
    .orderBy(asc(programmes.sample), asc(programmes.name))

export const findPublicEvents = (reader: Reader) =>
  reader
    .select()
    .from(events)
    .where(and(eq(events.public, true), isNull(events.deletedAt)))
    .orderBy(asc(events.date), asc(events.title))

/** The financed projects by rank, where the ranking is public; of a proposal only what is. */
export async function findRanking(reader: Reader) {
  const rows = await reader
    .select({ project: projects, content: proposals.content })
    .from(projects)
    .innerJoin(programmes, and(eq(programmes.id, projects.programmeId), eq(programmes.rankingPublic, true)))
    .leftJoin(
      proposals,
      and(eq(proposals.projectId, projects.id), eq(proposals.status, 'approved'), eq(proposals.public, true)),
    )
    .where(and(eq(projects.financed, true), isNull(projects.withdrawnAt)))
    .orderBy(asc(projects.rank), asc(projects.name))
  const carriers = await findCarriers(
    reader,
    rows.map(({ project }) => project.id),
  )
  return rows.map(({ project: { id, programmeId, rank, name }, content }) => ({
    programmeId,
    shown: { rank, name, organisations: carriers.get(id) ?? [], summary: content?.summary ?? '' },
  }))
}

export const findEventsOf = (reader: Reader, programmeId: string) =>
  reader
    .select()
    .from(events)
    .where(and(eq(events.programmeId, programmeId), isNull(events.deletedAt)))
    .orderBy(asc(events.date), asc(events.title))

/** Of the financed projects, those that can be shown. */
export const findApproved = (reader: Reader, programmeId: string) =>
  reader
    .select({ project: projects, proposal: proposals })
    .from(projects)
    .innerJoin(proposals, and(eq(proposals.projectId, projects.id), eq(proposals.status, 'approved')))
    .where(
      and(eq(projects.programmeId, programmeId), eq(projects.financed, true), isNull(projects.withdrawnAt)),
    )
    .orderBy(asc(projects.rank), asc(projects.name))

export const countFinanced = (reader: Reader, programmeId: string) =>
  reader.$count(
    projects,
    and(eq(projects.programmeId, programmeId), eq(projects.financed, true), isNull(projects.withdrawnAt)),
  )

/** Which of these events the programme has. */
export const findEvents = (reader: Reader, programmeId: string, ids: string[]) =>
  reader
    .select()
    .from(events)
    .where(and(eq(events.programmeId, programmeId), isNull(events.deletedAt), among(events.id, ids)))

/** Which of these projects the programme has, with the state of their proposals. */
export const findProposals = (reader: Reader, programmeId: string, ids: string[]) =>
  reader
    .select({ id: projects.id, status: proposals.status })
    .from(projects)
    .innerJoin(proposals, eq(proposals.projectId, projects.id))
    .where(and(eq(projects.programmeId, programmeId), among(projects.id, ids)))

/** Each answers whose state changed. */
export async function updateProgrammePublic(
  tx: Transaction,
  id: string,
  column: 'public' | 'rankingPublic',
  value: boolean,
): Promise<string[]> {
  const rows = await tx
    .update(programmes)
    .set({ [column]: value })
    .where(and(eq(programmes.id, id), ne(programmes[column], value)))
    .returning({ id: programmes.id })
  return rows.map((row) => row.id)
}

export async function updateEventsPublic(tx: Transaction, ids: string[], value: boolean): Promise<string[]> {
  const rows = await tx
    .update(events)
    .set({ public: value })
    .where(and(inArray(events.id, ids), ne(events.public, value)))
    .returning({ id: events.id })
  return rows.map(({ id }) => id)
}

export async function updateProposalsPublic(
  tx: Transaction,
  projectIds: string[],
  value: boolean,
): Promise<string[]> {
  const rows = await tx
    .update(proposals)
    .set({ public: value })
    .where(and(inArray(proposals.projectId, projectIds), ne(proposals.public, value)))
    .returning({ id: proposals.projectId })
  return rows.map(({ id }) => id)
}

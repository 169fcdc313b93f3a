import { and, asc, eq, inArray } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'
import { events, programmes, projects, proposals } from '../../database/schema.ts'
import { findCarriers } from '../participants/repository.ts'

export const findAllProgrammes = (reader: Reader) =>
  reader.select().from(programmes).orderBy(asc(programmes.sample), asc(programmes.name))

/** Appointments that are announced: camps and public events. */
export const findAnnounced = (reader: Reader) =>
  reader
    .select()
    .from(events)
    .where(inArray(events.kind, ['camp', 'public']))
    .orderBy(asc(events.date), asc(events.title))

/** The financed projects by rank; a proposal only once it was handed in. */
export async function findFinanced(reader: Reader) {
  const rows = await reader
    .select({ project: projects, content: proposals.content })
    .from(projects)
    .leftJoin(
      proposals,
      and(eq(proposals.projectId, projects.id), inArray(proposals.status, ['submitted', 'approved'])),
    )
    .where(eq(projects.financed, true))
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

import { asc, eq, inArray } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'
import { organisations, projectOrganisations } from '../../database/schema.ts'

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

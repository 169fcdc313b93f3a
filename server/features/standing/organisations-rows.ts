import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { hosts, organisations } from '../../database/schema.ts'
import type { OrganisationPatch } from '../../schemas/standing.ts'

type OrganisationRow = typeof organisations.$inferSelect

export async function findOrganisation(reader: Reader, id: string): Promise<OrganisationRow | null> {
  const [row] = await reader.select().from(organisations).where(eq(organisations.id, id))
  return row ?? null
}

/** By name, each with how many stand for it; twins that were merged go by their survivor. */
export const listOrganisations = (reader: Reader, programmeId: string) =>
  reader
    .select({
      id: organisations.id,
      name: organisations.name,
      shortName: organisations.shortName,
      kind: organisations.kind,
      hosts: sql<number>`(select count(*)::int from hosts one
        where one.organisation_id = ${organisations}.id and one.merged_into_id is null)`,
      projects: sql<number>`(select count(*)::int from project_organisations one
        where one.organisation_id = ${organisations}.id)`,
    })
    .from(organisations)
    .where(and(eq(organisations.programmeId, programmeId), isNull(organisations.mergedIntoId)))
    .orderBy(asc(sql`lower(${organisations.name})`))

export async function updateOrganisation(tx: Transaction, id: string, patch: OrganisationPatch) {
  const { name, shortName, kind } = patch
  const values = {
    ...(name && { name: name.trim() }),
    ...(shortName !== undefined && { shortName: shortName.trim() }),
    ...(kind && { kind }),
  }
  if (Object.keys(values).length > 0)
    await tx.update(organisations).set(values).where(eq(organisations.id, id))
}

/** All that is the twin's becomes the survivor's; a project that names both names the survivor once. */
export async function moveOrganisation(tx: Transaction, twin: OrganisationRow, survivor: OrganisationRow) {
  await tx.update(hosts).set({ organisationId: survivor.id }).where(eq(hosts.organisationId, twin.id))
  await tx.execute(sql`
    delete from project_organisations link where organisation_id = ${twin.id} and exists (
      select 1 from project_organisations other
      where other.project_id = link.project_id and other.organisation_id = ${survivor.id})`)
  await tx.execute(sql`
    update project_organisations set organisation_id = ${survivor.id} where organisation_id = ${twin.id}`)
  await tx
    .update(organisations)
    .set({ mergedIntoId: survivor.id })
    .where(sql`${twin.id} in (${organisations.id}, ${organisations.mergedIntoId})`)
  if (survivor.kind === null && twin.kind !== null)
    await tx.update(organisations).set({ kind: twin.kind }).where(eq(organisations.id, survivor.id))
}

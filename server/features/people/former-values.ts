import { and, eq, lt, sql } from 'drizzle-orm'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { formerValues } from '../../database/schema.ts'
import type { PeopleKind } from '../../schemas/import.ts'
import type { Patch } from './import-people.ts'

/**
 * What an import took the place of. It is kept apart from the log, which holds nothing that people typed, goes with the
 * person, and is forgotten after so many days.
 */
export type FormerValues = { id: string; before: Patch; after: Patch }
const KEPT_DAYS = 90

export async function insertFormerValues(
  tx: Transaction,
  programmeId: string,
  seq: number,
  kind: PeopleKind,
  rows: FormerValues[],
): Promise<void> {
  if (rows.length === 0) return
  const given = rows.map(({ id, before, after }) => ({
    ...{ projectId: kind === 'projects' ? id : null, hostId: kind === 'hosts' ? id : null, before, after },
  }))
  await tx.execute(sql`
    insert into ${formerValues} (programme_id, seq, project_id, host_id, before, after)
    select ${programmeId}::uuid, ${seq}::bigint, "projectId", "hostId", before, after
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
      as given ("projectId" uuid, "hostId" uuid, before jsonb, after jsonb)`)
}

const ofChange = (programmeId: string, seq: number) =>
  and(eq(formerValues.programmeId, programmeId), eq(formerValues.seq, seq))

export async function findFormerValues(
  reader: Reader,
  programmeId: string,
  seq: number,
): Promise<FormerValues[]> {
  const rows = await reader.select().from(formerValues).where(ofChange(programmeId, seq))
  return rows.map(({ projectId, hostId, before, after }) => ({
    id: projectId ?? hostId ?? '',
    before: before as Patch,
    after: after as Patch,
  }))
}

export const deleteFormerValues = (tx: Transaction, programmeId: string, seq: number) =>
  tx.delete(formerValues).where(ofChange(programmeId, seq))

/** Those of imports that are too long ago, in all programmes. */
export async function forgetFormerValues(db: Database): Promise<void> {
  await db.delete(formerValues).where(lt(formerValues.at, sql`now() - ${KEPT_DAYS} * interval '1 day'`))
}

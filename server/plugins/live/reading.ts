import { and, asc, eq, gt } from 'drizzle-orm'
import type { Database, Transaction } from '../../database/client.ts'
import { changes, installations, programmes } from '../../database/schema.ts'
import { ONE_MOMENT } from '../views.ts'

export type NewChanges = { seq: number; eventId: string | null; audience: string[] }[]

export const readNewChanges = (db: Database, programmeId: string, after: number): Promise<NewChanges> =>
  db
    .select({ seq: changes.seq, eventId: changes.eventId, audience: changes.audience })
    .from(changes)
    .where(and(eq(changes.programmeId, programmeId), gt(changes.seq, after)))
    .orderBy(asc(changes.seq))

export async function readEpoch(db: Database): Promise<string> {
  const [row] = await db.select({ epoch: installations.epoch }).from(installations)
  return row.epoch
}

/** How far the programme's changes have come, and what its clock says. */
export async function readPosition(reader: Database | Transaction, programmeId: string) {
  const [row] = await reader
    .select({ seq: programmes.seq, offset: programmes.clockOffsetMs })
    .from(programmes)
    .where(eq(programmes.id, programmeId))
  return { seq: row?.seq ?? 0, at: new Date(Date.now() + (row?.offset ?? 0)).toISOString() }
}

type Position = Awaited<ReturnType<typeof readPosition>>

/** Reads a view and the position it stands for, from one snapshot of the database. */
export const readSnapshot = <T>(
  db: Database,
  programmeId: string,
  read: (tx: Transaction, position: Position) => Promise<T>,
) => db.transaction(async (tx) => read(tx, await readPosition(tx, programmeId)), ONE_MOMENT)

import { and, desc, eq, getTableColumns, inArray, lte, sql } from 'drizzle-orm'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { events, runs, schedules } from '../../database/schema.ts'
import type { Cause, Solution } from '../../../solver/index.ts'
import type { RunProgress, RunStatus } from '../../schemas/run.ts'

export type RunRow = typeof runs.$inferSelect
export type ListedRun = Awaited<ReturnType<typeof findRuns>>[number]

/** A run with the programme it belongs to, or null. */
export async function findRun(reader: Reader, runId: string) {
  const [row] = await reader
    .select({ run: runs, programmeId: events.programmeId })
    .from(runs)
    .innerJoin(events, eq(events.id, runs.eventId))
    .where(eq(runs.id, runId))
  return row ?? null
}

const { instance: _instance, solution: _solution, ...columns } = getTableColumns(runs)

/** The runs of an event, the newest first, with figures instead of whole problems and solutions. */
export const findRuns = (reader: Reader, eventId: string) =>
  reader
    .select({
      ...columns,
      candidates: sql<number>`jsonb_array_length(${runs.instance} -> 'candidates')`,
      meetings: sql<number | null>`jsonb_array_length(${runs.solution} -> 'meetings')`,
      objective: sql<Solution['objective'] | null>`${runs.solution} -> 'objective'`,
      cause: sql<Cause | null>`${runs.solution} -> 'infeasible' -> 'reason'`,
      elapsedMs: sql<number | null>`(${runs.solution} -> 'stats' ->> 'ms')::float`,
      // Drizzle leaves out the table of a field's own column, which would be the draft's here.
      scheduleId: sql<string | null>`(
        select draft.id from ${schedules} draft where draft.run_id = ${sql.identifier('runs')}.id and draft.kind = 'draft' limit 1)`,
    })
    .from(runs)
    .where(eq(runs.eventId, eventId))
    .orderBy(desc(runs.createdAt), desc(runs.id))

/** Which run of its event this one is, counted from 1. PostgreSQL compares: its clock is finer than ours. */
export const countRunsUntil = (reader: Reader, { id, eventId }: RunRow) =>
  reader.$count(
    runs,
    and(
      eq(runs.eventId, eventId),
      lte(runs.createdAt, reader.select({ at: runs.createdAt }).from(runs).where(eq(runs.id, id))),
    ),
  )

/** Open runs for which no job waits or works any more. */
export async function findLostRuns(reader: Reader): Promise<string[]> {
  const rows = await reader
    .select({ id: runs.id })
    .from(runs)
    .where(
      and(
        inArray(runs.status, ['queued', 'running']),
        sql`not exists (select 1 from pgboss.job where name = 'run' and data ->> 'runId' = ${runs.id}::text
          and state in ('created', 'retry', 'active'))`,
      ),
    )
  return rows.map(({ id }) => id)
}

export async function findActiveRun(reader: Reader, eventId: string): Promise<string | null> {
  const [row] = await reader
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.eventId, eventId), inArray(runs.status, ['queued', 'running'])))
    .limit(1)
  return row?.id ?? null
}

export async function insertRun(tx: Transaction, row: typeof runs.$inferInsert): Promise<string> {
  const [inserted] = await tx.insert(runs).values(row).returning({ id: runs.id })
  return inserted.id
}

export const updateRun = (db: Reader, id: string, fields: Partial<typeof runs.$inferInsert>) =>
  db.update(runs).set(fields).where(eq(runs.id, id))

/** Tells whoever works on the run that it is to end. */
export const ringStop = (tx: Transaction, runId: string) =>
  tx.execute(sql`select pg_notify('run_stop', ${runId})`)

/** `onListening` also after a lost connection: what was asked for meanwhile was not heard. */
export async function listenForStop(db: Database, runId: string, stop: () => void, onListening: () => void) {
  const heard = (asked: string) => void (asked === runId && stop())
  const { unlisten } = await db.$client.listen('run_stop', heard, onListening)
  return unlisten
}

type Frame = { type: 'run'; eventId: string; runId: string; status: RunStatus; progress: RunProgress[] }

/** To those who watch the event's runs; passed on and forgotten. */
export const tellProgress = (db: Database, frame: Frame) =>
  db.execute(sql`select pg_notify('run', ${JSON.stringify(frame)})`)

import { and, desc, eq, getTableColumns, inArray, isNull, lte, sql } from 'drizzle-orm'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { events, runs, schedules } from '../../database/schema.ts'
import type { Cause, InstanceFile, Solution } from '../../../solver/index.ts'
import { jobs } from '../../queue.ts'
import type { RunFrame } from '../../schemas/live.ts'

export type RunRow = typeof runs.$inferSelect
export type ListedRun = Awaited<ReturnType<typeof findRuns>>[number]

/** A run with the programme it belongs to, or null. */
export async function findRun(reader: Reader, runId: string) {
  const [row] = await reader
    .select({ run: runs, programmeId: events.programmeId })
    .from(runs)
    .innerJoin(events, eq(events.id, runs.eventId))
    .where(and(eq(runs.id, runId), isNull(events.deletedAt)))
  return row ?? null
}

/** The programme that a run is of. */
export const ofRun = (runId: string) => async (reader: Reader) =>
  (await findRun(reader, runId))?.programmeId ?? null

/** What a run came to and where it belongs, without its problem and its solution; or null. */
export async function findResult(reader: Reader, runId: string) {
  const [row] = await reader
    .select({
      ...{ eventId: runs.eventId, programmeId: events.programmeId },
      ...{ status: runs.status, reason: runs.reason },
    })
    .from(runs)
    .innerJoin(events, eq(events.id, runs.eventId))
    .where(and(eq(runs.id, runId), isNull(events.deletedAt)))
  return row ?? null
}

/** The problem and the solution of a run, as texts that nobody here reads. */
export async function findFiles(reader: Reader, runId: string) {
  const [row] = await reader
    .select({ instance: sql<string>`${runs.instance}::text`, solution: sql<string>`${runs.solution}::text` })
    .from(runs)
    .where(eq(runs.id, runId))
  return row
}

export type UnmetPair = { id: string; projectId: string; hostId: string; value: number }

/** The pairs of a run that could meet as somebody wished and do not, those that count most first; or the one of them. */
export const findUnmet = (reader: Reader, runId: string, only: string | null = null) =>
  reader.execute<UnmetPair>(sql`
    select pair ->> 'id' as id, pair -> 'participants' ->> 0 as "projectId", pair -> 'participants' ->> 1 as "hostId",
      (pair ->> 'value')::float as value
    from ${runs}, jsonb_array_elements(${runs.instance} -> 'candidates') with ordinality as candidate (pair, place)
    where ${runs.id} = ${runId} and (${only}::text is null or pair ->> 'id' = ${only})
      and not jsonb_exists(${runs.suggestions}, pair ->> 'id')
      and pair ->> 'id' not in (
        select meeting ->> 'candidate' from jsonb_array_elements(${runs.solution} -> 'meetings') meeting)
    order by value desc, place`)

/** How a run compares schedules, what some of its pairs are worth, and which pairs it knows. */
export async function findTerms(reader: Reader, runId: string, candidateIds: string[]) {
  const [row] = await reader
    .select({
      rules: sql<NonNullable<InstanceFile['rules']>>`coalesce(${runs.instance} -> 'rules', '{}')`,
      values: sql<Record<string, number>>`coalesce((
        select jsonb_object_agg(pair ->> 'id', pair -> 'value')
        from jsonb_array_elements(${runs.instance} -> 'candidates') pair
        where pair ->> 'id' in ${candidateIds.length > 0 ? candidateIds : ['']}), '{}')`,
    })
    .from(runs)
    .where(eq(runs.id, runId))
  return row
}

/** The pairs that a run could have meet, by their two people. */
export const findPairsOfRun = (reader: Reader, runId: string) =>
  reader.execute<{ projectId: string; hostId: string }>(sql`
    select pair -> 'participants' ->> 0 as "projectId", pair -> 'participants' ->> 1 as "hostId"
    from ${runs}, jsonb_array_elements(${runs.instance} -> 'candidates') pair where ${runs.id} = ${runId}`)

/** How many open runs a waiting one lets go first. */
const ahead = () => sql<number | null>`(
  select count(*)::int
  from ${jobs()} mine
  join ${jobs()} other on other.name = 'run' and other.id <> mine.id
  join ${runs} open on open.id::text = other.data ->> 'runId'
  where ${sql.identifier('runs')}.status = 'queued'
    and mine.name = 'run' and mine.data ->> 'runId' = ${sql.identifier('runs')}.id::text
    and (open.status = 'running' or open.status = 'queued' and (
      other.priority > mine.priority or other.priority = mine.priority and other.created_on < mine.created_on)))`

const { instance: _instance, solution: _solution, ...columns } = getTableColumns(runs)

/** The runs of an event, the newest first, with figures instead of whole problems and solutions. */
export const findRuns = (reader: Reader, eventId: string) =>
  reader
    .select({
      ...columns,
      candidates: sql<number>`jsonb_array_length(${runs.instance} -> 'candidates')`,
      meetings: sql<number | null>`jsonb_array_length(${runs.solution} -> 'meetings')`,
      objective: sql<Solution['objective'] | null>`${runs.solution} -> 'objective'`,
      order: sql<string[] | null>`${runs.instance} -> 'rules' -> 'objective'`,
      tolerance: sql<number | null>`(${runs.instance} -> 'rules' -> 'tolerance' ->> 'value')::float`,
      cause: sql<Cause | null>`${runs.solution} -> 'infeasible' -> 'reason'`,
      ahead: ahead(),
      elapsedMs: sql<number | null>`(${runs.solution} -> 'stats' ->> 'ms')::float`,
      // An upload makes more drafts of a run: the first is its own. Drizzle leaves out the table of a field's own
      // column, which would be the draft's here.
      scheduleId: sql<string | null>`(
        select draft.id from ${schedules} draft where draft.run_id = ${sql.identifier('runs')}.id and draft.kind = 'draft'
        order by draft.created_at limit 1)`,
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
        sql`not exists (select 1 from ${jobs()} where name = 'run' and data ->> 'runId' = ${runs.id}::text
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

/**
 * The round in which the next run of a programme has its turn: in each round every programme has one, so that neither
 * who asks for much nor who comes again and again keeps the others waiting. Who comes after a while joins the round
 * that has got its turn. A round is the priority of its jobs turned round; a run that was stopped before it began
 * counts for nothing.
 */
export async function findNextRound(reader: Reader, programmeId: string): Promise<number> {
  const [{ round }] = await reader.execute<{ round: number }>(sql`
    select coalesce(greatest(max(-job.priority) filter (where job.started_on is not null),
      max(1 - job.priority) filter (where event.programme_id = ${programmeId}
        and (run.started_at is not null or run.status = 'queued'))), 0)::int as round
    from ${jobs()} job
    left join ${runs} run on run.id::text = job.data ->> 'runId'
    left join ${events} event on event.id = run.event_id
    where job.name = 'run'`)
  return round
}

export async function insertRun(tx: Transaction, row: typeof runs.$inferInsert): Promise<string> {
  const [inserted] = await tx.insert(runs).values(row).returning({ id: runs.id })
  return inserted.id
}

export const updateRun = (db: Reader, id: string, fields: Partial<typeof runs.$inferInsert>) =>
  db.update(runs).set(fields).where(eq(runs.id, id))

/** Changes a run while it still has one of these statuses, whoever else is about to; whether it had. */
export async function updateRunIf(
  reader: Reader,
  id: string,
  statuses: RunRow['status'][],
  fields: Partial<typeof runs.$inferInsert>,
): Promise<boolean> {
  const updated = await reader
    .update(runs)
    .set(fields)
    .where(and(eq(runs.id, id), inArray(runs.status, statuses)))
    .returning({ id: runs.id })
  return updated.length > 0
}

/** Tells whoever works on the run that it is to end. */
export const ringStop = (tx: Transaction, runId: string) =>
  tx.execute(sql`select pg_notify('run_stop', ${runId})`)

/** `onListening` also after a lost connection: what was asked for meanwhile was not heard. */
export async function listenForStop(db: Database, runId: string, stop: () => void, onListening: () => void) {
  const heard = (asked: string) => void (asked === runId && stop())
  const { unlisten } = await db.$listen('run_stop', heard, onListening)
  return unlisten
}

type Frame = { eventId: string } & RunFrame

/** To those who watch the event's runs; passed on and forgotten. */
export const tellProgress = (db: Reader, frame: Frame) =>
  db.execute(sql`select pg_notify('run', ${JSON.stringify(frame)})`)

/** Tells those who wait for a run how many go before it: whenever one has been queued, begun or ended. */
export async function tellWaiting(db: Reader): Promise<void> {
  const waiting = await db
    .select({ runId: runs.id, eventId: runs.eventId, ahead: ahead() })
    .from(runs)
    .where(eq(runs.status, 'queued'))
  for (const { ahead, ...run } of waiting)
    await tellProgress(db, { type: 'run', ...run, status: 'queued', progress: [], ahead: ahead ?? 0 })
}

import { sql } from 'drizzle-orm'
import { fromDrizzle, PgBoss, type Db } from 'pg-boss'
import type { Database, Transaction } from './database/client.ts'
import { whenFree } from './database/crowded.ts'
import { describeError, log } from './log.ts'

/**
 * Work that outlives a request, kept in PostgreSQL beside what it is about: in the schema `pgboss`, or in that of our
 * tables where these do not stand in `public`.
 *
 *   const queue = await startQueue(db)                       once a process; makes or migrates the schema
 *   await queue.enqueue(tx, 'mail', { mailId })              part of the caller's transaction
 *   await queue.work('mail', async ({ mailId }, job) => …)   throwing means: try again later
 *   await queue.stop()                                       lets what runs end, hands back the rest
 *
 * A job starts as soon as its transaction commits (NOTIFY; polling is only the safety net). A worker that
 * dies is noticed by its missing heartbeat, and the job is given to another one.
 */
export type JobData = {
  /** Codes have a lane of their own: they wait behind no other mail. */
  mail: { mailId: string }
  code: { mailId: string }
  run: { runId: string }
  push: { sessionId: string; participantId: string; news: News }
  /** What was collected of an event's changes leaves then. */
  tell: { eventId: string; dueAt: string }
}
/** What a push says: the agenda is there, it changed, its meeting is called, its meeting begins soon. */
export type News = 'ready' | 'changed' | 'called' | 'soon'
export type QueueName = keyof JobData

export type Job = {
  id: string
  /** 0 the first time. */
  attempt: number
  /** Aborted when the job was taken away, for example because it took too long. */
  signal: AbortSignal
}
export type Handler<Name extends QueueName> = (data: JobData[Name], job: Job) => Promise<void>

export type Queue = {
  /** Of what waits, the highest priority is first, then what has waited longest; `startAfter` is in seconds. */
  enqueue<Name extends QueueName>(
    tx: Transaction,
    name: Name,
    data: JobData[Name],
    options?: { priority?: number; startAfter?: number },
  ): Promise<void>
  /** Many at once. */
  enqueueAll<Name extends QueueName>(
    tx: Transaction,
    name: Name,
    jobs: { data: JobData[Name]; priority?: number }[],
  ): Promise<void>
  work<Name extends QueueName>(name: Name, handler: Handler<Name>, concurrency?: number): Promise<void>
  stop(): Promise<void>
}

const HEARTBEAT = { heartbeatSeconds: 10, notify: true }
const LETTERS = { ...HEARTBEAT, retryLimit: 7, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 }
const QUEUES = {
  // What a mail server says never fails a job (jobs/mail.ts): these are for workers that die or lose the database.
  mail: LETTERS,
  code: LETTERS,
  // Over five minutes: by then the next change has most likely been told.
  push: { ...HEARTBEAT, retryLimit: 6, retryDelay: 5, retryBackoff: true, expireInSeconds: 60 },
  tell: LETTERS,
  run: { ...HEARTBEAT, retryLimit: 2, expireInSeconds: 2 * 60 * 60 },
} satisfies Record<QueueName, object>

const DAY = 24 * 60 * 60
const STOP_WITHIN_MS = 5_000
const POLL_SECONDS = 2

/** Where the jobs are; a process has one queue. */
let schema = 'pgboss'
export const jobs = () => sql`${sql.identifier(schema)}.job`

export async function startQueue(db: Database, report: (error: Error) => void = complain): Promise<Queue> {
  schema = await findSchema(db)
  const boss = new PgBoss({
    db: adapt(db),
    schema: `"${schema}"`,
    createSchema: schema === 'pgboss',
    useListenNotify: true,
    schedule: false,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    registerInstance: false,
    reindex: false,
    monitorVacuum: false,
    openTelemetry: { enabled: false },
  })
  boss.on('error', report)
  await boss.start()
  await Promise.all(
    Object.entries(QUEUES).map(([name, options]) =>
      boss.createQueue(name, { ...options, deleteAfterSeconds: DAY }),
    ),
  )

  return {
    async enqueue(tx, name, data, options = {}) {
      await boss.send(name, data, { db: fromDrizzle(tx, sql), ...options })
    },
    async enqueueAll(tx, name, jobs) {
      if (jobs.length > 0) await boss.insert(name, jobs, { db: fromDrizzle(tx, sql) })
    },
    async work(name, handler, concurrency = 1) {
      const options = {
        localConcurrency: concurrency,
        pollingIntervalSeconds: POLL_SECONDS,
        notifyPollingIntervalSeconds: POLL_SECONDS,
      }
      await boss.work<JobData[typeof name]>(name, options, async ([{ id, data, retryCount, signal }]) => {
        try {
          await handler(data, { id, attempt: retryCount, signal })
        } catch (error) {
          log.warn({ err: error, queue: name, job: id, attempt: retryCount + 1 }, 'a job failed')
          throw failure(error)
        }
      })
    },
    stop: () => boss.stop({ graceful: true, close: false, timeout: STOP_WITHIN_MS }),
  }
}

/** A schema of its own as long as it may be made; where there are others of us in this database, each keeps to itself. */
async function findSchema(db: Database): Promise<string> {
  const [{ ours, mayMake }] = await db.execute<{ ours: string; mayMake: boolean }>(sql`
    select current_schema() as ours,
      has_database_privilege(current_database(), 'create') or exists (
        select from pg_namespace where nspname = 'pgboss' and pg_has_role(nspowner, 'usage')) as "mayMake"`)
  return ours === 'public' && mayMake ? 'pgboss' : ours
}

const complain = (error: Error) => log.error({ err: error }, 'jobs')

/** A job keeps in its row what it failed of, so that says no more than the log does. */
function failure(error: unknown): Error {
  const { type, message, code, stack } = describeError(error)
  return Object.assign(new Error(message), { name: type, code, stack })
}

/** A script of pg-boss that is a transaction of its own. */
const TRANSACTION = /^\s*BEGIN;([^]*)COMMIT;\s*$/

/** pg-boss on our own pool, which begins and ends transactions itself: so none is left open, whatever happens. */
function adapt({ $client, $listen }: Database): Db {
  return {
    executeSql: (text, values = []) =>
      whenFree(async () => {
        if (values.length > 0) return { rows: await $client.unsafe(text, values.map(encode)) }
        const [, script] = TRANSACTION.exec(text) ?? []
        if (script === undefined) return { rows: flatten(await $client.unsafe(text)) }
        return { rows: flatten(await $client.begin((tx) => tx.unsafe(script))) }
      }),
    async listen(channel, onNotification, onReconnect) {
      const { unlisten } = await $listen(channel, onNotification, onReconnect)
      return { close: unlisten }
    },
  }
}

type Parameter = string | number | boolean | null | string[]

/** The pool passes dates and JSON through as text (drizzle's choice), so they are written here. */
function encode(value: unknown): Parameter {
  if (value instanceof Date) return value.toISOString()
  if (value === undefined) return null
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return JSON.stringify(value)
  return value as Parameter
}

const flatten = (rows: readonly unknown[]): unknown[] => (rows.some(Array.isArray) ? rows.flat() : [...rows])

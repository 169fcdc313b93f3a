import { randomUUID } from 'node:crypto'
import { eq } from 'drizzle-orm'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { buildApp } from '../../server/app.ts'
import { readConfig, type Config } from '../../server/config.ts'
import { connect, type Database } from '../../server/database/client.ts'
import { programmes, slots } from '../../server/database/schema.ts'
import { startQueue, type Queue } from '../../server/queue.ts'
import { workRuns } from '../../server/jobs/solve.ts'
import type { RunsView, RunView } from '../../server/schemas/run.ts'
import type { ServicesGiven } from '../../server/services.ts'
import { loadSample, type SampleIds } from '../../server/sample/load.ts'
import { BEFORE_THE_DAY } from './camp.ts'
import { until } from './client.ts'
import { createTestDatabase } from './database.ts'
import { signedIn, type Person } from './people.ts'

type Answer<T> = { status: number; body: T; text: string; headers: Record<string, unknown> }
type Ask = <T>(
  method: InjectOptions['method'] & string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Answer<T>>

export const SECRET = 'a secret that is long enough for tests'

export type Stage = {
  config: Config
  queue: Queue
  db: Database
  databaseUrl: string
  app: FastifyInstance
  programmeId: string
  eventId: string
  /** A new person with that membership, as a function that sends requests. */
  enter(person: Omit<Person, 'programmeId'>): Promise<Ask>
  organiser: Ask
  close(): Promise<void>
}

/** The service in this process on a database of its own with the sample camp, runs included. */
export async function openStage(
  env: Record<string, string> = {},
  given: Pick<ServicesGiven, 'solver'> = {},
): Promise<Stage> {
  const place = await createTestDatabase()
  const db = connect(place.url)
  const config = readConfig({ SECRET, LOG_LEVEL: 'silent', ...env })
  const ids = await loadSample(db, { now: new Date() })
  if (!ids) throw new Error('the database was not empty')
  await beginBeforeTheDay(db, ids)
  const queue = await startQueue(db)
  await workRuns(queue, { db })
  const app = await buildApp({ config, db, queue, ...given })
  // While a busy machine still loads the code, the service asks everybody to come back.
  await until('the service is ready', async () => (await app.inject('/api/v1/me')).statusCode !== 503)
  const enter: Stage['enter'] = async (person) => {
    const { cookie } = await signedIn(app, { ...person, programmeId: ids.programmeId })
    return (method, path, body, headers = {}) => send(app, cookie, method, path, body, headers)
  }
  return {
    config,
    queue,
    db,
    databaseUrl: place.url,
    app,
    ...ids,
    enter,
    organiser: await enter({ role: 'organiser' }),
    async close() {
      await app.close()
      await queue.stop()
      await db.$client.end()
      await place.drop()
    },
  }
}

/** The hour of the test is not the hour of the day: without this, a run in the afternoon finds turns that are over. */
async function beginBeforeTheDay(db: Database, { programmeId, eventId }: SampleIds): Promise<void> {
  const [first] = await db
    .select()
    .from(slots)
    .where(eq(slots.eventId, eventId))
    .orderBy(slots.startsAt)
    .limit(1)
  const clockOffsetMs = first.startsAt.getTime() + BEFORE_THE_DAY * 60_000 - Date.now()
  await db.update(programmes).set({ clockOffsetMs }).where(eq(programmes.id, programmeId))
}

async function send<T>(
  app: FastifyInstance,
  cookie: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Answer<T>> {
  const response = await app.inject({
    method: method as 'GET',
    url: `/api/v1${path}`,
    headers: { cookie, ...(method !== 'GET' && { 'idempotency-key': randomUUID() }), ...headers },
    ...(body !== undefined && { payload: body as object }),
  })
  const text = response.body
  return { status: response.statusCode, headers: response.headers, text, body: JSON.parse(text) as T }
}

/** Starts a run and waits for its end. */
export async function finishedRun({ organiser, eventId }: Stage, input: object = {}): Promise<RunView> {
  const started = await organiser<{ id: string }>('POST', `/events/${eventId}/runs`, { seed: 7, ...input })
  if (started.status !== 202) throw new Error(started.text)
  return until('the end of the run', async () => {
    const { status, body } = await organiser<RunsView>('GET', `/events/${eventId}/runs`)
    return status === 200 && body.runs.find(({ id, finishedAt }) => id === started.body.id && finishedAt)
  })
}

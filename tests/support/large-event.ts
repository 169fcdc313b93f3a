import { eq } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { buildApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { connect, type Database } from '../../server/database/client.ts'
import { meetings, participants, preferences, schedules } from '../../server/database/schema.ts'
import { startQueue } from '../../server/queue.ts'
import { VIEWS } from '../../server/schemas/live.ts'
import { until } from './client.ts'
import { plantCrowd, SECRET, type Crowd, type Size } from './crowd.ts'
import { routesOf, type Route } from './routes.ts'

/** A thousand projects meet a thousand hosts. */
export const LARGE: Size = { slots: 40, tables: 500, agendas: 2, plans: 0, screens: 0 }
const WISHES = 12

export type LargeEvent = {
  app: FastifyInstance
  db: Database
  crowd: Crowd
  /** As whoever organises it. */
  ask(method: 'GET' | 'POST', path: string, headers?: Record<string, string>): Promise<Said>
  /** Everything that can be read of it, at the addresses of every kind of page. */
  addresses: string[]
  close(): Promise<void>
}
export type Said = { status: number; bytes: number; ms: number; text: string }

/** The service in this process, with a published event of that size. */
export async function openLargeEvent(url: string, size: Size = LARGE): Promise<LargeEvent> {
  const db = connect(url)
  const crowd = await plantCrowd(db, size)
  await plantWishes(db, crowd)
  await db.execute('analyze')
  const queue = await startQueue(db)
  const config = readConfig({ SECRET, LOG_LEVEL: 'silent' })
  const { built: app, routes } = await routesOf(() => buildApp({ config, db, queue }))
  await until('the service is ready', async () => (await app.inject('/api/v1/me')).statusCode !== 503)
  const ask: LargeEvent['ask'] = async (method, path, headers = {}) => {
    const begun = performance.now()
    const response = await app.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        cookie: crowd.organiser,
        accept: 'application/vnd.incontro.packed+json, application/json',
        'idempotency-key': `${begun}`,
        ...headers,
      },
      ...(method === 'POST' && { payload: {} }),
    })
    const { statusCode: status, body: text } = response
    return { status, bytes: response.rawPayload.length, ms: performance.now() - begun, text }
  }
  const [draft] = await db.select().from(schedules).where(eq(schedules.id, crowd.drafts[0]))
  const published = await ask('POST', `/schedules/${draft.id}/publish`, { 'if-match': String(draft.version) })
  if (published.status !== 200) throw new Error(published.text)
  return {
    ...{ app, db, crowd, ask },
    addresses: await addressesOf(db, crowd, routes),
    async close() {
      await app.close()
      await queue.stop()
      await db.$client.end()
    },
  }
}

/** Every participant has stated some wishes, so that the lists of answers are as long as the event is. */
async function plantWishes(db: Database, { eventId }: Crowd): Promise<void> {
  const people = await db.select().from(participants).where(eq(participants.eventId, eventId))
  const [ours, theirs] = (['project', 'host'] as const).map((side) =>
    people.filter((one) => one.side === side),
  )
  const rows = ours.flatMap(({ id }, at) =>
    Array.from({ length: WISHES }, (_, n) => theirs[(at + n * n) % theirs.length].id).flatMap((host, n) => [
      { eventId, fromId: id, toId: host, level: n % 3 === 0 ? ('want' as const) : ('open' as const) },
      { eventId, fromId: host, toId: id, level: n % 2 === 0 ? ('want' as const) : ('open' as const) },
    ]),
  )
  for (let at = 0; at < rows.length; at += 8_000)
    await db
      .insert(preferences)
      .values(rows.slice(at, at + 8_000))
      .onConflictDoNothing()
}

async function addressesOf(db: Database, crowd: Crowd, routes: Route[]): Promise<string[]> {
  const { eventId, programmeId, drafts, visitors } = crowd
  const project = visitors[0].key as string
  const [taking] = await db.select().from(participants).where(eq(participants.id, project))
  const [host] = (await db.select().from(participants).where(eq(participants.eventId, eventId))).filter(
    ({ side }) => side === 'host',
  )
  const [meeting] = await db.select().from(meetings).where(eq(meetings.scheduleId, drafts[1])).limit(1)
  const ids: Record<string, string> = {
    ...{ ':programmeId': programmeId, ':eventId': eventId, ':projectId': taking.projectId as string },
    ...{ ':hostId': host.hostId as string, ':slotId': meeting.slotId },
  }
  const keyOf = (url: string) => (url.includes('/plan/') ? drafts[1] : project)
  const idOf = (url: string) => (url.includes('/meetings/') ? meeting.id : drafts[1])
  const paths = routes
    .filter(({ method, schema, url }) => method === 'GET' && schema.response && url !== '/api/v1/live')
    .map(({ url }) =>
      (url.endsWith('/delay') ? `${url}?minutes=10` : url)
        .replace(/:key\??/, () => keyOf(url))
        .replace(/:id(?!\w)/, () => idOf(url))
        .replace(/:\w+/g, (name) => ids[name] ?? name),
    )
    .map((url) => url.replace('/api/v1', ''))
  const followed = VIEWS.map((view) => {
    const key = view === 'agenda' || view === 'choices' ? `&key=${project}` : ''
    return `/live?event=${eventId}&view=${view}${key}&packed=1`
  })
  return [...paths, ...followed]
}

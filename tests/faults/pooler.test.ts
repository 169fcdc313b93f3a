import { sql } from 'drizzle-orm'
import pLimit from 'p-limit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type Database } from '../../server/database/client.ts'
import { prepareDatabase } from '../../server/database/prepare.ts'
import { programmes } from '../../server/database/schema.ts'
import { until } from '../support/client.ts'
import { plantCrowd, SECRET, type Crowd } from '../support/crowd.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { send, times } from '../support/faults.ts'
import { post } from '../support/operations.ts'
import { Page } from '../support/page.ts'
import { hasPgbouncer, startPgbouncer, type Pooler } from '../support/pgbouncer.ts'
import { startServer, type RunningServer } from '../support/server.ts'

/** The service behind a real PgBouncer, whose connections change hands after every transaction. */
const READS = times(74, 296)
const WRITES = 12
const AT_ONCE = 16
const KEPT = 400
if (!hasPgbouncer) console.log('PgBouncer is not on this machine: what needs the real one is left out.')

describe.skipIf(!hasPgbouncer)('behind PgBouncer in transaction mode', () => {
  let place: TestDatabase
  let db: Database
  let pooler: Pooler
  let crowd: Crowd
  let server: RunningServer

  beforeAll(async () => {
    place = await createTestDatabase()
    db = connect(place.url, 2)
    crowd = await plantCrowd(db, { slots: 4, tables: 12, agendas: 4, plans: 1, screens: 1 })
    pooler = await startPgbouncer(place.url, 'transaction')
    server = await startServer({
      ...{ DATABASE_URL: pooler.url, DATABASE_DIRECT_URL: place.url, PUBLIC_URL: 'http://localhost' },
      ...{ SECRET, LOG_LEVEL: 'fatal' },
    })
  }, 60_000)
  afterAll(async () => {
    await server?.stop()
    await pooler?.close()
    await db.$client.end()
    await place.drop()
  })

  test('everything is answered, and pages hear of each change', async () => {
    const page = new Page(
      server.url,
      crowd.eventId,
      crowd.visitors.find(({ view }) => view === 'plan')!,
    )
    await page.open()
    const { programmeId, eventId, drafts } = crowd
    const paths = [
      ...['day', 'desk', 'plan', 'runs', 'answers', 'changes'].map((view) => `/events/${eventId}/${view}`),
      ...['/me', `/programmes/${programmeId}/people`, '/openapi.json'],
    ]
    const read = (n: number) =>
      fetch(`${server.url}/api/v1${paths[n % paths.length]}`, {
        headers: { cookie: crowd.organisers[n % crowd.organisers.length] },
        signal: AbortSignal.timeout(60_000),
      }).then(
        ({ status }) => status,
        () => 'no answer',
      )
    const turn = pLimit(AT_ONCE)
    const reads = Array.from({ length: READS }, (_, n) => turn(read, n))
    const writes: (number | string)[] = []
    for (let n = 0; n < WRITES; n++) {
      const operation = post(`/schedules/${drafts[n % 2]}/publish`, {}, 1)
      writes.push((await send(server.url, crowd.organiser, operation))?.status ?? 'no answer')
    }
    const figures = { reads: tally(await Promise.all(reads)), writes: tally(writes) }
    console.log(`PgBouncer: ${JSON.stringify(figures)}`)
    expect(figures).toEqual({ reads: { 200: READS }, writes: { 200: WRITES } })
    const [{ seq }] = await db.select({ seq: programmes.seq }).from(programmes)
    expect(seq).toBeGreaterThan(0)
    await until('the page to hear of the last change', () => page.seq === seq)
    page.close()
  }, 120_000)

  test('what was answered as kept is kept, however connections change hands', async () => {
    await db.execute(sql`create table kept (n int)`)
    const narrow = await startPgbouncer(place.url, 'transaction', 2)
    const client = connect({ url: narrow.url, directUrl: place.url }, 8)
    const keep = (n: number) => client.transaction((tx) => tx.execute(sql`insert into kept values (${n})`))
    const look = () => client.execute(sql`select count(*) from kept`)
    const outcomes = await Promise.allSettled(
      Array.from({ length: KEPT }, async (_, n) => void (await Promise.all([keep(n), look()]))),
    )
    const [{ kept }] = await db.execute<{ kept: number }>(sql`select count(*)::int as kept from kept`)
    expect([outcomes.filter(({ status }) => status === 'rejected'), kept]).toEqual([[], KEPT])
    await client.$client.end()
    await narrow.close()
  })

  test('a start without another way to the database is refused in a sentence, with it in session mode is not', async () => {
    await expect(prepareDatabase({ url: pooler.url }, () => {})).rejects.toThrow(/set DATABASE_DIRECT_URL/)
    const twice = prepareDatabase({ url: pooler.url, directUrl: `${pooler.url}?` }, () => {})
    await expect(twice).rejects.toThrow(/^DATABASE_DIRECT_URL leads to a pooler/)
    const other = prepareDatabase({ url: pooler.url, directUrl: place.url, schema: 'camp' }, () => {})
    await expect(other).rejects.toThrow(/run ALTER ROLE incontro SET search_path = camp/)
    const sessions = await startPgbouncer(place.url, 'session')
    await prepareDatabase({ url: sessions.url }, () => {})
    await sessions.close()
  })
})

const tally = (answers: (number | string)[]) =>
  Object.fromEntries(
    Map.groupBy(answers, String)
      .entries()
      .map(([answer, all]) => [answer, all.length]),
  )

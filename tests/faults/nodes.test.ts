import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eq, sql } from 'drizzle-orm'
import { connect, type Database } from '../../server/database/client.ts'
import { readPostmaster } from '../../server/database/local-postgres-cluster.ts'
import { startLocalPostgres, type LocalPostgres } from '../../server/database/local-postgres.ts'
import { migrateDatabase } from '../../server/database/migrate.ts'
import { changes, programmes, schedules } from '../../server/database/schema.ts'
import type { PlanView } from '../../server/schemas/schedule.ts'
import type { RunsView } from '../../server/schemas/run.ts'
import { loadSample } from '../../server/sample/load.ts'
import { LIMITS } from '../../server/features/identity/sign-in-codes.ts'
import { Client, until, type Following } from '../support/client.ts'
import { plantCrowd, type Crowd } from '../support/crowd.ts'
import { announceSeed, FULL, NONE, pause, sendUntilAnswered, times, violations } from '../support/faults.ts'
import { post } from '../support/operations.ts'
import { expectSoonReady, kill, startAgain, startNodes, type Node } from '../support/nodes.ts'
import { asLoaded, Page, withoutClock } from '../support/page.ts'
import { startProxy, type Proxy } from '../support/proxy.ts'

/**
 * Two web nodes and two workers as processes of their own, on one database of their own, behind a load balancer
 * that sends each connection to the next node.
 */
let directory: string
let database: LocalPostgres
let db: Database
let crowd: Crowd
let nodes: Node[]
let proxy: Proxy
let base: string
const [first, second] = [0, 1]
const webs = () => nodes.filter(({ role }) => role === 'web')
const workers = () => nodes.filter(({ role }) => role === 'worker')
const baseOf = ({ port }: Node) => `http://localhost:${port}`

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'incontro-nodes-'))
  // As root the database runs as another user, who must be able to get there.
  chmodSync(directory, 0o755)
  database = await startLocalPostgres({ directory })
  await migrateDatabase(database.url)
  db = connect(database.url, 4)
  await loadSample(db, { now: new Date() })
  crowd = await plantCrowd(db, { slots: 4, tables: 12, agendas: 24, plans: 3, screens: 3 })
  nodes = await startNodes(database.url, { webs: 2, workers: 2 })
  proxy = await startProxy(webs().map(({ port }) => port))
  base = `http://localhost:${proxy.port}`
}, 120_000)

afterAll(async () => {
  await proxy?.close()
  for (const node of nodes ?? []) await kill(node, 'SIGTERM')
  await db?.$client.end()
  await database?.stop()
  for (const place of [directory, dirname(database?.directory ?? directory)])
    rmSync(place, { recursive: true, force: true })
}, 120_000)

test('a session, its end and the limits of signing in are the same on every node', async () => {
  const { projects, eventId } = await Client.people(baseOf(webs()[first]))
  const person = await Client.enter(baseOf(webs()[first]), projects[0].id)
  const me = await person.get<{ memberships: { events: { id: string; participantId: string }[] }[] }>('/me')
  const own = me.memberships[0].events.find(({ id }) => id === eventId)
  person.base = baseOf(webs()[second])
  const page = await person.follow('agenda', eventId, own?.participantId)
  const closed = new Promise((resolve) => page.socket.once('close', resolve))
  const ask = (path: string, body: object, node: Node) =>
    fetch(`${baseOf(node)}/api/auth${path}`, {
      method: 'POST',
      headers: { cookie: person.cookie, origin: baseOf(node), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(({ status }) => status)
  expect(await ask('/sign-out', {}, webs()[first])).toBe(200)
  expect(await closed).toBe(4000)
  const code = { email: 'somebody@example.org', otp: '000000' }
  const answers: number[] = []
  const { most } = LIMITS.browser
  for (let n = 0; n <= most; n++) answers.push(await ask('/sign-in/email-otp', code, webs()[n % 2]))
  expect(answers).toEqual([...Array<number>(most).fill(400), 429])
})

test('a run goes on in a worker, is seen and stopped from any node, and retaken when its worker is killed', async () => {
  const { eventId } = await Client.people(base)
  const organiser = await Client.enter(base, 'organiser')
  const pages: Following[] = []
  for (const node of webs()) {
    organiser.base = baseOf(node)
    pages.push(await organiser.follow('runs', eventId))
  }
  organiser.base = base
  await kill(workers()[second])
  const { body } = await organiser.request<{ id: string }>('POST', `/events/${eventId}/runs`, {
    seconds: 120,
    seed: 3,
  })
  const find = async () =>
    (await organiser.get<RunsView>(`/events/${eventId}/runs`)).runs.find(({ id }) => id === body.id)
  await until('the run', async () => (await find())?.status === 'running')
  await until('progress on both nodes', () =>
    pages.every(({ frames }) =>
      frames.some(({ frame }) => frame.type === 'run' && frame.status === 'running'),
    ),
  )
  await kill(workers()[first])
  const killed = Date.now()
  await startAgain(workers()[second], database.url)
  const retaken = await until(
    'the run to be taken again',
    async () => {
      const [row] = await db.execute<{ at: string }>(sql`
        select started_at::text as at from runs where id = ${body.id} and started_at > ${new Date(killed).toISOString()}`)
      return row?.at ?? (await find())?.finishedAt
    },
    60_000,
  )
  console.log(`retaken ${((Date.parse(retaken) - killed) / 1000).toFixed(1)} s after its worker was killed`)
  await startAgain(workers()[first], database.url)
  await organiser.request('POST', `/runs/${body.id}/stop`)
  const ended = await until('its end', async () => {
    const run = await find()
    return run?.finishedAt ? run : null
  })
  expect(ended.scheduleId).not.toBeNull()
  expect(
    (await organiser.get<RunsView>(`/events/${eventId}/runs`)).runs.filter(({ id }) => id === body.id),
  ).toHaveLength(1)
  for (const { socket } of pages) socket.close()
}, 180_000)

test(
  'whatever is killed or cut under load: nothing acknowledged is lost, nothing is half done, no page misses anything',
  async () => {
    const random = announceSeed('kills and cuts')
    await sendUntilAnswered(base, crowd.organiser, post(`/schedules/${crowd.drafts[0]}/publish`, {}, 1))
    const pages = crowd.visitors.map((visitor) => {
      const page = new Page(base, crowd.eventId, visitor)
      page.shows = true
      return page
    })
    await Promise.all(pages.map((page) => page.open()))
    const load = startLoad(await livePlan())
    let cuts = 0
    const ready: Record<string, number[]> = { server: [], worker: [], database: [] }
    for (let round = 0; round < times(1, 200); round++) {
      for (let n = 0; n < times(3, 2); n++) {
        await pause(random.below(400))
        cuts += proxy.cut()
      }
      const web = webs()[random.below(2)]
      await kill(web)
      await pause(random.below(300))
      ready.server.push(await startAgain(web, database.url))
      const worker = workers()[random.below(2)]
      await kill(worker)
      ready.worker.push(await startAgain(worker, database.url))
      ready.database.push(await killDatabase())
      if (FULL) expect(await violations(db)).toEqual(NONE)
    }
    await pause(300)
    const answered = await load.stop()
    await settle(pages)
    const worst = (of: number[]) => `${Math.max(...of).toFixed(0)} ms`
    console.log(
      `${cuts} cut connections; worst time until ready: server ${worst(ready.server)}, worker ${worst(ready.worker)}, database ${worst(ready.database)}; ${answered.length} writes answered, ${answered.filter(({ tries }) => tries > 1).length} of them after a retry`,
    )
    expect(answered.filter(({ status }) => status !== 200)).toEqual([])
    await expectSoonReady([...ready.server, ...ready.worker])
    expect(await countMoves()).toBe(answered.length)
    expect(await liveVersion()).toBe(answered.length + 2)
    expect(await violations(db)).toEqual(NONE)
    expect(pages.reduce((sum, { gaps }) => sum + gaps, 0)).toBe(0)
    for (const page of pages)
      expect(withoutClock(page.shown)).toEqual(
        withoutClock(await asLoaded(base, crowd.eventId, page.visitor)),
      )
    for (const page of pages) page.close()
  },
  FULL ? 4 * 60 * 60_000 : 180_000,
)

const livePlan = async () =>
  (await (
    await fetch(`${base}/api/v1/events/${crowd.eventId}/plan`, { headers: { cookie: crowd.organiser } })
  ).json()) as PlanView

/** Some people who move each a meeting of their own to the free last turn and back, again and again. */
function startLoad({ meetings, slots }: PlanView) {
  const answered: Awaited<ReturnType<typeof sendUntilAnswered>>[] = []
  let stopped = false
  const own = meetings.filter(({ slotId }) => slotId === slots[0].id).slice(0, 6)
  const movers = own.map(async ({ id, version, slotId, tableId }) => {
    for (let n = 0; !stopped; n++) {
      const to = { slotId: n % 2 === 0 ? slots.at(-1)?.id : slotId, tableId }
      answered.push(
        await sendUntilAnswered(base, crowd.organiser, post(`/meetings/${id}/move`, to, version + n)),
      )
      await pause(20)
    }
  })
  return {
    async stop() {
      stopped = true
      await Promise.all(movers)
      return answered
    },
  }
}

/** Kills the postmaster; the supervisor in this process starts it again. */
async function killDatabase(): Promise<number> {
  const pid = readPostmaster(database.directory)?.pid as number
  process.kill(pid, 'SIGKILL')
  const killed = performance.now()
  await until(
    'the database',
    () =>
      db.execute(sql`select 1`).then(
        () => readPostmaster(database.directory)?.pid !== pid,
        () => false,
      ),
    60_000,
  )
  await until(
    'the nodes',
    async () => {
      const answers = await Promise.all(
        webs().map((node) =>
          fetch(`${baseOf(node)}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          ),
        ),
      )
      return answers.every(Boolean)
    },
    60_000,
  )
  return performance.now() - killed
}

/** A last change that concerns everybody: whoever has it has seen all before. */
async function settle(pages: Page[]) {
  await sendUntilAnswered(base, crowd.organiser, post(`/schedules/${crowd.drafts[1]}/publish`, {}, 1))
  const [{ seq }] = await db
    .select({ seq: programmes.seq })
    .from(programmes)
    .where(eq(programmes.id, crowd.programmeId))
  await until('the pages', () => pages.every((page) => page.live && (page.seq ?? 0) >= seq), 40_000)
}

const countMoves = () =>
  db.$count(changes, sql`${changes.programmeId} = ${crowd.programmeId} and ${changes.type} = 'meeting.moved'`)

async function liveVersion() {
  const [row] = await db
    .select({ version: schedules.version })
    .from(schedules)
    .where(sql`${schedules.eventId} = ${crowd.eventId} and ${schedules.kind} = 'live'`)
  return row.version
}

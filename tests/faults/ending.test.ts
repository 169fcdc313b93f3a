import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { connect } from '../../server/database/client.ts'
import { until } from '../support/client.ts'
import { pause, send } from '../support/faults.ts'
import { openHall, type Hall } from '../support/hall.ts'
import { post } from '../support/operations.ts'

const PAGES = 60
let hall: Hall
beforeAll(async () => {
  hall = await openHall({ slots: 4, tables: 12, agendas: 4, plans: 1, screens: 1 })
  await hall.publish(0)
}, 120_000)
afterAll(() => hall?.close(), 60_000)

test('a service that is asked to end answers what it was asked, and sends its pages on one after the other', async () => {
  const { base, crowd, node, databaseUrl } = hall
  const pages = Array.from({ length: PAGES }, () => openPage())
  await Promise.all(pages.map(({ opened }) => opened))
  const other = connect(databaseUrl, 1)
  const locked = Promise.withResolvers<void>()
  const hold = other.transaction(async (tx) => {
    await tx.execute(sql`select 1 from programmes where id = ${crowd.programmeId} for update`)
    locked.resolve()
    await pause(3_000)
  })
  await locked.promise
  // Four writes that wait for their turn when the signal comes.
  const writes = Array.from({ length: 4 }, (_, n) =>
    send(base, crowd.organiser, post(`/schedules/${crowd.drafts[n % 2]}/publish`, {}, 1)),
  )
  await until('the writes to wait', async () => (await countLocked()) === 4)
  const exited = new Promise<number | null>((resolve) => node.process.once('exit', resolve))
  node.process.kill('SIGTERM')
  const ready = await until('readyz', () =>
    fetch(`${base}/readyz`).then(({ status }) => status !== 200 && status),
  )
  expect(ready).toBe(503)
  await hold
  const answers = await Promise.all(writes)
  expect(answers.map((answer) => answer?.status)).toEqual([200, 200, 200, 200])
  const closed = await Promise.all(pages.map(({ closed }) => closed))
  expect(new Set(closed.map(({ code }) => code))).toEqual(new Set([1012]))
  const times = closed.map(({ at }) => at)
  console.log(`${PAGES} pages let go over ${Math.round(Math.max(...times) - Math.min(...times))} ms`)
  expect(new Set(times.map((at) => Math.round(at / 50))).size).toBeGreaterThan(3)
  expect(await exited).toBe(0)
  await other.$client.end()
}, 120_000)

async function countLocked(): Promise<number> {
  const [{ n }] = await hall.db.execute<{ n: number }>(
    sql`select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return n
}

function openPage() {
  const { cookie, view, key } = hall.crowd.visitors.find(({ view }) => view === 'agenda')!
  const address = `${hall.base.replace('http', 'ws')}/api/v1/live?event=${hall.crowd.eventId}&view=${view}&key=${key}`
  const socket = new WebSocket(address, { headers: { cookie } })
  socket.on('error', () => {})
  const opened = new Promise<void>((resolve) => socket.once('open', () => resolve()))
  const closed = new Promise<{ code: number; at: number }>((resolve) =>
    socket.once('close', (code) => resolve({ code, at: performance.now() })),
  )
  return { opened, closed }
}

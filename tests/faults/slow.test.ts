import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { buildApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { connect, type Database } from '../../server/database/client.ts'
import { startQueue, type Queue } from '../../server/queue.ts'
import { plantCrowd, SECRET, type Crowd, type Visitor } from '../support/crowd.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { announceSeed, FULL, pause, sendUntilAnswered } from '../support/faults.ts'
import { differing, openHall, pagesOf, type Hall } from '../support/hall.ts'
import { post } from '../support/operations.ts'

/** Clients that keep their socket and stop reading it. */
const SLOW = 6
/** From here on the server sends nothing more: see plugins/live/follower.ts. */
const MOST_UNREAD = 64 * 1024
const ASK = JSON.stringify({ epoch: null, seq: null })
let place: TestDatabase
let db: Database
let queue: Queue
let app: FastifyInstance
let crowd: Crowd
let base: string
/** Another way in, with little room on it: what a client leaves unread stays with the server, not with the system. */
let narrow: Server
const path = join(tmpdir(), `incontro-slow-${process.pid}`)

beforeAll(async () => {
  place = await createTestDatabase()
  db = connect(place.url)
  queue = await startQueue(db)
  crowd = await plantCrowd(db, { slots: 7, tables: 40, agendas: 20, plans: 2, screens: 2 })
  const config = readConfig({ SECRET, LOG_LEVEL: 'fatal' })
  app = await buildApp({ config, db, queue })
  await app.listen({ host: '127.0.0.1', port: 0 })
  base = `http://localhost:${(app.server.address() as AddressInfo).port}`
  narrow = createServer((socket) => app.server.emit('connection', socket)).listen(path)
}, 60_000)
afterAll(async () => {
  narrow.close()
  await app.close()
  await queue.stop()
  await db.$client.end()
  await place.drop()
})

test('who stops reading is given no more than one state to come, then let go; nobody else notices', async () => {
  announceSeed('slow consumers')
  await publish(0)
  const hall = { db, crowd, base }
  const pages = pagesOf(hall)
  await Promise.all(pages.map((page) => page.open()))
  const slow = Array.from({ length: SLOW }, () => openBoard(`ws+unix:${path}:`, crowd))
  const whole = Math.max(...(await Promise.all(slow.map((one) => one.first))))
  for (const { socket } of slow) socket.pause()
  let most = 0
  const { clients } = app.websocketServer
  for (let n = 0; n < 1000 && clients.size > pages.length; n++) {
    // Two of them go on asking for all of it, nearly as often as anybody may.
    if (n % 8 === 0) for (const { socket } of slow.slice(0, 2)) socket.send(ASK)
    // All of the schedule changes until they are full, and then something now and then.
    const full = [...clients].filter(({ bufferedAmount }) => bufferedAmount > MOST_UNREAD).length
    if (full < SLOW || n % 20 === 0) await publish((n % 2) as 0 | 1)
    for (const { bufferedAmount } of clients) most = Math.max(most, bufferedAmount)
    await pause(50)
  }
  console.log(
    `a whole board is ${kilobytes(whole)}; the most that was kept for one client ${kilobytes(most)}`,
  )
  expect(most).toBeLessThan(MOST_UNREAD + 2 * whole)
  expect(clients.size).toBe(pages.length)
  expect(await differing(hall, pages)).toEqual([])
  expect(pages.reduce((sum, { gaps }) => sum + gaps, 0)).toBe(0)
  for (const page of pages) page.close()
  for (const { socket } of slow) socket.terminate()
}, 300_000)

test.runIf(FULL)(
  'two hundred who stop reading cost the server less than 50 MB',
  async () => {
    const hall = await openHall({ slots: 7, tables: 100, agendas: 20, plans: 2, screens: 2 })
    await hall.publish(0)
    const slow = Array.from({ length: 200 }, () => openBoard(hall.base.replace(/^http/, 'ws'), hall.crowd))
    await Promise.all(slow.map(({ first }) => first))
    const reading = await mostMemory(hall)
    for (const { socket } of slow) socket.pause()
    const stalled = await mostMemory(hall)
    console.log(
      `600 meetings published 40 times: at most ${reading} MB with 200 boards that read, ${stalled} MB with 200 that do not`,
    )
    for (const { socket } of slow) socket.terminate()
    await hall.close()
    expect(stalled - reading).toBeLessThan(50)
  },
  600_000,
)

/** The most that the server's process holds while the schedule changes again and again. */
async function mostMemory({ node, publish }: Hall): Promise<number> {
  let most = 0
  for (let n = 0; n < 40; n++) {
    await publish(n % 2 === 0 ? 1 : 0)
    const [, kilo] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${node.process.pid}/status`, 'utf8')) ?? []
    most = Math.max(most, Math.round(Number(kilo) / 1024))
    await pause(250)
  }
  return most
}

const publish = (draft: 0 | 1) =>
  sendUntilAnswered(base, crowd.organiser, post(`/schedules/${crowd.drafts[draft]}/publish`, {}, 1))

const kilobytes = (bytes: number) => `${Math.round(bytes / 1024)} kB`

/** An organiser's board as a bare socket; `first` is the size of its first whole view. */
function openBoard(at: string, { eventId, visitors }: Crowd) {
  const { cookie } = visitors.find(({ view }) => view === 'plan') as Visitor
  const headers = { cookie }
  const socket = new WebSocket(`${at}/api/v1/live?event=${eventId}&view=plan`, {
    headers,
    perMessageDeflate: false,
  })
  socket.on('error', () => {})
  socket.once('open', () => socket.send(ASK))
  const first = new Promise<number>((resolve) => socket.on('message', (raw: Buffer) => resolve(raw.length)))
  return { socket, first }
}

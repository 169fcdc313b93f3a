import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { buildApp } from '../../server/app.ts'
import { readConfig } from '../../server/config.ts'
import { connect, type Database } from '../../server/database/client.ts'
import { startQueue, type Queue } from '../../server/queue.ts'
import type { ServerFrame } from '../../server/schemas/live.ts'
import { until } from '../support/client.ts'
import { plantCrowd, SECRET, type Crowd } from '../support/crowd.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { announceSeed, pause, send, violations, NONE, times } from '../support/faults.ts'
import { startNetwork, type Network, type Way } from '../support/network.ts'
import { post } from '../support/operations.ts'

/** A node between two networks that swallow packets: one to its database, one to its people. */
let place: TestDatabase
let direct: Database
let db: Database
let queue: Queue
let app: FastifyInstance
let crowd: Crowd
let toDatabase: Network
let toNode: Network
let base: string

beforeAll(async () => {
  place = await createTestDatabase()
  direct = connect(place.url, 4)
  toDatabase = await startNetwork(Number(new URL(place.url).port))
  db = connect(Object.assign(new URL(place.url), { host: `127.0.0.1:${toDatabase.port}` }).href)
  queue = await startQueue(direct)
  crowd = await plantCrowd(direct, { slots: 4, tables: 12, agendas: 4, plans: 1, screens: 1 })
  app = await buildApp({ config: readConfig({ SECRET, LOG_LEVEL: 'silent' }), db, queue })
  await app.listen({ host: '127.0.0.1', port: 0 })
  toNode = await startNetwork((app.server.address() as AddressInfo).port)
  base = `http://localhost:${(app.server.address() as AddressInfo).port}`
  await until('the node', async () => (await readyz()).status === 200)
}, 60_000)
afterEach(async () => {
  toDatabase.mend()
  toNode.mend()
  await until('the node to be back by itself', async () => (await readyz()).status === 200, 60_000)
})
afterAll(async () => {
  await toNode.close()
  await app.close()
  await queue.stop()
  await Promise.all([db, direct].map((one) => one.$client.end({ timeout: 1 })))
  await toDatabase.close()
  await place.drop()
})

const readyz = async () => {
  const begun = performance.now()
  const answer = await fetch(`${base}/readyz`, { signal: AbortSignal.timeout(30_000) })
  return { status: answer.status, body: await answer.json(), ms: performance.now() - begun }
}

/** An open agenda, with when each word that stands for something fresh was heard. */
async function openAgenda() {
  const { cookie, view, key } = crowd.visitors.find(({ view }) => view === 'agenda')!
  const address = `ws://localhost:${toNode.port}/api/v1/live?event=${crowd.eventId}&view=${view}&key=${key}`
  const socket = new WebSocket(address, { headers: { cookie } })
  const heard: number[] = []
  socket.on('error', () => {})
  socket.once('open', () => socket.send(JSON.stringify({ epoch: null, seq: null })))
  socket.on('message', (raw) => {
    const { type } = JSON.parse(String(raw)) as ServerFrame
    if (type !== 'run' && type !== 'presence') heard.push(performance.now())
  })
  await until('the first word', () => heard.length > 0)
  return { socket, heard }
}

const publish = (draft: 0 | 1 = 0) =>
  send(base, crowd.organiser, post(`/schedules/${crowd.drafts[draft]}/publish`, {}, 1))

describe.each(['both', 'to', 'from'] as Way[])('with the database out of reach, packets lost %s', (way) => {
  test('pages hear nothing that looks live, requests are answered and the node says it is not ready', async () => {
    const page = await openAgenda()
    // Nothing happens, and it is told so now and then.
    await until('a pulse', () => page.heard.length > 2)
    const cut = performance.now()
    toDatabase.swallow(way)
    const write = publish()
    await pause(4_000)
    const early = await readyz()
    const refused = await fetch(`${base}/api/v1/live?event=${crowd.eventId}&view=plan`, {
      headers: { cookie: crowd.organiser },
      signal: AbortSignal.timeout(60_000),
    })
    const answer = await write
    const took = performance.now() - cut
    await pause(Math.max(0, 14_000 - took))
    const last = Math.max(...page.heard.filter((at) => at >= cut), cut) - cut
    console.log(
      `${way}: last word after ${Math.round(last)} ms, write ${answer?.status} after ${Math.round(took)} ms, readyz ${early.status} in ${Math.round(early.ms)} ms`,
    )
    // The page waits five seconds for a word and three for an answer, so two are left to say "offline" within ten.
    expect(last).toBeLessThan(10_000)
    expect([early.status, early.body]).toEqual([503, expect.objectContaining({ code: 'database-down' })])
    expect(early.ms).toBeLessThan(20_000)
    expect([answer?.status, answer?.body.code]).toEqual([503, 'database-down'])
    expect(refused.status).toBe(503)
    page.socket.terminate()
    toDatabase.mend()
    await until(
      'a page to be served again',
      async () => {
        const again = await openAgenda().catch(() => null)
        again?.socket.terminate()
        return again
      },
      60_000,
    )
  }, 120_000)
})

test('a listener that hears nothing any more is replaced', async () => {
  const page = await openAgenda()
  toDatabase.swallowThose('listen "programme"')
  await until('the node to say so', async () => (await readyz()).status === 503, 30_000)
  await until('another listener', async () => (await readyz()).status === 200, 60_000)
  // What rings at its door is heard at once again, by the same page.
  const count = page.heard.length
  await publish()
  await until('the news', () => page.heard.length > count)
  page.socket.terminate()
}, 120_000)

test('over a slow network that loses packets everything comes, in order and once', async () => {
  const random = announceSeed('a bad network')
  const worse = () => (random.below(12) === 0 ? 300 : random.below(40))
  toDatabase.worsen(() => Math.round(worse() / 10))
  toNode.worsen(worse)
  const page = await openAgenda()
  for (let round = 0; round < times(4, 100); round++) {
    const answer = await publish((round % 2) as 0 | 1)
    expect(answer?.status).toBe(200)
  }
  const count = page.heard.length
  await until('the last news', () => page.heard.length >= Math.min(count + 1, 2))
  expect(await violations(direct)).toEqual(NONE)
  page.socket.terminate()
}, 120_000)

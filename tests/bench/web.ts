import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { buildPages } from '../../server/builds.ts'
import { openBrowser, type TestBrowser } from '../support/browser.ts'
import { publishedCamp } from '../support/camp.ts'
import { Client } from '../support/client.ts'
import { PHONE } from '../support/journey.ts'
import { startServer } from '../support/server.ts'

/**
 * What a participant's first look at their agenda weighs and takes: an empty cache, a phone's processor (four times
 * slower than this one), a slow 4G network (1.6 Mbit/s down, 750 kbit/s up, 150 ms there and back). Browser, service
 * and database share this machine. `npm run bench:web -- [--out FOLDER] [--rounds 7]`
 */
const { values } = parseArgs({
  options: { out: { type: 'string' }, rounds: { type: 'string', default: '7' } },
})
const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
}
const SLOWER = 4
const AGENDA = 'main summary'

/** Milliseconds since the address was asked for: something is painted; the agenda stands and answers to taps. */
type Times = { painted: number; agenda: number }
type Round = Times & { bytes: Record<string, number>; requests: number }

/** Looks once a frame; a frame later than the agenda's the page has drawn it and is free again. */
const watchFor = (selector: string) => `globalThis.times = new Promise((resolve) => {
  const look = () => {
    if (!document.querySelector(${JSON.stringify(selector)})) return requestAnimationFrame(look)
    setTimeout(() => {
      const paint = performance.getEntriesByName('first-contentful-paint')[0]
      resolve({ painted: paint ? paint.startTime : performance.now(), agenda: performance.now() })
    })
  }
  requestAnimationFrame(look)
})`

const kinds = (rounds: Round[]) => [...new Set(rounds.flatMap(({ bytes }) => Object.keys(bytes)))].sort()
const sum = (bytes: Round['bytes'], of: string[]) => of.reduce((total, kind) => total + (bytes[kind] ?? 0), 0)
const kB = (bytes: number) => bytes / 1000
const line = (what: string, figures: number[]) =>
  `| ${what} | ${median(figures).toFixed(1)} | ${Math.max(...figures).toFixed(1)} |`
const median = (figures: number[]) => figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)]

await buildPages()
const server = await startServer({ LOG_LEVEL: 'error' })
const browser = await openBrowser()
try {
  await publishedCamp(server.url)
  const { projects } = await Client.people(server.url)
  const [{ id }] = projects
  await measure(id)
  const rounds: Round[] = []
  for (let n = 0; n < Number(values.rounds); n++) rounds.push(await measure(id))
  print(rounds)
} finally {
  await browser.close()
  await server.stop()
}

/** One first visit by somebody who is signed in. */
async function measure(id: string): Promise<Round> {
  const page = await arrive(browser, id)
  const session = await page.context().newCDPSession(page)
  const traffic = await countTraffic(session)
  await session.send('Network.emulateNetworkConditions', SLOW_4G)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  await page.addInitScript(watchFor(AGENDA))
  await page.goto(`/progetto/${id.split(':')[1]}/agenda`, { waitUntil: 'commit' })
  const times = await page.evaluate<Times>('globalThis.times')
  await page.context().close()
  return { ...times, ...traffic }
}

async function arrive({ newContext }: TestBrowser, as: string): Promise<Page> {
  const context = await newContext({ ...PHONE, baseURL: server.url })
  const headers = { origin: server.url }
  const answer = await context.request.post('/api/v1/sample/enter', { data: { as }, headers })
  if (!answer.ok()) throw new Error(`entering as ${as}: ${answer.status()}`)
  return context.newPage()
}

/** As it travels: compressed, with its headers. */
async function countTraffic(session: CDPSession) {
  const traffic = { bytes: {} as Record<string, number>, requests: 0 }
  const types = new Map<string, string>()
  session.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const type = types.get(requestId) ?? 'Other'
    traffic.requests += 1
    traffic.bytes[type] = (traffic.bytes[type] ?? 0) + encodedDataLength
  })
  await session.send('Network.enable')
  return traffic
}

function print(rounds: Round[]) {
  const [painted, agenda] = (['painted', 'agenda'] as const).map((of) => rounds.map((round) => round[of]))
  const code = rounds.map(({ bytes }) => sum(bytes, ['Document', 'Script', 'Stylesheet']))
  const table = [
    '| what | median | worst |',
    '| --- | --- | --- |',
    ...kinds(rounds).map((kind) =>
      line(
        `${kind}, kB`,
        rounds.map(({ bytes }) => kB(bytes[kind] ?? 0)),
      ),
    ),
    line('pages, scripts and styles, kB', code.map(kB)),
    line('first paint, ms', painted),
    line('agenda there, ms', agenda),
  ].join('\n')
  console.log(table)
  if (values.out === undefined) return
  mkdirSync(values.out, { recursive: true })
  const machine = { node: process.version, cpus: cpus().length, model: cpus()[0]?.model }
  writeFileSync(join(values.out, 'web.json'), `${JSON.stringify({ machine, rounds }, null, 2)}\n`)
  writeFileSync(join(values.out, 'web.md'), `${table}\n`)
}

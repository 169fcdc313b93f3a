import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import postgres from 'postgres'
import type { PlanView } from '../../server/schemas/schedule.ts'
import type { Crowd } from '../support/crowd.ts'
import { Page } from '../support/page.ts'
import { until } from '../support/client.ts'

/**
 * The load of `npm run bench:live`, in a process of its own: opens the pages, makes changes, and takes the time
 * from the commit, as PostgreSQL notes it, to each page that it concerns.
 */
export type Task = {
  base: string
  databaseUrl: string
  crowd: Crowd
  sockets: number
  moves: number
  publishes: number
}

class Times {
  #all: number[] = []
  #own: number[] = []
  #bytes = 0

  /** Makes a change and waits until nobody has heard anything of it for a while. */
  async take(act: () => Promise<unknown>) {
    const before = pages.map(({ heard }) => heard.length)
    const { seq } = await newest()
    await act()
    await quiet()
    const change = await newest()
    if (change.seq === seq) throw new Error('nothing was committed')
    for (const [index, page] of pages.entries()) this.#count(page, page.heard.slice(before[index]), change)
  }

  #count({ visitor }: Page, heard: Page['heard'], change: Change) {
    for (const { at, bytes, seq } of heard) {
      if (seq !== Number(change.seq)) throw new Error(`heard of change ${seq}, not of ${change.seq}`)
      this.#all.push(at - change.committed)
      if (visitor.view !== 'plan') this.#own.push(at - change.committed)
      this.#bytes += bytes
    }
  }

  report(label: string) {
    say(
      `${label}: commit → page, all ${figures(this.#all)}; agendas and screens ${figures(this.#own)}; ${(this.#bytes / 1e6).toFixed(1)} MB`,
    )
  }
}

const task = JSON.parse(readFileSync(process.argv[2], 'utf8')) as Task
const { base, crowd } = task
const AT_ONCE = 50
const QUIET_MS = 400
// Looking a name up, thousands of times at once, is no part of what is measured.
const address = base.replace('localhost', '127.0.0.1')

const sql = postgres(task.databaseUrl, { max: 1 })
await publish(crowd.drafts[0])
const pages = chosen().map((visitor) => new Page(address, crowd.eventId, visitor))
const opening = performance.now()
await openAll(pages)
say(`${pages.length} sockets (${census()}) open in ${seconds(opening)}`)
await moveMany()
await publishMany()
if (process.send && task.publishes > 0) await surviveKill()
say(`frames out of order or missed: ${pages.reduce((sum, { gaps }) => sum + gaps, 0)}`)
for (const page of pages) page.close()
await sql.end()
process.disconnect?.()

type Change = { seq: string; committed: number }

async function quiet() {
  const heard = () => pages.reduce((sum, page) => sum + page.heard.length, 0)
  for (let last = -1, now = heard(); now !== last; now = heard()) {
    last = now
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  }
}

/** The last change, and when PostgreSQL committed it, by the clock that all processes of this machine share. */
async function newest() {
  const [row] = await sql<Change[]>`
    select seq, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 * 1000 as committed
    from changes where programme_id = ${crowd.programmeId} order by changes.seq desc limit 1`
  return row
}

/** The boards and screens all, people's pages as many as fit. */
function chosen() {
  const boards = crowd.visitors.filter(({ view }) => view !== 'agenda')
  return [...boards, ...crowd.visitors.filter(({ view }) => view === 'agenda')].slice(0, task.sockets)
}

function census() {
  const count = (view: string) => pages.filter(({ visitor }) => visitor.view === view).length
  return `${count('agenda')} agendas, ${count('plan')} organisers' plans, ${count('screen')} screens`
}

async function openAll(all: Page[]) {
  const waiting = [...all]
  const openNext = async () => {
    for (let page = waiting.pop(); page; page = waiting.pop()) await page.open()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, openNext))
}

async function post(path: string, body: object, version: number) {
  const response = await fetch(`${base}/api/v1${path}`, {
    method: 'POST',
    headers: {
      ...{ cookie: crowd.organiser, origin: base, 'content-type': 'application/json' },
      ...{ 'idempotency-key': randomUUID(), 'if-match': String(version) },
    },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as { id: string; version: number }
}

async function plan(id = ''): Promise<PlanView> {
  const response = await fetch(`${base}/api/v1/events/${crowd.eventId}/plan${id && `/${id}`}`, {
    headers: { cookie: crowd.organiser },
  })
  if (!response.ok) throw new Error(`plan: ${response.status} ${await response.text()}`)
  return (await response.json()) as PlanView
}

async function publish(draft: string) {
  const { schedule } = await plan(draft)
  await post(`/schedules/${draft}/publish`, {}, schedule?.version ?? 0)
}

/** Each of some meetings goes to the free last turn and comes back. */
async function moveMany() {
  const { meetings, slots } = await plan()
  const times = new Times()
  for (let round = 0; round < task.moves; round++) {
    const { id, tableId, slotId, version } = meetings.filter((one) => one.slotId === slots[0].id)[round >> 1]
    const to = round % 2 === 0 ? slots.at(-1)?.id : slotId
    await times.take(() => post(`/meetings/${id}/move`, { slotId: to, tableId }, version + (round % 2)))
  }
  times.report('one meeting moved')
}

async function publishMany() {
  const times = new Times()
  for (let round = 0; round < task.publishes; round++)
    await times.take(() => publish(crowd.drafts[(round + 1) % 2]))
  if (task.publishes > 0) times.report(`${(await plan()).meetings.length} meetings published`)
}

/** The server is killed and started again; all pages come back by themselves. */
async function surviveKill() {
  const killed = performance.now()
  process.send?.('kill')
  await until('the kill', () => pages.every(({ live }) => !live), 30_000)
  const ready = new Promise<number>((resolve) => process.once('message', () => resolve(performance.now())))
  await Promise.all(pages.map((page) => page.becomesLive()))
  const back = performance.now()
  say(
    `server killed: it answers again after ${((await ready) - killed).toFixed(0)} ms, all pages follow again ${(back - (await ready)).toFixed(0)} ms later`,
  )
}

function figures(values: number[]) {
  const sorted = values.toSorted((one, other) => one - other)
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(0)
  return `n ${sorted.length} median ${at(0.5)} p99 ${at(0.99)} worst ${at(1)} ms`
}

function seconds(since: number) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

function say(line: string) {
  console.log(line)
}

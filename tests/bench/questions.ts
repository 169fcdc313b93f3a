import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { connect, type Database } from '../../server/database/client.ts'
import { startLocalPostgres } from '../../server/database/local-postgres.ts'
import { migrateDatabase } from '../../server/database/migrate.ts'
import { participants, preferences } from '../../server/database/schema.ts'
import type { RunsView, UnmetWishes } from '../../server/schemas/run.ts'
import type { PlanView } from '../../server/schemas/schedule.ts'
import { publishedCamp } from '../support/camp.ts'
import { Client, until } from '../support/client.ts'
import { plantCrowd, SECRET, type Crowd } from '../support/crowd.ts'
import { startServer, type RunningServer } from '../support/server.ts'

/**
 * Whether the pages are served while many ask the solver at once: prices of tables, repairs of the day and reasons of
 * wishes that were not met, so many of each, at the sample's size and at a big camp's. The service, its database and
 * those who ask share this machine. `npm run bench:questions -- [--each 60]`
 */
const { values } = parseArgs({ options: { each: { type: 'string', default: '60' } } })
const EACH = Number(values.each)
const BIG = { slots: 13, tables: 50, agendas: 0, plans: 0, screens: 0 }
const WISHES = 25

const directory = mkdtempSync(join(tmpdir(), 'incontro-bench-'))
chmodSync(directory, 0o755)
const database = await startLocalPostgres({ directory })
try {
  await migrateDatabase(database.url)
  const server = await startServer(
    {
      ...{ DATABASE_URL: database.url, SAMPLE: '1', PUBLIC_URL: 'http://localhost', SECRET },
      LOG_LEVEL: 'error',
    },
    [process.execPath, '--max-semi-space-size=64', 'server/main.ts'],
  )
  try {
    console.log(`before: ${memoryOf(server, 'VmRSS')} MB`)
    const { organiser, eventId } = await publishedCamp(server.url)
    await round('sample', server, organiser, eventId)
    const crowd = await plantBigCamp()
    const other = new Client(server.url, crowd.organiser)
    await publish(other, crowd.drafts[0], crowd.eventId)
    await round('big camp', server, other, crowd.eventId)
  } finally {
    await server.stop()
  }
} finally {
  await database.stop()
  for (const place of [directory, dirname(database.directory)])
    rmSync(place, { recursive: true, force: true })
}

async function plantBigCamp(): Promise<Crowd> {
  const db = connect(database.url, 2)
  const crowd = await plantCrowd(db, BIG)
  await plantWishes(db, crowd)
  await db.$client.end()
  return crowd
}

/** Every host wants many projects, and every project many hosts. */
async function plantWishes(db: Database, { eventId }: Crowd): Promise<void> {
  const people = (await db.select().from(participants)).filter((one) => one.eventId === eventId)
  const [ours, theirs] = (['project', 'host'] as const).map((side) =>
    people.filter((one) => one.side === side),
  )
  const rows = ours.flatMap(({ id }, at) =>
    Array.from({ length: WISHES }, (_, n) => theirs[(at + n * n) % theirs.length].id).flatMap((host, n) => [
      { eventId, fromId: id, toId: host, level: n % 3 === 0 ? ('want' as const) : ('open' as const) },
      { eventId, fromId: host, toId: id, level: n % 2 === 0 ? ('want' as const) : ('open' as const) },
    ]),
  )
  await db.insert(preferences).values(rows).onConflictDoNothing()
}

async function publish(organiser: Client, draft: string, eventId: string): Promise<void> {
  const { schedule } = await organiser.get<PlanView>(`/events/${eventId}/plan/${draft}`)
  const version = String(schedule?.version)
  const { status } = await organiser.request(
    'POST',
    `/schedules/${draft}/publish`,
    {},
    { 'if-match': version },
  )
  if (status !== 200) throw new Error(`publishing: ${status}`)
}

async function finishedRun(organiser: Client, eventId: string): Promise<string> {
  const path = `/events/${eventId}/runs`
  const { body } = await organiser.request<{ id: string }>('POST', path, { seconds: 2, seed: 1 })
  const run = await until('the run', async () =>
    (await organiser.get<RunsView>(path)).runs.find(({ id, finishedAt }) => id === body.id && finishedAt),
  )
  if (!run.scheduleId) throw new Error(run.reason ?? 'no draft')
  return run.id
}

type Ask = (nth: number) => Promise<{ status: number | string }>

/** Each kind of question by itself, then all at once. */
async function round(name: string, server: RunningServer, organiser: Client, eventId: string): Promise<void> {
  const runId = await finishedRun(organiser, eventId)
  const { wishes } = await organiser.get<UnmetWishes>(`/runs/${runId}/unmet`)
  console.log(`\n${name}, ${wishes.length} wishes not met; ${EACH} of each at once`)
  const ask = (method: string, path: string) =>
    organiser.request(method, path, method === 'POST' ? {} : undefined).catch(() => ({ status: 'lost' }))
  const kinds: Record<string, Ask> = {
    'table prices': (nth) => ask('GET', `/events/${eventId}/table-price?extra=${1 + (nth % 9)}`),
    repairs: () => ask('POST', `/events/${eventId}/repairs`),
    reasons: (nth) => ask('GET', `/runs/${runId}/unmet/${wishes[nth % wishes.length].candidateId}`),
  }
  // A service in use has compiled what it answers by.
  for (const one of Object.values(kinds)) await one(0)
  for (const [kind, one] of Object.entries(kinds)) await flood(server, { [kind]: one })
  await flood(server, kinds)
}

async function flood(server: RunningServer, kinds: Record<string, Ask>): Promise<void> {
  const pulse = new Worker(new URL('./questions-pulse.ts', import.meta.url), {
    workerData: { address: `${server.url}/livez` },
  })
  await once(pulse, 'message')
  const [start, busy] = [performance.now(), processorTime(server)]
  const asked = Array.from({ length: EACH }, (_, nth) => Object.values(kinds).map((ask) => ask(nth)))
  const answers = await Promise.all(asked.map((one) => Promise.all(one)))
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  const worked = (processorTime(server) - busy).toFixed(1)
  pulse.postMessage('end')
  const [taken] = (await once(pulse, 'message')) as [number[]]
  await pulse.terminate()
  for (const [index, what] of Object.keys(kinds).entries()) {
    const statuses = answers.map((one) => one[index].status)
    console.log(`  ${what}: ${countOf(statuses)}`)
    // A service that refuses everything is always quick.
    if (!statuses.includes(200)) process.exitCode = 1
  }
  console.log(
    `    all answered after ${seconds} s; main thread ${worked} s of a processor; memory ${memoryOf(server, 'VmRSS')} MB, at most ${memoryOf(server, 'VmHWM')} MB`,
  )
  console.log(
    `    /livez: ${taken.length} asked, p50 ${at(taken, 0.5)} ms, p99 ${at(taken, 0.99)} ms, worst ${at(taken, 1)} ms`,
  )
}

function countOf(statuses: (number | string)[]): string {
  const counts = Object.entries(Object.groupBy(statuses, String))
  return counts.map(([status, all]) => `${all?.length} × ${status}`).join(', ')
}

function at(taken: number[], share: number): number {
  const sorted = taken.toSorted((one, other) => one - other)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))])
}

function memoryOf({ process: { pid } }: RunningServer, figure: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const [, kilobytes] = new RegExp(`${figure}:\\s+(\\d+)`).exec(status) ?? []
  return Math.round(Number(kilobytes) / 1024)
}

/** Seconds that the main thread has worked; on a machine with other work they say more than the clock does. */
function processorTime({ process: { pid } }: RunningServer): number {
  const [, figures] = readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8').split(') ')
  const [user, system] = figures.split(' ').slice(11, 13).map(Number)
  return (user + system) / 100
}

import { fork } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { connect } from '../../server/database/client.ts'
import { startLocalPostgres } from '../../server/database/local-postgres.ts'
import { migrateDatabase } from '../../server/database/migrate.ts'
import { plantCrowd, SECRET } from '../support/crowd.ts'
import { startServer, type RunningServer } from '../support/server.ts'
import type { Task } from './live-crowd.ts'

/**
 * How fast a change is on every open page. One server, its database and the pages share this machine, so the
 * figures include all three: on 2 cores the pages themselves take about half of the time.
 * `npm run bench:live -- [sockets…]`; by itself 2,000 with everything, then 5,000 with single changes.
 */
const rounds = process.argv.length > 2 ? process.argv.slice(2).map(Number) : [2000, 5000]
/** As `npm start` has it; the pages' own clearing away is not measured either. */
const ROOM = ['--max-semi-space-size=64']
const COMPILED = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') }
const directory = mkdtempSync(join(tmpdir(), 'incontro-bench-'))
chmodSync(directory, 0o755)
const database = await startNotingCommits()
try {
  await migrateDatabase(database.url)
  for (const sockets of rounds) await round(sockets)
} finally {
  await database.stop()
  for (const place of [directory, dirname(database.directory)])
    rmSync(place, { recursive: true, force: true })
}

/** A database that writes down when each transaction was committed. */
async function startNotingCommits() {
  const first = await startLocalPostgres({ directory })
  const db = connect(first.url, 1)
  await db.execute('alter system set track_commit_timestamp = on')
  await db.$client.end()
  await first.stop()
  return startLocalPostgres({ directory })
}

async function round(sockets: number) {
  const db = connect(database.url, 2)
  const size = { slots: 7, tables: 100, plans: 20, screens: 20, agendas: sockets - 40 }
  const crowd = await plantCrowd(db, size)
  await db.execute('analyze')
  await db.$client.end()
  let server = await start()
  const task: Task = {
    ...{ base: server.url, databaseUrl: database.url, crowd, sockets },
    // Of fewer the 99th percentile would be the worst one, and say more of the machine than of us.
    ...{ moves: 120, publishes: sockets > 2000 ? 0 : 6 },
  }
  const file = join(directory, 'task.json')
  writeFileSync(file, JSON.stringify(task))
  const load = fork(join(import.meta.dirname, 'live-crowd.ts'), [file], { execArgv: ROOM })
  load.on('message', async () => {
    server = await killAndRestart(server)
    load.send('ready')
  })
  const code = await new Promise((resolve) => load.once('exit', resolve))
  console.log(`memory of the server: ${memoryOf(server)} MB\n`)
  await server.stop()
  if (code !== 0) throw new Error(`the load ended with ${String(code)}`)
}

function start(port: Record<string, string> = {}) {
  const env = { DATABASE_URL: database.url, PUBLIC_URL: 'http://localhost', SECRET }
  return startServer({ ...env, ...COMPILED, LOG_LEVEL: 'error', ...port }, [
    process.execPath,
    ...ROOM,
    'server/main.ts',
  ])
}

async function killAndRestart(server: RunningServer) {
  server.process.kill('SIGKILL')
  return start({ PORT: new URL(server.url).port })
}

function memoryOf({ process: { pid } }: RunningServer) {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Math.round(Number(kilobytes) / 1024)
}

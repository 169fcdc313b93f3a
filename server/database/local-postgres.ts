import { realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { findBinaries, type Binaries } from './local-postgres-binaries.ts'
import {
  createCluster,
  freePort,
  isAlive,
  PostmasterEnded,
  readPassword,
  readPostmaster,
  startPostmaster,
  stopPostmaster,
  SUPERUSER,
} from './local-postgres-cluster.ts'
import { explain, LocalPostgresError } from './local-postgres-error.ts'
import { findLocation, claimLocation, type Location } from './local-postgres-location.ts'

export { LocalPostgresError }
export { holdDatabase } from './local-postgres-hold.ts'

/** A real PostgreSQL of our own. `directory` is the cluster; `adopted` tells that it was already running. */
export type LocalPostgres = { url: string; directory: string; adopted: boolean; stop(): Promise<void> }

type Options = { directory: string; database?: string; log?: (line: string) => void }
type Home = { cluster: string; binaries: Binaries; account: Location['account'] }
type Running = { pid: number; port: number; adopted: boolean }

const NEW_MAJOR = 18
const SETTLE_WITHIN_MS = 20_000
const WATCH_EVERY_MS = 250

/** Starts the cluster of a data directory, or joins the one that is running there; makes it when there is none. */
export async function startLocalPostgres(options: Options): Promise<LocalPostgres> {
  const { database = 'incontro', log = () => {} } = options
  const home = await openHome(resolve(options.directory), log)
  const running = await joinOrStart(home)
  await createDatabase(home, running.port, database)
  const unwatch = watch(home, running, log)
  const stop = async () => {
    await unwatch()
    await stopPostmaster(home.cluster, running.pid)
  }
  return { url: urlOf(home, running.port, database), directory: home.cluster, adopted: running.adopted, stop }
}

async function openHome(directory: string, log: (line: string) => void): Promise<Home> {
  const location = findLocation(directory)
  const binaries = chooseBinaries(location)
  const cluster = location.existing?.path ?? join(location.parent, `pg${binaries.major}`)
  if (!location.existing) {
    log(`Preparing the local database in ${cluster}`)
    await createCluster(binaries, location.account, cluster)
  }
  claimLocation(directory, location)
  if (location.parent !== directory)
    log(`The database of ${directory} is in ${cluster}, because PostgreSQL does not run as root`)
  return { cluster, binaries, account: location.account }
}

function chooseBinaries({ account, cache, existing }: Location) {
  const found = findBinaries(account, cache, existing?.major)
  if (found) return found
  if (existing)
    throw new LocalPostgresError(
      `The database in ${existing.path} was made by PostgreSQL ${existing.major}, which this machine does not have: install PostgreSQL ${existing.major}, or move ${existing.path} away and restore a backup.`,
    )
  throw new LocalPostgresError(
    `The bundled PostgreSQL ${NEW_MAJOR} does not run on this machine: install PostgreSQL (15 or newer), or give a server's address in DATABASE_URL.`,
  )
}

// Another start of the same directory may come first at any moment: whoever loses joins the winner.
async function joinOrStart(home: Home): Promise<Running> {
  const deadline = Date.now() + SETTLE_WITHIN_MS
  for (;;) {
    const joined = await joinRunning(home)
    if (joined) return joined
    const port = await freePort()
    try {
      return {
        pid: await startPostmaster(home.binaries, home.account, home.cluster, port),
        port,
        adopted: false,
      }
    } catch (error) {
      if (!(error instanceof PostmasterEnded)) throw error
      if (!passes(error.message) || Date.now() > deadline) throw explain(error.message, home.cluster)
      await sleep(200)
    }
  }
}

// Reasons that go away: another start is under way, the port was taken meanwhile, a killed one is still letting go.
function passes(said: string) {
  return /lock file .* already exists|could not bind|shared memory block .* still in use/.test(said)
}

// After a kill -9 of Node the postmaster lives on, orphaned, with the last start's password and port.
async function joinRunning({ cluster }: Home): Promise<Running | null> {
  const deadline = Date.now() + SETTLE_WITHIN_MS
  for (let found = readPostmaster(cluster); found && isAlive(found.pid); found = readPostmaster(cluster)) {
    const answer = await askDirectory(cluster, found.port)
    if (answer === cluster) return { pid: found.pid, port: found.port, adopted: true }
    if (answer !== 'not yet' || Date.now() > deadline) return null
    await sleep(100)
  }
  return null
}

async function askDirectory(cluster: string, port: number) {
  if (!port) return 'not yet'
  const sql = postgres(urlOf({ cluster }, port, 'postgres'), { max: 1, connect_timeout: 5 })
  try {
    const [{ data_directory }] = await sql<{ data_directory: string }[]>`show data_directory`
    return realpathSync(data_directory) === realpathSync(cluster) ? cluster : 'another'
  } catch (error) {
    return (error as { code?: string }).code === '57P03' ? 'not yet' : 'another' // starting up or shutting down
  } finally {
    await sql.end()
  }
}

async function createDatabase(home: Home, port: number, name: string) {
  const sql = postgres(urlOf(home, port, 'postgres'), { max: 1 })
  try {
    const [known] = await sql`select from pg_database where datname = ${name}`
    if (!known) await sql`create database ${sql(name)}`
  } catch (error) {
    const already = ['42P04', '23505'].includes((error as { code: string }).code)
    if (!already) throw explain(String(error), home.cluster)
  } finally {
    await sql.end()
  }
}

function urlOf({ cluster }: Pick<Home, 'cluster'>, port: number, database: string) {
  return `postgres://${SUPERUSER}:${readPassword(cluster)}@127.0.0.1:${port}/${encodeURIComponent(database)}`
}

// A postmaster that dies under us comes back on the same port, so connection pools find it again by themselves.
function watch(home: Home, running: Running, log: (line: string) => void) {
  const ending = new AbortController()
  const pause = () => sleep(WATCH_EVERY_MS, null, { signal: ending.signal, ref: false }).catch(() => null)
  const watching = (async () => {
    for (await pause(); !ending.signal.aborted; await pause()) {
      if (!isAlive(running.pid)) await restart(home, running, log)
    }
  })()
  return () => (ending.abort(), watching)
}

async function restart(home: Home, running: Running, log: (line: string) => void) {
  log('The local database stopped by itself: starting it again')
  try {
    running.pid = await startPostmaster(home.binaries, home.account, home.cluster, running.port)
    log('The local database is back')
  } catch (error) {
    if (error instanceof PostmasterEnded && passes(error.message)) return
    log(error instanceof PostmasterEnded ? explain(error.message, home.cluster).message : String(error))
    await sleep(2000)
  }
}

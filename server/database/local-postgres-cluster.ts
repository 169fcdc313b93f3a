import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { program, spawnOptions, type Account, type Binaries } from './local-postgres-binaries.ts'
import { explain, LocalPostgresError } from './local-postgres-error.ts'

export const SUPERUSER = 'incontro'
const READY_WITHIN_MS = 60_000
const LOG_LIMIT = 5_000_000

// For one laptop: many cheap connections, little memory, dates in UTC. Durability is never traded.
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'max_connections=200',
  'shared_buffers=64MB',
  'max_wal_size=512MB',
  'jit=off',
  'timezone=UTC',
  'log_timezone=UTC',
  'lc_messages=C',
  // Its log says how the database is. Statements that fail, and the rows and values they are about, do not stand there:
  // who sent them is told.
  'log_min_messages=log',
  'log_min_error_statement=panic',
  'log_error_verbosity=terse',
  'fsync=on',
  'full_page_writes=on',
]

/**
 * Makes a new cluster at `path`. It grows in a sibling directory and takes its name in one rename, so a start that is
 * interrupted leaves nothing half made, and of two first starts at once one wins whole.
 */
export async function createCluster(binaries: Binaries, account: Account, path: string) {
  const draft = makeDraft(path)
  try {
    const password = randomBytes(24).toString('base64url')
    await runInitdb(binaries, account, draft, password)
    giveTo(account, writePrivately(passwordFile(join(draft, 'data')), password))
    renameSync(join(draft, 'data'), path)
  } catch (error) {
    if (existsSync(join(path, 'PG_VERSION'))) return
    throw explain(String((error as { stderr?: string }).stderr || error), path)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

function makeDraft(path: string) {
  try {
    return mkdtempSync(`${path}.new-`)
  } catch (error) {
    throw explain(String(error), dirname(path))
  }
}

async function runInitdb(binaries: Binaries, account: Account, draft: string, password: string) {
  const secret = giveTo(account, writePrivately(join(draft, 'password'), password))
  const data = join(draft, 'data')
  mkdirSync(data, { mode: 0o700 })
  for (const directory of [draft, data]) giveTo(account, directory)
  // Sorting that belongs to PostgreSQL itself: an update of the system's libraries never disturbs an index.
  const locale = binaries.major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []
  const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${secret}`]
  const args = [`--pgdata=${data}`, ...access, '--encoding=UTF8', '--locale=C', ...locale]
  await promisify(execFile)(program(binaries, 'initdb'), args, spawnOptions(account))
}

function writePrivately(file: string, text: string) {
  writeFileSync(file, text, { mode: 0o600 })
  return file
}

function giveTo(account: Account, path: string) {
  if (account) chownSync(path, account.uid, account.gid)
  return path
}

function passwordFile(cluster: string) {
  return join(cluster, 'incontro.password')
}

export function readPassword(cluster: string) {
  try {
    return readFileSync(passwordFile(cluster), 'utf8').trim()
  } catch {
    throw new LocalPostgresError(
      `The database's password file ${passwordFile(cluster)} cannot be read: put it back from a backup, or move ${cluster} away to start empty.`,
    )
  }
}

/** What PostgreSQL wrote about itself in `postmaster.pid`; it may be stale. */
export function readPostmaster(cluster: string) {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
  } catch {
    return null
  }
}

export function isAlive(pid: number) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Starts the postmaster in a session of its own, so that Ctrl-C in a terminal reaches it only through our graceful
 * close. Resolves with its pid when it accepts connections; rejects with what it said when it ends instead.
 */
export async function startPostmaster(binaries: Binaries, account: Account, cluster: string, port: number) {
  const log = join(cluster, 'start.log')
  const from = trimLog(log)
  const output = openSync(log, 'a', 0o600)
  const args = ['-D', cluster, '-p', String(port), ...SETTINGS.flatMap((setting) => ['-c', setting])]
  const stdio = ['ignore', output, output] as ['ignore', number, number]
  const child = spawn(program(binaries, 'postgres'), args, {
    ...spawnOptions(account),
    detached: true,
    stdio,
  })
  child.unref()
  closeSync(output)
  const ended = await readyOrEnded(child, cluster)
  if (!ended) return child.pid!
  throw new PostmasterEnded(readFileSync(log, 'utf8').slice(from) + ended)
}

/** The postmaster ended before it was ready; the message is its own log. */
export class PostmasterEnded extends Error {}

async function readyOrEnded(child: ChildProcess, cluster: string) {
  let ended = ''
  child.once('error', (error) => (ended = String(error)))
  child.once('exit', (code, signal) => (ended ||= `ended with ${signal ?? `code ${code}`}`))
  const deadline = Date.now() + READY_WITHIN_MS
  while (!ended && Date.now() < deadline) {
    const postmaster = readPostmaster(cluster)
    if (postmaster?.pid === child.pid && postmaster?.ready) return ''
    await sleep(20)
  }
  if (!ended) throw tooSlow(cluster)
  return ended
}

function tooSlow(cluster: string) {
  const seconds = READY_WITHIN_MS / 1000
  return new LocalPostgresError(
    `The local database did not become ready within ${seconds} seconds: wait a moment and start again; its own words are in ${cluster}/start.log.`,
  )
}

function trimLog(log: string) {
  if (!existsSync(log)) return 0
  if (statSync(log).size > LOG_LIMIT) rmSync(log)
  else chmodSync(log, 0o600)
  return existsSync(log) ? statSync(log).size : 0
}

/** Ends every session at once but in good order, and waits until the files are at rest. */
export async function stopPostmaster(cluster: string, pid: number) {
  if (readPostmaster(cluster)?.pid !== pid || !isAlive(pid)) return
  process.kill(pid, 'SIGINT')
  const deadline = Date.now() + READY_WITHIN_MS
  while (isAlive(pid) && readPostmaster(cluster)?.pid === pid && Date.now() < deadline) await sleep(20)
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}

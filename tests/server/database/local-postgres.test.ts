import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import postgres from 'postgres'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  holdDatabase,
  LocalPostgresError,
  startLocalPostgres,
} from '../../../server/database/local-postgres.ts'
import type { LocalPostgres } from '../../../server/database/local-postgres.ts'

const asRoot = process.getuid?.() === 0
const module = pathToFileURL(join(import.meta.dirname, '../../../server/database/local-postgres.ts')).href
const nobody = { uid: 65534, gid: 65534 }
const canBeNobody = asRoot && reachesModule()
const directories: string[] = []
const started: LocalPostgres[] = []
const children: ChildProcess[] = []

function reachesModule() {
  const script = `import '${module}'`
  const args = ['--input-type=module', '-e', script]
  return spawnSync(process.execPath, args, { ...nobody, cwd: '/' }).status === 0
}

function newDirectory(mode = 0o755) {
  const directory = mkdtempSync(join(tmpdir(), 'incontro-'))
  chmodSync(directory, mode)
  directories.push(directory)
  return directory
}

async function start(directory: string) {
  const database = await startLocalPostgres({ directory })
  started.push(database)
  return database
}

/** Another Node process that starts the database, writes one note, says its address and then waits to be killed. */
async function startElsewhere(directory: string, identity: { uid?: number; gid?: number } = {}) {
  const script = `
    import { startLocalPostgres } from '${module}'
    const { url, adopted } = await startLocalPostgres({ directory: process.argv[1] }).catch((error) => error)
    console.log(JSON.stringify({ url, adopted }))
    setInterval(() => {}, 1000)`
  const args = ['--input-type=module', '-e', script, directory]
  const child = spawn(process.execPath, args, { ...identity, cwd: '/', stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const line = await firstLine(child)
  return { ...(JSON.parse(line) as { url: string; adopted: boolean }), child }
}

async function firstLine(child: ChildProcess) {
  for await (const line of createInterface({ input: child.stdout! })) return line
  throw new Error('The other process ended without a word')
}

async function kill(child: ChildProcess) {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

async function query<T>(url: string, run: (sql: postgres.Sql) => Promise<T>) {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  return run(sql).finally(() => sql.end())
}

const addNote = (url: string) =>
  query(url, async (sql) => {
    await sql`create table if not exists note (id int generated always as identity, body text)`
    await sql`insert into note (body) values ('kept')`
  })
const countNotes = (url: string) => query(url, async (sql) => (await sql`select from note`).length)
const postmasterOf = (database: LocalPostgres) =>
  Number.parseInt(readFileSync(join(database.directory, 'postmaster.pid'), 'utf8'))

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries++) {
    const outcome = await attempt().catch((error: unknown) => ({ error }))
    if (!(outcome && typeof outcome === 'object' && 'error' in outcome)) return outcome as T
    if (tries === 100) throw outcome.error
    await sleep(100)
  }
}

async function tidy() {
  for (const child of children.splice(0)) if (child.exitCode === null && !child.signalCode) await kill(child)
  for (const database of started.splice(0)) await database.stop()
}

afterEach(tidy)
afterAll(() => {
  for (const directory of directories) {
    const record = join(directory, 'data', 'where')
    if (existsSync(record)) rmSync(readFileSync(record, 'utf8').trim(), { recursive: true, force: true })
    rmSync(directory, { recursive: true, force: true })
  }
})

describe('the local database', () => {
  let directory: string
  beforeAll(() => {
    directory = newDirectory()
  })

  test('is a durable PostgreSQL that keeps its data from one start to the next', async () => {
    const first = await start(directory)
    await addNote(first.url)
    const settings = await query(
      first.url,
      (sql) => sql`select current_setting('fsync') fsync, current_database() db`,
    )
    await first.stop()
    const second = await start(directory)
    expect({ ...settings[0], adopted: second.adopted, notes: await countNotes(second.url) }).toEqual({
      fsync: 'on',
      db: 'incontro',
      adopted: false,
      notes: 1,
    })
  })

  test('is joined by a second start while it runs', async () => {
    const first = await start(directory)
    const second = await startElsewhere(directory)
    expect({ url: second.url, adopted: second.adopted }).toEqual({ url: first.url, adopted: true })
  })

  test('is found again, with what was written, after Node was killed', async () => {
    const before = await startElsewhere(directory)
    await addNote(before.url)
    await kill(before.child)
    const after = await start(directory)
    expect({ url: after.url, adopted: after.adopted, notes: await countNotes(after.url) }).toEqual({
      url: before.url,
      adopted: true,
      notes: 2,
    })
  })

  test('comes back at the same address, with what was written, when PostgreSQL itself is killed', async () => {
    const database = await start(directory)
    await addNote(database.url)
    process.kill(postmasterOf(database), 'SIGKILL')
    expect(await eventually(() => countNotes(database.url))).toBe(3)
  })

  test('starts again after both Node and PostgreSQL were killed', async () => {
    const before = await startElsewhere(directory)
    await kill(before.child)
    process.kill(Number.parseInt(readFileSync(join(directory, 'pg18/postmaster.pid'), 'utf8')), 'SIGKILL')
    const after = await start(directory)
    expect({ adopted: after.adopted, notes: await countNotes(after.url) }).toEqual({
      adopted: false,
      notes: 3,
    })
  })

  test('serves one Incontro at a time, and the next one as soon as the first lets go', async () => {
    const database = await start(directory)
    const release = await holdDatabase(database.url)
    await expect(holdDatabase(database.url)).rejects.toThrow(/already running on this data directory/)
    await release()
    const again = await holdDatabase(database.url)
    await again()
  })

  test('is still held by the same Incontro after PostgreSQL was killed', async () => {
    const database = await start(directory)
    const release = await holdDatabase(database.url)
    process.kill(postmasterOf(database), 'SIGKILL')
    const held = () =>
      query(database.url, (sql) => sql`select from pg_locks where locktype = 'advisory' and granted`)
    await eventually(async () => expect(await held()).toHaveLength(1))
    await expect(holdDatabase(database.url)).rejects.toThrow(/already running/)
    await release()
  })

  test('keeps its password to its owner', async () => {
    const database = await start(directory)
    expect(statSync(join(database.directory, 'incontro.password')).mode & 0o777).toBe(0o600)
    const wrong = new URL(database.url)
    wrong.password = 'wrong'
    await expect(query(wrong.href, (sql) => sql`select 1`)).rejects.toThrow(/password authentication failed/)
  })
})

describe('a first start', () => {
  test('made twice at once ends with one whole cluster that both use', async () => {
    const directory = newDirectory()
    const [one, other] = await Promise.all([startElsewhere(directory), startElsewhere(directory)])
    expect(one.url).toBe(other.url)
    expect([one.adopted, other.adopted].sort()).toEqual([false, true])
    await start(directory)
  })

  test.runIf(asRoot)(
    'goes to a shared place when root keeps the data directory closed, and is found there',
    async () => {
      const directory = join(newDirectory(0o700), 'data')
      const first = await start(directory)
      await addNote(first.url)
      await first.stop()
      const second = await start(directory)
      expect(second.directory).toMatch(/^\/var\/lib\/incontro\/[0-9a-f]{16}\/pg18$/)
      expect(readFileSync(join(directory, 'where'), 'utf8').trim()).toBe(dirname(second.directory))
      expect(await countNotes(second.url)).toBe(1)
      await second.stop()
      await staysOfOne(directory, dirname(second.directory))
    },
  )

  async function staysOfOne(directory: string, parent: string) {
    const [copy, moved, parentCopy] = [`${directory}-copy`, `${directory}-moved`, `${parent}-copy`]
    const refusal = (owner: string) =>
      new LocalPostgresError(
        `The database in ${parent} belongs to ${owner}, of which ${copy} seems to be a copy: to move it, stop Incontro and move ${owner} itself; to have both, copy ${parent} too and write where that copy is into ${copy}/where; to start empty, choose another data directory.`,
      )
    cpSync(directory, copy, { recursive: true })
    await expect(startLocalPostgres({ directory: copy })).rejects.toThrow(refusal(directory))
    renameSync(directory, moved)
    const there = await start(moved)
    expect([dirname(there.directory), await countNotes(there.url)]).toEqual([parent, 1])
    await there.stop()
    await expect(startLocalPostgres({ directory: copy })).rejects.toThrow(refusal(moved))
    spawnSync('cp', ['-a', parent, parentCopy])
    writeFileSync(join(copy, 'where'), parentCopy)
    const beside = await start(copy)
    await addNote(beside.url)
    expect([dirname(beside.directory), await countNotes(beside.url)]).toEqual([parentCopy, 2])
    await beside.stop()
    for (const place of [parent, parentCopy]) rmSync(place, { recursive: true })
  }

  test.runIf(canBeNobody)(
    'works for an ordinary user in a closed directory, and root then serves the same data',
    async () => {
      const directory = newDirectory(0o700)
      chownSync(directory, nobody.uid, nobody.gid)
      const before = await startElsewhere(directory, nobody)
      await addNote(before.url)
      await kill(before.child)
      const after = await start(directory)
      expect({ adopted: after.adopted, notes: await countNotes(after.url) }).toEqual({
        adopted: true,
        notes: 1,
      })
    },
  )
})

describe('a start that cannot work says why and what to do', () => {
  const failure = (directory: string) => startLocalPostgres({ directory }).catch((error: unknown) => error)

  test('when the data is of another version', async () => {
    const directory = newDirectory()
    await (await start(directory)).stop()
    writeFileSync(join(directory, 'pg18/PG_VERSION'), '17\n')
    expect(await failure(directory)).toEqual(
      new LocalPostgresError(
        `The database in ${directory}/pg18 was made by PostgreSQL 17, which this machine does not have: install PostgreSQL 17, or move ${directory}/pg18 away and restore a backup.`,
      ),
    )
  })

  test('when the data directory is a file', async () => {
    const file = join(newDirectory(), 'data')
    writeFileSync(file, '')
    expect(await failure(file)).toEqual(
      new LocalPostgresError(`${file} is not a directory: choose another data directory.`),
    )
  })

  test('when the recorded place is gone', async () => {
    const directory = newDirectory()
    writeFileSync(join(directory, 'where'), '/var/lib/incontro/gone\n')
    expect(await failure(directory)).toEqual(
      new LocalPostgresError(
        `The database of ${directory} was in /var/lib/incontro/gone, which is gone: put it back, or delete ${directory}/where to start empty.`,
      ),
    )
  })
})

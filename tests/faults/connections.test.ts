import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type Database } from '../../server/database/client.ts'
import { mendPackages } from '../../server/mend-packages.js'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { announceSeed, pause, times, within } from '../support/faults.ts'
import { startProxy, type Proxy } from '../support/proxy.ts'

/** Connections to the database that end in the middle of what they do: in a statement, between two, while opening. */
const POOL = 6
const CALLERS = 36
let place: TestDatabase
let proxy: Proxy
/** One whose connections the database ends, one whose network does. */
let pools: Database[]
let other: Database

beforeAll(async () => {
  place = await createTestDatabase()
  other = connect(place.url, 1)
  await other.execute(sql`create table counters (id int primary key, n int not null)`)
  await other.execute(sql`insert into counters select id, 0 from generate_series(1, ${CALLERS}::int) id`)
  const address = new URL(place.url)
  proxy = await startProxy([Number(address.port)])
  const cut = Object.assign(new URL(place.url), { host: `127.0.0.1:${proxy.port}` })
  pools = [connect(place.url, POOL), connect(cut.href, POOL)]
})
afterAll(async () => {
  await Promise.all(pools.map((db) => db.$client.end({ timeout: 5 })))
  await proxy.close()
  await other.$client.end()
  await place.drop()
})

test(
  'whatever asks the database is answered or refused, and no connection is lost to the pool',
  async () => {
    const random = announceSeed('lost database connections')
    let stopped = false
    const counted = Array.from({ length: CALLERS }, () => ({ sure: 0, perhaps: 0 }))
    const callers = counted.map(async (count, index) => {
      const db = pools[index % 2]
      for (let n = 0; !stopped; n++) {
        await countUp(db, index + 1, n).then(
          () => (count.sure += 1),
          () => (count.perhaps += 1),
        )
        await db.execute(sql`select ${n}::int`).catch(() => {})
      }
    })
    for (let round = 0; round < times(30, 500); round++) {
      await pause(20 + random.below(150))
      if (random.below(2) === 0) proxy.cut()
      await terminate(random.below(3) === 0)
    }
    stopped = true
    await answeredInTime(Promise.all(callers))
    const rows = await other.execute<{ n: number }>(sql`select n from counters order by id`)
    for (const [index, { sure, perhaps }] of counted.entries()) {
      expect(rows[index].n).toBeGreaterThanOrEqual(sure)
      expect(rows[index].n).toBeLessThanOrEqual(sure + perhaps)
    }
    const total = (of: 'sure' | 'perhaps') => counted.reduce((sum, count) => sum + count[of], 0)
    console.log(`${total('sure')} transactions answered, ${total('perhaps')} refused`)
    await answeredInTime(Promise.all(pools.map(everyConnectionAtOnce)))
    expect(await leftOpen()).toBe(0)
  },
  within(60_000, 600_000),
)

test('a driver that cannot be mended is named, and left as it is', () => {
  const modules = mkdtempSync(join(tmpdir(), 'incontro-modules-'))
  const driver = join(modules, 'postgres')
  cpSync('node_modules/postgres', driver, { recursive: true })
  expect(mendPackages(modules)).toBeNull()
  const file = join(driver, 'src/index.js')
  const foreign = readFileSync(file, 'utf8').replaceAll('lost', 'gone')
  writeFileSync(file, foreign)
  expect(mendPackages(modules)).toContain('has been changed in index.js')
  const about = join(driver, 'package.json')
  writeFileSync(about, readFileSync(about, 'utf8').replace('"3.4.9"', '"3.5.0"'))
  expect(mendPackages(modules)).toContain('postgres is 3.5.0')
  expect(readFileSync(file, 'utf8')).toBe(foreign)
  rmSync(modules, { recursive: true })
})

/** A transaction with several statements, some of them sent at once, and a nested one. */
const countUp = (db: Database, id: number, n: number) =>
  db.transaction(async (tx) => {
    await tx.execute(sql`select n from counters where id = ${id} for update`)
    if (n % 3 === 0) await Promise.all([1, 2, 3].map((one) => tx.execute(sql`select ${one}::int`)))
    await tx.execute(sql`update counters set n = n + 1 where id = ${id}`)
    if (n % 4 === 0) await tx.transaction((inner) => inner.execute(sql`select 1`))
    await pause(n % 5)
    await tx.execute(sql`select pg_notify('counters', ${String(id)})`)
  })

/** Ends connections from the side of the database: all, or those that are in a transaction. */
const terminate = (all: boolean) =>
  other.execute(sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and (${all} or xact_start is not null)`)

async function leftOpen() {
  const [{ count }] = await other.execute<{ count: number }>(sql`
    select count(*)::int from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null`)
  return count
}

/** As many transactions as the pool has connections, each of which waits until all of them are inside. */
async function everyConnectionAtOnce(db: Database) {
  const { promise: all, resolve } = Promise.withResolvers<void>()
  let inside = 0
  await Promise.all(
    Array.from({ length: POOL }, () =>
      db.transaction(async () => {
        inside += 1
        if (inside === POOL) resolve()
        await all
      }),
    ),
  )
}

/** Not how fast, but whether at all. */
const answeredInTime = (work: Promise<unknown>) =>
  Promise.race([work, pause(20_000).then(() => Promise.reject(new Error('somebody waits without end')))])

import postgres from 'postgres'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../../server/database/client.ts'
import { prepareDatabase } from '../../../server/database/prepare.ts'
import { explainDatabase } from '../../../server/database/trouble.ts'
import type { RunsView } from '../../../server/schemas/run.ts'
import { Client, until } from '../../support/client.ts'
import { SECRET } from '../../support/crowd.ts'
import { administer, createTestDatabase, type TestDatabase } from '../../support/database.ts'
import { pause } from '../../support/faults.ts'
import { startServer } from '../../support/server.ts'

/** Somebody else's PostgreSQL: our role is no superuser there and may only do what it was given. */
const ROLE = `camp_${process.pid}`
let place: TestDatabase
let admin: postgres.Sql
/** The same database, as our role. */
let url: string

beforeAll(async () => {
  await administer((sql) => sql`create role ${sql(ROLE)} login password 'camp'`)
})
beforeEach(async () => {
  await admin?.end()
  await place?.drop()
  place = await createTestDatabase('template0')
  admin = postgres(place.url, { max: 1 })
  await admin`revoke all on schema public from public`
  url = Object.assign(new URL(place.url), { username: ROLE, password: 'camp' }).href
})
afterAll(async () => {
  await admin.end()
  await place.drop()
  await administer((sql) => sql`drop role ${sql(ROLE)}`)
})

const quiet = () => {}
const refusal = (schema?: string) =>
  prepareDatabase({ url, schema }, quiet).then(() => 'it was taken', explainDatabase)
const REMEDY =
  'Incontro needs a schema that belongs to its role: make one, for example CREATE SCHEMA incontro AUTHORIZATION its_role, and start with DATABASE_SCHEMA=incontro.'

test('a role that owns nothing but a schema runs the whole service in it', async () => {
  await admin`create schema "Camp di prova" authorization ${admin(ROLE)}`
  const server = await startServer({
    ...{ DATABASE_URL: url, DATABASE_SCHEMA: 'Camp di prova', PUBLIC_URL: 'http://localhost' },
    ...{ SAMPLE: '1', SECRET, LOG_LEVEL: 'warn' },
  })
  try {
    const organiser = await Client.enter(server.url, 'organiser')
    const { eventId } = await Client.people(server.url)
    const runs = `/events/${eventId}/runs`
    const { status, body } = await organiser.request<{ id: string }>('POST', runs, { seconds: 1 })
    expect([status, body]).toEqual([202, expect.objectContaining({ id: expect.any(String) })])
    await until('a worker to take the run', async () => {
      const view = await organiser.get<RunsView>(runs)
      return view.runs.some((run) => run.id === body.id && run.status !== 'queued')
    })
    const elsewhere = await admin`
      select relname from pg_class where relowner = ${ROLE}::regrole and relnamespace <> '"Camp di prova"'::regnamespace
        and relnamespace <> 'pg_toast'::regnamespace`
    expect([...elsewhere]).toEqual([])
    expect(server.output()).not.toMatch(/jobs:|"level":[456]0/)
  } finally {
    await server.stop()
  }
}, 120_000)

test('the schema may also be named by the role or in the address, and a second start finds everything', async () => {
  await admin`create schema camp authorization ${admin(ROLE)}`
  for (const named of [`${url}?search_path=camp`, `${url}?options=-c%20search_path%3Dcamp`])
    await prepareDatabase({ url: named }, quiet)
  const tables =
    await admin`select schemaname from pg_tables where tablename in ('programmes', '__drizzle_migrations')`
  expect(tables.map(({ schemaname }) => schemaname as string)).toEqual(['camp', 'camp'])
})

describe('what PostgreSQL refuses is told with its reason and what to do', () => {
  test('no schema at all', async () => {
    expect(await refusal()).toBe(
      'This role has no schema to keep its tables in (search_path names none that it may use): make one, for example CREATE SCHEMA incontro AUTHORIZATION its_role, and start with DATABASE_SCHEMA=incontro.',
    )
  })

  test('a schema that it may not make', async () => {
    const name = new URL(url).pathname.slice(1)
    expect(await refusal('camp')).toBe(
      `PostgreSQL refuses: permission denied for database ${name}. ${REMEDY}`,
    )
  })

  test('a schema of others', async () => {
    await admin`create schema camp`
    await admin`grant usage on schema camp to ${admin(ROLE)}`
    expect(await refusal('camp')).toBe(`PostgreSQL refuses: permission denied for schema camp. ${REMEDY}`)
  })

  test('a database that can only be read', async () => {
    await admin`create schema camp authorization ${admin(ROLE)}`
    const name = new URL(url).pathname.slice(1)
    await admin`alter database ${admin(name)} set default_transaction_read_only = on`
    expect(await refusal('camp')).toBe(
      'PostgreSQL refuses: cannot execute CREATE TABLE in a read-only transaction. The database can only be read: give the address of the primary server, or end its read-only state (default_transaction_read_only), and start again.',
    )
  })
})

describe('with fewer connections than we would open', () => {
  test('everybody waits for one and is answered', async () => {
    await admin`create schema camp authorization ${admin(ROLE)}`
    await admin`alter role ${admin(ROLE)} connection limit 3`
    const db = connect({ url, schema: 'camp' }, 8)
    await db.$listen('news', quiet)
    const asked = Array.from({ length: 60 }, (_, n) =>
      n % 3 === 0
        ? db.transaction(async (tx) => {
            await pause(5)
            return tx.execute(`select ${n} as n`)
          })
        : db.execute(`select ${n} as n`),
    )
    const answers = await Promise.all(asked)
    expect(answers.map(([{ n }]) => n)).toEqual(asked.map((_, n) => n))
    await db.$client.end()
    await admin`alter role ${admin(ROLE)} connection limit -1`
  })

  test('a start waits and says so', async () => {
    await admin`create schema camp authorization ${admin(ROLE)}`
    await admin`alter role ${admin(ROLE)} connection limit 1`
    const other = postgres(url, { max: 1 })
    await other`select 1`
    const said: string[] = []
    const started = prepareDatabase({ url, schema: 'camp' }, (line) => said.push(line))
    await until('the sentence', () => said.length > 0)
    await admin`alter role ${admin(ROLE)} connection limit -1`
    await started
    await other.end()
    expect(said).toEqual([
      `Waiting for the database: too many connections for role "${ROLE}". Where that does not pass, raise its max_connections or set DATABASE_CONNECTIONS lower.`,
    ])
  })
})

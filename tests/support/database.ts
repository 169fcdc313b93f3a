import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import postgres from 'postgres'
import type { Database } from '../../server/database/client.ts'

/** The migrated database that test databases are copies of; nobody connects to it. */
export const TEMPLATE = 'incontro_template'

export type TestDatabase = { url: string; drop(): Promise<void> }

/** An empty, migrated database of a test file's own; from `template0` one without any tables. */
export async function createTestDatabase(template = TEMPLATE): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await administer((sql) => sql`create database ${sql(name)} template ${sql(template)}`)
  const drop = () => administer((sql) => sql`drop database if exists ${sql(name)} with (force)`)
  return { url: addressOf(name), drop: async () => void (await drop()) }
}

function addressOf(database: string) {
  const server = process.env.TEST_DATABASE_SERVER
  if (!server) throw new Error('No test server: name tests/support/global-setup.ts in this Vitest project.')
  return Object.assign(new URL(server), { pathname: `/${database}` }).href
}

/** Something that is of no single database. */
export async function administer(run: (sql: postgres.Sql) => Promise<unknown>) {
  const sql = postgres(addressOf('postgres'), { max: 1, onnotice: () => {} })
  await run(sql).finally(() => sql.end())
}

/** How many statements wait for a lock that another transaction holds. */
export async function countWaiting(db: Database): Promise<number> {
  const [{ waiting }] = await db.execute<{ waiting: number }>(
    sql`select count(*)::int as waiting from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return waiting
}

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { startLocalPostgres } from '../../server/database/local-postgres.ts'
import { TEMPLATE } from './database.ts'

const migrations = join(import.meta.dirname, '../../server/database/migrate.ts')

/**
 * One real PostgreSQL for the whole run, with a migrated database that every test file copies. Several projects name
 * this file: the first to come starts the server, and its end ends it.
 */
export default async function setup() {
  if (process.env.TEST_DATABASE_SERVER) return
  const directory = mkdtempSync(join(tmpdir(), 'incontro-tests-'))
  const server = await startLocalPostgres({ directory, database: TEMPLATE })
  if (existsSync(migrations)) {
    const { migrateDatabase } = await import(migrations)
    await migrateDatabase(server.url)
  }
  process.env.TEST_DATABASE_SERVER = server.url
  return async () => {
    await server.stop()
    for (const place of [directory, dirname(server.directory)])
      rmSync(place, { recursive: true, force: true })
  }
}

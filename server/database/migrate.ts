import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'

/** Any two nodes starting at once must not migrate at once: an arbitrary number names that lock. */
const MIGRATION_LOCK = 7_203_118
const folder = fileURLToPath(new URL('../../migrations', import.meta.url))

/** Brings the database to the newest tables. Waits for its turn; a second call finds nothing to do. */
export async function migrateDatabase(url: string): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await client`select pg_advisory_lock(${MIGRATION_LOCK})`
    await migrate(drizzle(client), { migrationsFolder: folder })
  } finally {
    await client.end()
  }
}

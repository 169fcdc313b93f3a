import { setTimeout as sleep } from 'node:timers/promises'
import type postgres from 'postgres'
import { isCrowded } from './crowded.ts'
import { migrateDatabase } from './migrate.ts'
import { directOf, open, schemaGiven, type Place } from './place.ts'
import { DatabaseRefusal } from './trouble.ts'

const ASK_AGAIN_MS = 1_000

/**
 * Makes somebody else's database ready for us: waits as long as it has no connection left or still starts, refuses
 * what cannot work, and brings the tables up to date.
 */
export async function prepareDatabase(place: Place, say: (line: string) => void): Promise<void> {
  for (let told = ''; ; await sleep(ASK_AGAIN_MS)) {
    try {
      await refusePooler(place)
      await migrateDatabase(place)
      return await refuseOtherSchema(place)
    } catch (error) {
      if (!passes(error)) throw error
      const reason = `Waiting for the database: ${(error as Error).message}. Where that does not pass, raise its max_connections or set DATABASE_CONNECTIONS lower.`
      if (reason !== told) say((told = reason))
    }
  }
}

/** The server still starts. */
const passes = (error: unknown) => isCrowded(error) || (error as { code?: string }).code === '57P03'

/** Of two connections neither may ever be given what the other one had: what is bound to a session would be lost. */
async function refusePooler(place: Place): Promise<void> {
  const clients = [one(directOf(place)), one(directOf(place))]
  const seen = clients.map(() => new Set<number>())
  try {
    for (const n of [0, 1, 1, 0, 0, 1, 1, 0]) {
      const [{ pid }] = await clients[n]<{ pid: number }[]>`select pg_backend_pid() as pid`
      seen[n].add(pid)
    }
  } finally {
    await Promise.all(clients.map((client) => client.end({ timeout: 1 })))
  }
  const [first, second] = seen
  if (first.size + second.size === 2 && first.isDisjointFrom(second)) return
  throw new DatabaseRefusal(
    place.directUrl
      ? 'DATABASE_DIRECT_URL leads to a pooler that hands connections on after each transaction, like DATABASE_URL: give there the address of PostgreSQL itself, or of a pooler in session mode.'
      : 'DATABASE_URL leads to a pooler that hands connections on after each transaction: set DATABASE_DIRECT_URL to the address of PostgreSQL itself as well, for what is bound to a session (LISTEN, locks, migrations).',
  )
}

/** A pooler passes on nothing that is said when connecting, so the role itself must know where the tables are. */
async function refuseOtherSchema(place: Place): Promise<void> {
  if (place.url === directOf(place)) return
  const [direct, pooled] = [
    await currentSchema(one(directOf(place), schemaGiven(place))),
    await currentSchema(one(place.url)),
  ]
  if (direct.schema === pooled.schema) return
  throw new DatabaseRefusal(
    `Through DATABASE_URL tables are looked for in the schema ${pooled.schema}, but they are in ${direct.schema}: run ALTER ROLE ${pooled.role} SET search_path = ${direct.schema}, let the pooler open its connections again (RECONNECT), and start again.`,
  )
}

async function currentSchema(client: postgres.Sql) {
  try {
    const [row] = await client<{ schema: string | null; role: string }[]>`
      select quote_ident(current_schema()) as schema, quote_ident(current_user) as role`
    return row
  } finally {
    await client.end({ timeout: 1 })
  }
}

const one = (url: string, more: postgres.Options<Record<string, never>> = {}) =>
  open(url, {
    ...more,
    max: 1,
    prepare: false,
    fetch_types: false,
    connect_timeout: 5,
    onnotice: () => {},
  })

import { fileURLToPath } from 'node:url'
import { readMigrationFiles, type MigrationMeta } from 'drizzle-orm/migrator'
import type postgres from 'postgres'
import { overOneConnection, type Place } from './place.ts'
import { DatabaseRefusal } from './trouble.ts'

/** Any two nodes starting at once must not migrate at once: an arbitrary number names that lock. */
const MIGRATION_LOCK = 7_203_118
const folder = fileURLToPath(new URL('../../migrations', import.meta.url))
const JOURNAL = '__drizzle_migrations'

let all: MigrationMeta[] | null = null
/** All there are, oldest first. */
export const readMigrations = (): MigrationMeta[] =>
  (all ??= readMigrationFiles({ migrationsFolder: folder }))

/** Until the transaction ends. */
export async function lockMigrations(tx: postgres.TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${MIGRATION_LOCK})`
}

/** Brings the database to the newest tables. Waits for its turn; a second call finds nothing to do. */
export async function migrateDatabase(where: string | Place): Promise<void> {
  const place = typeof where === 'string' ? { url: where } : where
  await overOneConnection(place, (client) =>
    client.begin(async (tx) => {
      await lockMigrations(tx)
      await migrate(tx, place, readMigrations())
    }),
  )
}

/**
 * As drizzle's own migrator does it and keeps account of it, but in whatever schema comes first where a connection
 * looks: ours may be the only one in which its role may do anything.
 */
export async function migrate(
  tx: postgres.TransactionSql,
  place: Place,
  migrations: MigrationMeta[],
): Promise<void> {
  const journal = tx`${tx(await findJournal(tx, await findSchema(tx, place)))}.${tx(JOURNAL)}`
  const [last] = await tx<{ created_at: string }[]>`
    select created_at from ${journal} order by created_at desc limit 1`
  const isNew = ({ folderMillis }: MigrationMeta) => !last || Number(last.created_at) < folderMillis
  for (const { sql, hash, folderMillis } of migrations.filter(isNew)) {
    // eslint-disable-next-line no-restricted-syntax -- drizzle names the schema where it stands by itself already
    for (const statement of sql) await tx.unsafe(statement.replaceAll('"public".', ''))
    await tx`insert into ${journal} (hash, created_at) values (${hash}, ${folderMillis})`
  }
}

/** What the migrations that this database has seen are known by, oldest first. */
export async function readJournal(tx: postgres.TransactionSql, place: Place): Promise<string[]> {
  const journal = tx`${tx(await findJournal(tx, await findSchema(tx, place)))}.${tx(JOURNAL)}`
  const rows = await tx<{ hash: string }[]>`select hash from ${journal} order by created_at`
  return rows.map(({ hash }) => hash)
}

const MADE = /create (?:or replace )?(table|view|function)\s+(?:"public"\.)?"?(\w+)"?/gi

/** Takes away all that migrations ever made here, and nothing else. */
export async function emptySchema(tx: postgres.TransactionSql, place: Place): Promise<void> {
  const schema = await findSchema(tx, place)
  const made = readMigrations().flatMap(({ sql }) => [...sql.join('\n').matchAll(MADE)])
  for (const [, kind, name] of made.filter(([, , name]) => name !== 'pg_temp')) {
    const thing = tx`${tx(schema)}.${tx(name)}`
    if (/^table$/i.test(kind)) await tx`drop table if exists ${thing} cascade`
    else if (/^view$/i.test(kind)) await tx`drop view if exists ${thing} cascade`
    else await tx`drop function if exists ${thing} cascade`
  }
  await tx`delete from ${tx(await findJournal(tx, schema))}.${tx(JOURNAL)}`
}

/** The schema that new tables come into; one that is asked for by name is made where that is allowed. */
export async function findSchema(tx: postgres.TransactionSql, { schema }: Place): Promise<string> {
  if (schema) {
    const [known] = await tx`select from pg_namespace where nspname = ${schema}`
    if (!known) await tx`create schema ${tx(schema)}`
  }
  const [{ found }] = await tx<{ found: string | null }[]>`select current_schema() as found`
  if (found !== null) return found
  throw new DatabaseRefusal(
    `This role has no schema to keep its tables in (search_path names none that it may use): make one, for example CREATE SCHEMA incontro AUTHORIZATION its_role, and start with DATABASE_SCHEMA=incontro.`,
  )
}

/** Where account of migrations is kept: beside our tables, except where drizzle's own migrator once made a schema for it. */
async function findJournal(tx: postgres.TransactionSql, schema: string): Promise<string> {
  const [{ hash: first }] = readMigrations()
  if (schema === 'public' && (await isJournalOf(tx, 'drizzle', first))) return 'drizzle'
  if (!(await hasJournal(tx, schema)))
    await tx`create table ${tx(schema)}.${tx(JOURNAL)} (id serial primary key, hash text not null, created_at bigint)`
  return schema
}

async function hasJournal(tx: postgres.TransactionSql, schema: string): Promise<boolean> {
  const [found] = await tx`
    select from pg_class join pg_namespace home on home.oid = relnamespace
    where nspname = ${schema} and relname = ${JOURNAL} and has_schema_privilege(home.oid, 'usage')
      and has_table_privilege(pg_class.oid, 'select')`
  return found !== undefined
}

/** Another program's is not. */
async function isJournalOf(tx: postgres.TransactionSql, schema: string, first: string): Promise<boolean> {
  if (!(await hasJournal(tx, schema))) return false
  const [found] = await tx`select from ${tx(schema)}.${tx(JOURNAL)} where hash = ${first}`
  return found !== undefined
}

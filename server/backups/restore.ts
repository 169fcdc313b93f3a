import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type postgres from 'postgres'
import { emptySchema, findSchema, lockMigrations, migrate, readMigrations } from '../database/migrate.ts'
import { overOneConnection, type Place } from '../database/place.ts'
import { BackupError, type Header, type Section } from './format.ts'
import { checkBackup, readBackup, type Read } from './read.ts'
import { findTables } from './tables.ts'

type From = { path: string; passphrase: string | null }

/**
 * Puts a backup in the place of everything that is kept, all at once or not at all, also under a service that runs: its
 * nodes see another epoch and begin anew. The copy keeps still (`installations.quiet`), since what the mails and reminders
 * in it say may have been said already by whoever went on after the backup.
 */
export async function restoreBackup(place: Place, { path, passphrase }: From): Promise<Read> {
  const { header } = await checkBackup(path, passphrase)
  const level = levelOf(header, path)
  return overOneConnection(place, (client) =>
    client.begin(async (tx) => {
      await lockMigrations(tx)
      const schema = await findSchema(tx, place)
      await emptySchema(tx, place)
      await migrate(tx, place, readMigrations().slice(0, level))
      await unlink(tx, schema)
      const read = await readBackup(path, passphrase, (section, rows) => load(tx, section, rows))
      await link(tx, schema)
      await migrate(tx, place, readMigrations())
      await keepStill(tx)
      return read
    }),
  )
}

/** How many of our migrations the tables of the backup had seen. */
function levelOf({ migrations }: Header, path: string): number {
  const known = readMigrations()
  const isKnown = migrations.every((hash, index) => known[index]?.hash === hash)
  if (isKnown && migrations.length > 0) return migrations.length
  throw new BackupError(`${path} was made by a newer version of Incontro: install that one, then restore.`)
}

async function load(tx: postgres.TransactionSql, { table, columns }: Section, rows: AsyncGenerator<Buffer>) {
  const into = await tx`copy ${tx(table)} (${tx(columns)}) from stdin`.writable()
  // The driver tells nobody of an error that comes after the last row: whatever is asked next then fails, and tells.
  const refused = new Promise<never>((_, reject) =>
    into.once(
      'prefinish',
      () =>
        void tx`select`.catch(() =>
          reject(new BackupError(`PostgreSQL refuses the rows of ${table}: what is here stays as it was.`)),
        ),
    ),
  )
  await Promise.race([pipeline(Readable.from(batched(rows)), into), refused])
}

const BATCH_BYTES = 256 * 1024

/** One message a row would cost more than the rows. */
async function* batched(rows: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let batch: Buffer[] = []
  let bytes = 0
  for await (const row of rows) {
    batch.push(row)
    bytes += row.length
    if (bytes < BATCH_BYTES) continue
    yield Buffer.concat(batch)
    ;[batch, bytes] = [[], 0]
  }
  if (bytes > 0) yield Buffer.concat(batch)
}

type Link = { table: string; name: string; definition: string }

/** Rows come table by table: what they refer to may come later. What was kept was right by these very rules. */
async function unlink(tx: postgres.TransactionSql, schema: string): Promise<void> {
  const links = await tx<Link[]>`
    select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition
    from pg_constraint where contype = 'f' and connamespace = ${schema}::regnamespace`
  const ours = new Set((await findTables(tx)).map(({ table }) => table))
  await tx`create temporary table links (relation text, name text, definition text) on commit drop`
  for (const { table, name, definition } of links.filter(({ table }) => ours.has(table))) {
    await tx`insert into links values (${table}, ${name}, ${definition})`
    await tx`alter table ${tx(table)} drop constraint ${tx(name)}`
  }
  for (const table of ours) {
    await tx`alter table ${tx(table)} disable trigger user`
    // Some migrations bring rows along.
    await tx`delete from ${tx(table)}`
  }
}

/** From here on the rules hold again, and all rows are held against them. */
async function link(tx: postgres.TransactionSql, schema: string): Promise<void> {
  await tx`set constraints all immediate`
  for (const { table, name, definition } of await tx<Link[]>`
    select relation as table, name, definition from links`)
    // eslint-disable-next-line no-restricted-syntax -- the definition is PostgreSQL's own
    await tx.unsafe(`alter table "${schema}"."${table}" add constraint "${name}" ${definition}`)
  for (const { table } of await findTables(tx)) await tx`alter table ${tx(table)} enable trigger user`
}

/**
 * Another history begins here. What waited to be sent may have gone out since the backup was made, so only a person
 * sends it again; jobs belong to what was here before.
 */
async function keepStill(tx: postgres.TransactionSql): Promise<void> {
  await tx`update installations set epoch = gen_random_uuid(), quiet = true, restored_at = now()`
  const tried = JSON.stringify([{ at: new Date().toISOString(), outcome: 'restored', words: '' }])
  await tx`
    update mails set state = 'perhaps', next_at = null, secret = null, tries = tries || ${tried}::text::jsonb
    where state in ('waiting', 'sending')`
  await tx`delete from pending_notices`
  const [queue] = await tx<{ name: string }[]>`
    select pg_class.oid::regclass::text as name from pg_class join pg_namespace home on home.oid = relnamespace
    where relname = 'job' and nspname in ('pgboss', current_schema()) and pg_has_role(relowner, 'usage')
    order by nspname = 'pgboss' limit 1`
  // eslint-disable-next-line no-restricted-syntax -- a name that PostgreSQL gave us
  if (queue) await tx.unsafe(`delete from ${queue.name}`)
}

/** From now on mails, pushes and reminders go out from here. False where they did already. */
export async function goLive(place: Place): Promise<boolean> {
  return overOneConnection(place, async (client) => {
    const woken = await client`update installations set quiet = false where quiet returning id`
    return woken.length > 0
  })
}

import { getTableName, is } from 'drizzle-orm'
import { PgTable } from 'drizzle-orm/pg-core'
import type postgres from 'postgres'
import * as schema from '../database/schema.ts'
import type { Section } from './format.ts'

const OURS = Object.values(schema).flatMap((thing) => (is(thing, PgTable) ? [getTableName(thing)] : []))

/** What is kept: all our tables, without what PostgreSQL works out itself. Jobs are none: they are made anew. */
export async function findTables(tx: postgres.TransactionSql): Promise<Section[]> {
  const found = await tx<Section[]>`
    select relname as table, array_agg(attname::text order by attnum) as columns
    from pg_class join pg_attribute on attrelid = pg_class.oid
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and relname in ${tx(OURS)}
      and attnum > 0 and not attisdropped and attgenerated = ''
    group by relname order by relname`
  return found.map(({ table, columns }) => ({ table, columns }))
}

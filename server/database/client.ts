import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import * as schema from './schema.ts'

export type Database = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql }
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
/** Reads run on either; writes ask for a Transaction. */
export type Reader = Database | Transaction

/** A database that comes back is found again within a second. */
const backoff = (retries: number) => Math.min(1, 0.05 * 2 ** retries)

export const connect = (url: string, max = 20): Database =>
  drizzle(postgres(url, { max, onnotice: () => {}, connect_timeout: 10, backoff }), {
    schema,
    casing: 'snake_case',
  }) as Database

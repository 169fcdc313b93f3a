import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import * as schema from './schema.ts'

export type Database = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql }
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
/** Reads run on either; writes ask for a Transaction. */
export type Reader = Database | Transaction

/** A database that comes back is found again within a second. */
const backoff = (retries: number) => Math.min(1, 0.05 * 2 ** retries)

export function connect(url: string, max = 20): Database {
  const client = postgres(url, { max, onnotice: () => {}, connect_timeout: 10, backoff })
  const db = drizzle(prepared(client), { schema, casing: 'snake_case' })
  return Object.assign(db, { $client: client })
}

/** Statements with more values are too many different ones to keep. */
const MOST_VALUES = 12

/**
 * Statements as drizzle makes them, kept by the connection once it has run them: from then on each costs one exchange
 * with the database in place of two, and no planning.
 */
function prepared<Client extends postgres.Sql | postgres.TransactionSql>(client: Client): Client {
  const unsafe = (text: string, values: never[] = [], options = {}) =>
    // eslint-disable-next-line no-restricted-syntax -- the text is drizzle's
    client.unsafe(text, values, { ...options, prepare: values.length > 0 && values.length <= MOST_VALUES })
  type Act = (tx: postgres.TransactionSql) => Promise<unknown>
  const inside = (act: Act) => (tx: postgres.TransactionSql) => act(prepared(tx))
  return new Proxy(client, {
    get(target, name) {
      const member = name as keyof Client
      if (member === 'unsafe') return unsafe
      if (member === 'begin' || member === 'savepoint')
        return (...words: [...string[], Act]) =>
          (target[member] as (...all: unknown[]) => unknown)(
            ...words.slice(0, -1),
            inside(words.at(-1) as Act),
          )
      return target[member]
    },
  })
}

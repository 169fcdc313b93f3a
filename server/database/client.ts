import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import { Lines, silence } from './lines.ts'
import * as schema from './schema.ts'

export type Database = PostgresJsDatabase<typeof schema> & { $client: postgres.Sql; $lines: Lines }
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
/** Reads run on either; writes ask for a Transaction. */
export type Reader = Database | Transaction

/** A database that comes back is found again within a second. */
const backoff = (retries: number) => Math.min(1, 0.05 * 2 ** retries)

export function connect(url: string, max = 20): Database {
  const lines = new Lines()
  const options = { max, onnotice: () => {}, connect_timeout: 5, backoff, socket: lines.open }
  const client = postgres(url, options)
  const db = drizzle(prepared(client, lines), { schema, casing: 'snake_case' })
  return Object.assign(db, { $client: client, $lines: lines })
}

/** The driver knows more of a statement than its types say. */
const isSent = (query: object) => (query as { active?: boolean }).active === true

/** Statements with more values are too many different ones to keep. */
const MOST_VALUES = 12

/**
 * Statements as drizzle makes them, kept by the connection once it has run them: from then on each costs one exchange
 * with the database in place of two, and no planning. Whatever is asked is answered or refused within a time.
 */
function prepared<Client extends postgres.Sql | postgres.TransactionSql>(
  client: Client,
  lines: Lines,
): Client {
  const unsafe = (text: string, values: never[] = [], options = {}) => {
    const prepare = values.length > 0 && values.length <= MOST_VALUES
    // eslint-disable-next-line no-restricted-syntax -- the text is drizzle's
    const query = client.unsafe(text, values, { ...options, prepare })
    // What has been sent already ends with its connection.
    const done = lines.watch(() => void (isSent(query) || query.cancel()))
    // The query's own `then` would send it at once, before drizzle has said in which form it wants the rows.
    void Promise.prototype.then.call(query, done, done)
    return query
  }
  type Act = (tx: postgres.TransactionSql) => Promise<unknown>
  type Begin = (...all: unknown[]) => Promise<unknown>
  const inside = (act: Act) => (tx: postgres.TransactionSql) => act(prepared(tx, lines))
  return new Proxy(client, {
    get(target, name) {
      const member = name as keyof Client
      if (member === 'unsafe') return unsafe
      if (member !== 'begin' && member !== 'savepoint') return target[member]
      return (...words: [...string[], Act]) => {
        const act = inside(words.at(-1) as Act)
        return inTime(lines, act, (watched) => (target[member] as Begin)(...words.slice(0, -1), watched))
      }
    },
  })
}

/**
 * A transaction that waits neither for its connection nor for its end without limit; what it asks meanwhile is
 * watched by itself. One that has been given up before it began does nothing when its turn comes after all.
 */
async function inTime<Tx>(
  lines: Lines,
  act: (tx: Tx) => Promise<unknown>,
  begin: (act: (tx: Tx) => Promise<unknown>) => Promise<unknown>,
): Promise<unknown> {
  const late = Promise.withResolvers<never>()
  let begun = false
  let isLate = false
  const watch = () =>
    lines.watch(() => {
      isLate = true
      if (!begun) late.reject(silence())
    })
  let done = watch()
  const work = begin(async (tx) => {
    done()
    if (isLate) throw silence()
    begun = true
    return act(tx).finally(() => (done = watch()))
  })
  return Promise.race([work, late.promise]).finally(() => done())
}

import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import { whenFree } from './crowded.ts'
import { Lines, silence } from './lines.ts'
import { directOf, open, schemaGiven, type Place } from './place.ts'
import * as schema from './schema.ts'

export type Database = PostgresJsDatabase<typeof schema> & {
  $client: postgres.Sql
  /** Over a connection kept for that alone. */
  $listen: postgres.Sql['listen']
  /** The connections that one is of. */
  $lines: Lines
}
export type Transaction = Parameters<Parameters<Database['transaction']>[0]>[0]
/** Reads run on either; writes ask for a Transaction. */
export type Reader = Database | Transaction

/** A database that comes back is found again within a second. */
const backoff = (retries: number) => Math.min(1, 0.05 * 2 ** retries)

/** `max` connections, and one more where somebody listens. */
export function connect(where: string | Place, max = 20): Database {
  const place = typeof where === 'string' ? { url: where } : where
  const isPooled = place.url !== directOf(place)
  const lines = new Lines()
  // The driver would keep its own statements too (commit, above all), which a pooler's next connection does not know.
  const kept = isPooled ? { prepare: false } : schemaGiven(place)
  const client = open(place.url, { ...optionsOf(lines), max, ...kept })
  const db = drizzle(watched(client, { lines, keeps: !isPooled }), { schema, casing: 'snake_case' })
  if (!isPooled) return Object.assign(db, { $client: client, $listen: listenOn(client), $lines: lines })
  const $lines = new Lines()
  const direct = open(directOf(place), { ...optionsOf($lines), max: 1 })
  const $client = Object.assign(client, oneAtATime(client), endBoth(client, direct))
  return Object.assign(db, { $client, $listen: listenOn(direct), $lines })
}

/**
 * Outside transactions a connection is sent its next statement after the answer to the last one only: a pooler that
 * takes the connection away after that answer would take away what had already been sent.
 */
function oneAtATime({ unsafe }: postgres.Sql): Pick<postgres.Sql, 'unsafe'> {
  const alone = { onexecute: () => false }
  return { unsafe: (text, values, options) => unsafe(text, values, { ...alone, ...options }) }
}

function endBoth({ end }: postgres.Sql, direct: postgres.Sql): Pick<postgres.Sql, 'end'> {
  return { end: async (how) => void (await Promise.all([end(how), direct.end(how)])) }
}

const optionsOf = (lines: Lines) => {
  return { onnotice: () => {}, connect_timeout: 5, backoff, socket: lines.open }
}

/** The driver listens again by itself after a lost connection; the first one is for us to wait for. */
function listenOn(client: postgres.Sql): Database['$listen'] {
  let connected: Promise<unknown> | null = null
  return async (...words) => {
    connected ??= whenFree(() => client.listen('incontro', () => {}))
    await connected.catch((error) => {
      connected = null
      throw error
    })
    return client.listen(...words)
  }
}

/** The driver knows more of a statement than its types say. */
const isSent = (query: object) => (query as { active?: boolean }).active === true

/** Statements with more values are too many different ones to keep. */
const MOST_VALUES = 12

type Watch = { lines: Lines; keeps: boolean }

/**
 * Statements as drizzle makes them, kept by the connection once it has run them: from then on each costs one exchange
 * with the database in place of two, and no planning. (A pooler gives the connection to others, so there none is kept.)
 * Whatever is asked is answered or refused within a time.
 */
function watched<Client extends postgres.Sql | postgres.TransactionSql>(
  client: Client,
  watch: Watch,
): Client {
  const { lines, keeps } = watch
  const unsafe = (text: string, values: never[] = [], options = {}) => {
    const prepare = keeps && values.length > 0 && values.length <= MOST_VALUES
    const ask = (form: 'values' | 'execute') =>
      whenFree(() => {
        // eslint-disable-next-line no-restricted-syntax -- the text is drizzle's
        const query = client.unsafe(text, values, { ...options, prepare })[form]()
        // What has been sent already ends with its connection.
        const done = lines.watch(() => void (isSent(query) || query.cancel()))
        return query.finally(done)
      })
    // Sent when somebody waits for it: by then drizzle has said in which form it wants the rows.
    const then: Promise<unknown>['then'] = (...heard) => ask('execute').then(...heard)
    return { then, values: () => ask('values') }
  }
  type Act = (tx: postgres.TransactionSql) => Promise<unknown>
  type Begin = (...all: unknown[]) => Promise<unknown>
  const inside = (act: Act) => (tx: postgres.TransactionSql) => act(watched(tx, watch))
  return new Proxy(client, {
    get(target, name) {
      const member = name as keyof Client
      if (member === 'unsafe') return unsafe
      if (member !== 'begin' && member !== 'savepoint') return target[member]
      return (...words: [...string[], Act]) => {
        const act = inside(words.at(-1) as Act)
        const begin: Begin = (timed) => (target[member] as Begin)(...words.slice(0, -1), timed)
        return whenFree(() => inTime(lines, act, begin))
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

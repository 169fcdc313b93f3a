import postgres from 'postgres'

/** Where the database is, and how it may be asked. */
export type Place = {
  url: string
  /** PostgreSQL itself, where `url` leads through a pooler that hands its connections on after each transaction. */
  directUrl?: string | null
  /** The schema of our tables, where the database does not say it itself. */
  schema?: string | null
}

/** What is bound to a session (listening, locks) or changes tables goes there. */
export const directOf = ({ url, directUrl }: Place): string => directUrl ?? url

/** Given to each new connection; a pooler takes none, so behind one the role has to say it. */
export const schemaGiven = ({ schema }: Place) =>
  schema ? { connection: { search_path: `"${schema.replaceAll('"', '""')}"` } } : {}

type Options = NonNullable<Parameters<typeof postgres>[1]>

/** A client of an address, also of one that names a socket of this machine: of those the driver itself knows none. */
export function open(url: string, options: Options): postgres.Sql {
  const socket = socketOf(url)
  return socket ? postgres(socket.url, { ...options, path: socket.path }) : postgres(url, options)
}

/** PostgreSQL itself, over one connection for as long as the work takes. */
export async function overOneConnection<T>(
  place: Place,
  work: (client: postgres.Sql) => Promise<T>,
): Promise<T> {
  const client = open(directOf(place), { max: 1, onnotice: () => {}, ...schemaGiven(place) })
  try {
    return await work(client)
  } finally {
    await client.end({ timeout: 5 })
  }
}

/**
 * As PostgreSQL's own programs write it: `postgres://me@%2Fvar%2Frun%2Fpostgresql/db` or
 * `postgres://me@/db?host=/var/run/postgresql`. Answers what is left as an address, and the socket; null for others.
 */
export function socketOf(address: string): { url: string; path: string } | null {
  const [, scheme, who = '', host = '', rest = ''] =
    /^(\w+:\/\/)([^@/?#]*@)?([^/?#]*)(.*)$/.exec(address) ?? []
  const local = `${scheme}${who}localhost${rest}`
  if (!scheme || !URL.canParse(local)) return null
  const url = new URL(local)
  const [named, port] = host.replaceAll(/%2f/gi, '/').split(':')
  const directory = named || url.searchParams.get('host')
  if (!directory?.startsWith('/')) return null
  const path = `${directory}/.s.PGSQL.${port ?? url.searchParams.get('port') ?? 5432}`
  for (const name of ['host', 'port']) url.searchParams.delete(name)
  return { url: url.href, path }
}

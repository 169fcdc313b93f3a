import { pino } from 'pino'

/**
 * The one log of a process: a line of JSON each, on its standard output. What people wrote, who they are and what lets
 * them in never stands there, whatever fails: of an error is kept what it is and where, of a request which route.
 */

/** `name@example.org`, also between angle brackets and with its sign written as an address of the web has it. */
const MAIL_ADDRESS = /[^\s<>"'(),;:=?&/]+(?:@|%40)[^\s<>"'(),;&?/]+/gi

/** Up to the first thing that is quoted: values stand between quotes, in what PostgreSQL and JavaScript say alike. */
export function withoutValues(text: string, names: string[] = []): string {
  const known = new Set(names.map((name) => `"${name}"`))
  let end = text.length
  for (const { index, 0: quoted } of text.matchAll(/"[^"]*"?|['`«“][^]*/g)) {
    if (known.has(quoted) || isApostrophe(text, index)) continue
    end = index
    break
  }
  const kept = text.slice(0, end).replace(MAIL_ADDRESS, '<address>')
  return end < text.length ? `${kept}…` : kept
}

/** As in "doesn't". */
const isApostrophe = (text: string, index: number) =>
  text[index] === "'" && /\p{L}/u.test(text[index - 1] ?? '') && /\p{L}/u.test(text[index + 1] ?? '')

type Described = {
  type: string
  message: string
  stack: string
  code?: string
  constraint?: string
  table?: string
  column?: string
}

/** As drizzle tells of it. */
const isQuery = (error: Error) => 'params' in error

/** What an error says of itself. A failed query also knows its text and its values: then its cause speaks. */
export function describeError(error: unknown): Described {
  const isFailedQuery = error instanceof Error && isQuery(error) && error.cause instanceof Error
  const cause = isFailedQuery ? error.cause : error
  if (!(cause instanceof Error)) return { type: typeof cause, message: '', stack: '' }
  const { code, constraint_name, table_name, column_name } = cause as Error & Record<string, unknown>
  const names = [constraint_name, table_name, column_name].filter((name) => typeof name === 'string')
  // Of a query whose cause is unknown not even the text is told: its values come right after it.
  const message = isQuery(cause) ? 'a query failed' : withoutValues(cause.message, names)
  const frames = (cause.stack ?? '').split('\n').filter((line) => /^\s+at .*[):\d]$/.test(line))
  return {
    type: cause.name,
    message,
    stack: frames.join('\n').replace(MAIL_ADDRESS, '<address>'),
    ...(typeof code === 'string' && { code }),
    ...(typeof constraint_name === 'string' && { constraint: constraint_name }),
    ...(typeof table_name === 'string' && { table: table_name }),
    ...(typeof column_name === 'string' && { column: column_name }),
  }
}

/** The same for whoever started the service and reads it in a terminal. */
export function errorInWords(error: unknown): string {
  const { type, code, message, stack } = describeError(error)
  return `${[type, code].filter(Boolean).join(' ')}: ${message}\n${stack}`.trim()
}

type Request = { method: string; routeOptions?: { url?: string } }

export const log = pino({
  level: 'warn',
  base: { pid: process.pid },
  serializers: {
    err: describeError,
    // The route, not the address: people's mail addresses come in addresses of pages.
    req: ({ method, routeOptions }: Request) => ({ method, route: routeOptions?.url ?? null }),
    res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
  },
})

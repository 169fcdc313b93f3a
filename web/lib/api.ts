import { m } from '../paraglide/messages.js'
import { currentLocale } from './locale.svelte.ts'
import { unpacked, type PackedView } from './packed.ts'

export type FieldError = { pointer: string; message: string }
export type Problem = {
  status: number
  code: string
  title: string
  detail: string
  errors: FieldError[]
  body: unknown
}
/**
 * `patience`: for how many milliseconds an answer is waited for; `signal`: gives it up sooner; `long`: its lists may be,
 * so they come packed.
 */
export type Options = {
  idempotencyKey?: string
  ifMatch?: string
  patience?: number
  signal?: AbortSignal
  long?: true
}
const packedType = 'application/vnd.incontro.packed+json'

/** What the server (or the network, status 0) answered instead of doing what was asked; `message` can be shown. */
export class ApiError extends Error {
  readonly status: number
  readonly code: string
  readonly title: string
  readonly detail: string
  readonly errors: FieldError[]
  /** The whole problem document: a 409 or 412 carries what stands in the way. */
  readonly body: unknown

  constructor(problem: Problem) {
    super([problem.title, problem.detail].filter(Boolean).join(' '))
    this.name = 'ApiError'
    this.status = problem.status
    this.code = problem.code
    this.title = problem.title
    this.detail = problem.detail
    this.errors = problem.errors
    this.body = problem.body
  }

  /** The message for one field, by its JSON pointer: `error.at('/amount')`. */
  at(pointer: string) {
    return this.errors.find((error) => error.pointer === pointer)?.message
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

let signInAgain: (() => Promise<boolean>) | null = null

/** Called on 401; if it resolves to true the request is sent again, so that nothing typed is lost. */
export function onSessionExpired(handler: () => Promise<boolean>) {
  signInAgain = handler
}

let author: string | null = null

/** From now on every write says that it is this person's: the service makes it as nobody else's. */
export const writeAs = (userId: string | null) => void (author = userId)

export const askToSignIn = () => signInAgain?.() ?? Promise.resolve(false)

async function send(method: Method, path: string, body: unknown, options: Options) {
  const request = toRequest(method, path, body, options)
  let response = await withOneTurn(request)
  if (response.status === 401 && !isSigningIn(path) && (await askToSignIn())) {
    response = await withOneTurn(request)
  }
  // Perhaps it is somebody else by now who may not.
  if (author && (response.status === 403 || response.status === 404)) void askToSignIn()
  if (!response.ok) throw await toError(response)
  return response
}

const isSigningIn = (path: string) => path.startsWith('/api/auth/') || path === '/api/v1/sample/enter'

// A network that swallows what is sent says nothing by itself.
const usualPatience = 30_000

type Prepared = { path: string; init: RequestInit; patience?: number; given?: AbortSignal }

function toRequest(method: Method, path: string, body: unknown, options: Options): Prepared {
  const accept = options.long ? `${packedType}, application/json` : 'application/json'
  const headers = new Headers({ accept, 'accept-language': currentLocale() })
  const isFile = body instanceof FormData || body instanceof Blob
  if (body !== undefined && !isFile) headers.set('content-type', 'application/json')
  if (method !== 'GET') headers.set('idempotency-key', options.idempotencyKey ?? newKey())
  if (author && method !== 'GET' && !isSigningIn(path)) headers.set('written-by', author)
  if (options.ifMatch) headers.set('if-match', options.ifMatch)
  const payload = body === undefined || isFile ? body : JSON.stringify(body, withoutUnseen)
  // A small write outlives the page it was made on: the last tap before leaving is not lost.
  const keepalive = method !== 'GET' && (typeof payload !== 'string' || payload.length < 16_000) && !isFile
  const init = { method, headers, body: payload, credentials: 'same-origin' as const, keepalive }
  const patience = options.patience ?? (isFile ? undefined : usualPatience)
  return { path, init, patience, given: options.signal }
}

// Copied texts bring marks that nobody sees, and that nobody could find to take out when the service refuses them.
const unseen = /[\p{Cc}\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu

const withoutUnseen = (_: string, value: unknown) =>
  typeof value === 'string'
    ? value.replace(unseen, (mark) => (/\s/.test(mark) && mark !== '\ufeff' ? mark : ''))
    : value

// randomUUID needs a secure context, and a venue's laptop may be reached over plain http.
export const newKey = () =>
  crypto.randomUUID?.() ??
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('')

/** For how many seconds a service that has too much to do is waited for before the page says so. */
const turnWithin = 5

// Who has too much to do says when to ask again; not all who were told so come back at the same moment.
async function withOneTurn({ path, init, patience, given }: Prepared) {
  const late = patience === undefined ? undefined : AbortSignal.timeout(patience)
  const signal = given && late ? AbortSignal.any([given, late]) : (given ?? late)
  const response = await withOneRetry(path, { ...init, signal })
  const seconds = Number(response.headers.get('retry-after') ?? NaN)
  if (response.status !== 503 || !(seconds <= turnWithin) || !(await isBusy(response))) return response
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000 * (1 + Math.random() / 2)))
  return withOneRetry(path, { ...init, signal })
}

/** A queue that is full soon has room again; of whatever else fails, nobody knows when it is worth asking again. */
const isBusy = async (response: Response) => (await toError(response.clone())).code === 'solver-busy'

// The same key makes the retry safe: whatever was lost, the write has one effect.
async function withOneRetry(path: string, init: RequestInit) {
  try {
    return await fetch(path, init)
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 400))
    return fetch(path, init).catch(() => {
      throw new ApiError(problem(0, 'network', m.error_network()))
    })
  }
}

const problem = (status: number, code: string, title: string): Problem => ({
  status,
  code,
  title,
  detail: '',
  errors: [],
  body: null,
})

async function toError(response: Response) {
  const body = await response.json().catch(() => null)
  const fallback = problem(response.status, `http_${response.status}`, m.error_server())
  const told = body && typeof body === 'object' ? { ...fallback, ...fieldsOf(body), body } : fallback
  return new ApiError({ ...told, title: withCode(told.title, response) })
}

/** What is no fault of the reader's stands in the log under a code that helps whoever looks for it. */
function withCode(title: string, response: Response) {
  const code = response.headers.get('x-request-id')
  return response.status >= 500 && code ? `${title} ${m.error_code({ code })}` : title
}

function fieldsOf(body: Record<string, unknown>): Partial<Problem> {
  const errors = Array.isArray(body.errors) ? (body.errors as FieldError[]) : []
  const title = body.title ?? body.message
  const code = body.code
  return {
    errors,
    detail: typeof body.detail === 'string' ? body.detail : '',
    ...(typeof title === 'string' && { title }),
    ...(typeof code === 'string' && { code }),
  }
}

async function read<T>(response: Response): Promise<T> {
  if (response.status === 204 || response.headers.get('content-length') === '0') return undefined as T
  const isPacked = response.headers.get('content-type')?.startsWith(packedType)
  return isPacked ? unpacked((await response.json()) as PackedView<T>) : await response.json()
}

const write =
  (method: Method) =>
  async <T>(path: string, body?: unknown, options: Options = {}) =>
    read<T>(await send(method, path, body, options))

export const api = {
  get: async <T>(path: string, options: Options = {}) => read<T>(await send('GET', path, undefined, options)),
  /** Also returns the version for a later `ifMatch`. */
  getWithVersion: async <T>(path: string, options: Options = {}) => {
    const response = await send('GET', path, undefined, options)
    return { data: await read<T>(response), version: response.headers.get('etag') ?? '' }
  },
  /** A file made of what is sent, as a download. */
  download: async (path: string, body: unknown, { name, ...options }: Options & { name: string }) => {
    const address = URL.createObjectURL(await (await send('POST', path, body, options)).blob())
    Object.assign(document.createElement('a'), { href: address, download: name }).click()
    setTimeout(() => URL.revokeObjectURL(address), 60_000)
  },
  post: write('POST'),
  put: write('PUT'),
  patch: write('PATCH'),
  delete: write('DELETE'),
}

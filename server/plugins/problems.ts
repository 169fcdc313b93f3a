import { randomInt } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { Locale } from '../actor.ts'
import {
  DomainError,
  fromDatabase,
  notFound,
  retryAfterOf,
  statusOf,
  type ErrorCode,
  type FieldError,
} from '../errors.ts'
import { localeOf, say, type MessageKey } from '../messages.ts'
import type { Problem } from '../schemas/common.ts'
import { sentenceOfViolation, type Violation } from '../violations.ts'

/** Every error leaves as RFC 9457 problem+json, in the reader's language, without internals. */
export default fp(
  function problems(app: FastifyInstance) {
    app.addHook('onRequest', async (request, reply) => void reply.header(REQUEST_ID, request.id))
    app.setErrorHandler((error: FastifyError, request, reply) => {
      const problem = problemOf(error, requestLocale(request), request.body)
      const isHeard = !(reply.raw.destroyed && error instanceof DomainError)
      if (problem.status >= 500 && isHeard) request.log[levelOf(error)]({ err: error }, 'request failed')
      const seconds = error instanceof DomainError ? error.values.seconds : undefined
      const retryAfter = seconds ?? retryAfterOf(problem.code as ErrorCode)
      if (retryAfter !== null && !reply.hasHeader('retry-after')) reply.header('retry-after', retryAfter)
      return reply.code(problem.status).type('application/problem+json').send(problem)
    })
  },
  { name: 'problems' },
)

/** That there is too much to do is no fault of ours, but whoever runs the service wants to know. */
const levelOf = (error: unknown) => (error instanceof DomainError ? 'warn' : 'error')

const REQUEST_ID = 'x-request-id'

/** So that somebody can read it to somebody else: without letters and digits that look alike. */
const READABLE = '23456789abcdefghjkmnpqrstuvwxyz'

/** Under which the log speaks of a request: as whoever asks calls it, or made here. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers[REQUEST_ID]
  if (typeof given === 'string' && /^[\w-]{1,64}$/.test(given)) return given
  return Array.from({ length: 8 }, () => READABLE[randomInt(READABLE.length)]).join('')
}

/** An address that can't be read names nothing; it is refused before there is a route. */
export function refuseAddress(request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(notFound(), requestLocale(request))
  void reply.header(REQUEST_ID, request.id)
  void reply.code(problem.status).type('application/problem+json').send(problem)
}

export const requestLocale = (request: FastifyRequest): Locale =>
  localeOf(
    request.headers.cookie?.match(/(?:^|;\s*)PARAGLIDE_LOCALE=(it|en)/)?.[1],
    request.headers['accept-language'],
  )

export function problemOf(error: unknown, locale: Locale, body: unknown = null): Problem {
  const domain =
    error instanceof DomainError ? error : (unstorable(error, body, locale) ?? fromFastify(error, locale))
  const sentence = say(locale, `error_${domain.code}` as MessageKey, domain.values)
  return {
    type: `urn:incontro:${domain.code}`,
    title: sentence,
    status: statusOf(domain.code),
    code: domain.code,
    ...(domain.detail !== '' && { detail: domain.detail }),
    ...(domain.fields.length > 0 && { errors: domain.fields }),
  }
}

/** What the database refuses in a text that JSON allows is named like any other fault of a field. */
function unstorable(error: unknown, body: unknown, locale: Locale): DomainError | null {
  const domain = fromDatabase(error)
  if (domain?.code !== 'invalid-input') return domain
  const fields = pointersTo(body, '').map((pointer) => ({ pointer, message: say(locale, 'field_invalid') }))
  return new DomainError('invalid-input', {}, fields.slice(0, MOST_FIELDS))
}

/** Texts with a NUL or half a surrogate pair; the whole body where it is something else. */
function pointersTo(value: unknown, pointer: string): string[] {
  const found = Object.entries(value ?? {}).flatMap(([member, inside]): string[] => {
    const here = `${pointer}/${escaped(member)}`
    if (typeof inside === 'object') return pointersTo(inside, here)
    const good = typeof inside !== 'string' || (inside.isWellFormed() && !inside.includes('\u0000'))
    return good ? [] : [here]
  })
  return found.length > 0 || pointer !== '' ? found : ['']
}

const escaped = (member: string) => member.replaceAll('~', '~0').replaceAll('/', '~1')
const MOST_FIELDS = 50

const BY_STATUS: Record<number, ErrorCode> = {
  400: 'invalid-input',
  401: 'signed-out',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-found',
  413: 'too-large',
  414: 'too-large',
  415: 'invalid-input',
  429: 'too-many-requests',
  503: 'unavailable',
}

function fromFastify(error: unknown, locale: Locale): DomainError {
  const { validation, validationContext, statusCode } = error as {
    validation?: Violation[]
    validationContext?: string
    statusCode?: number
  }
  if (validation && validationContext === 'params') return notFound()
  if (validation) return new DomainError('invalid-input', {}, fieldsOf(validation, locale))
  const code = BY_STATUS[statusCode ?? 500] ?? (statusCode && statusCode < 500 ? 'invalid-input' : 'internal')
  const unread = { pointer: '', message: say(locale, 'field_json') }
  return new DomainError(code, {}, code === 'invalid-input' ? [unread] : [])
}

function fieldsOf(violations: Violation[], locale: Locale): FieldError[] {
  const fields = new Map<string, FieldError>()
  for (const violation of violations) {
    const field = { pointer: pointerOf(violation), message: sentenceOfViolation(violation, locale) }
    // A union reports each of its branches: the first reason for a member is the clearest one.
    if (!fields.has(field.pointer)) fields.set(field.pointer, field)
  }
  return [...fields.values()].slice(0, MOST_FIELDS)
}

function pointerOf({ instancePath, params }: Violation): string {
  const member = params.missingProperty ?? params.additionalProperty
  if (typeof member !== 'string') return instancePath
  return `${instancePath}/${escaped(member)}`
}

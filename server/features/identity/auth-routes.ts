import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isAPIError } from 'better-auth/api'
import { Type, type Static, type TSchema } from 'typebox'
import type { Database } from '../../database/client.ts'
import { DomainError, fromDatabase, type ErrorCode } from '../../errors.ts'
import { say } from '../../messages.ts'
import { Email, Shape, Text } from '../../schemas/common.ts'
import { CLIENT_HEADER, type Auth } from './auth.ts'
import { mayMailCode, throttle } from './service.ts'

const CodeRequest = Shape({ email: Email, type: Type.Literal('sign-in') })
const CodeSignIn = Shape({ email: Email, otp: Type.String({ pattern: '^[0-9]{6}$' }) })
const Credential = Type.Object({ id: Text(2000, 1) }, { additionalProperties: true })
const PasskeyRegistration = Shape({ response: Credential, name: Type.Optional(Text(80)) })
const PasskeySignIn = Shape({ response: Credential })
const RegisterOptions = Shape({
  name: Type.Optional(Text(254)),
  authenticatorAttachment: Type.Optional(Type.Enum(['platform', 'cross-platform'])),
})

/** The part of better-auth that is in use, each address with its schema; nothing else of it can be reached. */
export default function authRoutes(db: Database, auth: Auth, publicUrl: string) {
  const ask = (request: FastifyRequest, refusal: ErrorCode) =>
    auth.handler(toWeb(request, publicUrl)).catch((error: unknown) => asResponse(error, refusal))

  return async (api: FastifyInstance) => {
    const tags = ['sign-in']
    const post = <T extends TSchema>(
      url: string,
      body: T | undefined,
      refusal: ErrorCode,
      goesOn: (body: Static<T>) => Promise<boolean> = async () => true,
    ) =>
      api.post(url, { schema: { tags, ...(body && { body }) } }, async (request, reply) => {
        if (!(await goesOn(request.body as Static<T>))) return { success: true }
        return answer(reply, await ask(request, refusal), refusal)
      })
    const get = (url: string, querystring?: TSchema) =>
      api.get(url, { schema: { tags, ...(querystring && { querystring }) } }, async (request, reply) =>
        answer(reply, await ask(request, 'passkey-refused'), 'passkey-refused'),
      )

    post('/email-otp/send-verification-otp', CodeRequest, 'invalid-input', async ({ email }) => {
      await throttle(db, 'send', email)
      return mayMailCode(db, email)
    })
    post('/sign-in/email-otp', CodeSignIn, 'code-invalid', async ({ email }) => {
      await throttle(db, 'try', email)
      return true
    })
    post('/sign-out', undefined, 'invalid-input')
    get('/passkey/generate-register-options', RegisterOptions)
    post('/passkey/verify-registration', PasskeyRegistration, 'passkey-refused')
    get('/passkey/generate-authenticate-options')
    post('/passkey/verify-authentication', PasskeySignIn, 'passkey-refused')
  }
}

const PASSED_ON = ['cookie', 'user-agent', 'accept-language'] as const

/** Only checked input goes on; the origin was checked by plugins/session, so it is ours. */
function toWeb(request: FastifyRequest, publicUrl: string): Request {
  const headers = new Headers({ origin: publicUrl, [CLIENT_HEADER]: request.ip })
  for (const name of PASSED_ON) {
    const value = request.headers[name]
    if (value) headers.set(name, value)
  }
  const posted = request.method === 'POST'
  if (posted) headers.set('content-type', 'application/json')
  const body = posted ? JSON.stringify(request.body ?? {}) : undefined
  return new Request(new URL(request.url, publicUrl), { method: posted ? 'POST' : 'GET', headers, body })
}

/** What the library refuses is an answer like any other; what failed below it fails the request. */
function asResponse(error: unknown, refusal: ErrorCode): Response {
  if (isAPIError(error)) return Response.json(error.body ?? {}, { status: error.statusCode })
  // Of a credential that makes no sense it throws whatever it stumbled over.
  const isQuery = error instanceof Error && ('query' in error || fromDatabase(error) !== null)
  if (refusal === 'passkey-refused' && !isQuery) throw new DomainError(refusal)
  throw error
}

async function answer(reply: FastifyReply, response: Response, refusal: ErrorCode): Promise<FastifyReply> {
  const text = await response.text()
  if (response.status >= 400) throw refused(reply, errorOf(response.status, text, refusal))
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) reply.header('set-cookie', cookies)
  return reply
    .code(response.status)
    .header('cache-control', 'no-store')
    .type('application/json')
    .send(JSON.parse(text || '{}', withoutToken))
}

/** Input that passed our schema and not better-auth's own: its idea of an address is the narrower one. */
function refused({ request }: FastifyReply, code: ErrorCode): DomainError {
  if (code !== 'invalid-input') return new DomainError(code)
  const message = say(request.actor.locale, 'field_format')
  return new DomainError(code, {}, [{ pointer: '/email', message }])
}

/** The session's token is the cookie's alone: scripts of the page have no business with it. */
const withoutToken = (key: string, value: unknown) => (key === 'token' ? undefined : value)

/** What is wrong with a code is not told apart, or it would say whether the address is known. */
function errorOf(status: number, text: string, refusal: ErrorCode): ErrorCode {
  if (status === 429) return 'too-many-requests'
  if (/"(PASSKEY_NOT_FOUND|AUTHENTICATION_FAILED)"/.test(text)) return refusal
  if (status === 401) return refusal === 'code-invalid' ? refusal : 'signed-out'
  if (text.includes('"PASSKEY_NEEDED"')) return 'passkey-needed'
  if (text.includes('"SESSION_NOT_FRESH"')) return 'session-old'
  // A credential that makes no sense is answered with 500 by the passkey library.
  if (status >= 500 && refusal !== 'passkey-refused') return 'internal'
  return refusal
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isAPIError } from 'better-auth/api'
import { Type, type Static, type TSchema } from 'typebox'
import type { Database } from '../../database/client.ts'
import { DomainError, fromDatabase, type ErrorCode } from '../../errors.ts'
import { Email, Shape, Text } from '../../schemas/common.ts'
import { CodeAsked } from '../../schemas/access.ts'
import { CLIENT_HEADER, type Auth } from './auth.ts'
import { BROWSER_COOKIE, browserCookie, newBrowser, readBrowser, withProof } from './browsers.ts'
import { askCode, checkCode } from './codes.ts'
import { cookieOf } from './cookies.ts'
import { addressOf } from './repository.ts'

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

  const secure = publicUrl.startsWith('https:')
  const browserOf = ({ headers }: FastifyRequest) => readBrowser(cookieOf(headers.cookie, BROWSER_COOKIE))

  return async (api: FastifyInstance) => {
    const tags = ['sign-in']
    const post = <T extends TSchema>(url: string, body: T | undefined, refusal: ErrorCode) =>
      api.post(url, { schema: { tags, ...(body && { body }) } }, async (request, reply) =>
        answer(reply, await ask(request, refusal), refusal),
      )
    const get = (url: string, querystring?: TSchema) =>
      api.get(url, { schema: { tags, ...(querystring && { querystring }) } }, async (request, reply) =>
        answer(reply, await ask(request, 'passkey-refused'), 'passkey-refused'),
      )

    api.post<{ Body: Static<typeof CodeRequest> }>(
      '/email-otp/send-verification-otp',
      { schema: { tags, body: CodeRequest, response: { 200: CodeAsked } } },
      async (request, reply) => {
        const { email } = request.body
        const { asked, mailing } = await askCode(db, email, auth.secret)
        if (mailing) void auth.mailCode({ email: addressOf(email), ...mailing, locale: request.actor.locale })
        reply.header('set-cookie', browserCookie(browserOf(request) ?? newBrowser(), secure))
        return asked
      },
    )
    api.post<{ Body: Static<typeof CodeSignIn> }>(
      '/sign-in/email-otp',
      { schema: { tags, body: CodeSignIn } },
      async (request, reply) => {
        const { email, otp } = request.body
        const browser = browserOf(request)
        await checkCode(db, { email, code: otp, browser, secret: auth.secret })
        const response = await ask(request, 'code-invalid')
        const known = withProof(browser ?? newBrowser(), addressOf(email), auth.secret)
        return answer(reply, response, 'code-invalid', [browserCookie(known, secure)])
      },
    )
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

async function answer(
  reply: FastifyReply,
  response: Response,
  refusal: ErrorCode,
  more: string[] = [],
): Promise<FastifyReply> {
  const text = await response.text()
  if (response.status >= 400) throw new DomainError(errorOf(response.status, text, refusal))
  const cookies = [...response.headers.getSetCookie(), ...more]
  if (cookies.length > 0) reply.header('set-cookie', cookies)
  return reply
    .code(response.status)
    .header('cache-control', 'no-store')
    .type('application/json')
    .send(JSON.parse(text || '{}', withoutToken))
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

import { setTimeout } from 'node:timers/promises'
import { passkey } from '@better-auth/passkey'
import { APIError, betterAuth, type BetterAuthOptions } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { createAuthMiddleware, getSessionFromCtx } from 'better-auth/api'
import { emailOTP } from 'better-auth/plugins'
import type { FastifyBaseLogger } from 'fastify'
import type { Locale } from '../../actor.ts'
import type { Config } from '../../config.ts'
import type { Database } from '../../database/client.ts'
import { accounts, passkeys, sessions, users, verifications } from '../../database/schema.ts'
import { CODE_DIGITS, CODE_MINUTES, openCode, sealCode } from './sign-in-codes.ts'
import { ringSessions } from '../../changes.ts'
import { countPasskeys, findSessionEnd, strengthenSession } from './repository.ts'
import { readSecret } from './secret.ts'

/** Set by us on every request handed to better-auth; what a client sends under this name is dropped. */
export const CLIENT_HEADER = 'x-incontro-client'

const DAY = 24 * 60 * 60
/** As long as browsers keep any: when a session ends is the database's to say. */
const COOKIE_DAYS = 400

const AFTER_ANSWER_MS = 200

export type SendCode = (mail: {
  email: string
  code: string
  expiresAt: Date
  locale: Locale
  /** Of an open call. */
  call?: { id: string; sample: boolean; timezone: string }
}) => Promise<void>
export type Auth = ReturnType<typeof createAuth>

type Parts = {
  config: Config
  db: Database
  sendCode: SendCode
  log: Pick<FastifyBaseLogger, 'error' | 'info'>
}

/** Sign-in by mailed code for people whom a programme knows, and passkeys. */
export function createAuth({ config, db, sendCode, log }: Parts) {
  const report = (error: unknown) => log.error({ err: error }, 'sign-in')
  const later = background(report)
  const secret = readSecret(config)
  const auth = betterAuth({
    appName: 'Incontro',
    baseURL: config.publicUrl,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [config.publicUrl],
    telemetry: { enabled: false },
    // It may say anything, errors with their values among it; what fails is thrown as well.
    logger: { level: 'error', log: (_, ...said) => log.info({ err: said.find(isError) }, 'sign-in library') },
    // Left to itself it prints errors with all that they know.
    onAPIError: { throw: true },
    database: drizzleAdapter(db, {
      provider: 'pg',
      usePlural: true,
      schema: { users, sessions, accounts, verifications, passkeys },
    }),
    user: { additionalFields: { founder: { type: 'boolean', defaultValue: false, input: false } } },
    session: {
      expiresIn: COOKIE_DAYS * DAY,
      disableSessionRefresh: true,
      additionalFields: { strong: { type: 'boolean', defaultValue: false, input: false } },
    },
    // It counts by network address, which a whole hall shares. What guards an account is counted by account (./codes.ts).
    rateLimit: { enabled: false },
    advanced: {
      cookiePrefix: 'incontro',
      ipAddress: { ipAddressHeaders: [CLIENT_HEADER] },
      backgroundTasks: { handler: later.add },
    },
    databaseHooks: {
      // Up to here known and unknown addresses are treated alike, code and tries included; only nobody is mailed the latter's.
      user: {
        create: {
          before: async () => {
            throw new APIError('BAD_REQUEST', { code: 'INVALID_OTP' })
          },
        },
      },
      session: {
        create: {
          before: async (session, context) => ({
            data: {
              ...session,
              strong: context?.path === '/passkey/verify-authentication',
              expiresAt: await findSessionEnd(db, session.userId),
            },
          }),
        },
        delete: { after: async (session) => void (await ringSessions(db, session.id)) },
      },
    },
    hooks: passkeyHooks(db),
    plugins: [
      emailOTP({
        otpLength: CODE_DIGITS,
        expiresIn: CODE_MINUTES * 60,
        storeOTP: {
          encrypt: (code) => sealCode(code, secret),
          decrypt: async (sealed) => (await openCode(sealed, secret)) ?? '',
        },
        // Codes are made, mailed and looked at in ./codes.ts; here a right one is used up and opens a session.
        sendVerificationOTP: async () => {},
      }),
      passkey({
        rpID: new URL(config.publicUrl).hostname,
        rpName: 'Incontro',
        origin: config.publicUrl,
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        registration: {
          afterVerification: ({ verification }) =>
            verified(verification.registrationInfo?.userVerified === true),
        },
        authentication: {
          afterVerification: async ({ verification }) =>
            verified(verification.authenticationInfo.userVerified),
        },
      }),
    ],
  } satisfies BetterAuthOptions)
  /** What the mail takes begins when the answer is gone. */
  const mailCode: SendCode = async (mail) => later.add(setTimeout(AFTER_ANSWER_MS).then(() => sendCode(mail)))
  return Object.assign(auth, { secret, mailCode, settled: later.settled })
}

const isError = (said: unknown) => said instanceof Error

/** Mails are written after the answer, so that its time does not tell whether the address is known. */
function background(report: (error: unknown) => void) {
  const tasks = new Set<Promise<unknown>>()
  return {
    add(task: Promise<unknown>) {
      const done = task.catch(report).finally(() => tasks.delete(done))
      tasks.add(done)
    },
    settled: async () => void (await Promise.all(tasks)),
  }
}

function verified(person: boolean): void {
  if (!person) throw new APIError('FORBIDDEN', { code: 'PERSON_NOT_VERIFIED' })
}

const ADDS_PASSKEY = new Set(['/passkey/generate-register-options', '/passkey/verify-registration'])

/**
 * A first passkey may be registered after a mailed code, and makes that session strong. From then on
 * passkeys change only in strong sessions: whoever can read a person's mail must not get past them.
 */
const passkeyHooks = (db: Database) => ({
  before: createAuthMiddleware(async (context) => {
    if (!ADDS_PASSKEY.has(context.path)) return
    const current = await getSessionFromCtx(context)
    if (!current || current.session.strong) return
    if ((await countPasskeys(db, current.user.id)) > 0)
      throw new APIError('FORBIDDEN', { code: 'PASSKEY_NEEDED' })
  }),
  after: createAuthMiddleware(async (context) => {
    const { returned } = context.context
    if (returned instanceof APIError) return
    if (context.path === '/passkey/verify-registration') {
      const current = await getSessionFromCtx(context)
      if (current) await strengthenSession(db, current.session.id)
    }
    if (context.path === '/passkey/generate-authenticate-options')
      return context.json({ ...(returned as object), userVerification: 'required' })
  }),
})

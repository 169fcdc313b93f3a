import { eq } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../../server/app.ts'
import { readConfig } from '../../../../server/config.ts'
import { connect, type Database } from '../../../../server/database/client.ts'
import { programmes, users } from '../../../../server/database/schema.ts'
import { sessionCookie } from '../../../../server/features/identity/cookies.ts'
import { insertSession } from '../../../../server/features/identity/repository.ts'
import { readmitOrganiser } from '../../../../server/features/identity/service.ts'
import { startQueue, type Queue } from '../../../../server/queue.ts'
import { createAuthenticator } from '../../../support/authenticator.ts'
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts'
import { signedIn } from '../../../support/people.ts'

const ORIGIN = 'http://localhost:3000'
const SECRET = 'a secret of at least thirty-two characters'

let place: TestDatabase
let db: Database
let queue: Queue
let app: FastifyInstance
let programmeId: string

beforeAll(async () => {
  place = await createTestDatabase()
  db = connect(place.url)
  queue = await startQueue(db)
  const config = readConfig({ SECRET, LOG_LEVEL: 'error' })
  app = await buildApp({ config, db, queue })
  const [row] = await db.insert(programmes).values({ name: 'Torino 2026' }).returning()
  programmeId = row.id
})
afterAll(async () => {
  await app.close()
  await queue.stop()
  await db.$client.end()
  await place.drop()
})

type Authenticator = ReturnType<typeof createAuthenticator>
const cookiesOf = (response: { cookies: { name: string; value: string }[] }) =>
  response.cookies.map(({ name, value }) => `${name}=${encodeURIComponent(value)}`).join('; ')

async function ceremony(questions: string, answers: string, act: (challenge: string) => object, cookie = '') {
  const asked = await app.inject({ url: `/api/auth/passkey/${questions}`, headers: { cookie } })
  const headers = { cookie: [cookie, cookiesOf(asked)].filter(Boolean).join('; '), origin: ORIGIN }
  const payload = { response: act(asked.json().challenge ?? '') }
  return app.inject({ method: 'POST', url: `/api/auth/passkey/${answers}`, headers, payload })
}
const register = (device: Authenticator, cookie: string) =>
  ceremony('generate-register-options', 'verify-registration', device.register, cookie)
const use = (device: Authenticator) =>
  ceremony('generate-authenticate-options', 'verify-authentication', device.use)
const me = async (cookie: string) => (await app.inject({ url: '/api/v1/me', headers: { cookie } })).json()
const byCode = () => signedIn(app, { role: 'organiser', programmeId, strong: false })

describe('a passkey', () => {
  test('registered first gives the session its organiser role, and signs in later', async () => {
    const { cookie, userId } = await byCode()
    const device = createAuthenticator(ORIGIN)
    expect(await me(cookie)).toMatchObject({ memberships: [], passkey: 'register' })
    expect((await register(device, cookie)).statusCode).toBe(200)
    expect(await me(cookie)).toMatchObject({ memberships: [{ role: 'organiser' }], passkey: null })
    const entered = await use(device)
    expect(entered.statusCode).toBe(200)
    expect(await me(cookiesOf(entered))).toMatchObject({
      user: { id: userId },
      memberships: [{ role: 'organiser' }],
      passkey: null,
    })
  })

  test('of another device can be added in a strong session, not after a mere code', async () => {
    const { cookie, userId } = await byCode()
    expect((await register(createAuthenticator(ORIGIN), cookie)).statusCode).toBe(200)
    expect((await register(createAuthenticator(ORIGIN), cookie)).statusCode).toBe(200)
    const token = await db.transaction((tx) => insertSession(tx, userId, 1, false))
    const weak = (await sessionCookie(app.identity.auth, token, 1)).split(';')[0]
    expect(await me(weak)).toMatchObject({ user: { id: userId }, memberships: [], passkey: 'use' })
    const asked = await app.inject({
      url: '/api/auth/passkey/generate-register-options',
      headers: { cookie: weak },
    })
    expect(asked.json()).toMatchObject({ status: 403, code: 'passkey-needed' })
  })

  test('of another site is refused', async () => {
    const { cookie } = await byCode()
    const refused = await register(createAuthenticator('http://localhost:4000'), cookie)
    expect(refused.json()).toMatchObject({ code: 'passkey-refused' })
    expect(await me(cookie)).toMatchObject({ memberships: [], passkey: 'register' })
  })

  test('that did not verify the person counts for nothing', async () => {
    const { cookie } = await byCode()
    const refused = await register(createAuthenticator(ORIGIN, { verifiesPerson: false }), cookie)
    expect(refused.json()).toMatchObject({ status: 400, code: 'passkey-refused' })
    expect(await me(cookie)).toMatchObject({ memberships: [], passkey: 'register' })
  })

  test('that nobody registered opens nothing', async () => {
    const refused = await use(createAuthenticator(ORIGIN))
    expect(refused.json()).toMatchObject({ status: 400, code: 'passkey-refused' })
  })
})

describe('an organiser who has lost the passkey', () => {
  const url = '/api/auth/sign-in/email-otp'
  const enter = (email: string, otp: string) =>
    app.inject({ method: 'POST', url, headers: { origin: ORIGIN }, payload: { email, otp } })

  test('comes back with a printed code and registers another one; the lost one opens nothing', async () => {
    const { cookie, userId } = await byCode()
    const lost = createAuthenticator(ORIGIN)
    await register(lost, cookie)
    const [{ email }] = await db.select().from(users).where(eq(users.id, userId))
    const code = await readmitOrganiser(db, email.toUpperCase(), SECRET)
    expect(await me(cookie)).toMatchObject({ user: null })
    expect((await use(lost)).json()).toMatchObject({ code: 'passkey-refused' })
    const entered = cookiesOf(await enter(email, code!))
    expect(await me(entered)).toMatchObject({ user: { id: userId }, memberships: [], passkey: 'register' })
    expect((await register(createAuthenticator(ORIGIN), entered)).statusCode).toBe(200)
    expect(await me(entered)).toMatchObject({ memberships: [{ role: 'organiser' }], passkey: null })
  })

  test('is no way in for anybody else', async () => {
    const { userId } = await signedIn(app, { role: 'desk', programmeId })
    const [{ email }] = await db.select().from(users).where(eq(users.id, userId))
    expect(await readmitOrganiser(db, email, SECRET)).toBeNull()
    expect(await readmitOrganiser(db, 'nessuno@example.org', SECRET)).toBeNull()
  })
})

test('signing out tells every node which session has ended', async () => {
  const { cookie } = await byCode()
  const { promise, resolve } = Promise.withResolvers<string>()
  const { unlisten } = await db.$listen('session', resolve)
  await app.inject({ method: 'POST', url: '/api/auth/sign-out', payload: {}, headers: { cookie } })
  expect(await promise).toMatch(/^[\w-]{20,}$/)
  await unlisten()
})

import { eq, sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../../server/app.ts'
import { readConfig, type Config } from '../../../../server/config.ts'
import { connect, type Database } from '../../../../server/database/client.ts'
import {
  mails,
  passkeys,
  programmes,
  projects,
  sessions,
  users,
  verifications,
} from '../../../../server/database/schema.ts'
import { insertUsers, makeFounder } from '../../../../server/features/identity/repository.ts'
import { ensureMember, inviteFounder } from '../../../../server/features/identity/service.ts'
import { startQueue, type Queue } from '../../../../server/queue.ts'
import { makeCode } from '../../../../server/features/identity/codes.ts'
import { CODE_DIGITS, LIMITS } from '../../../../server/features/identity/sign-in-codes.ts'
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts'
import { noteStatements } from '../../../support/statements.ts'
import { signedIn } from '../../../support/people.ts'

let place: TestDatabase
let db: Database
let queue: Queue
let app: FastifyInstance
let config: Config
let real: string
let sample: string

const SECRET = 'a secret of at least thirty-two characters'
const open = (change: Partial<Config> = {}) => buildApp({ config: { ...config, ...change }, db, queue })

beforeAll(async () => {
  place = await createTestDatabase()
  db = connect(place.url)
  queue = await startQueue(db)
  config = readConfig({ SECRET, LOG_LEVEL: 'error' })
  app = await open()
  const rows = await db
    .insert(programmes)
    .values([{ name: 'Torino 2026' }, { name: 'Esempio', sample: true }])
    .returning({ id: programmes.id })
  ;[real, sample] = rows.map(({ id }) => id)
})
afterAll(async () => {
  await app.close()
  await queue.stop()
  await db.$client.end()
  await place.drop()
})

const me = async (cookie: string, of = app) =>
  (await of.inject({ url: '/api/v1/me', headers: { cookie } })).json()
const post = (url: string, payload: object, cookie = '') =>
  app.inject({ method: 'POST', url, payload, headers: { cookie } })
const askCode = (email: string) =>
  post('/api/auth/email-otp/send-verification-otp', { email, type: 'sign-in' })
const signIn = (email: string, otp: string) => post('/api/auth/sign-in/email-otp', { email, otp })
const cookieFrom = (response: { headers: Record<string, unknown> }) =>
  String([response.headers['set-cookie']].flat()[0]).split(';')[0]

/** What a node asks by itself every second or so. */
const OF_THE_NODE = /pg_is_in_recovery|pg_notify/

/** Somebody of the sample, whose codes its organisers can read in the outbox. */
async function player(email: string) {
  await db.transaction((tx) =>
    ensureMember(tx, { programmeId: sample, email, name: email, role: 'organiser' }),
  )
  return email
}

async function codeOf(email: string): Promise<string> {
  await app.identity.auth.settled()
  const rows = await db.select().from(mails).where(eq(mails.to, email)).orderBy(mails.createdAt)
  return rows.at(-1)?.secret as string
}

describe('signing in with a code', () => {
  test('opens a session that /me knows', async () => {
    const email = await player('ada@example.org')
    const minute = 60_000
    const { sentAt, expiresAt, againAt } = (await askCode(email)).json()
    expect(Date.parse(expiresAt) - Date.parse(sentAt)).toBeCloseTo(10 * minute, -4)
    expect(againAt <= expiresAt).toBe(true)
    const response = await signIn(email, await codeOf(email))
    expect(response.statusCode).toBe(200)
    expect(response.json().token).toBeUndefined()
    expect(String([response.headers['set-cookie']].flat()[0])).toMatch(
      /^incontro\.session_token=.+; Max-Age=34560000; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    expect((await me(cookieFrom(response))).user).toMatchObject({ email })
  })

  test('is refused a second time with the same code', async () => {
    const email = await player('bea@example.org')
    await askCode(email)
    const code = await codeOf(email)
    expect((await signIn(email, code)).statusCode).toBe(200)
    expect((await signIn(email, code)).json()).toMatchObject({ status: 400, code: 'code-invalid' })
  })

  test('answers the same to an address nobody knows, and makes no account of it', async () => {
    const email = await player('cleo@example.org')
    const known = await askCode(email)
    const unknown = await askCode('stranger@example.org')
    const shape = ({ statusCode, body }: typeof known) => [statusCode, body.replace(/\d/g, '0')]
    expect(shape(unknown)).toEqual(shape(known))
    const wrong = await signIn(email, '000000')
    const nobody = await signIn('stranger@example.org', '000000')
    expect([nobody.statusCode, nobody.body]).toEqual([wrong.statusCode, wrong.body])
    expect(await db.select().from(users).where(eq(users.email, 'stranger@example.org'))).toEqual([])
  })

  test('has the database do the same for known and unknown addresses', async () => {
    const statements: string[] = []
    // What workers ask for goes over another connection.
    const own = connect(place.url)
    const node = await buildApp({ config, db: own, queue })
    noteStatements(own, statements)
    const of = async (email: string) => {
      const asked: string[] = []
      const requests: [string, object][] = [
        ['email-otp/send-verification-otp', { email, type: 'sign-in' }],
        ['sign-in/email-otp', { email, otp: '000000' }],
        ['sign-in/email-otp', { email, otp: '000001' }],
      ]
      for (const [path, payload] of requests) {
        statements.length = 0
        await node.inject({ method: 'POST', url: `/api/auth/${path}`, payload })
        asked.push(...statements.filter((text) => !OF_THE_NODE.test(text)))
        // What comes after the answer, the mail above all, tells nobody anything.
        await node.identity.auth.settled()
      }
      return asked
    }
    await of('first@example.org')
    const known = await of(await player('dino@example.org'))
    const unknown = await of('nobody-either@example.org')
    await node.close()
    await own.$client.end()
    expect(known.length).toBeGreaterThan(10)
    expect(unknown).toEqual(known)
    expect(await db.select().from(mails).where(eq(mails.to, 'nobody-either@example.org'))).toEqual([])
  })

  test('with the very code of an address nobody knows makes no account either', async () => {
    const email = 'guessed@example.org'
    await askCode(email)
    await db.transaction((tx) => makeCode(tx, email, SECRET, { code: '123456' }))
    expect((await signIn(email, '123456')).json()).toMatchObject({ status: 400, code: 'code-invalid' })
    expect(await db.select().from(users).where(eq(users.email, email))).toEqual([])
  })

  test('does not keep the code as it is', async () => {
    const email = await player('fay@example.org')
    await askCode(email)
    const code = await codeOf(email)
    const [row] = await db
      .select()
      .from(verifications)
      .where(eq(verifications.identifier, `sign-in-otp-${email}`))
    expect(row.value).not.toContain(code)
  })

  test('ends with signing out', async () => {
    const { cookie } = await signedIn(app, { role: 'organiser', programmeId: sample })
    expect((await me(cookie)).user).not.toBeNull()
    expect((await post('/api/auth/sign-out', {}, cookie)).statusCode).toBe(200)
    expect((await me(cookie)).user).toBeNull()
  })

  test('is not fooled by a cookie that we did not sign', async () => {
    const { cookie } = await signedIn(app, { role: 'organiser', programmeId: sample })
    const forged = `${cookie.slice(0, -6)}AAA%3D`
    expect((await me(forged)).user).toBeNull()
  })

  test('lets a code learnt in the sample open nothing of a real programme', async () => {
    const email = await player('gil@example.org')
    await askCode(email)
    const cookie = cookieFrom(await signIn(email, await codeOf(email)))
    expect((await me(cookie)).user).toMatchObject({ email })
    await db.transaction((tx) =>
      ensureMember(tx, { programmeId: real, email, name: 'Gil', role: 'organiser' }),
    )
    expect((await me(cookie)).user).toBeNull()
  })
})

describe('a code that is asked for again', () => {
  const read = async (email: string) => {
    await app.identity.auth.settled()
    const rows = await db.select().from(mails).where(eq(mails.to, email)).orderBy(mails.createdAt)
    return rows.map(({ secret }) => secret)
  }

  test('is the same one and lives no longer, whichever mail arrives first', async () => {
    const email = await player('late@example.org')
    const first = (await askCode(email)).json()
    const second = (await askCode(email)).json()
    expect(second.expiresAt).toBe(first.expiresAt)
    expect(second.sentAt > first.sentAt).toBe(true)
    const [early, late] = await read(email)
    expect(late).toBe(early)
    expect((await signIn(email, late as string)).statusCode).toBe(200)
  })

  test('is the same one also where two ask at once, and another one after it was used or ran out', async () => {
    const email = await player('twice@example.org')
    await Promise.all([askCode(email), askCode(email)])
    const [early, late] = await read(email)
    expect(late).toBe(early)
    await signIn(email, late as string)
    await askCode(email)
    await db.update(verifications).set({ expiresAt: new Date() })
    await askCode(email)
    const all = await read(email)
    expect(all.length).toBe(4)
    expect((await signIn(email, all[2] as string)).json()).toMatchObject({ code: 'code-invalid' })
    expect((await signIn(email, all[3] as string)).statusCode).toBe(200)
  })

  test('is not mailed without end: the page hears when it was, and when it can be again', async () => {
    const email = await player('bombed@example.org')
    const answers = []
    for (let n = 0; n < LIMITS.mails.most + 3; n++) answers.push((await askCode(email)).json())
    const sent = await read(email)
    expect(sent.length).toBe(LIMITS.mails.most)
    const [last] = answers.slice(-1)
    expect(last.sentAt).toBe(answers[LIMITS.mails.most - 1].sentAt)
    expect(Date.parse(last.againAt) - Date.now()).toBeCloseTo(LIMITS.mails.everyMs, -4)
    // Whoever asked so often keeps nobody out: the code in their mailbox works.
    expect((await signIn(email, sent[0] as string)).statusCode).toBe(200)
  })
})

describe('guessing codes', () => {
  const browserOf = (response: { headers: Record<string, unknown> }) =>
    [response.headers['set-cookie']]
      .flat()
      .map(String)
      .find((one) => one.startsWith('incontro.browser='))!
  const cookie = (line: string) => line.split(';')[0]
  const tryFrom = (email: string, otp: string, browser = '') =>
    post('/api/auth/sign-in/email-otp', { email, otp }, browser)
  const wrong = (code: string) => (code === '111111' ? '222222' : '111111')

  test('succeeds within a day, from however many addresses and browsers, once in ten thousand at most', () => {
    const day = 24 * 60 * 60_000
    const { most, everyMs } = LIMITS.strangers
    const tries = most + Math.floor(day / everyMs)
    // Whatever codes come and go meanwhile, each try is right with one in so many.
    const odds = tries / 10 ** CODE_DIGITS
    console.log(`a day of guessing one account: ${tries} tries, one in ${Math.round(1 / odds)}`)
    expect(odds).toBeLessThanOrEqual(1 / 10_000)
  })

  test('from a thousand addresses, each with a browser of its own, is over after the tries of one account', async () => {
    const email = await player('target@example.org')
    await askCode(email)
    const code = await codeOf(email)
    const statuses: number[] = []
    for (let n = 0; n < 1_000; n += 50)
      statuses.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, async (_, k) => {
            const browser = `incontro.browser=${String(n + k).padStart(22, 'x')}`
            const payload = { email, otp: wrong(code) }
            const headers = { cookie: browser, 'x-forwarded-for': `10.0.${n}.${k}` }
            return (
              await app.inject({ method: 'POST', url: '/api/auth/sign-in/email-otp', payload, headers })
            ).statusCode
          }),
        )),
      )
    expect(statuses.filter((status) => status === 400).length).toBe(LIMITS.strangers.most)
    // Asking again refills nothing, and the wait is the real one.
    await askCode(email)
    const refused = await tryFrom(email, wrong(code), `incontro.browser=${'y'.repeat(22)}`)
    expect(refused.json()).toMatchObject({ status: 429, code: 'code-tries' })
    expect(Number(refused.headers['retry-after'])).toBeCloseTo(LIMITS.strangers.everyMs / 1_000, -2)
    expect(refused.json().title).toContain('30 min')
  })

  test('elsewhere keeps the owner out neither of a browser that asked nor of one that was in before', async () => {
    const email = await player('owner@example.org')
    const asked = await askCode(email)
    const browser = cookie(browserOf(asked))
    const code = await codeOf(email)
    for (let n = 0; n < LIMITS.browser.most; n++) await tryFrom(email, wrong(code))
    expect((await tryFrom(email, wrong(code))).statusCode).toBe(429)
    const entered = await tryFrom(email, code, browser)
    expect(entered.statusCode).toBe(200)
    expect(browserOf(entered)).toMatch(/; Max-Age=34560000; Path=\/api\/auth; HttpOnly; SameSite=Lax$/)
    const known = cookie(browserOf(entered))
    for (let n = 0; n < LIMITS.strangers.most; n++)
      await tryFrom(email, '000000', `incontro.browser=${String(n).padStart(22, 'z')}`)
    await askCode(email)
    const next = await codeOf(email)
    expect((await tryFrom(email, next, browser)).statusCode).toBe(429)
    expect((await tryFrom(email, next, `${browser}.${'A'.repeat(22)}`)).statusCode).toBe(429)
    expect((await tryFrom(email, next, known)).statusCode).toBe(200)
  })
})

describe('how long one stays in', () => {
  const days = (of: Date) => 0 + Math.round((of.getTime() - Date.now()) / (24 * 60 * 60_000))
  async function entered(role: 'project' | 'organiser', programmeId = real) {
    const [{ id: projectId }] = await db
      .insert(projects)
      .values({ programmeId, code: role, name: role })
      .returning({ id: projects.id })
    const email = `${role}-${projectId}@example.org`
    const member = role === 'project' ? { role, projectId } : { role }
    await db.transaction((tx) => ensureMember(tx, { programmeId, email, name: email, ...member }))
    await db.transaction((tx) => makeCode(tx, email, SECRET, { code: '123456' }))
    const cookie = cookieFrom(await signIn(email, '123456'))
    const [{ id: userId }] = await db.select().from(users).where(eq(users.email, email))
    const session = async () => (await db.select().from(sessions).where(eq(sessions.userId, userId)))[0]
    return { email, cookie, session, use: () => me(cookie), userId }
  }
  const unused = (userId: string, days: number) =>
    db
      .update(sessions)
      .set({
        createdAt: sql`created_at - ${`${days} days`}::interval`,
        updatedAt: sql`updated_at - ${`${days} days`}::interval`,
        expiresAt: sql`expires_at - ${`${days} days`}::interval`,
      })
      .where(eq(sessions.userId, userId))

  test('is ninety days from the last use for who takes part', async () => {
    const { email, session, use, userId } = await entered('project')
    expect(days((await session()).expiresAt)).toBe(90)
    await unused(userId, 80)
    expect((await use()).user).toMatchObject({ email })
    await expect.poll(async () => days((await session()).expiresAt)).toBe(90)
    await unused(userId, 91)
    expect((await use()).user).toBeNull()
  })

  test('is thirty days from the beginning for who organises, also from when they begin to', async () => {
    const organiser = await entered('organiser')
    expect(days((await organiser.session()).expiresAt)).toBe(30)
    await unused(organiser.userId, 20)
    await organiser.use()
    await expect.poll(async () => days((await organiser.session()).updatedAt)).toBe(0)
    expect(days((await organiser.session()).expiresAt)).toBe(10)
    const [{ id: programmeId }] = await db.insert(programmes).values({ name: 'Un altro' }).returning()
    const { email, session } = await entered('project', programmeId)
    await db.transaction((tx) => ensureMember(tx, { programmeId, email, name: email, role: 'organiser' }))
    expect(days((await session()).expiresAt)).toBe(30)
  })
})

describe('an organiser', () => {
  test('has no rights outside the sample without a passkey', async () => {
    const { cookie, userId } = await signedIn(app, { role: 'organiser', programmeId: real, strong: false })
    expect(await me(cookie)).toMatchObject({ memberships: [], founder: false, passkey: 'register' })
    const mailbox = await app.inject({ url: `/api/v1/programmes/${real}/mails`, headers: { cookie } })
    expect(mailbox.statusCode).toBe(404)
    await insertPasskey(userId)
    expect(await me(cookie)).toMatchObject({ memberships: [], passkey: 'use' })
  })

  test('has them in a session opened with one', async () => {
    const { cookie } = await signedIn(app, { role: 'organiser', programmeId: real })
    const { memberships, passkey } = await me(cookie)
    expect(memberships).toEqual([
      {
        programmeId: real,
        programmeName: 'Torino 2026',
        timezone: 'Europe/Rome',
        contact: { email: null, phone: '' },
        role: 'organiser',
        projectId: null,
        hostId: null,
        label: null,
        events: [],
      },
    ])
    expect(passkey).toBeNull()
  })

  test('can found programmes only in such a session', async () => {
    const { cookie, userId } = await signedIn(app, { role: 'organiser', programmeId: real, strong: false })
    await db.transaction((tx) => makeFounder(tx, userId))
    expect((await me(cookie)).founder).toBe(false)
  })

  test('with a passkey cannot add one after a mere code', async () => {
    const { cookie, userId } = await signedIn(app, { role: 'organiser', programmeId: real, strong: false })
    const options = () =>
      app.inject({ url: '/api/auth/passkey/generate-register-options', headers: { cookie } })
    expect((await options()).statusCode).toBe(200)
    await insertPasskey(userId)
    expect((await options()).json()).toMatchObject({ status: 403, code: 'passkey-needed' })
  })

  test('is asked for a verified person', async () => {
    const { cookie } = await signedIn(app, { role: 'organiser', programmeId: real, strong: false })
    const get = async (url: string) => (await app.inject({ url, headers: { cookie } })).json()
    expect(await get('/api/auth/passkey/generate-register-options')).toMatchObject({
      authenticatorSelection: { userVerification: 'required', residentKey: 'required' },
      rp: { id: 'localhost', name: 'Incontro' },
    })
    expect(await get('/api/auth/passkey/generate-authenticate-options')).toMatchObject({
      userVerification: 'required',
    })
  })
})

let credentials = 0
async function insertPasskey(userId: string) {
  const id = `passkey-${credentials++}`
  await db.insert(passkeys).values({
    id,
    userId,
    publicKey: 'k',
    credentialID: id,
    counter: 0,
    deviceType: 'singleDevice',
    backedUp: false,
  })
  return id
}

describe('the sample', () => {
  test('is entered in one click', async () => {
    const response = await post('/api/v1/sample/enter', { as: 'organiser' })
    expect(response.json()).toEqual({ path: `/organizza/${sample}` })
    const { memberships, sample: offered } = await me(cookieFrom(response))
    expect(offered).toBe(true)
    expect(memberships).toMatchObject([{ programmeId: sample, role: 'organiser' }])
  })

  test('moves its clock and puts it back', async () => {
    const cookie = cookieFrom(await post('/api/v1/sample/enter', { as: 'organiser' }))
    const move = (now: string | null) => post('/api/v1/sample/clock', { programmeId: sample, now }, cookie)
    const offset = async () =>
      (await db.select().from(programmes).where(eq(programmes.id, sample)))[0].clockOffsetMs
    expect((await move('2030-01-01T09:00:00Z')).statusCode).toBe(200)
    expect(Math.abs((await offset()) - (Date.UTC(2030, 0, 1, 9) - Date.now()))).toBeLessThan(60_000)
    await move(null)
    expect(await offset()).toBe(0)
  })

  test('does not move the clock of a real programme', async () => {
    const { cookie } = await signedIn(app, { role: 'organiser', programmeId: real })
    const response = await post('/api/v1/sample/clock', { programmeId: real, now: null }, cookie)
    expect(response.json()).toMatchObject({ status: 403, code: 'sample-only' })
  })

  test('is refused where there is none', async () => {
    const bare = await open({ sample: false })
    for (const [method, url, payload] of [
      ['GET', '/api/v1/sample/people', undefined],
      ['POST', '/api/v1/sample/enter', { as: 'organiser' }],
      ['POST', '/api/v1/sample/clock', { programmeId: sample, now: null }],
    ] as const)
      expect((await bare.inject({ method, url, payload })).json()).toMatchObject({ code: 'sample-only' })
    await bare.close()
  })

  test('has nobody that it does not have', async () => {
    for (const as of ['project:none', 'host:none', 'screen:none', 'founder', ''])
      expect((await post('/api/v1/sample/enter', { as })).statusCode).toBeGreaterThanOrEqual(400)
    expect((await post('/api/v1/sample/enter', { as: 'project:none' })).statusCode).toBe(404)
  })
})

describe('the sign-in addresses', () => {
  const hostile: (object | string | undefined)[] = [
    undefined,
    '',
    '{',
    'null',
    '[]',
    '"x"',
    {},
    { email: 1, otp: [] },
    { email: 'a@b.it', otp: '123456', founder: true },
    { email: `${'a'.repeat(300)}@b.it`, type: 'sign-in' },
    { email: 'a\u0000@b.it', type: 'sign-in' },
    { response: {} },
    { response: { id: 'x' } },
    { response: { id: 'x', response: null, rawId: {}, type: 'public-key' } },
    { response: { id: 'x\u0000' } },
    { id: '\u0000' },
  ]
  test('never fail on what they are sent', async () => {
    const { cookie } = await signedIn(app, { role: 'organiser', programmeId: real })
    const urls = [
      'email-otp/send-verification-otp',
      'sign-in/email-otp',
      'sign-out',
      'passkey/verify-registration',
      'passkey/verify-authentication',
      'passkey/delete-passkey',
      'sign-up/email',
      'update-user',
      'no-such-thing',
    ]
    const statuses = new Set<number>()
    for (const url of urls)
      for (const payload of hostile)
        for (const one of [cookie, '', 'incontro.session_token=%E0%A4%A', 'incontro_screen=%'])
          statuses.add(
            (
              await app.inject({
                method: 'POST',
                url: `/api/auth/${url}`,
                payload,
                headers: { cookie: one, 'content-type': 'application/json' },
              })
            ).statusCode,
          )
    expect([...statuses].filter((status) => status >= 500)).toEqual([])
  })

  test('refuse a passkey answer without a question with a sentence', async () => {
    const { cookie } = await signedIn(app, { role: 'organiser', programmeId: real })
    for (const url of ['verify-registration', 'verify-authentication'])
      expect(
        (await post(`/api/auth/passkey/${url}`, { response: { id: 'x' } }, cookie)).json(),
      ).toMatchObject({ status: 400, code: 'passkey-refused' })
  })
})

describe('the first organiser', () => {
  test('signs in with the printed code, also when the page has asked for another', async () => {
    const email = 'capo@example.org'
    const code = await inviteFounder(db, 'Capo@Example.org', SECRET)
    await askCode(email)
    const response = await signIn(email, code)
    expect(response.statusCode).toBe(200)
    expect(await me(cookieFrom(response))).toMatchObject({
      user: { email },
      founder: false,
      passkey: 'register',
    })
  })

  test('keeps the account they had', async () => {
    const people = [{ email: 'hal@example.org', name: 'Hal' }]
    const [user] = (await db.transaction((tx) => insertUsers(tx, people))).values()
    await inviteFounder(db, 'hal@example.org', SECRET)
    const [row] = await db.select().from(users).where(eq(users.id, user.id))
    expect(row).toEqual({ ...user, founder: true })
  })
})

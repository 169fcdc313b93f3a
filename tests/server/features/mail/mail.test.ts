import { eq, sql } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import type { Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../../server/app.ts'
import { readConfig } from '../../../../server/config.ts'
import { connect, type Database } from '../../../../server/database/client.ts'
import {
  events,
  hosts,
  mails,
  mailWorkers,
  memberships,
  organisations,
  participants,
  people,
  programmes,
  projects,
  teamMembers,
  users,
} from '../../../../server/database/schema.ts'
import type { MailRow } from '../../../../server/features/mail/repository.ts'
import { ensureMember } from '../../../../server/features/identity/service.ts'
import { answerOf, nextTry } from '../../../../server/jobs/mail-answers.ts'
import { watchMails, workMails } from '../../../../server/jobs/mail.ts'
import { jobs, startQueue, type Queue } from '../../../../server/queue.ts'
import type { EventRules } from '../../../../server/schemas/rules.ts'
import type { MailsView } from '../../../../server/schemas/mail.ts'
import type { ChangesView, Helpers } from '../../../../server/schemas/programme.ts'
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts'
import { signedIn } from '../../../support/people.ts'

const SECRET = 'a secret of at least thirty-two characters'

let place: TestDatabase
let db: Database
let queue: Queue
let withServer: FastifyInstance
let without: FastifyInstance
let unwatch: () => Promise<void>
let watchAgain: () => () => Promise<void>
const post = Promise.withResolvers<number>()
const received: { to: string[]; text: string }[] = []

/** Whom it has put off already, and whom it tells nothing any more. */
const known = new Set<string>()
const answers = (responseCode: number, words: string) => Object.assign(new Error(words), { responseCode })

/** A real mail server; what it does is up to whom a mail is for. */
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onMailFrom: ({ address }, _, done) =>
    done(address === 'closed@example.org' ? answers(553, 'not from here') : undefined),
  onRcptTo({ address }, _, done) {
    if (address.startsWith('nobody')) return done(answers(550, 'no such mailbox'))
    if (!address.startsWith('grey') || known.has(address)) return done()
    known.add(address)
    done(answers(451, 'greylisted, come back later'))
  },
  onData(stream, { id, envelope }, done) {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      const to = envelope.rcptTo.map(({ address }) => address)
      received.push({ to, text: Buffer.concat(parts).toString() })
      const lost = to.some((address) => address.startsWith('lost'))
      if (!lost) return to.some((address) => address.startsWith('hang')) ? undefined : done()
      for (const connection of server.connections)
        if ((connection as unknown as { session: { id: string } }).session.id === id)
          (connection as unknown as { _socket: Socket })._socket.destroy()
    })
  },
})

beforeAll(async () => {
  place = await createTestDatabase()
  db = connect(place.url)
  queue = await startQueue(db)
  server.listen(0, '127.0.0.1', () => post.resolve((server.server.address() as { port: number }).port))
  const config = readConfig({
    SECRET,
    LOG_LEVEL: 'error',
    SMTP_URL: `smtp://127.0.0.1:${await post.promise}?socketTimeout=1000`,
  })
  await workMails(queue, { config, db })
  const watch = () => watchMails(queue, db, config)
  unwatch = watch()
  watchAgain = watch
  withServer = await buildApp({ config, db, queue })
  without = await buildApp({ config: { ...config, smtpUrl: null }, db, queue })
})
afterAll(async () => {
  await unwatch()
  await withServer.close()
  await without.close()
  await queue.stop()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  await db.$client.end()
  await place.drop()
})

/** A programme with two projects (one without an address), a host, and a camp in which all take part. */
async function camp(sample = false) {
  const [programme] = await db.insert(programmes).values({ name: 'Torino 2026', sample }).returning()
  const programmeId = programme.id
  const [organisation] = await db
    .insert(organisations)
    .values({ programmeId, name: `Fondazione`, kind: 'foundation' })
    .returning()
  const [first, second] = await db
    .insert(projects)
    .values([
      { programmeId, code: 'A', name: 'Orto' },
      { programmeId, code: 'B', name: 'Ponte' },
    ])
    .returning()
  const [orto, rita] = await db
    .insert(people)
    .values([
      { programmeId, email: `orto-${programmeId}@example.org` },
      { programmeId, firstName: 'Rita', lastName: 'Esempio', email: `rita-${programmeId}@example.org` },
    ])
    .returning()
  await db.insert(teamMembers).values({ projectId: first.id, personId: orto.id, position: 0 })
  const [host] = await db
    .insert(hosts)
    .values({ programmeId, organisationId: organisation.id, code: 'H', personId: rita.id })
    .returning()
  const [event] = await db
    .insert(events)
    .values({ programmeId, kind: 'camp', title: 'Camp', date: '2026-12-01', rules: {} as EventRules })
    .returning()
  await db.insert(participants).values([
    { eventId: event.id, side: 'project', projectId: first.id },
    { eventId: event.id, side: 'project', projectId: second.id },
    { eventId: event.id, side: 'host', hostId: host.id, answeredAt: new Date() },
  ])
  return {
    ...{ programmeId, eventId: event.id },
    first: { ...first, email: orto.email, personId: orto.id },
    second,
    host: { ...host, email: rita.email },
  }
}

const askCode = async (app: FastifyInstance, email: string) => {
  await app.inject({
    method: 'POST',
    url: '/api/auth/email-otp/send-verification-otp',
    payload: { email, type: 'sign-in' },
  })
  await app.identity.auth.settled()
}

async function settled(to: string) {
  for (;;) {
    const [row] = await db.select().from(mails).where(eq(mails.to, to))
    if (row && row.state !== 'waiting' && row.state !== 'sending') return row
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const asOrganiser = async (app: FastifyInstance, programmeId: string) => {
  const { cookie } = await signedIn(app, { role: 'organiser', programmeId })
  const post = async (url: string, payload: object = {}) =>
    (await app.inject({ method: 'POST', url, payload, headers: { cookie } })).json()
  return {
    outbox: async (asked = '') =>
      (
        await app.inject({ url: `/api/v1/programmes/${programmeId}/mails${asked}`, headers: { cookie } })
      ).json() as MailsView,
    post,
    invite: (...of: string[]) =>
      post(`/api/v1/programmes/${programmeId}/letters`, { kind: 'invitation', to: of.map((of) => ({ of })) }),
  }
}

describe('a sign-in code', () => {
  test('arrives by mail and opens a session; the outbox never shows it', async () => {
    const { programmeId, first } = await camp()
    const email = first.email as string
    await db.transaction((tx) =>
      ensureMember(tx, { programmeId, email, name: 'Orto', role: 'project', projectId: first.id }),
    )
    await askCode(withServer, email)
    const row = await settled(email)
    expect(row).toMatchObject({ state: 'sent', secret: null, programmeId })
    const mail = received.find(({ to }) => to.includes(email))
    const code = mail?.text.match(/\b\d{6}\b/)?.[0] as string
    expect(row.body).not.toContain(code)
    const organiser = await asOrganiser(withServer, programmeId)
    const { post, mails: shown } = await organiser.outbox()
    expect({ post, shown: shown[0] }).toMatchObject({
      post: 'sends',
      shown: { to: email, kind: 'code', state: 'sent', error: null, body: row.body },
    })
    const entered = await withServer.inject({
      method: 'POST',
      url: '/api/auth/sign-in/email-otp',
      payload: { email, otp: code },
    })
    expect(entered.statusCode).toBe(200)
  })

  test('is not kept where there is no mail server, outside the sample', async () => {
    const { programmeId, first } = await camp()
    const email = first.email as string
    await db.transaction((tx) =>
      ensureMember(tx, { programmeId, email, name: 'Orto', role: 'project', projectId: first.id }),
    )
    await askCode(without, email)
    expect(await settled(email)).toMatchObject({ state: 'kept', secret: null })
    const { mails: shown } = await (await asOrganiser(without, programmeId)).outbox()
    expect(shown[0].body).toContain('••••••')
  })

  test('can be read in the sample, whose mails never leave', async () => {
    const { programmeId, first } = await camp(true)
    const email = first.email as string
    await db.transaction((tx) =>
      ensureMember(tx, { programmeId, email, name: 'Orto', role: 'project', projectId: first.id }),
    )
    await askCode(withServer, email)
    const organiser = await asOrganiser(withServer, programmeId)
    const { post, mails: shown } = await organiser.outbox()
    expect({ post, state: shown[0].state }).toEqual({ post: 'sample', state: 'kept' })
    const otp = shown[0].body.match(/\b\d{6}\b/)![0]
    const entered = await withServer.inject({
      method: 'POST',
      url: '/api/auth/sign-in/email-otp',
      payload: { email, otp },
    })
    expect(entered.statusCode).toBe(200)
  })

  test('leaves no mail for an address that nobody knows', async () => {
    await askCode(withServer, 'stranger@example.org')
    expect(await db.select().from(mails).where(eq(mails.to, 'stranger@example.org'))).toEqual([])
  })
})

describe('an invitation to help', () => {
  const hostile = '=1+1 {link} <b>Ada</b> Þórdís 🙂'
  const open = async (app: FastifyInstance, sample = false) => {
    const { programmeId } = await camp(sample)
    const { cookie } = await signedIn(app, { role: 'organiser', programmeId })
    const ask = async (method: 'GET' | 'POST' | 'DELETE', url: string, payload?: object) => {
      const headers = { cookie, 'accept-language': 'it' }
      const reply = await app.inject({ method, url: `/api/v1${url}`, headers, payload })
      return { status: reply.statusCode, body: reply.json() }
    }
    const members = `/programmes/${programmeId}/members`
    return {
      ...{ programmeId, ask },
      add: async (helper: { email: string; role: string; language?: string }) => {
        const added = await ask('POST', members, { name: hostile, ...helper })
        expect(added.status).toBe(200)
        return added
      },
      helper: async (id: string) => {
        const { helpers } = (await ask('GET', members)).body as Helpers
        return helpers.find((one) => one.id === id)
      },
      again: (id: string, body: object = {}) => ask('POST', `/members/${id}/invitation`, body),
    }
  }
  /** The one mail to an address: its headers, and its text as people read it. */
  function arrived(to: string) {
    const [head, ...body] = received.find((mail) => mail.to.includes(to))!.text.split('\r\n\r\n')
    const bytes = body
      .join('\r\n\r\n')
      .replaceAll('=\r\n', '')
      .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    return { head, text: Buffer.from(bytes, 'latin1').toString() }
  }

  test.each([
    [
      'organiser',
      'it',
      'Torino 2026: organizza con noi su Incontro',
      /registri anche una passkey/,
      '/organizza/',
    ],
    ['desk', 'it', 'Torino 2026: ti aspettiamo all’accoglienza', /registri chi arriva/, null],
    ['observer', 'en', 'Torino 2026: follow it on Incontro', /figures and the published plan/, '/osserva/'],
  ])('as %s arrives with the way in (%s)', async (role, language, subject, says, page) => {
    const { programmeId, add, helper } = await open(withServer)
    const email = `${role}-${programmeId}@example.org`
    const added = await add({ email, role, language })
    expect(await settled(email)).toMatchObject({ state: 'sent', kind: `invitation-${role}`, subject })
    const { head, text } = arrived(email)
    expect(head).toMatch(/^Content-Type: text\/plain/m)
    expect(head.match(/^(to|cc|bcc|subject):/gim)).toEqual(['To:', 'Subject:'])
    expect(text).toMatch(says)
    expect(text).toContain(` ${hostile},`)
    const link = new URL(/http\S+/.exec(text)![0])
    expect([link.pathname, ...link.searchParams]).toEqual([
      '/accedi',
      ['email', email],
      ...(page ? [['next', page + programmeId]] : []),
    ])
    expect(await helper(added.body.id)).toMatchObject({
      language,
      invited: { state: 'sent', error: null },
    })
  })

  test('that nobody takes leaves the helper, and says why', async () => {
    const { programmeId, add, helper, again } = await open(withServer)
    const email = `nobody-${programmeId}@example.org`
    const { body } = await add({ email, role: 'desk' })
    await settled(email)
    expect(await helper(body.id)).toMatchObject({
      invited: {
        state: 'failed',
        error: "Il server di posta ha rifiutato la mail: controlla l'indirizzo.",
      },
    })
    // What did not arrive is sent again without more ado.
    expect((await again(body.id)).status).toBe(200)
  })

  test('is sent a second time within a day only where that is said, and later at once', async () => {
    const { programmeId, ask, add, again } = await open(withServer)
    const email = `twice-${programmeId}@example.org`
    const { body } = await add({ email, role: 'desk', language: 'en' })
    await settled(email)
    const refused = await again(body.id)
    expect([refused.status, refused.body.code]).toEqual([409, 'invited-lately'])
    expect((await again(body.id, { again: true })).status).toBe(200)
    await db
      .update(mails)
      .set({ createdAt: new Date(Date.now() - 25 * 3_600_000) })
      .where(eq(mails.to, email))
    expect((await again(body.id)).status).toBe(200)
    const sent = await db.select().from(mails).where(eq(mails.to, email))
    expect(sent.map(({ subject }) => subject)).toEqual(Array(3).fill('Torino 2026: see you at the desk'))
    const log = (await ask('GET', `/programmes/${programmeId}/changes`)).body as ChangesView
    expect(log.changes.map(({ type }) => type)).toEqual(['member.invited', 'member.invited', 'member.added'])
    expect(log.changes[0].text).toBe(`Ha mandato di nuovo l’invito a ${hostile}.`)
  })

  test('that still waits is not sent to who was taken out, and undoing that sends none', async () => {
    const { programmeId, ask, add } = await open(withServer)
    const email = `gone-${programmeId}@example.org`
    const { body } = await add({ email, role: 'observer' })
    await settled(email)
    await db.update(mails).set({ state: 'waiting' }).where(eq(mails.to, email))
    const removed = await ask('DELETE', `/members/${body.id}`)
    expect(await settled(email)).toMatchObject({ state: 'failed', error: 'withdrawn' })
    const undone = await ask('POST', `/programmes/${programmeId}/undo`, { seq: removed.body.seq })
    expect(undone.status).toBe(200)
    expect(await db.$count(mails, eq(mails.to, email))).toBe(1)
  })

  test('never leaves the sample, and is not written to its people without a mailbox', async () => {
    const { programmeId, add, helper, again } = await open(withServer, true)
    const email = `kept-${programmeId}@example.org`
    const real = await add({ email, role: 'desk' })
    expect(await helper(real.body.id)).toMatchObject({ reachable: true, invited: { state: 'kept' } })
    const nobody = await add({ email: 'accoglienza@esempio.invalid', role: 'desk' })
    expect(await helper(nobody.body.id)).toMatchObject({ reachable: false, invited: null })
    const refused = await again(nobody.body.id, { again: true })
    expect([refused.status, refused.body.code]).toEqual([409, 'no-mailbox'])
    expect(await db.$count(mails, eq(mails.to, 'accoglienza@esempio.invalid'))).toBe(0)
  })
})

describe('what the mail server does', () => {
  /** A mail of the programme to an address of that kind, and what became of it. */
  async function sent(who: string) {
    const { programmeId, first } = await camp()
    const to = `${who}-${programmeId}@example.org`
    await db.update(people).set({ email: to }).where(eq(people.id, first.personId))
    const organiser = await asOrganiser(withServer, programmeId)
    await organiser.invite(first.id)
    const row = async () => (await db.select().from(mails).where(eq(mails.to, to)))[0]
    const log = async () => (await organiser.outbox()).mails[0]
    return {
      to,
      programmeId,
      organiser,
      row,
      log,
      arrived: () => received.filter((one) => one.to.includes(to)),
    }
  }
  const triesOf = ({ tries }: { tries: { text: string; words: string }[] }) =>
    tries.map(({ text, words }) => `${text}: ${words}`)

  test('is in the log in its own words, of those it took and of those it refused', async () => {
    const taken = await sent('ada')
    await settled(taken.to)
    expect(triesOf(await taken.log())[0]).toMatch(/^Accettata dal server di posta: 250 /)
    const refused = await sent('nobody')
    await settled(refused.to)
    expect(triesOf(await refused.log())).toEqual(['Rifiutata dal server di posta: 550 no such mailbox'])
    expect(await refused.log()).toMatchObject({ state: 'failed', nextAt: null, again: true })
  })

  test('is to put a mail off: then it is tried again minutes later, with the same id', async () => {
    const { to, row, log, arrived } = await sent('grey')
    await expect.poll(async () => (await row()).tries.length).toBe(1)
    const shown = await log()
    expect(triesOf(shown)).toEqual([
      'Il server di posta chiede di riprovare più tardi: 451 greylisted, come back later',
    ])
    expect(shown.state).toBe('waiting')
    expect(Date.parse(shown.nextAt!) - Date.now()).toBeCloseTo(60_000, -4)
    await db.update(mails).set({ nextAt: null }).where(eq(mails.to, to))
    await db.execute(sql`update ${jobs()} set start_after = now() where data ->> 'mailId' = ${shown.id}`)
    expect(await settled(to)).toMatchObject({ state: 'sent', nextAt: null })
    expect(arrived().map(({ text }) => text.match(/^Message-ID: <(.*)@/m)?.[1])).toEqual([shown.id])
  })

  test.each(['lost', 'hang'])(
    'may be to answer nothing after the text (%s): perhaps it is sent, and only a person sends it again',
    async (who) => {
      const { to, organiser, log, arrived } = await sent(who)
      expect(await settled(to)).toMatchObject({ state: 'perhaps' })
      const { id, tries, again } = await log()
      expect(tries[0].text).toBe(
        'Il testo è stato consegnato al server di posta, ma la sua risposta è andata persa',
      )
      expect({ again, arrived: arrived().length }).toEqual({ again: true, arrived: 1 })
      await organiser.post(`/api/v1/mails/${id}/resend`)
      await expect.poll(() => arrived().length, { timeout: 10_000 }).toBe(2)
      expect((await settled(to)).state).toBe('perhaps')
      const ids = arrived().map(({ text }) => text.match(/^Message-ID: (.*)$/m)?.[1])
      expect(ids[1]).toBe(ids[0])
      const { mails: shown } = await organiser.outbox()
      expect(shown[0].tries.map(({ text }) => text)).toContain('Mandata di nuovo a mano')
    },
  )

  test('is not to be asked of twice where a worker died with the mail in hand', async () => {
    const { to, row, arrived } = await sent('ada')
    await settled(to)
    await db.update(mails).set({ state: 'sending' }).where(eq(mails.to, to))
    const { id } = await row()
    await db.transaction((tx) => queue.enqueue(tx, 'mail', { mailId: id }))
    await expect.poll(async () => (await row()).state).toBe('perhaps')
    expect(arrived().length).toBe(1)
  })

  test('is asked for in the end where a job came too soon by its clock, or where none is left', async () => {
    const { programmeId, ...one } = await sent('ada')
    await settled(one.to)
    const row = { programmeId, kind: 'reminder', subject: '', body: '', state: 'waiting' as const }
    const nextAt = new Date(Date.now() + 2_000)
    const [soon, lost, dropped] = ['soon', 'none', 'dropped'].map((who) => `${who}-${one.to}`)
    const made = await db
      .insert(mails)
      .values([
        { ...row, to: soon, nextAt },
        { ...row, to: lost, nextAt: new Date(0) },
        { ...row, to: dropped, state: 'sending' },
      ])
      .returning()
    await db.transaction((tx) => queue.enqueue(tx, 'mail', { mailId: made[0].id }))
    await watchAgain()()
    const states = async () => {
      const rows = await db.select().from(mails).where(eq(mails.programmeId, programmeId))
      return [soon, lost, dropped].map((to) => rows.find((mail) => mail.to === to)!.state)
    }
    await expect.poll(states, { timeout: 10_000 }).toEqual(['sent', 'sent', 'perhaps'])
  })

  test('is something against us, or nothing at all: that may be mended, so it is tried again', async () => {
    const row = { kind: 'invitation', tries: [], expiresAt: null } as unknown as MailRow
    const in10 = new Date(Date.now() + 10_000)
    const outcomes = [
      [{ code: 'EAUTH', responseCode: 535, command: 'AUTH PLAIN' }, 'login', 30],
      [{ code: 'EENVELOPE', responseCode: 553, command: 'MAIL FROM' }, 'turned-away', 30],
      [{ code: 'ECONNECTION', command: 'CONN' }, 'unreachable', 5],
      [{ code: 'EENVELOPE', responseCode: 550, command: 'RCPT TO' }, 'refused', null],
      [{ code: 'EMESSAGE', responseCode: 554, command: 'DATA' }, 'refused', null],
      [{ code: 'EENVELOPE', command: 'API' }, 'refused', null],
    ] as const
    for (const [error, outcome, seconds] of outcomes) {
      const answer = answerOf(error, false)
      expect(answer.outcome).toBe(outcome)
      const at = nextTry(row, answer.outcome)
      expect(at && Math.round((at.getTime() - Date.now()) / 1_000)).toBe(seconds)
    }
    // Nobody waits for a code longer than it works.
    expect(nextTry({ ...row, kind: 'code', expiresAt: in10 }, 'put-off')).not.toBeNull()
    const one = { at: '', outcome: 'put-off', words: '' } as const
    expect(nextTry({ ...row, kind: 'code', expiresAt: in10, tries: [one, one] }, 'put-off')).toBeNull()
    expect(nextTry({ ...row, tries: Array(29).fill(one) }, 'put-off')).toBeNull()
    expect(
      nextTry({ ...row, tries: [...Array(29).fill(one), { ...one, outcome: 'again' }] }, 'put-off'),
    ).not.toBeNull()
  })
})

describe('the log of mails', () => {
  test('holds all of them, a page at a time, and finds a person and what the server said', async () => {
    const { programmeId, host } = await camp()
    const { programmeId: elsewhere } = await camp()
    // Another programme knows the mailbox by another name.
    await db
      .insert(people)
      .values({ programmeId: elsewhere, firstName: 'Altra', lastName: 'Esempio', email: host.email })
    const organiser = await asOrganiser(without, programmeId)
    const row = { programmeId, kind: 'reminder', subject: 'Promemoria', body: '', state: 'kept' } as const
    await db.insert(mails).values(
      Array.from({ length: 620 }, (_, n) => ({
        ...{ ...row, to: `${n}@example.org` },
        createdAt: new Date(Date.UTC(2026, 0, 1) + n),
      })),
    )
    const tries = [
      { at: '2026-01-01T00:00:00Z', outcome: 'refused' as const, words: '550 5.1.1 no_such 100%' },
    ]
    await db
      .insert(mails)
      .values({ ...row, to: host.email as string, state: 'failed', error: 'refused', tries })
    const all: string[] = []
    for (let after: string | null = ''; after !== null;) {
      const page = await organiser.outbox(after ? `?after=${after}` : '')
      all.push(...page.mails.map(({ id }) => id))
      expect(page.counts).toEqual({ waiting: 0, sent: 0, perhaps: 0, kept: 620, failed: 1 })
      after = page.more
    }
    expect([all.length, new Set(all).size]).toEqual([621, 621])
    for (const words of [
      'Rita Esempio',
      'esempio promemoria',
      '5.1.1 no_such',
      '100%',
      host.email as string,
    ]) {
      const { mails: found } = await organiser.outbox(`?search=${encodeURIComponent(words)}`)
      expect([words, found.map(({ name }) => name)]).toEqual([words, ['Rita Esempio']])
    }
    expect((await organiser.outbox('?search=no%25such')).mails).toEqual([])
    const failed = await organiser.outbox('?state=failed')
    expect(failed.mails.map(({ to }) => to)).toEqual([host.email])
  })

  test('says whether mails leave: also where only the workers have the mail server, and where none has looked', async () => {
    const { programmeId } = await camp()
    const config = { ...readConfig({ SECRET, LOG_LEVEL: 'error' }), role: 'web' as const }
    const node = await buildApp({ config, db, queue })
    const organiser = await asOrganiser(node, programmeId)
    expect((await organiser.outbox()).post).toBe('sends')
    const { id } = await organiser.post(`/api/v1/programmes/${programmeId}/test-mail`)
    await expect
      .poll(async () => (await organiser.outbox()).mails[0])
      .toMatchObject({ id, kind: 'test', state: 'sent' })
    await db.update(mailWorkers).set({ lookedAt: sql`now() - interval '121 seconds'` })
    expect(await organiser.outbox()).toMatchObject({ post: 'silent', lookedAt: expect.any(String) })
    // They wait for one rather than to stay here for ever.
    await organiser.post(`/api/v1/programmes/${programmeId}/test-mail`)
    await expect.poll(async () => (await organiser.outbox()).mails[0].state).toBe('sent')
    await db.update(mailWorkers).set({ sends: false, lookedAt: sql`now()` })
    expect((await organiser.outbox()).post).toBe('none')
    expect(await organiser.post(`/api/v1/programmes/${programmeId}/test-mail`)).toMatchObject({
      code: 'mail-off',
    })
    await db.update(mailWorkers).set({ sends: true })
    await node.close()
  })

  test('offers no code, nothing under way and nothing of the sample once more', async () => {
    const { programmeId } = await camp()
    const organiser = await asOrganiser(withServer, programmeId)
    const row = { programmeId, to: 'ada@example.org', subject: '', body: '' }
    const tried = [
      { kind: 'code', state: 'failed' as const },
      { kind: 'reminder', state: 'waiting' as const },
      { kind: 'invitation-desk', state: 'failed' as const, error: 'withdrawn' },
    ]
    const made = await db
      .insert(mails)
      .values(tried.map((one) => ({ ...row, ...one })))
      .returning()
    for (const { id } of made)
      expect(await organiser.post(`/api/v1/mails/${id}/resend`)).toMatchObject({ code: 'mail-not-again' })
    const sample = await camp(true)
    const inSample = await asOrganiser(withServer, sample.programmeId)
    const url = `/api/v1/programmes/${sample.programmeId}/test-mail`
    expect(await inSample.post(url)).toMatchObject({ code: 'mail-sample' })
  })
})

describe('mails to people', () => {
  test('invite those who have an address, once as members', async () => {
    const { programmeId, first, second, host } = await camp()
    const organiser = await asOrganiser(without, programmeId)
    expect(await organiser.invite(first.id, second.id, host.id)).toMatchObject({ id: programmeId, mails: 2 })
    expect(await organiser.invite(first.id)).toMatchObject({ code: 'mail-lately' })
    const again = { kind: 'invitation', to: [{ of: first.id }], again: true }
    expect(await organiser.post(`/api/v1/programmes/${programmeId}/letters`, again)).toMatchObject({
      ...{ id: programmeId, mails: 1 },
    })
    const members = await db
      .select({ email: users.email, role: memberships.role })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(eq(memberships.programmeId, programmeId))
    expect(members.filter(({ role }) => role !== 'organiser')).toEqual([
      { email: first.email, role: 'project' },
      { email: host.email, role: 'host' },
    ])
    const { mails: shown } = await organiser.outbox()
    const link = `http://localhost:3000/accedi?email=${encodeURIComponent(first.email as string)}`
    expect(shown).toHaveLength(3)
    expect(shown[0]).toMatchObject({ kind: 'invitation', to: first.email, state: 'kept' })
    expect(shown[0].body).toContain(link)
  })

  test('remind only who has not answered', async () => {
    const { programmeId, eventId, first, second, host } = await camp()
    const organiser = await asOrganiser(without, programmeId)
    const to = [first, second, host].map(({ id }) => ({ of: id }))
    const reminder = { kind: 'reminder', event: eventId, to }
    expect(await organiser.post(`/api/v1/programmes/${programmeId}/letters`, reminder)).toMatchObject({
      ...{ id: programmeId, mails: 1 },
    })
    const { mails: shown } = await organiser.outbox()
    expect(shown.map(({ to, kind }: { to: string; kind: string }) => ({ to, kind }))).toEqual([
      { to: first.email, kind: 'reminder' },
    ])
    const rows = await db.select().from(participants).where(eq(participants.eventId, eventId))
    const reminded = rows.filter(({ remindedAt }) => remindedAt !== null)
    expect([rows.length, ...reminded.map(({ projectId }) => projectId)]).toEqual([3, first.id])
  })

  test('say in plain words why one did not arrive', async () => {
    const { programmeId, first } = await camp()
    const to = `nobody-${programmeId}@example.org`
    await db.update(people).set({ email: to }).where(eq(people.id, first.personId))
    const organiser = await asOrganiser(withServer, programmeId)
    await organiser.invite(first.id)
    expect(await settled(to)).toMatchObject({ state: 'failed', error: 'refused' })
    const { mails: shown } = await organiser.outbox()
    expect(shown[0]).toMatchObject({
      state: 'failed',
      error: "Il server di posta ha rifiutato la mail: controlla l'indirizzo.",
    })
  })

  test('are written and read by organisers alone', async () => {
    const { programmeId, first } = await camp()
    const { cookie } = await signedIn(without, { role: 'project', programmeId, projectId: first.id })
    const asProject = async (method: 'GET' | 'POST', url: string) =>
      (
        await without.inject({
          method,
          url: `/api/v1${url}`,
          headers: { cookie },
          payload: method === 'POST' ? {} : undefined,
        })
      ).statusCode
    expect(await asProject('GET', `/programmes/${programmeId}/mails`)).toBe(403)
    const { programmeId: other } = await camp()
    expect(await asProject('GET', `/programmes/${other}/mails`)).toBe(404)
  })
})

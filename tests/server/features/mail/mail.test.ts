import { eq } from 'drizzle-orm'
import type { FastifyInstance } from 'fastify'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildApp } from '../../../../server/app.ts'
import { readConfig } from '../../../../server/config.ts'
import { connect, type Database } from '../../../../server/database/client.ts'
import {
  events,
  hosts,
  mails,
  memberships,
  organisations,
  participants,
  people,
  programmes,
  projects,
  teamMembers,
  users,
} from '../../../../server/database/schema.ts'
import { ensureMember } from '../../../../server/features/identity/service.ts'
import { workMails } from '../../../../server/jobs/mail.ts'
import { startQueue, type Queue } from '../../../../server/queue.ts'
import type { EventRules } from '../../../../server/schemas/rules.ts'
import type { ChangesView, Helpers } from '../../../../server/schemas/programme.ts'
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts'
import { signedIn } from '../../../support/people.ts'

const SECRET = 'a secret of at least thirty-two characters'

let place: TestDatabase
let db: Database
let queue: Queue
let withServer: FastifyInstance
let without: FastifyInstance
const post = Promise.withResolvers<number>()
const received: { to: string[]; text: string }[] = []

/** A real mail server; it refuses whoever is called nobody. */
const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo: ({ address }, _, done) =>
    done(
      address.startsWith('nobody')
        ? Object.assign(new Error('no such mailbox'), { responseCode: 550 })
        : undefined,
    ),
  onData(stream, { envelope }, done) {
    const parts: Buffer[] = []
    stream.on('data', (part: Buffer) => parts.push(part))
    stream.on('end', () => {
      received.push({
        to: envelope.rcptTo.map(({ address }) => address),
        text: Buffer.concat(parts).toString(),
      })
      done()
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
    SMTP_URL: `smtp://127.0.0.1:${await post.promise}`,
  })
  await workMails(queue, { config, db })
  withServer = await buildApp({ config, db, queue })
  without = await buildApp({ config: { ...config, smtpUrl: null }, db, queue })
})
afterAll(async () => {
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
    if (row && row.state !== 'waiting') return row
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const asOrganiser = async (app: FastifyInstance, programmeId: string) => {
  const { cookie } = await signedIn(app, { role: 'organiser', programmeId })
  return {
    outbox: async () =>
      (await app.inject({ url: `/api/v1/programmes/${programmeId}/mails`, headers: { cookie } })).json(),
    post: async (url: string, payload: object = {}) =>
      (await app.inject({ method: 'POST', url, payload, headers: { cookie } })).json(),
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
    const { smtp, mails: shown } = await organiser.outbox()
    expect({ smtp, shown: shown[0] }).toMatchObject({
      smtp: true,
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
    const { smtp, mails: shown } = await organiser.outbox()
    expect({ smtp, state: shown[0].state }).toEqual({ smtp: false, state: 'kept' })
    const otp = shown[0].body.match(/\b\d{6}\b/)[0]
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

describe('mails to people', () => {
  test('invite those who have an address, once as members', async () => {
    const { programmeId, first, host } = await camp()
    const organiser = await asOrganiser(without, programmeId)
    const url = `/api/v1/programmes/${programmeId}/invitations`
    const everybody = { projects: 'all', hosts: 'all' }
    expect(await organiser.post(url, everybody)).toMatchObject({ id: programmeId, mails: 2 })
    expect(await organiser.post(url, { projects: [first.id] })).toMatchObject({ id: programmeId, mails: 1 })
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
    const { programmeId, eventId, first } = await camp()
    const organiser = await asOrganiser(without, programmeId)
    expect(await organiser.post(`/api/v1/events/${eventId}/reminders`)).toMatchObject({
      id: eventId,
      mails: 1,
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
    await organiser.post(`/api/v1/programmes/${programmeId}/invitations`, { projects: [first.id] })
    expect(await settled(to)).toMatchObject({ state: 'failed', error: 'refused' })
    const { mails: shown } = await organiser.outbox()
    expect(shown[0]).toMatchObject({
      state: 'failed',
      error: "Il server di posta ha rifiutato la mail: controlla l'indirizzo.",
    })
  })

  test('are written and read by organisers alone', async () => {
    const { programmeId, eventId, first } = await camp()
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
    expect(await asProject('POST', `/programmes/${programmeId}/invitations`)).toBe(403)
    expect(await asProject('POST', `/events/${eventId}/reminders`)).toBe(403)
    const { programmeId: other, eventId: otherEvent } = await camp()
    expect(await asProject('GET', `/programmes/${other}/mails`)).toBe(404)
    expect(await asProject('POST', `/programmes/${other}/invitations`)).toBe(404)
    expect(await asProject('POST', `/events/${otherEvent}/reminders`)).toBe(404)
  })
})

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
import type { EventRules } from '../../../../server/schemas/event.ts'
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
    expect(rows.map(({ remindedAt }) => remindedAt !== null)).toEqual([true, false, false])
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

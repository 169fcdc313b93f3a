import { desc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changes, events, mails, participants, programmes } from '../../../../server/database/schema.ts'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { DayView } from '../../../../server/schemas/day.ts'
import type { ProgrammeView } from '../../../../server/schemas/programme.ts'
import type { RsvpLinkView } from '../../../../server/schemas/rsvp.ts'
import type { PlacesView, TakingPartView } from '../../../../server/schemas/taking-part.ts'
import { findCamp } from '../../../../server/features/solver-input/repository.ts'
import { endPastStandIns } from '../../../../server/features/rsvp/past-stand-ins.ts'
import { makeLinks } from '../../../../server/features/rsvp/links.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

const HOSTILE = '=cmd|<b>Esempio</b>"\'}{name}'
type Answer = { code?: string; seq?: number; mails?: number }

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let eventId: string
let otherId: string
let project: Awaited<ReturnType<StagedProgramme['project']>>
let host: Awaited<ReturnType<StagedProgramme['host']>>
let silent: Awaited<ReturnType<StagedProgramme['host']>>
let projectAt: string
let hostAt: string

const roster = async (of = eventId) =>
  (await torino.organiser.send<TakingPartView>('GET', `/events/${of}/taking-part`)).body.people
const said = async (id: string, of = eventId) => (await roster(of)).find((one) => one.id === id)!.rsvp
const linkOf = (participantId: string) =>
  stage.db.transaction(async (tx) => (await makeLinks(tx, [{ participantId }]))[0].token)
const open = (token: string) => stage.nobody.send<RsvpLinkView & Answer>('POST', '/rsvp/link', { token })
const answer = (token: string, rsvp: string, reason?: string) =>
  stage.nobody.send<Answer>('POST', '/rsvp/answer', { token, rsvp, ...(reason !== undefined && { reason }) })
const clock = (at: string) =>
  stage.db
    .update(programmes)
    .set({ clockOffsetMs: Date.parse(at) - Date.now() })
    .where(eq(programmes.id, torino.id))

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  eventId = await torino.camp(HOSTILE)
  otherId = await torino.camp('Secondo camp')
  project = await torino.project({
    name: HOSTILE,
    team: [{ firstName: HOSTILE, email: 'orti@example.org', language: 'en' }],
  })
  host = await torino.host({ email: 'ada@example.org', organisation: 'Fondazione Esempio' })
  silent = await torino.host()
  projectAt = await torino.participant(eventId, project.id)
  hostAt = await torino.participant(eventId, host.id)
})
afterAll(() => stage.close())

test('whoever has not said is asked by a mail in their language, once a day unless that is wanted', async () => {
  const ask = (again = {}) => {
    const to = [project, host, silent].map(({ id }) => ({ of: id }))
    const body = { kind: 'coming', event: eventId, to, ...again }
    return torino.organiser.send<Answer>('POST', `/programmes/${torino.id}/letters`, body)
  }
  expect((await ask()).body.mails).toBe(2)
  const sent = await stage.db.select().from(mails).where(eq(mails.kind, 'coming'))
  const english = sent.find(({ to }) => to === 'orti@example.org')!
  expect([english.subject, english.body.includes('I am not coming:')]).toEqual([
    `${HOSTILE}: are you coming?`,
    true,
  ])
  // Nobody who reads the outbox answers for others: no token stands there.
  for (const { body } of sent) expect(body).toMatch(/vengo\?risposta=no#••••••\n/)
  // A test to oneself answers for nobody: its page says that it is one.
  const letter = { kind: 'coming', event: eventId, to: { of: host.id } }
  await torino.organiser.send('POST', `/programmes/${torino.id}/letters/test`, letter)
  const [test] = await stage.db.select().from(mails).where(eq(mails.kind, 'test'))
  expect(test.body.match(/vengo\?\S*/g)).toEqual(['vengo?prova=si', 'vengo?prova=no'])
  expect((await ask()).body.code).toBe('mail-lately')
  expect((await ask({ again: true })).body.mails).toBe(2)
})

test('a link shows its own event and organisation alone, and looking at it changes nothing', async () => {
  const token = await linkOf(hostAt)
  const all = () => stage.db.select().from(participants)
  const [rows, log] = [await all(), await stage.db.$count(changes)]
  expect((await open(token)).body).toEqual({
    ...{ title: HOSTILE, date: '2030-05-10', lastDate: '2030-05-10', venue: '', timezone: 'Europe/Rome' },
    ...{ who: 'Fondazione Esempio', instead: null, rsvp: null, begun: false },
  })
  for (const url of [
    `/vengo?risposta=no#${token}`,
    `/api/v1/rsvp/answer?token=${token}`,
    '/api/v1/rsvp/link',
  ])
    expect((await stage.app.inject({ method: 'GET', url })).body).not.toContain('Fondazione')
  expect([await all(), await stage.db.$count(changes)]).toEqual([rows, log])
})

test('an answer by the link is seen everywhere at once, and can be changed', async () => {
  const token = await linkOf(hostAt)
  expect((await answer(token, 'not-coming', HOSTILE)).status).toBe(200)
  expect(await said(host.id)).toMatchObject({ rsvp: 'not-coming', by: 'link', reason: HOSTILE })
  const { body: day } = await torino.organiser.send<DayView>('GET', `/events/${eventId}/day`)
  const seen = day.participants.find(({ id }) => id === hostAt)!
  expect([seen.rsvp.rsvp, seen.away.length]).toEqual(['not-coming', day.slots.length])
  expect((await findCamp(stage.db, eventId))!.unavailable.get(hostAt)!.size).toBe(day.slots.length)
  const { body: programme } = await torino.organiser.send<ProgrammeView>('GET', `/programmes/${torino.id}`)
  expect(programme.events.find(({ id }) => id === eventId)).toMatchObject({ coming: 0, notComing: 1 })
  const places = (await torino.organiser.send<PlacesView>('GET', `/hosts/${host.id}/places`)).body.places
  expect(places.map(({ rsvp }) => rsvp).toSorted()).toEqual([null, 'not-coming'].toSorted())
  const agenda = (await host.send<AgendaView>('GET', `/events/${eventId}/agendas/${hostAt}`)).body
  expect(agenda.rsvp.reason).toBe(HOSTILE)
  // Names and reasons are in rows that can be erased, not in the log.
  const [entry] = await stage.db.select().from(changes).orderBy(desc(changes.seq)).limit(1)
  expect(entry).toMatchObject({
    ...{ type: 'rsvp.stated', actorId: null },
    payload: { participantId: hostAt, rsvp: 'not-coming', by: 'link' },
  })
  // The same link again, as it was opened from the mail once more.
  expect((await answer(token, 'coming')).status).toBe(200)
  expect(await said(host.id)).toMatchObject({ rsvp: 'coming', by: 'link', reason: '' })
  expect((await said(host.id, otherId)).rsvp).toBe(null)
})

test('they say it on their own page, organisers and the desk for them, nobody for others', async () => {
  const put = (by: typeof host, of: string, rsvp: string | null) =>
    by.send<Answer>('PUT', `/participants/${of}/rsvp`, { rsvp })
  expect((await put(project, projectAt, 'coming')).status).toBe(200)
  expect(await said(project.id)).toMatchObject({ rsvp: 'coming', by: 'self' })
  expect((await put(project, hostAt, 'not-coming')).status).toBe(403)
  const at = await torino.participant(eventId, silent.id)
  expect(
    (await torino.organiser.send('PUT', `/participants/${at}/rsvp`, { rsvp: 'not-coming' })).status,
  ).toBe(200)
  expect(await said(silent.id)).toMatchObject({ rsvp: 'not-coming', by: 'organisers' })
  await torino.organiser.send('PUT', `/participants/${at}/rsvp`, { rsvp: null })
  expect(await said(silent.id)).toEqual({ rsvp: null, at: null, by: null, reason: '' })
})

test('a colleague comes instead: named everywhere in that event, let in, and taken back by the organisers', async () => {
  const colleague = { firstName: HOSTILE, lastName: 'Esempio', email: 'Nadia@example.org' }
  const token = await linkOf(hostAt)
  const byLink = (sent: object) => stage.nobody.send<Answer>('POST', '/rsvp/stand-in', { token, ...sent })
  expect((await byLink(colleague)).status).toBe(200)
  // A link that was passed on ends with it: it neither names somebody else nor answers for the colleague.
  expect([(await byLink(colleague)).body.code, (await answer(token, 'not-coming')).body.code]).toEqual([
    ...['link-over', 'link-over'],
  ])
  const theirs = await linkOf(hostAt)
  const again = await stage.nobody.send<Answer>('POST', '/rsvp/stand-in', { token: theirs, ...colleague })
  expect(again.body.code).toBe('stand-in-named')
  const who = `${HOSTILE} Esempio`
  const named = async () =>
    (await torino.organiser.send<DayView>('GET', `/events/${eventId}/day`)).body.participants.find(
      ({ id }) => id === hostAt,
    )!
  expect(await named()).toMatchObject({
    name: who,
    instead: { who, of: 'Referente' },
    rsvp: { rsvp: 'coming' },
  })
  // They sign in by their own mailbox and read the agenda of that event.
  const nadia = await stage.reader('nadia@example.org')
  const agenda = await nadia.send<AgendaView>('GET', `/events/${eventId}/agendas/${hostAt}`)
  expect([agenda.status, agenda.body.participant.name]).toEqual([200, who])
  const told = await stage.db.select().from(mails).where(eq(mails.kind, 'stand-in'))
  expect(told.map(({ to }) => to).toSorted()).toEqual(['ada@example.org', 'nadia@example.org'])
  // Nobody is somebody else in the programme's other events.
  const otherAt = await torino.participant(otherId, host.id)
  const other = (await host.send<AgendaView>('GET', `/events/${otherId}/agendas/${otherAt}`)).body
  expect([other.participant.name, other.instead]).toEqual(['Referente', null])
  const [entry] = await stage.db
    .select()
    .from(changes)
    .where(eq(changes.type, 'participant.replaced'))
    .orderBy(desc(changes.seq))
  expect(JSON.stringify(entry)).not.toContain('Esempio')
  const back = await torino.organiser.send('POST', `/programmes/${torino.id}/undo`, { seq: entry.seq })
  expect([back.status, (await named()).name, (await open(theirs)).body.code]).toEqual([
    ...[200, 'Referente', 'link-over'],
  ])
  // Both are told, and who is expected again is asked again.
  expect(await said(host.id)).toMatchObject({ rsvp: null, by: null })
  const ended = (await stage.db.select().from(mails).where(eq(mails.kind, 'stand-in'))).slice(2)
  expect(ended.map(({ to }) => to).toSorted()).toEqual(['ada@example.org', 'nadia@example.org'])
  for (const { body } of ended) expect(body).not.toContain('Fondazione')
  expect((await nadia.send('GET', `/events/${eventId}/agendas/${hostAt}`)).status).not.toBe(200)
  // On their own page they name somebody too; another's they cannot.
  const put = (by: typeof host, at: string) => by.send('PUT', `/participants/${at}/stand-in`, colleague)
  expect([(await put(host, hostAt)).status, (await put(project, hostAt)).status]).toEqual([200, 403])
  expect((await torino.organiser.send('DELETE', `/participants/${hostAt}/stand-in`)).status).toBe(200)
  expect((await named()).instead).toBe(null)
})

test('a host who is deleted while a colleague stands in for them can be brought back, with the colleague', async () => {
  const leaver = await torino.host()
  const at = await torino.participant(eventId, leaver.id)
  const colleague = { firstName: 'Ivo', lastName: 'Esempio', email: 'ivo@example.org' }
  expect((await torino.organiser.send('PUT', `/participants/${at}/stand-in`, colleague)).status).toBe(200)
  const { body } = await torino.organiser.send<Answer>('DELETE', `/hosts/${leaver.id}`)
  const back = await torino.organiser.send('POST', `/programmes/${torino.id}/undo`, { seq: body.seq })
  expect(back.status).toBe(200)
  const { body: day } = await torino.organiser.send<DayView>('GET', `/events/${eventId}/day`)
  expect(day.participants.find(({ id }) => id === at)).toMatchObject({ instead: { who: 'Ivo Esempio' } })
})

test('a colleague reads what is of the host until the last day is over, and not after it', async () => {
  const at = await torino.participant(eventId, silent.id)
  const lea = { firstName: 'Lea', lastName: 'Esempio', email: 'lea@example.org' }
  const named = await torino.organiser.send('PUT', `/participants/${at}/stand-in`, lea)
  expect(named.status).toBe(200)
  const her = await stage.reader(lea.email)
  const agenda = async () => (await her.send('GET', `/events/${eventId}/agendas/${at}`)).status
  await clock('2030-05-10T21:30:00Z')
  await endPastStandIns(stage.db)
  expect(await agenda()).toBe(200)
  await clock('2030-05-10T22:30:00Z')
  await endPastStandIns(stage.db)
  expect(await agenda()).not.toBe(200)
  expect((await silent.send('GET', `/events/${eventId}/agendas/${at}`)).status).toBe(200)
  await clock('2030-05-01T07:30:00Z')
})

test('who was seen there is there, whatever they had said', async () => {
  await clock('2030-05-10T06:30:00Z')
  const token = await linkOf(hostAt)
  await answer(token, 'not-coming')
  await torino.organiser.send('PUT', `/participants/${hostAt}/attendance`, { attendance: 'here' })
  const { body } = await torino.organiser.send<DayView>('GET', `/events/${eventId}/day`)
  expect(body.participants.find(({ id }) => id === hostAt)!.away).toEqual([])
  await torino.organiser.send('PUT', `/participants/${hostAt}/attendance`, { attendance: 'expected' })
})

test('a link ends with the event, and with whoever takes no part in it any more', async () => {
  const token = await linkOf(hostAt)
  await clock('2030-05-10T07:30:00Z')
  expect((await open(token)).body.begun).toBe(true)
  expect([(await answer(token, 'coming')).body.code, (await open('y'.repeat(32))).body.code]).toEqual([
    ...['event-begun', 'link-over'],
  ])
  expect((await host.send<Answer>('PUT', `/participants/${hostAt}/rsvp`, { rsvp: 'coming' })).body.code).toBe(
    'event-begun',
  )
  // Organisers write down what they hear by telephone.
  expect(
    (await torino.organiser.send('PUT', `/participants/${hostAt}/rsvp`, { rsvp: 'coming' })).status,
  ).toBe(200)
  const asked = { kind: 'coming', event: eventId, to: [{ of: silent.id }, { of: project.id }] }
  expect(
    (await torino.organiser.send<Answer>('POST', `/programmes/${torino.id}/letters`, asked)).body.code,
  ).toBe('event-begun')
  await clock('2030-05-11T07:30:00Z')
  expect([(await open(token)).status, (await answer(token, 'coming')).body.code]).toEqual([404, 'link-over'])
  await clock('2030-05-01T07:30:00Z')
  await torino.organiser.send('POST', `/events/${eventId}/taking-part/removed`, {
    ...{ projects: [], hosts: [host.id] },
  })
  expect((await open(token)).body.code).toBe('link-over')
  await torino.organiser.send('POST', `/events/${eventId}/taking-part/added`, {
    ...{ projects: [], hosts: [host.id] },
  })
  await stage.db.update(events).set({ deletedAt: new Date() }).where(eq(events.id, eventId))
  expect((await answer(token, 'not-coming')).body.code).toBe('link-over')
})

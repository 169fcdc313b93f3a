import { eq, inArray, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { hosts, memberships, participants, preferences, slots } from '../../../../server/database/schema.ts'
import { insertMeetings, insertSchedule } from '../../../../server/features/schedules/repository.ts'
import { identifyPairs } from '../../../../server/features/solver-input/repository.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { AnswersView, ChoicesView } from '../../../../server/schemas/choice.ts'
import type { DayView } from '../../../../server/schemas/day.ts'
import type { ChangesView, PeopleView } from '../../../../server/schemas/programme.ts'
import type { MergeView, OrganisationsView, Ties } from '../../../../server/schemas/standing.ts'
import { signedIn } from '../../../support/people.ts'
import { openStage, sender, type Sender } from '../../../support/service.ts'
import { plantTenant, type Tenant } from '../../../support/tenant.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let tenant: Tenant
let organiser: Sender
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

/** Two projects and two hosts; the first of each meet in drafts and in the published schedule of both days. */
beforeEach(async () => {
  tenant = await plantTenant(stage.db, 'Alfa')
  const { programmeId } = tenant
  organiser = sender(stage.app, (await signedIn(stage.app, { role: 'organiser', programmeId })).cookie)
})

type Reply = Written & Problem
const post = (path: string, body: object = {}) => organiser.send<Reply>('POST', path, body)
const get = async <T>(path: string) => (await organiser.send<T>('GET', path)).body
const people = () => get<PeopleView>(`/programmes/${tenant.programmeId}/people`)
const undo = (seq: number | undefined) => post(`/programmes/${tenant.programmeId}/undo`, { seq })
const withdraw = (hostId: string, withdrawn = true) => post(`/hosts/${hostId}/withdrawal`, { withdrawn })

test('what hangs on somebody is counted, and who is in a published schedule is not deleted', async () => {
  const [hostId, other] = tenant.hostIds
  expect(await get<Ties>(`/hosts/${hostId}/ties`)).toMatchObject({
    ...{ given: 2, received: 2, drafted: 4, coming: 2, published: 2, twins: 0, deletable: false },
    events: tenant.days.map((_, n) => `Giornata ${tenant.word} ${n}`),
  })
  const refused = await organiser.send<Problem>('DELETE', `/hosts/${hostId}`)
  expect([refused.status, refused.body.code]).toEqual([409, 'history-needs-it'])
  expect(refused.body.title).toContain('la storia ne ha bisogno')
  expect(await get<Ties>(`/hosts/${other}/ties`)).toMatchObject({ published: 0, deletable: true })
  const before = await people()
  const { body } = await organiser.send<Reply>('DELETE', `/hosts/${other}`)
  expect((await people()).hosts.map(({ id }) => id)).toEqual([hostId])
  expect((await undo(body.seq)).status).toBe(200)
  expect(await people()).toEqual(before)
  expect((await undo(body.seq)).body.code).toBe('moved-on')
})

test('a deletion is taken back although a draft that held them has gone since', async () => {
  const [, other] = tenant.hostIds
  const [{ eventId, slotIds, tableIds, participants: of }] = tenant.days
  const draft = await stage.db.transaction(async (tx) => {
    const pair = { projectParticipantId: of.otherProject, hostParticipantId: of.otherHost }
    const candidateId = (await identifyPairs(tx, eventId, [pair]))(pair)
    const made = await insertSchedule(tx, { eventId, kind: 'draft', name: 'Prova' })
    const cell = { slotId: slotIds[1], tableId: tableIds[1], value: 1, locked: false }
    await insertMeetings(tx, made, [{ ...cell, candidateId }])
    return made
  })
  expect((await get<Ties>(`/hosts/${other}/ties`)).drafted).toBe(1)
  const before = await people()
  const { body } = await organiser.send<Reply>('DELETE', `/hosts/${other}`)
  expect((await organiser.send('DELETE', `/schedules/${draft.id}`)).status).toBe(200)
  expect((await undo(body.seq)).status).toBe(200)
  expect(await people()).toEqual(before)
})

test('an edit is taken back field by field, unless the same was changed since', async () => {
  const [id] = tenant.hostIds
  const edit = async (body: object) =>
    (await organiser.send<Reply>('PATCH', `/hosts/${id}/person`, body)).body
  const before = await people()
  const first = await edit({ lastName: 'Esempio', label: 'uno' })
  const second = await edit({ title: 'Presidente' })
  expect((await undo(first.seq)).status).toBe(200)
  expect((await people()).hosts.find((one) => one.id === id)!.person).toMatchObject({ title: 'Presidente' })
  expect((await undo(second.seq)).status).toBe(200)
  expect(await people()).toEqual(before)
  const third = await edit({ lastName: 'Esempio' })
  await edit({ lastName: 'Altra' })
  expect((await undo(third.seq)).body.code).toBe('moved-on')
  const { changes } = await get<ChangesView>(`/programmes/${tenant.programmeId}/changes`)
  expect(changes.some(({ type, text }) => type === 'people.undone' && text.includes('referente'))).toBe(true)
  const rows = await stage.db.execute<{ log: string }>(
    `select string_agg(payload::text || coalesce(inverse::text, ''), '') as log from changes`,
  )
  expect(rows[0].log).not.toContain('Esempio')
})

test('who withdraws keeps their history, is asked about no more, and leaves seats to repair', async () => {
  const [hostId] = tenant.hostIds
  const [{ eventId, participants: of }] = tenant.days
  const { seq } = (await withdraw(hostId)).body
  expect((await people()).hosts.find(({ id }) => id === hostId)!.withdrawn).toBe(true)
  const choices = await get<ChoicesView>(`/events/${eventId}/choices/${of.project}`)
  expect(choices.cards.map(({ participantId }) => participantId)).toEqual([of.otherHost])
  const answers = await get<AnswersView>(`/events/${eventId}/answers`)
  expect([answers.candidates, answers.answers.length]).toEqual([0, 3])
  const own = await organiser.send<Problem>(
    'PUT',
    `/events/${eventId}/preferences/${of.host}/${of.otherProject}`,
    {
      ...{ level: 'want', conflict: false },
    },
  )
  expect([own.status, own.body.code]).toEqual([409, 'withdrawn'])
  const day = await get<DayView>(`/events/${eventId}/day`)
  expect(day.meetings.length).toBe(1)
  expect(day.disruptions.map(({ kind, participantId }) => [kind, participantId])).toContainEqual([
    'no_show',
    of.host,
  ])
  expect((await undo(seq)).status).toBe(200)
  const back = await get<DayView>(`/events/${eventId}/day`)
  expect(back.disruptions.map(({ kind }) => kind)).toEqual(['table_out'])
})

test('publishing a draft leaves out who has withdrawn since, and the database gives them no meeting', async () => {
  const [hostId] = tenant.hostIds
  const [{ eventId, scheduleId, slotIds, tableIds, participants: of }] = tenant.days
  await withdraw(hostId)
  const published = await organiser.send('POST', `/schedules/${scheduleId}/publish`, {}, { 'if-match': '1' })
  expect(published).toMatchObject({ status: 200, body: { leftOut: 1 } })
  expect((await get<DayView>(`/events/${eventId}/day`)).meetings).toEqual([])
  const added = await post(`/events/${eventId}/meetings`, {
    ...{ projectId: of.otherProject, hostId: of.host, slotId: slotIds[1], tableId: tableIds[1] },
  })
  expect([added.status, ['withdrawn', 'person-unavailable'].includes(added.body.code)]).toEqual([409, true])
})

test('a twin goes into the survivor with its answers, meetings, mailbox and links, and comes back', async () => {
  const [twinId, survivorId] = tenant.hostIds
  const [{ eventId, participants: of }] = tenant.days
  const { userId } = await signedIn(stage.app, {
    role: 'host',
    programmeId: tenant.programmeId,
    hostId: twinId,
  })
  await stage.db
    .insert(preferences)
    .values({ eventId, fromId: of.otherHost, toId: of.project, level: 'avoid' })
  const view = await get<MergeView>(`/hosts/${survivorId}/merge/${twinId}`)
  expect(view.clashes).toEqual([])
  const given = view.questions.find(({ about }) => about === 'given')!
  expect(given).toMatchObject({ survivor: { level: 'avoid' }, twin: { level: 'want' } })
  const survivors = Object.fromEntries(view.questions.map(({ key }) => [key, 'survivor']))
  const order = { twinId, choices: { ...survivors, [given.key]: 'twin' } }
  const undecided = await post(`/hosts/${survivorId}/merge`, { twinId, choices: {} })
  expect([undecided.status, undecided.body.code]).toEqual([409, 'merge-undecided'])
  const before = await people()
  const merged = await post(`/hosts/${survivorId}/merge`, order)
  expect(merged.status).toBe(200)
  expect((await people()).hosts.map(({ id }) => id)).toEqual([survivorId])
  const kept = await stage.db.select().from(memberships).where(eq(memberships.userId, userId))
  expect(kept.map(({ hostId }) => hostId)).toEqual([survivorId])
  expect(await get(`/hosts/${twinId}`)).toMatchObject({ hostId: survivorId })
  const agenda = await get<AgendaView>(`/events/${eventId}/agendas/${of.host}`)
  expect([agenda.participant.id, agenda.slots.filter(({ meeting }) => meeting).length]).toEqual([
    of.otherHost,
    1,
  ])
  const choices = await get<ChoicesView>(`/events/${eventId}/choices/${of.host}`)
  expect(choices.cards.find(({ participantId }) => participantId === of.project)!.level).toBe('want')
  expect((await undo(merged.body.seq)).status).toBe(200)
  expect(await people()).toEqual(before)
  expect((await get<AgendaView>(`/events/${eventId}/agendas/${of.host}`)).participant.id).toBe(of.host)
})

test('a twin who had withdrawn says nothing of whether the survivor comes', async () => {
  const [twinId, survivorId] = tenant.hostIds
  const [{ eventId, participants: of }] = tenant.days
  await withdraw(twinId)
  const absences = async () =>
    (await get<DayView>(`/events/${eventId}/day`)).disruptions.filter(({ kind }) => kind === 'no_show').length
  expect(await absences()).toBe(1)
  const { questions } = await get<MergeView>(`/hosts/${survivorId}/merge/${twinId}`)
  const choices = Object.fromEntries(questions.map(({ key }) => [key, 'survivor']))
  const merged = await post(`/hosts/${survivorId}/merge`, { twinId, choices })
  expect(merged.status).toBe(200)
  expect(await absences()).toBe(0)
  const placeOf = async (id: string) =>
    (await stage.db.select().from(participants).where(eq(participants.id, id)))[0]
  expect((await placeOf(of.otherHost)).attendance).toBe('expected')
  expect((await undo(merged.body.seq)).status).toBe(200)
  expect([await absences(), (await placeOf(of.host)).attendance]).toEqual([1, 'absent'])
})

test('bringing somebody back leaves the days that are over as they were', async () => {
  const [hostId] = tenant.hostIds
  const [{ participants: of, slotIds }] = tenant.days
  await stage.db.update(participants).set({ attendance: 'absent' }).where(eq(participants.id, of.host))
  await stage.db
    .update(slots)
    .set({
      ...{ startsAt: sql`starts_at - interval '20 years'`, endsAt: sql`ends_at - interval '20 years'` },
      day: sql`(day - interval '20 years')::date`,
    })
    .where(inArray(slots.id, slotIds))
  expect((await withdraw(hostId)).status).toBe(200)
  expect((await withdraw(hostId, false)).status).toBe(200)
  const [place] = await stage.db.select().from(participants).where(eq(participants.id, of.host))
  expect(place.attendance).toBe('absent')
})

test('two who are booked in one turn are not merged, and the turns are named', async () => {
  const [twinId, survivorId] = tenant.hostIds
  const [{ eventId, slotIds, tableIds, participants: of }] = tenant.days
  const added = await post(`/events/${eventId}/meetings`, {
    ...{ projectId: of.otherProject, hostId: of.otherHost, slotId: slotIds[0], tableId: tableIds[1] },
  })
  expect(added.status).toBe(200)
  expect((await get<MergeView>(`/hosts/${survivorId}/merge/${twinId}`)).clashes).toMatchObject([
    { event: `Giornata ${tenant.word} 0`, schedule: '' },
  ])
  const refused = await post(`/hosts/${survivorId}/merge`, { twinId, choices: {} })
  expect([refused.status, refused.body.code]).toEqual([409, 'booked-twice'])
  expect(refused.body.title).toContain(`10:00 (Giornata ${tenant.word} 0, in vigore)`)
})

test('twins of organisations become one, and a table with the old name leads there', async () => {
  const path = `/programmes/${tenant.programmeId}/organisations`
  const named = async () => (await get<OrganisationsView>(path)).organisations
  const [one, twin] = (await named()).filter(({ hosts }) => hosts > 0)
  const merged = await post(`/organisations/${one.id}/merge`, { twinId: twin.id })
  expect((await named()).find(({ id }) => id === one.id)).toMatchObject({ name: one.name, hosts: 2 })
  expect((await named()).some(({ id }) => id === twin.id)).toBe(false)
  const added = await post(`/programmes/${tenant.programmeId}/hosts`, {
    ...{ lastName: 'Nuova', organisation: twin.name, kind: 'foundation' },
  })
  const [row] = await stage.db.select().from(hosts).where(eq(hosts.id, added.body.id))
  expect(row.organisationId).toBe(one.id)
  expect((await undo(merged.body.seq)).status).toBe(200)
  expect((await named()).find(({ id }) => id === twin.id)).toMatchObject({ hosts: 1 })
})

test('a published event stays, a rehearsal goes with what it holds and comes back from the log', async () => {
  const [{ eventId }] = tenant.days
  const remove = () => organiser.send<Reply>('DELETE', `/events/${eventId}`)
  const refused = await remove()
  expect([refused.status, refused.body.code]).toEqual([409, 'event-published'])
  await organiser.send('PATCH', `/events/${eventId}`, { rehearsal: true })
  const { status, body } = await remove()
  expect(status).toBe(200)
  expect((await organiser.send('GET', `/events/${eventId}`)).status).toBe(404)
  const taking = stage.db.$count(participants, eq(participants.eventId, eventId))
  expect(await taking).toBe(4)
  expect((await undo(body.seq)).status).toBe(200)
  expect((await organiser.send('GET', `/events/${eventId}`)).status).toBe(200)
})

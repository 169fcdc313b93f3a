import type { AddressInfo } from 'node:net'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { events, participants, slots } from '../../../../server/database/schema.ts'
import { insertMeetings, insertSchedule } from '../../../../server/features/schedules/repository.ts'
import { identifyPairs } from '../../../../server/features/solver-input/repository.ts'
import { findCandidates } from '../../../../server/features/choices/pairs.ts'
import type { AnswersView, ChoicesView } from '../../../../server/schemas/choice.ts'
import type { DayView, DeskView } from '../../../../server/schemas/day.ts'
import type { EventView } from '../../../../server/schemas/event.ts'
import type { PlacesView, TakingPartView } from '../../../../server/schemas/taking-part.ts'
import { Client, until } from '../../../support/client.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let eventId: string
let project: Awaited<ReturnType<StagedProgramme['project']>>
let host: Awaited<ReturnType<StagedProgramme['host']>>
let others: Awaited<ReturnType<StagedProgramme['host']>>[]

const roster = async (id = eventId) =>
  (await torino.organiser.send<TakingPartView>('GET', `/events/${id}/taking-part`)).body
const takes = async (id: string, of = eventId) => (await roster(of)).people.find((one) => one.id === id)!
const change = (turn: 'added' | 'removed', chosen: object, id = eventId) =>
  torino.organiser.send<{ seq?: number; code?: string }>('POST', `/events/${id}/taking-part/${turn}`, {
    ...{ projects: [], hosts: [] },
    ...chosen,
  })
const undo = (seq: number | undefined) =>
  torino.organiser.send<{ code?: string }>('POST', `/programmes/${torino.id}/undo`, { seq })

/** A schedule in force in which the project and the host meet in the first slot. */
async function publish() {
  const view = (await torino.organiser.send<EventView>('GET', `/events/${eventId}`)).body
  const projectParticipantId = await torino.participant(eventId, project.id)
  const hostParticipantId = await torino.participant(eventId, host.id)
  await stage.db.transaction(async (tx) => {
    const pair = { projectParticipantId, hostParticipantId }
    const candidateId = (await identifyPairs(tx, eventId, [pair]))(pair)
    const live = await insertSchedule(tx, { eventId, kind: 'live', name: 'Piano', number: 1 })
    const cell = { slotId: view.slots[0].id, tableId: view.tables[0].id, value: 4, locked: false }
    await insertMeetings(tx, live, [{ ...cell, candidateId }])
  })
  return { projectParticipantId, hostParticipantId }
}

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  eventId = await torino.camp()
  project = await torino.project({ team: [{ lastName: 'Rossi', email: 'rossi@example.org' }] })
  host = await torino.host()
  others = [await torino.host({ label: 'sede di Torino' })]
  const [fromId, toId] = [
    await torino.participant(eventId, project.id),
    await torino.participant(eventId, host.id),
  ]
  await project.send('PUT', `/events/${eventId}/preferences/${fromId}/${toId}`, {
    ...{ level: 'want', conflict: false },
  })
})
afterAll(() => stage.close())

test('before anything is published a newcomer joins what is to come, and never a day that is over', async () => {
  const past = await torino.camp('Prima edizione')
  await stage.db.update(events).set({ date: '2020-05-10' }).where(eq(events.id, past))
  const ago = { startsAt: sql`starts_at - interval '10 years'`, endsAt: sql`ends_at - interval '10 years'` }
  await stage.db
    .update(slots)
    .set({ ...ago, day: '2020-05-10' })
    .where(eq(slots.eventId, past))
  const late = await torino.host()
  others.push(late)
  expect([(await takes(late.id)).takesPart, (await takes(late.id, past)).participantId]).toEqual([true, null])
  expect((await roster(past)).past).toBe(true)
  // By hand it can be done: somebody may have been forgotten on the record of a day.
  await change('added', { hosts: [late.id] }, past)
  expect((await takes(late.id, past)).takesPart).toBe(true)
})

test('who is taken out is asked nothing and planned nothing, and comes back with all that was said', async () => {
  const before = await stage.db.select().from(participants)
  const wished = await findCandidates(stage.db, eventId)
  const counts = async () =>
    (await torino.organiser.send<EventView>('GET', `/events/${eventId}`)).body.counts.hosts
  const hosts = await counts()
  const taken = await change('removed', { hosts: [host.id] })
  expect(taken.status).toBe(200)
  expect([wished.length, (await findCandidates(stage.db, eventId)).length, await counts()]).toEqual([
    ...[1, 0, hosts - 1],
  ])
  const answers = (await torino.organiser.send<AnswersView>('GET', `/events/${eventId}/answers`)).body.answers
  expect(answers.some(({ hostId }) => hostId === host.id)).toBe(false)
  const from = await torino.participant(eventId, project.id)
  const choices = (await project.send<ChoicesView>('GET', `/events/${eventId}/choices/${from}`)).body
  const gone = await torino.participant(eventId, host.id)
  expect(choices.cards.some(({ participantId }) => participantId === gone)).toBe(false)
  const said = await host.send<{ code: string }>('PUT', `/events/${eventId}/preferences/${gone}/${from}`, {
    ...{ level: 'want', conflict: false },
  })
  expect([said.status, said.body.code]).toEqual([409, 'withdrawn'])
  await change('added', { hosts: [host.id] })
  expect(await stage.db.select().from(participants)).toEqual(expect.arrayContaining(before))
  expect(await findCandidates(stage.db, eventId)).toEqual(wished)
})

test('an addition nobody used is taken back with nothing left of it, one that was used as a removal', async () => {
  const workshop = (
    await torino.organiser.send<{ id: string }>('POST', `/programmes/${torino.id}/events`, {
      ...{ kind: 'camp', title: 'Serale', date: '2030-06-01', inviteEveryone: false },
    })
  ).body.id
  const rows = () => stage.db.$count(participants, eq(participants.eventId, workshop))
  const first = await change('added', { hosts: [host.id], projects: [project.id] }, workshop)
  expect([await rows(), (await undo(first.body.seq)).status, await rows()]).toEqual([2, 200, 0])
  const again = await change('added', { hosts: [host.id], projects: [project.id] }, workshop)
  const [fromId, toId] = [
    await torino.participant(workshop, project.id),
    await torino.participant(workshop, host.id),
  ]
  await project.send('PUT', `/events/${workshop}/preferences/${fromId}/${toId}`, {
    ...{ level: 'must', conflict: false },
  })
  expect((await undo(again.body.seq)).status).toBe(200)
  expect([await rows(), (await takes(host.id, workshop)).takesPart]).toEqual([2, false])
  expect((await undo(again.body.seq)).body.code).toBe('moved-on')
})

test('organisers keep the way to the pages of whoever was taken out or has withdrawn, after what is to come', async () => {
  const [first, second] = [await torino.camp('Primo'), await torino.camp('Secondo')]
  const guest = await torino.host()
  const meets = await torino.project()
  await guest.send(
    'PUT',
    `/events/${first}/preferences/${await torino.participant(first, guest.id)}/${await torino.participant(first, meets.id)}`,
    { level: 'want', conflict: false },
  )
  const places = async () => {
    const { status, body } = await torino.organiser.send<PlacesView>('GET', `/hosts/${guest.id}/places`)
    expect(status).toBe(200)
    return body.places
      .filter(({ eventId }) => eventId === first || eventId === second)
      .map(({ title, takesPart }) => [title, takesPart])
  }
  expect(await places()).toEqual([
    ['Primo', true],
    ['Secondo', true],
  ])
  await change('removed', { hosts: [guest.id] }, first)
  expect(await places()).toEqual([
    ['Secondo', true],
    ['Primo', false],
  ])
  const gone = await torino.participant(first, guest.id)
  expect((await torino.organiser.send('GET', `/events/${first}/agendas/${gone}`)).status).toBe(200)
  await torino.organiser.send('POST', `/hosts/${guest.id}/withdrawal`, { withdrawn: true })
  expect(await places()).toEqual([
    ['Primo', false],
    ['Secondo', false],
  ])
  expect((await guest.send('GET', `/hosts/${guest.id}/places`)).status).toBe(403)
})

test('nobody of another programme is taken in', async () => {
  const milano = await stage.programme('Milano')
  const stranger = await milano.host()
  expect((await change('added', { hosts: [stranger.id] })).status).toBe(404)
})

test('after publishing a newcomer is offered, not put in; and whoever is taken out leaves work for a repair', async () => {
  const { hostParticipantId, projectParticipantId } = await publish()
  const late = await torino.host()
  expect((await takes(late.id)).participantId).toBeNull()
  expect((await change('added', { hosts: [late.id] })).status).toBe(200)
  expect((await takes(late.id)).takesPart).toBe(true)
  expect((await takes(host.id)).coming).toBe(1)

  const taken = await change('removed', { hosts: [host.id] })
  const board = async () => (await torino.organiser.send<DayView>('GET', `/events/${eventId}/day`)).body
  const hit = await board()
  expect(hit.disruptions.map(({ kind, participantId, hits }) => [kind, participantId, hits.length])).toEqual([
    ['no_show', hostParticipantId, 1],
  ])
  expect(hit.log[0].text).toMatch(/da risistemare 1 incontro\.$/)
  const proposed = await torino.organiser.send('POST', `/events/${eventId}/repairs`)
  expect(proposed.status).toBe(200)
  const [repair] = (await board()).repairs
  const fence = { 'if-match': String(hit.schedule!.version) }
  expect((await torino.organiser.send('POST', `/repairs/${repair.id}/apply`, {}, fence)).status).toBe(200)
  expect((await board()).meetings.filter(({ state }) => state !== 'cancelled')).toEqual([])
  // The meeting is on the record, and so are those whose it was.
  const desk = (await torino.organiser.send<DeskView>('GET', `/events/${eventId}/desk`)).body
  expect(desk.people.map(({ id }) => id)).toContain(projectParticipantId)
  expect([(await undo(taken.body.seq)).status, (await takes(host.id)).takesPart]).toEqual([200, true])
})

test('who was late or excused for a while, and is taken out, leaves the rest of the day for a repair', async () => {
  const { slots, tables } = (await torino.organiser.send<EventView>('GET', `/events/${eventId}`)).body
  const [projectId, hostId] = [
    await torino.participant(eventId, project.id),
    await torino.participant(eventId, host.id),
  ]
  const met = await torino.organiser.send('POST', `/events/${eventId}/meetings`, {
    ...{ projectId, hostId, slotId: slots[2].id, tableId: tables[0].id },
  })
  expect(met.status).toBe(200)
  await torino.organiser.send('POST', `/events/${eventId}/disruptions`, {
    ...{ kind: 'no_show', participantId: hostId, fromSlotId: slots[1].id, toSlotId: slots[1].id },
  })
  const absences = async () => {
    const { disruptions } = (await torino.organiser.send<DayView>('GET', `/events/${eventId}/day`)).body
    return disruptions.filter(({ kind, participantId }) => kind === 'no_show' && participantId === hostId)
  }
  expect((await absences()).length).toBe(1)
  const taken = await change('removed', { hosts: [host.id] })
  expect((await absences()).length).toBe(2)
  const added = await change('added', { hosts: [host.id] })
  expect([taken.status, added.status, (await absences()).length]).toEqual([200, 200, 0])
  expect((await undo(added.body.seq)).status).toBe(200)
  expect([(await absences()).length, (await takes(host.id)).takesPart]).toEqual([2, false])
})

test('an open page shows who joins, is taken out and withdraws, whoever did it', async () => {
  const camp = await torino.camp('Dal vivo')
  await stage.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = stage.app.server.address() as AddressInfo
  const page = await new Client(`http://localhost:${port}`, torino.organiser.cookie).follow(
    'taking-part',
    camp,
  )
  const shown = (id: string) =>
    page.frames
      .map(({ frame }) => ('data' in frame ? (frame.data as TakingPartView | null) : null))
      .findLast((view) => view !== null)!
      .people.find((one) => one.id === id)
  const late = await torino.host({ label: 'in ritardo' })
  await until('who joined', () => shown(late.id)?.takesPart === true)
  await change('removed', { hosts: [late.id] }, camp)
  await until('who was taken out', () => shown(late.id)?.takesPart === false)
  await torino.organiser.send('POST', `/hosts/${late.id}/withdrawal`, { withdrawn: true })
  await until('who withdrew', () => shown(late.id) === undefined)
  const rows = [['Nome progetto'], ['Arrivato con una tabella']].map((cells, at) => ({ row: at + 1, cells }))
  const table = { kind: 'projects', headings: 1, columns: ['name'], decisions: [], rows }
  const importing = `/programmes/${torino.id}/import`
  const { basis } = (await torino.organiser.send<{ basis: string }>('POST', `${importing}/check`, table)).body
  await torino.organiser.send('POST', importing, { ...table, basis })
  await until('who was imported', () =>
    page.frames.some(({ frame }) => JSON.stringify(frame).includes('Arrivato con una tabella')),
  )
  page.socket.close()
})

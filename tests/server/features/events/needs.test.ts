import { randomUUID } from 'node:crypto'
import { DateTime } from 'luxon'
import { and, desc, eq, isNotNull } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parseInstance, solve } from '../../../../solver/index.ts'
import { changes, participants } from '../../../../server/database/schema.ts'
import { findCandidates } from '../../../../server/features/choices/pairs.ts'
import { buildInstance, pairsFor } from '../../../../server/features/solver-input/instance.ts'
import { findCamp } from '../../../../server/features/solver-input/repository.ts'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { AnswersView, ChoicesView } from '../../../../server/schemas/choice.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { ArrangementEffects, EventView, TablesInput } from '../../../../server/schemas/event.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  await stage.db.update(participants).set({ needs: [], ownTableId: null })
})
afterAll(() => stage.close())

const view = async () => (await stage.organiser<EventView>('GET', `/events/${stage.eventId}`)).body
const put = (tables: TablesInput['tables']) =>
  stage.organiser<Problem>('PUT', `/events/${stage.eventId}/tables`, { tables })

/** The question put to the solver, and a quick answer. */
async function solved() {
  const camp = (await findCamp(stage.db, stage.eventId))!
  const pairs = pairsFor(
    (await findCandidates(stage.db, stage.eventId)).map((pair, at) => ({ ...pair, id: String(at) })),
    [],
  )
  const file = buildInstance(camp, pairs)
  const quick = { ...file, rules: { objective: ['shortfall', 'value'] } }
  const { meetings } = await solve(parseInstance(quick), { seed: 1, maxIterations: 1 })
  return { file, meetings, hostOf: (candidate: string) => pairs[Number(candidate)].hostId }
}

test('tables of one room whose names look the same are refused, the same number in two rooms is not', async () => {
  const { tables } = await view()
  const with2 = (name: string, room: string) =>
    tables.map((table, at) => (at === 1 ? { ...table, name, room } : table))
  for (const name of ['1 ', '01', ' 1']) {
    const { status, body } = await put(with2(name, tables[0].room))
    expect([status, body.errors?.[0].pointer]).toEqual([400, '/tables/1/name'])
    expect(body.errors?.[0].message).toContain('nome quasi uguale')
  }
  expect((await put(with2('1', 'Giardino'))).status).toBe(200)
  expect((await view()).tables.slice(0, 2)).toMatchObject([
    { name: '1', room: tables[0].room },
    { name: '1', room: 'Giardino' },
  ])
  expect((await put(tables)).status).toBe(200)
})

test('what somebody needs of a table reaches the solver and binds, and one that no table has is shown at once', async () => {
  const { tables } = await view()
  const quiet = tables.map((table, at) => (at < 2 ? { ...table, features: ['quiet'] } : table))
  expect((await put(quiet)).status).toBe(200)
  const [host] = await stage.db
    .select()
    .from(participants)
    .where(
      and(
        eq(participants.eventId, stage.eventId),
        isNotNull(participants.hostId),
        isNotNull(participants.answeredAt),
      ),
    )
  const own = await stage.enter({ role: 'host', hostId: host.hostId! })
  const path = `/events/${stage.eventId}/choices/${host.id}`
  const before = (await own<ChoicesView>('GET', path)).body
  expect(before.participant.needs).toEqual([])
  expect(before.tableFeatures).toContainEqual(['quiet'])
  const { unavailable, maxMeetings } = before.participant
  const said = { unavailable, maxMeetings, needs: ['quiet'] }
  expect((await own('PUT', `/participants/${host.id}/availability`, said)).status).toBe(200)
  expect((await own<ChoicesView>('GET', path)).body.participant.needs).toEqual(['quiet'])
  expect((await view()).needs).toEqual([{ features: ['quiet'], people: 1 }])
  // What it is that somebody needs is theirs, and not the log's.
  expect(JSON.stringify(await stage.db.select().from(changes))).not.toContain('quiet')

  const { file, meetings, hostOf } = await solved()
  expect(file.participants.filter(({ needs }) => needs)).toMatchObject([{ id: host.id, needs: ['quiet'] }])
  const mine = meetings.filter(({ candidate }) => hostOf(candidate) === host.id)
  expect(mine.length).toBeGreaterThan(0)
  expect(mine.every(({ table }) => quiet.slice(0, 2).some(({ id }) => id === table))).toBe(true)

  // Left out, it stays; nobody has to say it twice.
  await own('PUT', `/participants/${host.id}/availability`, { unavailable, maxMeetings })
  expect((await view()).needs).toHaveLength(1)
})

test('a host with a table of their own sits nowhere else, loses it with the table, and gets it back by undo', async () => {
  const { tables, hosts, event } = await view()
  const [one, other] = hosts
  const owners = async () => (await view()).tables.map(({ ownerId }) => ownerId)
  const own = (hostId: string, tableId: string | null) =>
    stage.organiser<Problem>('PUT', `/participants/${hostId}/own-table`, { tableId })
  const undoLast = async () => {
    const [{ seq }] = await stage.db.select().from(changes).orderBy(desc(changes.seq)).limit(1)
    return (await stage.organiser('POST', `/programmes/${event.programmeId}/undo`, { seq })).status
  }

  // One table, one host: whoever gets it takes it over, and the log gives it back.
  expect((await own(one.id, tables[2].id)).status).toBe(200)
  expect((await own(other.id, tables[2].id)).status).toBe(200)
  expect((await owners()).flatMap((id, at) => (id ? [[at, id]] : []))).toEqual([[2, other.id]])
  const { text: log } = await stage.organiser('GET', `/programmes/${event.programmeId}/changes`)
  expect(log).toContain(`${other.name} ha un tavolo proprio: tavolo 3.`)
  expect(await undoLast()).toBe(200)
  expect((await owners())[2]).toBe(one.id)
  const steal = stage.db.update(participants).set({ ownTableId: tables[2].id })
  await expect(steal.where(eq(participants.id, other.id))).rejects.toThrow()
  expect((await own(one.id, randomUUID())).status).toBe(404)
  const [project] = await stage.db
    .select()
    .from(participants)
    .where(and(eq(participants.eventId, stage.eventId), isNotNull(participants.projectId)))
  expect((await own(project.id, tables[2].id)).body.errors?.[0].message).toContain('referente')

  // The table, with the others: owners change places in one go; nobody has two.
  const given = (ids: Record<number, string>) =>
    tables.map((table, at) => ({ ...table, ownerId: ids[at] ?? null }))
  expect((await put(given({ 2: one.id, 3: other.id }))).status).toBe(200)
  expect((await put(given({ 2: other.id, 3: one.id }))).status).toBe(200)
  expect((await owners()).slice(2, 4)).toEqual([other.id, one.id])
  expect(await undoLast()).toBe(200)
  expect((await owners()).slice(2, 4)).toEqual([one.id, other.id])
  const refused = await put(given({ 2: one.id, 5: one.id }))
  expect(refused.body.errors?.[0]).toMatchObject({ pointer: '/tables/5/ownerId' })

  // It reaches the solver and binds.
  const { file, meetings, hostOf } = await solved()
  expect(file.participants.flatMap(({ id, tables }) => (tables ? [[id, tables]] : [])).sort()).toEqual(
    [
      [one.id, [tables[2].id]],
      [other.id, [tables[3].id]],
    ].sort(),
  )
  const mine = meetings.filter(({ candidate }) => hostOf(candidate) === one.id)
  expect(mine.length).toBeGreaterThan(0)
  expect(new Set(mine.map(({ table }) => table))).toEqual(new Set([tables[2].id]))

  // The host reads which, in the choices and in the agenda; who else the tables are of is for organisers alone.
  const [{ hostId }] = await stage.db.select().from(participants).where(eq(participants.id, one.id))
  const self = await stage.enter({ role: 'host', hostId: hostId! })
  const choices = (await self<ChoicesView>('GET', `/events/${stage.eventId}/choices/${one.id}`)).body
  expect([choices.ownTable?.name, choices.tablesToOwn]).toEqual(['3', []])
  const agenda = (await self<AgendaView>('GET', `/events/${stage.eventId}/agendas/${one.id}`)).body
  expect(agenda.ownTable).toEqual({ name: '3', room: tables[2].room })

  // A copy has it too; taking the table out says who loses it, and undo gives both back.
  const copied = await stage.organiser<Written>('POST', `/events/${stage.eventId}/copy`, {
    date: '2031-01-10',
    people: 'same',
  })
  const copy = (await stage.organiser<EventView>('GET', `/events/${copied.body.id}`)).body
  expect(copy.tables[2].ownerId).toBe(copy.hosts[0].id)
  const without = given({ 2: one.id, 3: other.id }).toSpliced(2, 1)
  const path = `/events/${stage.eventId}/tables`
  const preview = (await stage.organiser<ArrangementEffects>('POST', `${path}/preview`, { tables: without }))
    .body
  expect(preview.owners).toEqual([{ name: one.organisation, table: '3' }])
  expect((await stage.organiser('PUT', path, { tables: without })).status).toBe(409)
  expect((await stage.organiser('PUT', path, { tables: without, effects: preview.effects })).status).toBe(200)
  expect((await owners()).filter(Boolean)).toEqual([other.id])
  expect(await undoLast()).toBe(200)
  expect((await owners()).slice(2, 4)).toEqual([one.id, other.id])
})

test('a workshop takes the time of who attends it in another event, with its name; a rehearsal takes nobody’s', async () => {
  const { event, slots, hosts } = await view()
  const [one, other] = hosts
  const [{ hostId }] = await stage.db.select().from(participants).where(eq(participants.id, one.id))
  const add = async (title: string, more: object = {}) => {
    const given = { kind: 'workshop', title, date: event.date, start: '10:00', end: '11:00', ...more }
    const { body } = await stage.organiser<Written>('POST', `/programmes/${event.programmeId}/events`, given)
    const invited = { projects: [], hosts: [hostId] }
    await stage.organiser('POST', `/events/${body.id}/taking-part/added`, invited)
    return body.id
  }
  const choices = async (id: string) =>
    (await stage.organiser<ChoicesView>('GET', `/events/${stage.eventId}/choices/${id}`)).body
  const answer = async () =>
    (await stage.organiser<AnswersView>('GET', `/events/${stage.eventId}/answers`)).body.answers.find(
      ({ participantId }) => participantId === one.id,
    )!
  const said = (await choices(one.id)).participant.unavailable
  const before = (await answer()).availableSlots

  await add('Prova del workshop', { rehearsal: true })
  expect((await choices(one.id)).engagements).toEqual([])
  const workshop = await add('Workshop sul funding mix')
  const taken = slots
    .filter(({ startsAt, endsAt }) => startsAt < romeAt('11:00') && endsAt > romeAt('10:00'))
    .map(({ id }) => id)
  expect(taken).toHaveLength(3)
  const [{ title, slots: shown }] = (await choices(one.id)).engagements
  expect([title, shown.toSorted()]).toEqual(['Workshop sul funding mix', taken.toSorted()])
  expect((await choices(other.id)).engagements).toEqual([])
  // It stays apart from what they said themselves.
  expect((await choices(one.id)).participant.unavailable).toEqual(said)
  const lost = taken.filter((id) => !said.includes(id)).length
  expect((await answer()).availableSlots).toBe(before - lost)

  const { file, meetings, hostOf } = await solved()
  const away = (id: string) => file.participants.find((person) => person.id === id)!.unavailable
  expect(away(one.id)).toEqual(expect.arrayContaining(taken))
  const mine = meetings.filter(({ candidate }) => hostOf(candidate) === one.id)
  expect(mine.filter(({ slot }) => taken.includes(slot))).toEqual([])
  const { body: plan } = await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan`)
  expect(plan.engagements).toMatchObject([{ title, participants: [one.id] }])
  const agenda = (await stage.organiser<AgendaView>('GET', `/events/${stage.eventId}/agendas/${one.id}`)).body
  expect(agenda.slots.filter(({ id, available }) => taken.includes(id) && available)).toEqual([])
  expect(agenda.appointments.map((appointment) => appointment.title)).toContain(title)
  expect(agenda.appointments.map((appointment) => appointment.title)).not.toContain('Prova del workshop')

  // Who is taken out of it has their time back.
  await stage.organiser('POST', `/events/${workshop}/taking-part/removed`, { projects: [], hosts: [hostId] })
  expect((await choices(one.id)).engagements).toEqual([])

  function romeAt(time: string) {
    return DateTime.fromISO(`${event.date}T${time}`, { zone: event.timezone }).toUTC().toISO()!
  }
})

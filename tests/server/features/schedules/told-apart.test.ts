import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertMeetings, insertSchedule } from '../../../../server/features/schedules/repository.ts'
import { identifyPairs } from '../../../../server/features/solver-input/repository.ts'
import type { ScreenView } from '../../../../server/schemas/agenda.ts'
import type { DayView, DeskView } from '../../../../server/schemas/day.ts'
import type { EventView } from '../../../../server/schemas/event.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let eventId: string
let people: Awaited<ReturnType<StagedProgramme['host']>>[]
let ids: string[]

/** Two hosts of one foundation, two of one name in one bank, and two projects of one name; all meet. */
beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  eventId = await torino.camp()
  const [foundation, bank] = [{ organisation: 'Fondazione Esempio' }, { organisation: 'Banca Esempio' }]
  const ada = { firstName: 'Ada', lastName: 'Esempio' }
  people = [
    await torino.host({ ...foundation, ...ada, label: 'LABELFOND' }),
    await torino.host({ ...foundation, firstName: 'Ugo', lastName: 'Esempio' }),
    await torino.host({ ...bank, ...ada, label: 'LABELBANK' }),
    await torino.host({ ...bank, ...ada }),
    await torino.project({ name: 'Orto', organisations: ['Coop Uno'] }),
    await torino.project({ name: 'Orto', organisations: ['Coop Due'] }),
  ]
  ids = await Promise.all(people.map(({ id }) => torino.participant(eventId, id)))
  const { slots, tables } = (await torino.organiser.send<EventView>('GET', `/events/${eventId}`)).body
  await stage.db.transaction(async (tx) => {
    const pairs = [0, 1, 2, 3].map((at) => ({
      ...{ hostParticipantId: ids[at], projectParticipantId: ids[4 + (at % 2)] },
    }))
    const idOf = await identifyPairs(tx, eventId, pairs)
    const live = await insertSchedule(tx, { eventId, kind: 'live', name: 'Piano', number: 1 })
    const cell = (at: number) => ({ slotId: slots[at >> 1].id, tableId: tables[at % 2].id })
    await insertMeetings(
      tx,
      live,
      pairs.map((pair, at) => ({ candidateId: idOf(pair), ...cell(at), value: 1, locked: false })),
    )
    await insertSchedule(tx, { eventId, kind: 'version', name: 'Piano', number: 1, sealed: true })
  })
})
afterAll(() => stage.close())

const get = async <T>(path: string) =>
  (await torino.organiser.send<T>('GET', `/events/${eventId}/${path}`)).body

test('organisers read in the plan and on the day who is who, with their own labels where it takes them', async () => {
  const expected = [
    ['Fondazione Esempio – Ada Esempio', ''],
    ['Fondazione Esempio – Ugo Esempio', ''],
    ['Banca Esempio – Ada Esempio', 'LABELBANK'],
    ['Banca Esempio – Ada Esempio', ''],
    ['Orto – Coop Uno', ''],
    ['Orto – Coop Due', ''],
  ]
  for (const { participants } of [await get<PlanView>('plan'), await get<DayView>('day')])
    expect(
      ids.map((id) => {
        const { short, mark } = participants.find((one) => one.id === id)!
        return [short, mark]
      }),
    ).toEqual(expected)
})

test('screens and the desk tell them apart without the labels', async () => {
  const { meetings } = await get<ScreenView>('screen')
  expect(
    meetings.map(({ project, organisation, host, withPerson }) => [project, organisation, host, withPerson]),
  ).toEqual([
    ['Orto – Coop Uno', 'Fondazione Esempio', 'Ada Esempio', true],
    ['Orto – Coop Due', 'Fondazione Esempio', 'Ugo Esempio', true],
    ['Orto – Coop Uno', 'Banca Esempio', 'Ada Esempio', true],
    ['Orto – Coop Due', 'Banca Esempio', 'Ada Esempio', true],
  ])
  const desk = await get<DeskView>('desk')
  expect(desk.people.find(({ id }) => id === ids[0])!.meetings.map((one) => one.with)).toEqual([
    'Orto – Coop Uno',
  ])
  expect(desk.people.find(({ id }) => id === ids[4])!.meetings.map((one) => one.with)).toEqual([
    'Fondazione Esempio – Ada Esempio',
    'Banca Esempio – Ada Esempio',
  ])
})

test('the organisers’ labels reach nobody else: no participant, screen, desk, paper or public page', async () => {
  const read = async (sender: Pick<typeof torino.organiser, 'send'>, path: string) => {
    const { status, body } = await sender.send('GET', path)
    expect([path, status]).toEqual([path, 200])
    return JSON.stringify(body)
  }
  const [host, project] = [people[0], people[4]]
  const texts = await Promise.all([
    ...['screen', 'desk', 'print'].map((path) => read(torino.organiser, `/events/${eventId}/${path}`)),
    read(project, `/events/${eventId}/choices/${ids[4]}`),
    read(project, `/events/${eventId}/agendas/${ids[4]}`),
    read(host, `/events/${eventId}/agendas/${ids[0]}`),
    read(host, `/hosts/${host.id}`),
    read(host, '/me'),
    read(stage.nobody, '/public'),
  ])
  for (const text of texts) expect(text).not.toMatch(/LABEL/)
})

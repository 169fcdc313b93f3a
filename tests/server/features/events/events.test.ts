import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeSlots, moveSlots } from '../../../../server/schemas/slot-times.ts'
import type { EventView, ScreenCreated } from '../../../../server/schemas/event.ts'
import { GRID, openStage, type StagedProgramme } from '../../../support/service.ts'

const ROME = 'Europe/Rome'
const times = (slots: ReturnType<typeof makeSlots>) =>
  Array.isArray(slots) ? slots.map(({ startsAt }) => startsAt.toISOString().slice(11, 16)) : slots

describe('slots', () => {
  test('keep their length on the days when the clocks change', () => {
    const night = { slotMinutes: 30, changeoverMinutes: 0, blocks: [{ start: '01:00', slots: 4 }] }
    expect(times(makeSlots(night, '2026-03-29', ROME))).toEqual(['00:00', '00:30', '01:00', '01:30'])
    expect(times(makeSlots(night, '2026-10-25', ROME))).toEqual(['23:00', '23:30', '00:00', '00:30'])
  })
  test('never start at an hour that the day does not have', () => {
    const grid = { ...GRID, blocks: [{ start: '02:30', slots: 1 }] }
    expect(makeSlots(grid, '2026-03-29', ROME)).toEqual({
      pointer: '/blocks/0/start',
      reason: 'field_noSuchTime',
    })
  })
  test('neither overlap nor pass midnight', () => {
    const overlap = { ...GRID, blocks: [GRID.blocks[0], { start: '10:00', slots: 1 }] }
    const late = { ...GRID, blocks: [{ start: '23:50', slots: 1 }] }
    expect([makeSlots(overlap, '2030-05-10', ROME), makeSlots(late, '2030-05-10', ROME)]).toEqual([
      { pointer: '/blocks/1/start', reason: 'field_overlap' },
      { pointer: '/blocks/0/slots', reason: 'field_midnight' },
    ])
  })
  test('keep their local hours when the day moves over a change of the clocks', () => {
    const slots = makeSlots(GRID, '2026-03-28', ROME)
    if (!Array.isArray(slots)) throw new Error('no slots')
    expect(moveSlots(slots, 2, ROME)?.[0].startsAt.toISOString()).toBe('2026-03-30T07:00:00.000Z')
  })
})

describe('an event', () => {
  let stage: Awaited<ReturnType<typeof openStage>>
  let torino: StagedProgramme
  let eventId: string
  const view = async (id = eventId) => (await torino.organiser.send<EventView>('GET', `/events/${id}`)).body

  beforeAll(async () => {
    stage = await openStage()
    torino = await stage.programme('Torino')
    eventId = await torino.camp()
  })
  afterAll(() => stage.close())

  test('is set up by the organisers of its programme only', async () => {
    const other = await stage.programme('Milano')
    const senders = [stage.nobody, other.organiser, await torino.host(), torino.organiser]
    const ask = (method: 'GET' | 'PATCH' | 'PUT' | 'POST', end: string, body?: object) =>
      Promise.all(
        senders.map(async (who) => (await who.send(method, `/events/${eventId}${end}`, body)).status),
      )
    const expected = [401, 404, 403, 200]
    expect([
      await ask('GET', ''),
      await ask('PATCH', '', { title: 'Camp' }),
      await ask('PUT', '/grid', GRID),
      await ask('POST', '/copy', { date: '2030-06-01' }),
      await ask('POST', '/screens', { label: 'Ingresso' }),
    ]).toEqual(Array(5).fill(expected))
  })

  test('names its tables once and lets two of them swap names', async () => {
    const [one, two, ...rest] = (await view()).tables
    const swapped = [{ ...one, name: two.name }, { ...two, name: one.name }, ...rest]
    const put = (tables: object[]) =>
      torino.organiser.send<{ errors: { pointer: string }[] }>('PUT', `/events/${eventId}/tables`, { tables })
    expect((await put(swapped)).status).toBe(200)
    expect((await view()).tables).toEqual(swapped)
    const twice = await put([one, { ...two, name: one.name }])
    expect([twice.status, twice.body.errors[0].pointer]).toEqual([400, '/tables/1/name'])
  })

  test('is sent with nothing changed, also from an old form', async () => {
    const send = (version: string) =>
      torino.organiser.send<{ code: string }>('PATCH', `/events/${eventId}`, {}, { 'if-match': version })
    const answer = await send('1')
    expect([answer.status, answer.body.code]).toEqual([412, 'stale-version'])
    expect((await send(String((await view()).version))).status).toBe(200)
  })

  test('serves as a template for another day', async () => {
    const copy = await torino.organiser.send<{ id: string }>('POST', `/events/${eventId}/copy`, {
      date: '2030-12-02',
    })
    const made = await view(copy.body.id)
    const source = await view()
    expect({
      date: made.event.date,
      first: made.slots[0].startsAt,
      slots: made.slots.length,
      tables: made.tables.map(({ name }) => name),
    }).toEqual({
      date: '2030-12-02',
      first: '2030-12-02T08:00:00.000Z',
      slots: 4,
      tables: source.tables.map(({ name }) => name),
    })
  })

  test('opens to a screen with its link until the link is revoked', async () => {
    const made = (
      await torino.organiser.send<ScreenCreated>('POST', `/events/${eventId}/screens`, { label: 'Sala' })
    ).body
    const [path, token] = made.path.split('#')
    expect([path, token.length]).toEqual([`/schermo/${eventId}`, 32])
    const enter = () => stage.nobody.send('POST', '/screen/session', { token })
    expect(await enter()).toEqual({ status: 200, body: { eventId } })
    expect((await torino.organiser.send('DELETE', `/screens/${made.id}`)).status).toBe(200)
    expect((await enter()).status).toBe(404)
  })
})

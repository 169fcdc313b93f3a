import { and, eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  candidates,
  disruptions,
  meetings,
  meetingSeats,
  participants,
  programmes,
  schedules,
} from '../../../../server/database/schema.ts'
import { buildInstance } from '../../../../server/features/solver-input/instance.ts'
import { findCamp } from '../../../../server/features/solver-input/repository.ts'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { ChoicesView } from '../../../../server/schemas/choice.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { DayView } from '../../../../server/schemas/day.ts'
import type { ArrangementEffects, EventView } from '../../../../server/schemas/event.ts'
import type { PairsView } from '../../../../server/schemas/pairs.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { parseInstance } from '../../../../solver/index.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

/** An event of two days with two meetings, one published and in a draft, the other in the draft only. */
const BLOCKS = [
  { date: '2030-05-10', start: '09:00', slots: 3 },
  { date: '2030-05-11', start: '09:00', slots: 2 },
]
const grid = (blocks: object[] = BLOCKS, slotMinutes = 20) => ({ slotMinutes, changeoverMinutes: 5, blocks })
type Body = Written & Problem & ArrangementEffects

let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let project: Awaited<ReturnType<StagedProgramme['project']>>
let host: Awaited<ReturnType<StagedProgramme['host']>>
let eventId: string
let place: { project: string; host: string }
let before: EventView

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  project = await torino.project({ name: 'Orti' })
  host = await torino.host({ lastName: 'Bianchi' })
}, 60_000)
afterAll(() => stage.close())

beforeEach(async () => {
  const made = await send('POST', `/programmes/${torino.id}/events`, {
    ...{ kind: 'camp', title: 'Camp', date: '2030-05-10', grid: grid(), tables: 2 },
  })
  eventId = made.body.id
  before = await view()
  place = {
    project: await torino.participant(eventId, project.id),
    host: await torino.participant(eventId, host.id),
  }
  await at('2030-05-01T08:00:00Z')
})

const send = (method: 'GET' | 'POST' | 'PUT' | 'PATCH', path: string, body?: object) =>
  torino.organiser.send<Body>(method, path, body)
const get = async <T>(path: string) => (await torino.organiser.send<T>('GET', path)).body
const view = (id = eventId) => get<EventView>(`/events/${id}`)
const at = (time: string) =>
  stage.db
    .update(programmes)
    .set({ clockOffsetMs: Date.parse(time) - Date.now() })
    .where(eq(programmes.id, torino.id))
const starts = ({ slots }: Pick<EventView, 'slots'>) => slots.map(({ startsAt }) => startsAt.slice(5, 16))
/** As who has seen what hangs on it, and says so. */
async function confirm(method: 'POST' | 'PUT', path: string, body: object) {
  const { effects } = (await send('POST', `/events/${eventId}/${path}/preview`, body)).body
  return send(method, `/events/${eventId}/${path}`, { ...body, ...(effects !== null && { effects }) })
}
const undo = ({ body }: { body: Body }) => send('POST', `/programmes/${torino.id}/undo`, { seq: body.seq })

/** The pair meets in that slot at that table, in a draft or as published with its version. */
async function plan(kind: 'draft' | 'published', slot: number, table: number, locked = false) {
  await stage.db.transaction(async (tx) => {
    const pair = { eventId, projectParticipantId: place.project, hostParticipantId: place.host }
    await tx.insert(candidates).values(pair).onConflictDoNothing()
    const [{ id: candidateId }] = await tx.select().from(candidates).where(eq(candidates.eventId, eventId))
    const kinds = kind === 'draft' ? (['draft'] as const) : (['version', 'live'] as const)
    for (const one of kinds) {
      const number = one === 'draft' ? null : 1
      const row = { eventId, kind: one, name: kind === 'draft' ? 'Prova' : 'Versione 1', number }
      const [{ id: scheduleId }] = await tx.insert(schedules).values(row).returning()
      const [slotId, tableId] = [before.slots[slot].id, before.tables[table].id]
      const values = { scheduleId, eventId, candidateId, slotId, tableId, value: 8, locked }
      const [{ id: meetingId }] = await tx.insert(meetings).values(values).returning()
      for (const participantId of Object.values(place))
        await tx.insert(meetingSeats).values({ meetingId, scheduleId, slotId, participantId })
      if (one === 'version')
        await tx.update(schedules).set({ sealed: true }).where(eq(schedules.id, scheduleId))
    }
  })
}
const away = (slots: number[]) =>
  torino.organiser.send('PUT', `/participants/${place.host}/availability`, {
    unavailable: slots.map((slot) => before.slots[slot].id),
    maxMeetings: 3,
  })
const plannedIn = async (kind: 'draft' | 'live' | 'version') => {
  const rows = await stage.db
    .select({ slotId: meetings.slotId, tableId: meetings.tableId, locked: meetings.locked })
    .from(meetings)
    .innerJoin(schedules, eq(schedules.id, meetings.scheduleId))
    .where(and(eq(schedules.eventId, eventId), eq(schedules.kind, kind)))
  return rows.map(({ slotId, tableId, locked }) => [
    ...[
      before.slots.findIndex(({ id }) => id === slotId),
      before.tables.findIndex(({ id }) => id === tableId),
    ],
    locked,
  ])
}

describe('an event of several days', () => {
  test('has slots on each, and goes to the solver as days', async () => {
    expect(before.slots.map(({ day, block, position }) => [day.slice(8), block, position])).toEqual([
      ...[
        ['10', 0, 0],
        ['10', 0, 1],
        ['10', 0, 2],
      ],
      ...[
        ['11', 1, 3],
        ['11', 1, 4],
      ],
    ])
    const camp = await stage.db.transaction((tx) => findCamp(tx, eventId))
    const instance = parseInstance(buildInstance(camp!, []))
    expect(instance.slots.map(({ day }) => day)).toEqual([0, 0, 0, 1, 1])
  })

  test('may last until midnight and not longer, each day by itself', async () => {
    const put = (block: object) => send('PUT', `/events/${eventId}/grid`, grid([BLOCKS[0], block]))
    const [late, over] = [
      await put({ date: '2030-05-11', start: '23:40', slots: 1 }),
      await put({ date: '2030-05-11', start: '23:41', slots: 1 }),
    ]
    expect([late.status, over.status]).toEqual([200, 400])
    const [{ pointer, message }] = over.body.errors!
    expect([pointer, message]).toEqual(['/blocks/1/slots', expect.stringContaining('mezzanotte')])
  })

  test('has tables that are not there on a day: the solver, the plan and the lists know', async () => {
    const [one, two] = before.tables
    const tables = [one, { ...two, daysOut: ['2030-05-11'] }]
    expect((await send('PUT', `/events/${eventId}/tables`, { tables })).status).toBe(200)
    const camp = await stage.db.transaction((tx) => findCamp(tx, eventId))
    expect(parseInstance(buildInstance(camp!, [])).tables).toMatchObject([
      { unavailable: [] },
      { unavailable: [before.slots[3].id, before.slots[4].id] },
    ])
    await plan('published', 0, 0)
    const { meetings } = await get<PlanView>(`/events/${eventId}/plan`)
    const move = await torino.organiser.send<Problem>(
      'POST',
      `/meetings/${meetings[0].id}/move`,
      { slotId: before.slots[3].id, tableId: two.id },
      { 'if-match': String(meetings[0].version) },
    )
    expect([move.status, move.body.code]).toEqual([409, 'table-out'])
  })
})

describe('attendance', () => {
  const seen = async () => {
    const { participants, disruptions } = await get<DayView>(`/events/${eventId}/day`)
    const { attendance } = participants.find(({ id }) => id === place.host)!
    return [attendance, ...disruptions.flatMap(({ slots }) => slots)]
  }

  const say = (attendance: string, at?: string) =>
    torino.organiser.send('PUT', `/participants/${place.host}/attendance`, { attendance, ...(at && { at }) })

  test('is of the day: who was here or missed one day is expected on the next', async () => {
    await plan('published', 0, 0)
    await at('2030-05-10T06:50:00Z')
    await say('absent')
    const [first] = [before.slots.slice(0, 3).map(({ id }) => id)]
    expect(await seen()).toEqual(['absent', ...first])
    // Its last turn is over, but it is still that day: what is said of somebody now is said of it.
    await at('2030-05-10T15:00:00Z')
    expect(await seen()).toEqual(['absent', ...first])
    await at('2030-05-11T06:00:00Z')
    expect(await seen()).toEqual(['expected', ...first])
    await say('here')
    expect(await seen()).toEqual(['here', ...first])
    const { body } = await torino.organiser.send<AgendaView>(
      'GET',
      `/events/${eventId}/agendas/${place.host}`,
    )
    expect(body.participant.attendance).toBe('here')
  })

  test('takes nothing of the next day from whoever leaves after the last turn', async () => {
    await plan('published', 0, 0)
    await at('2030-05-10T06:50:00Z')
    await say('here')
    await at('2030-05-10T16:05:00Z')
    expect((await say('left')).status).toBe(200)
    expect(await seen()).toEqual(['left'])
    await at('2030-05-11T05:00:00Z')
    expect(await seen()).toEqual(['expected'])
  })

  test('is of the day on which it was said, however late that arrives', async () => {
    await plan('published', 0, 0)
    await at('2030-05-11T05:00:00Z')
    expect((await say('left', '2030-05-10T18:00:00Z')).status).toBe(200)
    expect(await seen()).toEqual(['expected'])
    await say('here')
    await say('left', '2030-05-10T18:00:00Z')
    expect(await seen()).toEqual(['here'])
  })

  test('a report that names no turn is of the day that it is', async () => {
    await plan('published', 3, 0)
    await at('2030-05-10T16:05:00Z')
    for (const what of [{ kind: 'early', participantId: place.host }, { kind: 'slot_lost' }]) {
      const { status, body } = await send('POST', `/events/${eventId}/disruptions`, what)
      expect([status, body.code]).toEqual([409, 'slot-past'])
    }
    await at('2030-05-11T05:00:00Z')
    const early = { kind: 'early', participantId: place.host }
    expect((await send('POST', `/events/${eventId}/disruptions`, early)).status).toBe(200)
    const { disruptions } = await get<DayView>(`/events/${eventId}/day`)
    expect(disruptions).toMatchObject([{ slots: [before.slots[3].id, before.slots[4].id] }])
  })

  test('a delay is of the day too', async () => {
    await plan('published', 0, 0)
    await at('2030-05-10T06:50:00Z')
    const delay = { roomId: null, fromSlotId: before.slots[1].id, minutes: 10 }
    expect((await send('POST', `/events/${eventId}/delay`, delay)).status).toBe(200)
    expect(starts(await view())).toEqual([
      ...['05-10T07:00', '05-10T07:35', '05-10T08:00', '05-11T07:00', '05-11T07:25'],
    ])
  })
})

describe('a change of slots', () => {
  const later = grid([{ ...BLOCKS[0], start: '09:10' }, BLOCKS[1]])

  test('is refused until what hangs on it was seen, and then everything follows', async () => {
    await plan('published', 0, 0)
    await plan('draft', 3, 0)
    await away([1])
    const blind = await send('PUT', `/events/${eventId}/grid`, later)
    expect([blind.status, blind.body.code]).toEqual([409, 'confirm-change'])
    const { effects, ...shown } = (await send('POST', `/events/${eventId}/grid/preview`, later)).body
    expect(shown).toEqual({
      slots: { kept: 2, moved: 3, added: 0, removed: 0 },
      availability: { gone: 0, moved: 1 },
      ...{ rulings: 0, moved: 2, owners: [], drafts: [], published: [] },
    })
    expect(starts(await view())).toEqual(starts(before))
    expect((await send('PUT', `/events/${eventId}/grid`, { ...later, effects })).status).toBe(200)
    const after = await view()
    expect(after.slots.map(({ id }) => id)).toEqual(before.slots.map(({ id }) => id))
    const { body } = await torino.organiser.send<AgendaView>(
      'GET',
      `/events/${eventId}/agendas/${place.host}`,
    )
    expect(body.slots[0].meeting?.startsAt).toBe('2030-05-10T07:10:00.000Z')
    expect(body.slots.map(({ available }) => available)).toEqual([true, false, true, true, true])
  })

  test('takes a slot from drafts, and leaves what is published for a repair', async () => {
    await plan('published', 2, 1, true)
    await plan('draft', 2, 0, true)
    await away([2])
    const shorter = grid([{ ...BLOCKS[0], slots: 2 }, BLOCKS[1]])
    const { body: shown } = await send('POST', `/events/${eventId}/grid/preview`, shorter)
    expect(shown).toMatchObject({
      ...{ slots: { kept: 4, removed: 1 }, availability: { gone: 1 } },
      drafts: [{ name: 'Prova', meetings: 1, locked: 1 }],
      published: [{ startsAt: before.slots[2].startsAt, table: '2', locked: true }],
    })
    expect(shown.published[0].names[0]).toContain('Orti')
    const done = await confirm('PUT', 'grid', shorter)
    expect(done.status).toBe(200)
    expect([(await view()).slots.length, await plannedIn('draft')]).toEqual([4, []])
    expect([await plannedIn('live'), await plannedIn('version')]).toEqual([[[2, 1, false]], [[2, 1, true]]])
    const day = await get<DayView>(`/events/${eventId}/day`)
    expect(day.disruptions).toMatchObject([{ kind: 'slot_lost', slots: [before.slots[2].id] }])
    expect(day.disruptions[0].hits).toEqual([day.meetings[0].id])

    const proposed = await send('POST', `/events/${eventId}/repairs`, {})
    expect(proposed.status).toBe(200)
    const { repairs, schedule } = await get<DayView>(`/events/${eventId}/day`)
    const applied = await torino.organiser.send(
      'POST',
      `/repairs/${repairs[0].id}/apply`,
      {},
      { 'if-match': String(schedule!.version) },
    )
    expect(applied.status).toBe(200)
    const [[slot]] = await plannedIn('live')
    expect([0, 1, 3, 4]).toContain(slot)
    // Nothing is left of the slot but the published version that tells of it.
    const repaired = await get<DayView>(`/events/${eventId}/day`)
    expect([repaired.slots.length, repaired.disruptions]).toEqual([4, []])
    const versions = (await get<PlanView>(`/events/${eventId}/plan`)).schedules
    const version = versions.find(({ kind }) => kind === 'version')!
    const shownVersion = await get<PlanView>(`/events/${eventId}/plan/${version.id}`)
    expect([shownVersion.slots.length, shownVersion.meetings[0].slotId]).toEqual([5, before.slots[2].id])
  })

  test('leaves a pair that has to meet without its hour, says so before, and gives it back', async () => {
    const pair = { projectId: place.project, hostId: place.host, ruling: 'must', slotId: before.slots[2].id }
    await send('PUT', `/events/${eventId}/pairs`, pair)
    const shorter = grid([{ ...BLOCKS[0], slots: 2 }, BLOCKS[1]])
    const { body: shown } = await send('POST', `/events/${eventId}/grid/preview`, shorter)
    expect([shown.rulings, shown.effects]).toEqual([1, expect.any(Number)])
    const done = await confirm('PUT', 'grid', shorter)
    const ruling = async () => (await get<PairsView>(`/events/${eventId}/pairs`)).rulings
    expect(await ruling()).toMatchObject([{ ruling: 'must', slotId: null, startsAt: null }])
    expect((await undo(done)).status).toBe(200)
    expect(await ruling()).toMatchObject([{ ruling: 'must', slotId: pair.slotId }])
  })

  test('leaves turns taken out of the event in nobody’s way: not in that of a delay either', async () => {
    await plan('published', 1, 0)
    expect((await confirm('PUT', 'grid', grid([{ ...BLOCKS[0], start: '09:40', slots: 1 }]))).status).toBe(
      200,
    )
    await at('2030-05-10T06:50:00Z')
    const [turn] = (await view()).slots
    const [gone] = (await get<DayView>(`/events/${eventId}/day`)).slots
    expect([gone.id, gone.endsAt > turn.startsAt]).toEqual([before.slots[1].id, true])
    for (const fromSlotId of [turn.id, gone.id]) {
      const delay = { roomId: null, fromSlotId, minutes: 3 }
      expect((await send('POST', `/events/${eventId}/delay`, delay)).status).toBe(200)
    }
    expect(starts(await view())).toEqual(['05-10T07:46'])
  })

  test('of a meeting that has begun is refused', async () => {
    await plan('published', 2, 1)
    await stage.db.update(candidates).set({ state: 'done' }).where(eq(candidates.eventId, eventId))
    const reply = await send('POST', `/events/${eventId}/grid/preview`, grid([BLOCKS[1]]))
    expect([reply.status, reply.body.code]).toEqual([409, 'meeting-begun'])
  })

  test('shortens what was reported of a stretch', async () => {
    await plan('published', 0, 0)
    const stretch = { fromSlotId: before.slots[1].id, toSlotId: before.slots[2].id }
    const tableId = before.tables[1].id
    await send('POST', `/events/${eventId}/disruptions`, { kind: 'table_out', tableId, ...stretch })
    await confirm('PUT', 'grid', grid([{ ...BLOCKS[0], slots: 2 }, BLOCKS[1]]))
    const [left] = await stage.db.select().from(disruptions).where(eq(disruptions.eventId, eventId))
    expect([left.fromId, left.toId]).toEqual([before.slots[1].id, before.slots[1].id])
  })
})

describe('taking a change of slots back', () => {
  test('keeps what was reported of a stretch up to a slot that goes', async () => {
    const longer = grid([{ ...BLOCKS[0], slots: 4 }, BLOCKS[1]])
    const done = await confirm('PUT', 'grid', longer)
    await plan('published', 0, 0)
    const after = await view()
    const stretch = { fromSlotId: after.slots[1].id, toSlotId: after.slots[3].id }
    const tableId = before.tables[1].id
    await send('POST', `/events/${eventId}/disruptions`, { kind: 'table_out', tableId, ...stretch })
    expect((await undo(done)).status).toBe(200)
    const left = await stage.db.select().from(disruptions).where(eq(disruptions.eventId, eventId))
    expect(left.map(({ fromId, toId }) => [fromId, toId])).toEqual([[before.slots[1].id, before.slots[2].id]])
  })
})

describe('a change of tables', () => {
  test('unseats drafts, and leaves what is published for a repair, until it is undone', async () => {
    await plan('published', 1, 1)
    await plan('draft', 0, 1, true)
    const fewer = { tables: before.tables.slice(0, 1) }
    const { body: shown } = await send('POST', `/events/${eventId}/tables/preview`, fewer)
    expect([shown.drafts, shown.published.length]).toEqual([[{ name: 'Prova', meetings: 1, locked: 1 }], 1])
    const done = await confirm('PUT', 'tables', fewer)
    expect([await plannedIn('draft'), await plannedIn('live')]).toEqual([[[0, -1, false]], [[1, 1, false]]])
    const day = await get<DayView>(`/events/${eventId}/day`)
    expect(day.disruptions.map(({ kind, hits }) => [kind, hits.length])).toEqual([['table_out', 1]])
    expect((await undo(done)).status).toBe(200)
    expect([(await view()).tables, await plannedIn('draft')]).toEqual([before.tables, [[0, 1, true]]])
    // The name of a table that was taken out is free again.
    await confirm('PUT', 'tables', fewer)
    const renamed = { tables: [...fewer.tables, { name: '2', room: 'Sala', features: [] }] }
    expect((await confirm('PUT', 'tables', renamed)).status).toBe(200)
  })
})

describe('postponing', () => {
  test('keeps answers, wishes and the plan, at the same hours over a change of the clocks', async () => {
    await plan('published', 3, 0)
    await away([1])
    const date = '2030-11-08'
    const blind = await send('POST', `/events/${eventId}/postponement`, { date })
    expect(blind.body.code).toBe('confirm-change')
    const done = await confirm('POST', 'postponement', { date })
    expect(done.status).toBe(200)
    const after = await view()
    expect([after.event.date, after.slots.map(({ id }) => id)]).toEqual([
      date,
      before.slots.map(({ id }) => id),
    ])
    expect(starts(after)).toEqual([
      ...['11-08T08:00', '11-08T08:25', '11-08T08:50', '11-09T08:00', '11-09T08:25'],
    ])
    const answers = await get<ChoicesView>(`/events/${eventId}/choices/${place.host}`)
    expect(answers.participant.unavailable).toEqual([before.slots[1].id])
    const { body } = await torino.organiser.send<AgendaView>(
      'GET',
      `/events/${eventId}/agendas/${place.host}`,
    )
    expect(body.slots[3].meeting?.startsAt).toBe('2030-11-09T08:00:00.000Z')
    expect((await undo(done)).status).toBe(200)
    expect(await view()).toMatchObject({ event: { date: '2030-05-10' }, slots: before.slots })
  })

  test('leaves who was absent on the old day behind, and is refused once meetings have begun', async () => {
    await plan('published', 0, 0)
    await at('2030-05-10T06:50:00Z')
    await torino.organiser.send('PUT', `/participants/${place.host}/attendance`, { attendance: 'absent' })
    await confirm('POST', 'postponement', { date: '2030-05-17' })
    const { participants, disruptions } = await get<DayView>(`/events/${eventId}/day`)
    expect([participants.find(({ id }) => id === place.host)!.attendance, disruptions]).toEqual([
      'expected',
      [],
    ])
    await stage.db.update(candidates).set({ state: 'in_progress' }).where(eq(candidates.eventId, eventId))
    const reply = await send('POST', `/events/${eventId}/postponement/preview`, { date: '2030-05-18' })
    expect(reply.body.code).toBe('meeting-begun')
  })

  test('is not taken back while a meeting is under way', async () => {
    await plan('published', 0, 0)
    const done = await confirm('POST', 'postponement', { date: '2030-05-17' })
    await stage.db.update(candidates).set({ state: 'in_progress' }).where(eq(candidates.eventId, eventId))
    const reply = await undo(done)
    expect([reply.status, reply.body.code]).toEqual([409, 'meeting-begun'])
    expect((await view()).event.date).toBe('2030-05-17')
  })
})

describe('a copy', () => {
  const copy = async (input: object) => {
    const { body } = await send('POST', `/events/${eventId}/copy`, { date: '2030-12-02', ...input })
    const made = await view(body.id)
    const hostPlace = made.counts.hosts > 0 ? await torino.participant(body.id, host.id) : null
    const choices = hostPlace && (await get<ChoicesView>(`/events/${body.id}/choices/${hostPlace}`))
    return {
      days: [...new Set(made.slots.map(({ day }) => day))],
      people: made.counts.projects + made.counts.hosts,
      away:
        choices && choices.participant.unavailable.map((id) => made.slots.findIndex((one) => one.id === id)),
      most: choices && choices.participant.maxMeetings,
      level: choices && choices.cards[0].level,
    }
  }

  test('is of other days, with or without people and what they answered', async () => {
    await away([1, 4])
    const wish = { level: 'must', conflict: false }
    expect(
      (
        await torino.organiser.send(
          'PUT',
          `/events/${eventId}/preferences/${place.host}/${place.project}`,
          wish,
        )
      ).status,
    ).toBe(200)
    const days = ['2030-12-02', '2030-12-03']
    expect(await copy({ people: 'nobody', answers: true })).toEqual({
      ...{ days, people: 0, away: null, most: null, level: null },
    })
    expect(await copy({ people: 'same' })).toEqual({ days, people: 2, away: [], most: null, level: null })
    expect(await copy({ people: 'same', answers: true })).toEqual({
      ...{ days, people: 2, away: [1, 4], most: 3, level: 'must' },
    })
  })

  test('has what people need and the days on which a table is not there', async () => {
    const [one, two] = before.tables
    await send('PUT', `/events/${eventId}/tables`, { tables: [one, { ...two, daysOut: ['2030-05-11'] }] })
    await stage.db
      .update(participants)
      .set({ needs: ['presa'] })
      .where(eq(participants.id, place.host))
    const input = { date: '2030-12-02', people: 'same', answers: true }
    const { id } = (await send('POST', `/events/${eventId}/copy`, input)).body
    expect((await view(id)).tables.map(({ daysOut }) => daysOut)).toEqual([[], ['2030-12-03']])
    const [copied] = await stage.db
      .select({ needs: participants.needs })
      .from(participants)
      .where(eq(participants.id, await torino.participant(id, host.id)))
    expect(copied.needs).toEqual(['presa'])
  })
})

describe('on the day', () => {
  const board = () => get<DayView>(`/events/${eventId}/day`)
  const propose = () => send('POST', `/events/${eventId}/repairs`)
  const tables = (some: EventView['tables']) => ({
    tables: some.map(({ id, name, room, features }) => ({ id, name, room, features })),
  })

  test('somebody who needs something of a table is repaired like everybody else', async () => {
    await plan('published', 1, 0)
    await torino.organiser.send('PUT', `/participants/${place.host}/availability`, {
      ...{ unavailable: [], maxMeetings: null, needs: ['senza gradini'] },
    })
    await at('2030-05-10T06:00:00Z')
    const lost = { kind: 'slot_lost', fromSlotId: before.slots[1].id, toSlotId: before.slots[1].id }
    await send('POST', `/events/${eventId}/disruptions`, lost)
    expect((await propose()).status).toBe(200)
    expect((await board()).repairs.length).toBeGreaterThan(0)
  })

  test('a table that was used and goes leaves the rest of the day to be repaired', async () => {
    await plan('published', 0, 1)
    await at('2030-05-10T07:30:00Z')
    expect((await confirm('PUT', 'tables', tables(before.tables.slice(0, 1)))).status).toBe(200)
    const lost = { kind: 'slot_lost', fromSlotId: before.slots[2].id, toSlotId: before.slots[2].id }
    await send('POST', `/events/${eventId}/disruptions`, lost)
    expect((await propose()).status).toBe(200)
    expect((await board()).repairs.length).toBeGreaterThan(0)
  })

  test('a turn that goes, whose only meeting was cancelled, leaves the page of the day as it is', async () => {
    await plan('published', 2, 0)
    const [{ id }] = (await board()).meetings
    await send('POST', `/meetings/${id}/state`, { state: 'cancelled' })
    const shorter = grid([{ ...BLOCKS[0], slots: 2 }, BLOCKS[1]])
    expect((await confirm('PUT', 'grid', shorter)).status).toBe(200)
    const day = await torino.organiser.send<DayView>('GET', `/events/${eventId}/day`)
    expect(day.status).toBe(200)
    expect(day.body.meetings).toEqual([])
  })
})

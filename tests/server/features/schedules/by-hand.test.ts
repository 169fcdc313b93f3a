import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { programmes } from '../../../../server/database/schema.ts'
import { insertMeetings, insertSchedule } from '../../../../server/features/schedules/repository.ts'
import { identifyPairs } from '../../../../server/features/solver-input/repository.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { DayView } from '../../../../server/schemas/day.ts'
import type { ArrangementEffects, EventView } from '../../../../server/schemas/event.ts'
import { MARK_KINDS, type MarkKind } from '../../../../server/schemas/marks.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { openStage, type StagedProgramme } from '../../../support/service.ts'

/** Orti, and three hosts: Ada and Ugo of one foundation, Eva of a company; Ada is of Sole's team as well. */
type Who = 'orti' | 'sole' | 'ada' | 'ugo' | 'eva'
type Met = [Who, Who, slot: number, table: number | null]
let stage: Awaited<ReturnType<typeof openStage>>
let torino: StagedProgramme
let personIds: Record<Who, string>
let ids: Record<Who, string>
let event: EventView

beforeAll(async () => {
  stage = await openStage()
  torino = await stage.programme('Torino')
  const ada = { firstName: 'Ada', lastName: 'Esempio', email: 'ada@example.org' }
  const foundation = { organisation: 'Fondazione Esempio', kind: 'foundation' }
  const made = {
    orti: await torino.project({ name: 'Orti' }),
    sole: await torino.project({ name: 'Sole', team: [ada] }),
    ada: await torino.host({ ...ada, ...foundation }),
    ugo: await torino.host({ firstName: 'Ugo', lastName: 'Esempio', ...foundation }),
    eva: await torino.host({ firstName: 'Eva', organisation: 'Impresa Esempio', kind: 'enterprise' }),
  }
  personIds = Object.fromEntries(Object.entries(made).map(([who, { id }]) => [who, id])) as typeof personIds
}, 60_000)
afterAll(() => stage.close())
beforeEach(async () => {
  await stage.db.update(programmes).set({ clockOffsetMs: Date.parse('2030-05-10T06:00:00Z') - Date.now() })
  event = await newEvent('2030-05-10')
})

/** Two days: three turns, one after lunch, two on the next day. */
async function newEvent(date: string): Promise<EventView> {
  const next = date.replace(/\d\d$/, (day) => String(Number(day) + 1))
  const blocks = [
    { date, start: '09:00', slots: 3 },
    { date, start: '14:00', slots: 1 },
    { date: next, start: '09:00', slots: 2 },
  ]
  const grid = { slotMinutes: 20, changeoverMinutes: 5, blocks }
  const made = await send('POST', `/programmes/${torino.id}/events`, {
    ...{ kind: 'camp', title: 'Camp', date, grid, tables: 2 },
  })
  const found = await get<EventView>(`/events/${made.body.id}`)
  const all = Object.entries(personIds).map(async ([who, id]) => [
    who,
    await torino.participant(found.event.id, id),
  ])
  ids = Object.fromEntries((await Promise.all(all)) as [Who, string][]) as typeof ids
  return found
}

type Body = Written & Problem & ArrangementEffects
const send = (method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body: object = {}, headers = {}) =>
  torino.organiser.send<Body>(method, path, body, headers)
const get = async <T>(path: string) => (await torino.organiser.send<T>('GET', path)).body
const on = (path: string) => `/events/${event.event.id}/${path}`
const slot = (at: number) => event.slots[at].id

async function plan(met: Met[], kind: 'live' | 'draft' = 'live') {
  await stage.db.transaction(async (tx) => {
    const eventId = event.event.id
    const pairs = met.map(([project, host]) => ({
      ...{ projectParticipantId: ids[project], hostParticipantId: ids[host] },
    }))
    const idOf = await identifyPairs(tx, eventId, pairs)
    const made = await insertSchedule(tx, {
      eventId,
      kind,
      name: 'Piano',
      number: kind === 'live' ? 1 : null,
    })
    const rows = met.map(([, , at, table], index) => ({
      ...{ candidateId: idOf(pairs[index]), slotId: slot(at), value: 1, locked: false },
      tableId: table === null ? null : event.tables[table].id,
    }))
    await insertMeetings(tx, made, rows, 'as it stands')
    if (kind === 'live')
      await insertSchedule(tx, { eventId, kind: 'version', name: 'Piano', number: 1, sealed: true })
  })
}
const marks = async () => (await get<PlanView>(on('plan'))).marks
const kinds = async () => (await marks()).map(({ kind }) => kind)

const rules = (rules: object) => send('PATCH', `/events/${event.event.id}`, { rules })
const said = (from: Who, to: Who, level: string | null, conflict = false) =>
  send('PUT', on(`preferences/${ids[from]}/${ids[to]}`), { level, conflict })
const answered = (who: Who, answer: object) =>
  send('PUT', `/participants/${ids[who]}/availability`, { unavailable: [], maxMeetings: null, ...answer })
const ruled = (ruling: string, at?: number) =>
  send('PUT', on('pairs'), {
    ...{ projectId: ids.orti, hostId: ids.ada, ruling },
    ...(at !== undefined && { slotId: slot(at) }),
  })
const reported = (what: object) => send('POST', on('disruptions'), what)
async function tables(change: (table: EventView['tables'][number], at: number) => object[]) {
  const { tables } = await get<EventView>(on('').slice(0, -1))
  const body = { tables: tables.flatMap(change) }
  const { effects } = (await send('POST', on('tables/preview'), body)).body
  return send('PUT', on('tables'), { ...body, ...(effects !== null && { effects }) })
}
const ownTable = (at: number) =>
  send('PUT', `/participants/${ids.ada}/own-table`, { tableId: event.tables[at].id })
async function withdrawn() {
  const say = (yes: boolean) => send('POST', `/hosts/${personIds.ada}/withdrawal`, { withdrawn: yes })
  onTestFinished(async () => void (await say(false)))
  return say(true)
}
const bySide = (projects: number) => ({ projects, hosts: null })

const ONE: Met[] = [['orti', 'ada', 0, 0]]
const IN_A_ROW: Met[] = [...ONE, ['orti', 'eva', 1, 0]]
const BY_DAY: Met[] = [...ONE, ['orti', 'eva', 3, 0]]

/** What brings a mark of each kind about, once the plan stands; and whom the mark is about, with how many of how many. */
const CASES: Record<Exclude<MarkKind, 'own'>, [Met[], () => Promise<unknown>, Who[], number?, number?]> = {
  conflict: [ONE, () => said('ada', 'orti', null, true), ['orti', 'ada']],
  avoid: [ONE, () => said('orti', 'ada', 'avoid'), ['orti', 'ada']],
  ruledOut: [ONE, () => ruled('never'), ['orti', 'ada']],
  withdrawn: [ONE, () => withdrawn(), ['ada', 'orti']],
  slot: [ONE, () => reported({ kind: 'slot_lost', fromSlotId: slot(0), toSlotId: slot(0) }), ['orti', 'ada']],
  table: [ONE, () => tables((one, at) => (at === 0 ? [] : [one])), ['orti', 'ada']],
  absence: [ONE, () => reported({ kind: 'no_show', participantId: ids.ada }), ['ada', 'orti']],
  notComing: [
    ONE,
    () => send('PUT', `/participants/${ids.ada}/rsvp`, { rsvp: 'not-coming' }),
    ['ada', 'orti'],
  ],
  availability: [ONE, () => answered('ada', { unavailable: [slot(0)] }), ['ada', 'orti']],
  noTable: [[['orti', 'ada', 0, null]], async () => undefined, ['orti', 'ada']],
  ownTable: [ONE, () => ownTable(1), ['ada', 'orti']],
  need: [ONE, () => answered('orti', { needs: ['step-free', 'quiet'] }), ['orti', 'ada']],
  apart: [ONE, () => rules({ apart: [{ kind: 'foundation', financed: false }] }), ['orti', 'ada']],
  metBefore: [
    ONE,
    async () => {
      const own = { event, ids }
      event = await newEvent('2030-04-10')
      await plan(ONE)
      ;({ event, ids } = own)
      await rules({ metBefore: { how: 'never', percent: 50 } })
    },
    ['orti', 'ada'],
  ],
  mustMeet: [[['orti', 'eva', 0, 0]], () => ruled('must'), ['orti', 'ada']],
  mustTime: [ONE, () => ruled('must', 1), ['orti', 'ada']],
  maximum: [IN_A_ROW, () => rules({ maximum: bySide(1) }), ['orti'], 2, 1],
  inRow: [IN_A_ROW, () => rules({ inRow: bySide(1) }), ['orti'], 2, 1],
  perDay: [BY_DAY, () => rules({ perDay: bySide(1) }), ['orti'], 2, 1],
  perHalf: [IN_A_ROW, () => rules({ perHalf: bySide(1) }), ['orti'], 2, 1],
  pause: [IN_A_ROW, () => rules({ pause: { free: 1, from: '09:00', to: '09:40' } }), ['orti'], 2, 1],
  organisation: [
    [...ONE, ['orti', 'ugo', 3, 0]],
    () => rules({ organisation: 1 }),
    ['orti', 'ada', 'ugo'],
    2,
    1,
  ],
}

describe('what a plan breaks', () => {
  // That somebody meets themselves the database allows in no plan.
  test.each(MARK_KINDS.filter((kind) => kind !== 'own'))('is marked: %s', async (kind) => {
    const [met, bringAbout, who, count = 0, most = 0] = CASES[kind]
    await plan(met)
    const before = await kinds()
    await bringAbout()
    const found = await marks()
    if (kind !== 'noTable') expect(before).toEqual([])
    expect(found.map((one) => ({ ...one, meetings: one.meetings.length, slots: 0, tableId: 0 }))).toEqual([
      {
        ...{ kind, participants: who.map((one) => ids[one]), count, most, slots: 0, tableId: 0 },
        meetings: kind === 'mustMeet' ? 0 : Math.max(1, count),
        needs: kind === 'need' ? ['step-free', 'quiet'] : [],
      },
    ])
    const day = await get<DayView>(on('day'))
    expect(day.marks).toEqual(found)
  })

  test('says nothing of what is over, and of drafts only what is not of the day', async () => {
    await plan(ONE)
    await plan(ONE, 'draft')
    await reported({ kind: 'no_show', participantId: ids.ada })
    const { schedules } = await get<PlanView>(on('plan'))
    const draft = schedules.find(({ kind }) => kind === 'draft')!
    expect((await get<PlanView>(on(`plan/${draft.id}`))).marks).toEqual([])
    await answered('ada', { unavailable: [slot(0)] })
    expect((await get<PlanView>(on(`plan/${draft.id}`))).marks.map(({ kind }) => kind)).toEqual([
      'availability',
    ])
    await stage.db.update(programmes).set({ clockOffsetMs: Date.parse('2030-05-10T08:00:00Z') - Date.now() })
    expect(await kinds()).toEqual([])
  })
})

describe('a change by hand', () => {
  const add = (at = 0, table = 0, host: Who = 'ada', project: Who = 'orti') =>
    send('POST', on('meetings'), {
      ...{ projectId: ids[project], hostId: ids[host] },
      ...{ slotId: slot(at), tableId: event.tables[table].id },
    })

  const moved = ({ id, version }: { id: string; version: number }, at: number, table: number) =>
    send(
      'POST',
      `/meetings/${id}/move`,
      { slotId: slot(at), tableId: event.tables[table].id },
      { 'if-match': String(version) },
    )

  const REFUSED: [MarkKind, () => Promise<unknown>, string][] = [
    ['conflict', CASES.conflict[1], 'pair-conflict'],
    ['ruledOut', CASES.ruledOut[1], 'pair-ruled-out'],
    ['slot', CASES.slot[1], 'slot-lost'],
    ['table', () => tables((one, at) => [{ ...one, daysOut: at === 0 ? ['2030-05-10'] : [] }]), 'table-out'],
    ['withdrawn', CASES.withdrawn[1], 'withdrawn'],
  ]
  test.each(REFUSED)('agreed on the spot is refused: %s', async (kind, bringAbout, code) => {
    await plan([['orti', 'eva', 3, 0]])
    await bringAbout()
    const { status, body } = await add()
    expect([status, body.code]).toEqual([409, code])
    if (kind === 'conflict') expect(body.title).toContain('Orti – Fondazione Esempio')
  })

  test('agreed on the spot by somebody with themselves is refused', async () => {
    await plan([['orti', 'eva', 3, 0]])
    expect((await add(0, 0, 'ada', 'sole')).body.code).toBe('own-meeting')
  })

  const MARKED: [MarkKind, () => Promise<unknown>][] = [
    ['availability', CASES.availability[1]],
    ['absence', CASES.absence[1]],
    ['avoid', CASES.avoid[1]],
    ['ownTable', CASES.ownTable[1]],
    ['need', CASES.need[1]],
    ['apart', CASES.apart[1]],
    ['maximum', CASES.maximum[1]],
    ['perDay', CASES.perDay[1]],
  ]
  test.each(MARKED)('agreed on the spot is held and marked: %s', async (kind, bringAbout) => {
    await plan([['orti', 'eva', 3, 1]])
    await bringAbout()
    expect((await add()).status).toBe(200)
    expect(new Set(await kinds())).toEqual(new Set([kind]))
  })

  test('of the plan answers only for what it breaks anew: at another table of the same turn nobody is more away', async () => {
    await plan([['orti', 'ada', 1, 0]])
    const [{ id, version }] = (await get<PlanView>(on('plan'))).meetings
    await answered('ada', { unavailable: [slot(1)] })
    await reported({ kind: 'no_show', participantId: ids.orti })
    expect((await moved({ id, version }, 1, 1)).status).toBe(200)
    expect(await kinds()).toEqual(['absence', 'availability'])
    expect((await moved({ id, version: version + 1 }, 2, 1)).body.code).toBe('person-unavailable')
  })

  test('of the plan is not refused for a workshop or a public event into which the day was delayed', async () => {
    await plan([['orti', 'ada', 5, 0]])
    const visit = { kind: 'public', title: 'Visita', date: '2030-05-11', start: '09:45', end: '11:00' }
    const { id } = (await send('POST', `/programmes/${torino.id}/events`, visit)).body
    onTestFinished(async () => void (await send('DELETE', `/events/${id}`)))
    const away = async () => (await get<PlanView>(on('plan'))).engagements.flatMap((one) => one.slots)
    expect(await away()).toEqual([])
    const delay = (minutes: number) =>
      send('POST', on('delay'), { roomId: null, fromSlotId: slot(4), minutes })
    expect([(await delay(20)).status, (await delay(10)).status, (await delay(-5)).status]).toEqual([
      200, 200, 200,
    ])
    expect(await away()).toEqual([])
    expect(await kinds()).toEqual([])
    const [meeting] = (await get<PlanView>(on('plan'))).meetings
    expect((await moved(meeting, 4, 0)).status).toBe(200)

    // A grid set anew is the plan from then on.
    const blocks = [
      { date: '2030-05-10', start: '09:00', slots: 3 },
      { date: '2030-05-10', start: '14:00', slots: 1 },
      { date: '2030-05-11', start: '09:30', slots: 2 },
    ]
    const grid = { slotMinutes: 20, changeoverMinutes: 5, blocks }
    const { effects } = (await send('POST', on('grid/preview'), grid)).body
    expect((await send('PUT', on('grid'), { ...grid, ...(effects !== null && { effects }) })).status).toBe(
      200,
    )
    expect(await away()).toEqual([slot(4), slot(5)].sort())
  })

  test('of the plan is refused where somebody is away, and marked where a rule is about how much', async () => {
    await plan(BY_DAY)
    await answered('orti', { unavailable: [slot(2)] })
    await rules({ inRow: bySide(1) })
    const { meetings } = await get<PlanView>(on('plan'))
    const late = meetings.find(({ slotId }) => slotId === slot(3))!
    const move = (at: number) => moved(late, at, 0)
    expect((await move(2)).body.code).toBe('person-unavailable')
    expect(await kinds()).toEqual([])
    expect((await move(1)).status).toBe(200)
    expect(await kinds()).toEqual(['inRow'])
  })
})

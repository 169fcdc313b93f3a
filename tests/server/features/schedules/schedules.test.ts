import { and, desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { changes, mails, meetings, programmes, schedules } from '../../../../server/database/schema.ts'
import { topic } from '../../../../server/changes.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { CellsView, DifferenceView, PlanView } from '../../../../server/schemas/schedule.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

type Meeting = PlanView['meetings'][number]
let stage: Stage
let draftId: string

beforeAll(async () => {
  stage = await openStage()
  draftId = (await finishedRun(stage)).scheduleId!
})
afterAll(() => stage.close())
/** Midnight: every slot of the day is still to come. */
beforeEach(async () => {
  const { body } = await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan`)
  const offset = Date.parse(body.slots[0].startsAt) - 3_600_000 - Date.now()
  await stage.db.update(programmes).set({ clockOffsetMs: offset }).where(eq(programmes.id, stage.programmeId))
})

const plan = async (id = '') => {
  const answer = await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan${id && `/${id}`}`)
  expect(answer.status).toBe(200)
  return answer.body
}
const move = (meeting: Pick<Meeting, 'id' | 'version'>, slotId: string, tableId: string, headers = {}) =>
  stage.organiser<Written & Problem>(
    'POST',
    `/meetings/${meeting.id}/move`,
    { slotId, tableId },
    { 'if-match': String(meeting.version), ...headers },
  )
const cellsOf = async ({ id }: Meeting) =>
  (await stage.organiser<CellsView>('GET', `/meetings/${id}/cells`)).body.cells
const publish = async (id: string, headers = {}) => {
  const { schedule } = await plan(id)
  return stage.organiser<Written & Problem>(
    'POST',
    `/schedules/${id}/publish`,
    {},
    { 'if-match': String(schedule?.version), ...headers },
  )
}
const lastChange = async () => {
  const [row] = await stage.db.select().from(changes).orderBy(desc(changes.seq)).limit(1)
  return row
}
/** The first meeting, from that place on, that has somewhere to go: which those are differs from run to run. */
async function movable(from = 0): Promise<Meeting> {
  for (const meeting of (await plan(draftId)).meetings.slice(from))
    if (await legalCell(meeting)) return meeting
  throw new Error('no meeting can move')
}
const legalCell = async (meeting: Meeting) => (await cellsOf(meeting)).find(({ legal }) => legal)

describe('a move', () => {
  test('succeeds in the cells that are called legal and in no other', async () => {
    const first = await movable()
    const cells = await cellsOf(first)
    const { slots, tables } = await plan(draftId)
    expect(cells.length).toBe(slots.length * tables.length)
    // Every kind of obstacle, and some free cells.
    const kinds = Map.groupBy(cells, ({ blocker }) => blocker)
    const tried = [...kinds.values()].flatMap((some) => some.slice(0, 6))
    const codes: Record<string, string> = {
      'participant-busy': 'person-busy',
      'participant-unavailable': 'person-unavailable',
      'table-taken': 'cell-taken',
    }
    for (const { slotId, tableId, blocker } of tried) {
      const meeting = (await plan(draftId)).meetings.find(({ id }) => id === first.id)!
      const { status, body } = await move(meeting, slotId, tableId)
      if (blocker === null || blocker === 'here') expect(status).toBe(200)
      else expect([status, body.code]).toEqual([409, codes[blocker]])
      const now = (await plan(draftId)).meetings.find(({ id }) => id === first.id)!
      if (status === 200) await move(now, first.slotId, first.tableId!)
    }
    expect([...kinds.keys()]).toEqual(
      expect.arrayContaining([null, 'here', 'participant-busy', 'table-taken']),
    )
  })

  test('of two people into one cell at the same moment is one move', async () => {
    for (let round = 0; round < 20; round++) {
      const { meetings: all, slots, tables } = await plan(draftId)
      const free = new Map<string, Meeting[]>()
      for (const meeting of all.slice(round * 3, round * 3 + 12))
        for (const { slotId, tableId, legal } of await cellsOf(meeting))
          if (legal) free.set(`${slotId} ${tableId}`, [...(free.get(`${slotId} ${tableId}`) ?? []), meeting])
      const people = ({ participants }: Meeting) => participants
      const [cell, rivals] = [...free].find(([, [one, ...others]]) =>
        others.some((other) => !people(other).some((id) => people(one).includes(id))),
      )!
      const one = rivals[0]
      const other = rivals.find((rival) => !people(rival).some((id) => people(one).includes(id)))!
      const [slotId, tableId] = cell.split(' ')
      const answers = await Promise.all([move(one, slotId, tableId), move(other, slotId, tableId)])
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
      const refused = answers.find(({ status }) => status === 409)!
      expect(refused.body.code).toBe('cell-taken')
      expect(refused.body.title).toContain(' – ')
      const held = await stage.db.$count(
        meetings,
        and(eq(meetings.scheduleId, draftId), eq(meetings.slotId, slotId), eq(meetings.tableId, tableId)),
      )
      expect(held).toBe(1)
      expect(slots.length * tables.length).toBeGreaterThan(0)
    }
  })

  test('from an older version, without a version or of a locked meeting is refused', async () => {
    const meeting = await movable()
    const cell = (await legalCell(meeting))!
    const stale = await move({ ...meeting, version: meeting.version + 1 }, cell.slotId, cell.tableId)
    const blind = await move(meeting, cell.slotId, cell.tableId, { 'if-match': '' })
    await stage.organiser('POST', `/meetings/${meeting.id}/lock`, { locked: true })
    const locked = (await plan(draftId)).meetings.find(({ id }) => id === meeting.id)!
    const pinned = await move(locked, cell.slotId, cell.tableId)
    await stage.organiser('POST', `/meetings/${meeting.id}/lock`, { locked: false })
    expect([stale, blind, pinned].map(({ status, body }) => [status, body.code])).toEqual([
      [412, 'stale-version'],
      [428, 'version-needed'],
      [409, 'meeting-locked'],
    ])
  })

  test('sent twice with the same key has one effect', async () => {
    const meeting = await movable(5)
    const cell = (await legalCell(meeting))!
    const headers = { 'idempotency-key': 'one-move' }
    const first = await move(meeting, cell.slotId, cell.tableId, headers)
    const before = (await lastChange()).seq
    const again = await move(meeting, cell.slotId, cell.tableId, headers)
    expect([first.status, again.status]).toEqual([200, 200])
    expect(again.body).toEqual(first.body)
    expect((await lastChange()).seq).toBe(before)
  })
})

describe('publishing', () => {
  test('makes the live schedule, tells everybody which version there is and freezes it', async () => {
    const draft = await plan(draftId)
    const { status, body } = await publish(draftId)
    expect(status).toBe(200)
    const live = await plan()
    expect(live.schedule).toMatchObject({
      id: body.id,
      kind: 'live',
      number: 1,
      meetings: draft.meetings.length,
    })
    const place = ({ slotId, tableId, participants }: Meeting) => [slotId, tableId, participants].join(' ')
    expect(live.meetings.map(place).toSorted()).toEqual(draft.meetings.map(place).toSorted())
    const { type, audience } = await lastChange()
    expect({ type, audience }).toEqual({ type: 'schedule.published', audience: [topic.everyone] })
    const version = live.schedules.find(({ kind }) => kind === 'version')!
    const rewrite = stage.db.execute(sql`update ${meetings} set value = 0 where schedule_id = ${version.id}`)
    await expect(rewrite).rejects.toMatchObject({ cause: { constraint_name: 'schedules_sealed' } })
    const drop = stage.db.delete(schedules).where(eq(schedules.id, version.id))
    await expect(drop).rejects.toMatchObject({ cause: { constraint_name: 'schedules_sealed' } })
  })

  test('again says whose agenda differs, and by itself writes to nobody', async () => {
    const meeting = await movable(9)
    const cell = (await legalCell(meeting))!
    await move(meeting, cell.slotId, cell.tableId)
    const { body: difference } = await stage.organiser<DifferenceView>(
      'GET',
      `/schedules/${draftId}/difference`,
    )
    expect(difference).toMatchObject({ fromNumber: 1, added: 0, removed: 0, affected: 2 })
    expect(difference.moved + difference.tableOnly).toBe(1)
    expect(difference.changes.length).toBe(1)
    expect(difference.people.filter(({ first }) => !first)).toEqual([])
    const before = await stage.db.$count(mails)
    const { status } = await publish(draftId)
    expect(status).toBe(200)
    expect((await lastChange()).audience).toEqual([topic.everyone])
    expect((await stage.db.$count(mails)) - before).toBe(0)
  })

  test('is refused with an older version, and for what is no draft', async () => {
    const stale = await publish(draftId, { 'if-match': '999' })
    const live = await plan()
    const published = await publish(live.schedule!.id)
    expect([stale.body.code, published.body.code]).toEqual(['stale-version', 'not-a-draft'])
  })

  test('an earlier version again brings its meetings back under a new number', async () => {
    const { schedule, schedules: all } = await plan()
    const first = await plan(all.find(({ kind, number }) => kind === 'version' && number === 1)!.id)
    const path = `/events/${stage.eventId}/rollback`
    const headers = { 'if-match': String(schedule!.version) }
    const { status } = await stage.organiser('POST', path, { number: 1 }, headers)
    expect(status).toBe(200)
    const live = await plan()
    const place = ({ slotId, tableId, participants }: Meeting) => [slotId, tableId, participants].join(' ')
    expect(live.meetings.map(place).toSorted()).toEqual(first.meetings.map(place).toSorted())
    expect(live.schedule?.number).toBe(3)
  })
})

describe('the live schedule', () => {
  test('tells of a move the organisers, the desk, the screens and the two who meet', async () => {
    // Which meetings can move depends on the schedule found: one after the other, as hundreds at once are too many.
    const { meetings } = await plan()
    let [meeting] = meetings
    let cell: Awaited<ReturnType<typeof legalCell>>
    for (meeting of meetings) if ((cell = await legalCell(meeting))) break
    expect((await move(meeting, cell!.slotId, cell!.tableId)).status).toBe(200)
    const { type, audience, inverse } = await lastChange()
    const expected = [
      topic.organisers,
      topic.desk,
      topic.screens,
      ...meeting.participants.map(topic.participant),
    ]
    expect({ type, audience: audience.toSorted() }).toEqual({
      type: 'meeting.moved',
      audience: expected.toSorted(),
    })
    expect(inverse).toEqual({ meetingId: meeting.id, slotId: meeting.slotId, tableId: meeting.tableId })
  })

  test('takes no meeting into a slot that has begun', async () => {
    const { meetings: all, slots } = await plan()
    const offset = Date.parse(slots[2].startsAt) + 60_000 - Date.now()
    await stage.db.update(programmes).set({ clockOffsetMs: offset })
    const cells = await cellsOf(all[0])
    const past = new Set(slots.slice(0, 3).map(({ id }) => id))
    const closed = cells.filter(({ blocker }) => blocker === 'slot-past')
    expect(new Set(closed.map(({ slotId }) => slotId))).toEqual(past)
    const { body } = await move(all[0], closed[0].slotId, closed[0].tableId)
    expect(body.code).toBe('slot-past')
  })
})

describe('a copy of what is in force', () => {
  const copy = () => stage.organiser<Written & Problem>('POST', `/events/${stage.eventId}/copies`)
  const undo = (seq: number | undefined) =>
    stage.organiser<Problem>('POST', `/programmes/${stage.programmeId}/undo`, { seq })

  test('is edited apart from it and published as what differs, with a note', async () => {
    await publish(draftId)
    const before = await plan()
    const { body: made } = await copy()
    const cells = ({ meetings }: PlanView) =>
      meetings.map(({ slotId, tableId, locked }) => `${slotId} ${tableId} ${locked}`).toSorted()
    expect((await plan(made.id)).schedule).toMatchObject({ kind: 'draft', version: 1 })
    expect(cells(await plan(made.id))).toEqual(cells(before))

    let moved: Meeting | undefined
    for (const meeting of (await plan(made.id)).meetings) {
      const to = await legalCell(meeting)
      if (!to) continue
      expect((await move(meeting, to.slotId, to.tableId)).status).toBe(200)
      moved = meeting
      break
    }
    expect(cells(await plan())).toEqual(cells(before))
    const difference = await stage.organiser<DifferenceView>('GET', `/schedules/${made.id}/difference`)
    expect(difference.body.changes.map(({ kind }) => kind)).toHaveLength(1)

    const version = String((await plan(made.id)).schedule!.version)
    const answer = await stage.organiser(
      ...(['POST', `/schedules/${made.id}/publish`, { note: 'Chiesto da chi ospita' }] as const),
      { 'if-match': version },
    )
    expect(answer.status).toBe(200)
    const { schedule, schedules, meetings } = await plan()
    expect(schedule).toMatchObject({ edited: false, note: 'Chiesto da chi ospita' })
    expect(
      schedules.find(({ kind, number }) => kind === 'version' && number === schedule!.number),
    ).toMatchObject({ note: 'Chiesto da chi ospita' })
    const now = meetings.find(({ participants }) => participants.join() === moved!.participants.join())!
    expect([now.slotId, now.tableId]).not.toEqual([moved!.slotId, moved!.tableId])
    // Put back by hand, in force it is another one than was published; so it is when the day runs late.
    expect((await move(now, moved!.slotId, moved!.tableId!)).status).toBe(200)
    expect((await plan()).schedule!.edited).toBe(true)
    await publish(draftId)
    expect((await plan()).schedule!.edited).toBe(false)
    const { slots } = await plan()
    const late = { roomId: null, fromSlotId: slots[0].id, minutes: 5 }
    expect((await stage.organiser('POST', `/events/${stage.eventId}/delay`, late)).status).toBe(200)
    expect((await plan()).schedule!.edited).toBe(true)
    await stage.organiser('POST', `/events/${stage.eventId}/delay`, { ...late, minutes: -5 })
  })

  test('is taken back as long as nobody has worked on it', async () => {
    const { body: made } = await copy()
    expect((await undo(made.seq)).status).toBe(200)
    expect((await plan()).schedules.some(({ id }) => id === made.id)).toBe(false)
    const { body: other } = await copy()
    const [meeting] = (await plan(other.id)).meetings
    await stage.organiser('POST', `/meetings/${meeting.id}/lock`, { locked: true })
    expect((await undo(other.seq)).body.code).toBe('moved-on')
    await stage.organiser('DELETE', `/schedules/${other.id}`)
  })
})

test('a draft can be thrown away, a published schedule cannot', async () => {
  const live = await plan()
  const kept = await stage.organiser<Problem>('DELETE', `/schedules/${live.schedule!.id}`)
  const gone = await stage.organiser('DELETE', `/schedules/${draftId}`)
  expect([kept.body.code, gone.status]).toEqual(['not-a-draft', 200])
  expect((await plan()).schedules.some(({ id }) => id === draftId)).toBe(false)
})

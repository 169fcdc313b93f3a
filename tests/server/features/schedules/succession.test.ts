import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { candidates, meetingSeats, programmes } from '../../../../server/database/schema.ts'
import type { MeetingState, Problem } from '../../../../server/schemas/common.ts'
import type { DifferenceView, PlanView, Published } from '../../../../server/schemas/schedule.ts'
import type { MeetingRow } from '../../../../server/features/schedules/repository.ts'
import { succeed } from '../../../../server/features/schedules/succession.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

describe('what becomes of a meeting when another schedule is published', () => {
  const AHEAD = new Set(['ten', 'eleven'])
  /** Project, host, slot and table of one meeting. */
  const meeting = (words: string, state: MeetingState = 'planned') => {
    const [projectId, hostId, slotId, tableId] = words.split(' ')
    return { projectId, hostId, slotId, tableId, state, candidateId: `${projectId}${hostId}` } as MeetingRow
  }
  const after = (old: MeetingRow[], source: MeetingRow[]) => {
    const { held, records, kept, leftOut } = succeed(old, source, AHEAD)
    const words = (one: MeetingRow) => [one.projectId, one.hostId, one.slotId, one.tableId].join(' ')
    return { held: held.map(words), records: records.map(words), kept, leftOut }
  }

  test('one that is over stays, and its pair does not meet again', () => {
    expect(after([meeting('P H nine 1', 'done')], [meeting('P H ten 2'), meeting('Q H ten 1')])).toEqual({
      ...{ held: ['P H nine 1', 'Q H ten 1'], records: [], kept: 1, leftOut: 1 },
    })
  })

  test('one begun ahead of its time keeps its table and its people', () => {
    const old = [meeting('P H ten 1', 'called'), meeting('Q I ten 2')]
    const source = ['Q J ten 1', 'P J ten 2', 'Q H ten 3', 'R K ten 2'].map((words) => meeting(words))
    expect(after(old, source)).toEqual({
      ...{ held: ['P H ten 1', 'R K ten 2'], records: [], kept: 1, leftOut: 3 },
    })
  })

  test('nobody who sits for two is put in two places by it', () => {
    const humans = new Map([
      ['H', 'Anna'],
      ['I', 'Anna'],
    ])
    const { held } = succeed([meeting('P H ten 1', 'called')], [meeting('Q I ten 2')], AHEAD, humans)
    expect(held.map(({ hostId }) => hostId)).toEqual(['H'])
  })

  test('one that the other schedule has in a slot gone by stays where it is ahead, if there is room', () => {
    const old = [meeting('P H ten 1'), meeting('Q I eleven 2')]
    const source = [meeting('P H nine 1'), meeting('Q I nine 2'), meeting('R J eleven 2')]
    expect(after(old, source)).toEqual({
      ...{ held: ['R J eleven 2', 'P H ten 1'], records: [], kept: 0, leftOut: 2 },
    })
  })

  test('one that was cancelled is held again ahead, and otherwise stays on the record of its slot', () => {
    const old = ['P H nine 1', 'Q I nine 2', 'R J ten 3'].map((words) => meeting(words, 'cancelled'))
    expect(after(old, [meeting('P H ten 1', 'cancelled')])).toEqual({
      ...{ held: ['P H ten 1'], records: ['Q I nine 2'], kept: 0, leftOut: 0 },
    })
  })
})

describe('a schedule published during the day', () => {
  let stage: Stage
  let drafts: string[]
  beforeAll(async () => {
    stage = await openStage()
    drafts = [(await finishedRun(stage)).scheduleId!, (await finishedRun(stage, { seed: 8 })).scheduleId!]
  })
  afterAll(() => stage.close())

  const plan = async (id = '') =>
    (await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan${id && `/${id}`}`)).body
  const at = (startsAt: string, minutes: number) =>
    stage.db
      .update(programmes)
      .set({ clockOffsetMs: Date.parse(startsAt) + minutes * 60_000 - Date.now() })
      .where(eq(programmes.id, stage.programmeId))
  const post = async (path: string, body: object, version: number) => {
    const headers = { 'if-match': String(version) }
    const answer = await stage.organiser<Published & Problem>('POST', path, body, headers)
    expect(answer.status).toBe(200)
    return answer.body
  }
  const publish = async (id: string) =>
    post(`/schedules/${id}/publish`, {}, (await plan(id)).schedule!.version)
  const difference = async (id: string) =>
    (await stage.organiser<DifferenceView>('GET', `/schedules/${id}/difference`)).body

  type Held = PlanView['meetings'][number]
  const pairOf = ({ participants }: Held) => participants.join(' ')
  const place = (one: Held) => [pairOf(one), one.slotId, one.tableId].join(' ')
  const placesOf = (held: Held[]) => held.map(place).toSorted()

  test('leaves what has begun as it happened, and takes its own only where nothing is in the way', async () => {
    const { slots } = await plan(drafts[0])
    await at(slots[0].startsAt, -60)
    expect(await publish(drafts[0])).toMatchObject({ kept: 0, leftOut: 0 })
    await at(slots[2].startsAt, 1)
    const begun = new Set(slots.slice(0, 3).map(({ id }) => id))
    await post(`/events/${stage.eventId}/slots/${slots[0].id}/state`, { state: 'done' }, 1)
    const early = (await plan()).meetings.filter(({ slotId }) => slotId === slots[6].id).slice(0, 5)
    for (const { id } of early) await post(`/meetings/${id}/state`, { state: 'called' }, 1)
    const stays = (one: Held) => begun.has(one.slotId) || one.state !== 'planned'
    const before = await plan()
    const wanted = (await plan(drafts[1])).meetings
    const told = await difference(drafts[1])
    const answer = await publish(drafts[1])

    const live = await plan()
    const kept = before.meetings.filter(stays)
    expect(placesOf(live.meetings.filter(stays))).toEqual(placesOf(kept))
    const ids = new Set(live.meetings.map(({ id }) => id))
    expect(kept.every(({ id }) => ids.has(id))).toBe(true)
    const places = new Set(live.meetings.map(place))
    const out = wanted.filter((one) => !places.has(place(one)))
    expect(out.length).toBeGreaterThan(0)
    expect(out.every((one) => begun.has(one.slotId) || kept.some((other) => clash(one, other)))).toBe(true)
    expect(answer).toMatchObject({ kept: kept.length, leftOut: out.length })
    expect(told).toMatchObject({ kept: kept.length, leftOut: out.length })
    expect(told.unchanged + told.added + told.moved + told.tableOnly).toBe(live.meetings.length)
    const seats = await stage.db.$count(meetingSeats, eq(meetingSeats.scheduleId, live.schedule!.id))
    expect(seats).toBe(2 * live.meetings.length)
    const version = live.schedules.find(({ kind, number }) => kind === 'version' && number === 2)!
    expect(placesOf((await plan(version.id)).meetings)).toEqual(placesOf(live.meetings))
  })

  const clash = (one: Held, other: Held) =>
    pairOf(one) === pairOf(other) ||
    (one.slotId === other.slotId &&
      (one.tableId === other.tableId || one.participants.some((id) => other.participants.includes(id))))

  test('rolled back in the afternoon, keeps the morning', async () => {
    const before = await plan()
    const { slots } = before
    await at(slots[8].startsAt, 1)
    const begun = new Set(slots.slice(0, 9).map(({ id }) => id))
    const morning = ({ meetings }: PlanView) => placesOf(meetings.filter(({ slotId }) => begun.has(slotId)))
    const { kept } = await post(`/events/${stage.eventId}/rollback`, { number: 1 }, before.schedule!.version)
    const live = await plan()
    expect(morning(live)).toEqual(morning(before))
    expect(kept).toBe(morning(live).length)
    expect(live.schedule?.number).toBe(3)
    const states = await stage.db.$count(candidates, eq(candidates.state, 'done'))
    expect(states).toBeGreaterThan(0)
  })
})

import { desc, eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { topic } from '../../../../server/changes.ts'
import { changes, meetingSeats, programmes } from '../../../../server/database/schema.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { PlanView } from '../../../../server/schemas/schedule.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

/** Two meetings that change places in one step. */
type Meeting = PlanView['meetings'][number]
let stage: Stage
let draftId: string
let slots: PlanView['slots']

beforeAll(async () => {
  stage = await openStage()
  draftId = (await finishedRun(stage)).scheduleId!
  const draft = await plan(draftId)
  slots = draft.slots
  await at(slots[0].startsAt, -60)
  await send(`/schedules/${draftId}/publish`, {}, draft.schedule!.version)
})
afterAll(() => stage.close())

const at = (startsAt: string, minutes: number) =>
  stage.db
    .update(programmes)
    .set({ clockOffsetMs: Date.parse(startsAt) + minutes * 60_000 - Date.now() })
    .where(eq(programmes.id, stage.programmeId))
const plan = async (id = '') =>
  (await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan${id && `/${id}`}`)).body
const send = (path: string, body: object, version?: number) =>
  stage.organiser<Written & Problem>(
    'POST',
    path,
    body,
    version === undefined ? {} : { 'if-match': String(version) },
  )
const swap = (one: Meeting, other: Meeting) =>
  send(`/meetings/${one.id}/swap`, { with: other.id, version: other.version }, one.version)
const undo = (seq: number) => send(`/programmes/${stage.programmeId}/undo`, { seq })
const placeOf = ({ slotId, tableId }: Meeting) => [slotId, tableId]
const places = async (...ids: string[]) => {
  const { meetings } = await plan()
  return ids.map((id) => placeOf(meetings.find((one) => one.id === id)!))
}

/** Pairs of meetings in different slots of which each can be held at the other's time, or cannot. */
function pairs({ meetings, participants }: PlanView, wanted: boolean): [Meeting, Meeting][] {
  const away = new Map(participants.map(({ id, unavailable }) => [id, unavailable]))
  const fits = (one: Meeting, other: Meeting) =>
    one.participants.every(
      (id) =>
        !away.get(id)!.includes(other.slotId) &&
        !meetings.some(
          (each) => each !== other && each.slotId === other.slotId && each.participants.includes(id),
        ),
    )
  return meetings.flatMap((one, n) =>
    meetings
      .slice(n + 1)
      .filter(({ slotId }) => slotId !== one.slotId)
      .filter((other) => (fits(one, other) && fits(other, one)) === wanted)
      .map((other): [Meeting, Meeting] => [one, other]),
  )
}

test('is one change with the rules of a move, and is undone as one, and done again', async () => {
  const live = await plan()
  const [one, other] = pairs(live, true)[0]
  const swapped = await swap(one, other)
  expect(swapped.status).toBe(200)
  expect(await places(one.id, other.id)).toEqual([placeOf(other), placeOf(one)])
  const [{ seq, type, audience }] = await stage.db.select().from(changes).orderBy(desc(changes.seq)).limit(1)
  expect([seq, type]).toEqual([swapped.body.seq, 'meeting.swapped'])
  const people = new Set([...one.participants, ...other.participants].map(topic.participant))
  expect(audience.toSorted()).toEqual([topic.organisers, topic.desk, topic.screens, ...people].toSorted())
  const seats = await stage.db.$count(meetingSeats, eq(meetingSeats.scheduleId, live.schedule!.id))
  expect(seats).toBe(2 * live.meetings.length)

  const back = await undo(seq)
  expect(back.status).toBe(200)
  expect(await places(one.id, other.id)).toEqual([placeOf(one), placeOf(other)])
  expect((await undo(seq)).body.code).toBe('moved-on')
  expect((await undo(back.body.seq!)).status).toBe(200)
  expect(await places(one.id, other.id)).toEqual([placeOf(other), placeOf(one)])
})

test('of the tables of one slot is one as well', async () => {
  const { meetings } = await plan()
  const [one, other] = meetings.filter(({ slotId }) => slotId === slots[2].id)
  expect((await swap(one, other)).status).toBe(200)
  expect(await places(one.id, other.id)).toEqual([placeOf(other), placeOf(one)])
})

test('is refused where somebody cannot, is locked, has begun, was cancelled, or is known no more', async () => {
  const live = await plan()
  for (const [one, other] of pairs(live, false).slice(0, 8)) {
    const { status, body } = await swap(one, other)
    expect(status).toBe(409)
    expect(['person-busy', 'person-unavailable']).toContain(body.code)
    expect(body.title.length).toBeGreaterThan(20)
  }
  const [one, other] = pairs(live, true)[0]
  const stale = [
    await swap({ ...one, version: 99 }, other),
    await swap(one, { ...other, version: 99 }),
    await send(`/meetings/${one.id}/swap`, { with: other.id, version: other.version }),
  ]
  expect(stale.map(({ body }) => body.code)).toEqual(['stale-version', 'stale-version', 'version-needed'])
  const elsewhere = (await plan(draftId)).meetings[0]
  expect((await swap(one, elsewhere)).status).toBe(404)

  const again = async () => {
    const { meetings } = await plan()
    return swap(
      meetings.find(({ id }) => id === one.id)!,
      meetings.find(({ id }) => id === other.id)!,
    )
  }
  await send(`/meetings/${other.id}/lock`, { locked: true })
  expect((await again()).body.code).toBe('meeting-locked')
  await send(`/meetings/${other.id}/lock`, { locked: false })
  const last = [one, other].map(({ slotId }) => slots.find(({ id }) => id === slotId)!.startsAt).toSorted()[0]
  await at(last, 1)
  expect((await again()).body.code).toBe('slot-past')
  await at(slots[0].startsAt, -60)
  await send(`/meetings/${other.id}/state`, { state: 'cancelled' })
  expect((await again()).body.code).toBe('meeting-cancelled')
  expect(await places(one.id)).toEqual([placeOf(one)])
})

import { afterAll, beforeAll, expect, test } from 'vitest'
import { programmes } from '../../../../server/database/schema.ts'
import type { Written } from '../../../../server/schemas/common.ts'
import type { EventView } from '../../../../server/schemas/event.ts'
import type { Comparison, PlanView } from '../../../../server/schemas/schedule.ts'
import type { CheckView, RunsView, RunView } from '../../../../server/schemas/run.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

let stage: Stage
let first: RunView
let live: PlanView
beforeAll(async () => {
  stage = await openStage()
  first = await finishedRun(stage)
  const { schedule } = await plan(first.scheduleId)
  const version = { 'if-match': String(schedule!.version) }
  await stage.organiser('POST', `/schedules/${first.scheduleId}/publish`, {}, version)
  live = await plan(null)
})
afterAll(() => stage.close())

const plan = async (id: string | null) =>
  (await stage.organiser<PlanView>('GET', `/events/${stage.eventId}/plan${id ? `/${id}` : ''}`)).body
const runs = async () => (await stage.organiser<RunsView>('GET', `/events/${stage.eventId}/runs`)).body
const cellsOf = ({ meetings }: PlanView) =>
  meetings.map(({ participants, slotId, tableId }) => [...participants, slotId, tableId].join(' ')).sort()
const compare = async (run: RunView) =>
  (await stage.organiser<Comparison>('GET', `/schedules/${run.scheduleId}/comparison/${live.schedule!.id}`))
    .body

test('nothing of a first run is kept, and once a plan is in force all of it is unless something else is said', async () => {
  expect([first.keep, first.baseId, first.changes]).toEqual(['nothing', null, null])
  const { keep, bases } = await runs()
  expect(keep).toBe('all')
  expect(bases[0]).toMatchObject({ id: live.schedule!.id, kind: 'live', number: 1, locks: [] })
})

test('a plan of which nothing has changed is built again as it is', async () => {
  const again = await finishedRun(stage, { seed: 99 })
  expect(again).toMatchObject({ keep: 'all', baseId: live.schedule!.id })
  expect(again.changes).toEqual({ value: 0, bound: 0, proven: true })
  expect(cellsOf(await plan(again.scheduleId))).toEqual(cellsOf(live))
  expect(await compare(again)).toMatchObject({ affected: 0, changes: [], unchanged: live.meetings.length })
})

test('locked meetings of the plan are counted, kept and stay locked', async () => {
  const [meeting] = live.meetings
  await stage.organiser('POST', `/meetings/${meeting.id}/lock`, { locked: true })
  const { bases } = await runs()
  expect(bases[0].locks).toHaveLength(1)
  expect(bases[0].locks[0].names).toHaveLength(2)
  const { slotId, tableId, participants } = meeting
  for (const keep of ['all', 'locks'] as const) {
    const again = await finishedRun(stage, { seconds: 1, keep })
    const locked = (await plan(again.scheduleId)).meetings.filter((one) => one.locked)
    expect(locked).toMatchObject([{ slotId, tableId, participants }])
  }
})

test('one turn that a project withdraws changes what it must, proven, and names it', async () => {
  const projects = live.participants.filter(({ side }) => side === 'project')
  const counts = projects.map(({ id }) =>
    live.meetings.filter((one) => one.participants.includes(id) && !one.locked),
  )
  const [hit] = counts.toSorted((one, other) => other.length - one.length)[0]
  const person = live.participants.find(({ id }) => id === hit.participants[0])!
  await stage.organiser('PUT', `/participants/${person.id}/availability`, {
    unavailable: [...person.unavailable, hit.slotId],
    maxMeetings: null,
  })
  const near = await finishedRun(stage)
  const fresh = await finishedRun(stage, { keep: 'nothing' })
  const [few, many] = [await compare(near), await compare(fresh)]
  const touched = ({ moved, removed, tableOnly }: Comparison) => moved + removed + tableOnly
  console.log(
    `one turn less: ${touched(few)} meetings and ${few.affected} agendas change (${JSON.stringify(near.changes)}), from nothing ${touched(many)} and ${many.affected}`,
  )
  expect(near.changes).toMatchObject({ proven: true })
  expect(touched(few)).toBeGreaterThan(0)
  expect(touched(few)).toBeLessThan(5)
  expect(touched(many)).toBeGreaterThan(10 * touched(few))
  expect(few.changes.flatMap(({ names }) => names)).toContain(person.short)
  // What is proven of a schedule near another holds among those near it alone.
  expect(near.objective.filter(({ proven }) => proven).map(({ level }) => level)).toEqual(['shortfall'])
})

test('a wish taken back leaves the meeting, a refusal ends it, and a meeting called off stays off', async () => {
  const [kept, refused, off] = live.meetings.filter(({ locked }) => !locked).slice(-3)
  for (const [{ participants }, level] of [
    [kept, null],
    [refused, 'avoid'],
  ] as const)
    for (const [from, to] of [participants, participants.toReversed()])
      await stage.organiser('PUT', `/events/${stage.eventId}/preferences/${from}/${to}`, {
        level,
        conflict: false,
      })
  await stage.organiser('POST', `/meetings/${off.id}/state`, { state: 'cancelled' })
  const near = await finishedRun(stage)
  const pairs = (await plan(near.scheduleId)).meetings.map(({ participants }) => participants.join(' '))
  expect([kept, refused, off].map(({ participants }) => pairs.includes(participants.join(' ')))).toEqual([
    true,
    false,
    false,
  ])
  const fresh = await plan((await finishedRun(stage, { seconds: 1, keep: 'nothing' })).scheduleId)
  expect(fresh.meetings.map(({ participants }) => participants.join(' '))).not.toContain(
    off.participants.join(' '),
  )
})

test('on the day the turns begun stay as they are, whatever is built near the plan', async () => {
  const { slots, meetings } = await plan(null)
  const begun = slots.slice(0, 3).map(({ id }) => id)
  for (const { id, locked } of meetings)
    if (locked) await stage.organiser('POST', `/meetings/${id}/lock`, { locked: false })
  const clockOffsetMs = Date.parse(slots[2].startsAt) + 60_000 - Date.now()
  const { clockOffsetMs: before } = (await stage.db.select().from(programmes))[0]
  await stage.db.update(programmes).set({ clockOffsetMs })
  // Somebody leaves, also the turn in which they sat; and the first turn loses a meeting, which leaves room in it.
  const gone = meetings.find(({ slotId, state }) => slotId === begun[1] && state !== 'cancelled')!
  const room = meetings.find(({ slotId, state }) => slotId === begun[0] && state !== 'cancelled')!
  await stage.organiser('PUT', `/participants/${gone.participants[0]}/availability`, {
    unavailable: slots.map(({ id }) => id),
    maxMeetings: null,
  })
  await stage.organiser('POST', `/meetings/${room.id}/state`, { state: 'cancelled' })
  // And a workshop is put over the turns gone by, and over some to come.
  const { event } = (await stage.organiser<EventView>('GET', `/events/${stage.eventId}`)).body
  const { body: workshop } = await stage.organiser<Written>(
    'POST',
    `/programmes/${event.programmeId}/events`,
    {
      ...{ kind: 'workshop', title: 'Workshop', date: event.date, start: '09:30', end: '12:30' },
      inviteEveryone: true,
    },
  )
  const past = (from: PlanView['meetings']) =>
    from
      .filter(({ slotId, state }) => begun.includes(slotId) && state !== 'cancelled')
      .map(({ participants, slotId, tableId }) => [...participants, slotId, tableId].join(' '))
      .sort()
  const standing = past((await plan(null)).meetings)
  for (const keep of ['all', 'locks'] as const) {
    const again = await finishedRun(stage, { seconds: 1, keep })
    expect(again.reason).toBe(null)
    expect(past((await plan(again.scheduleId)).meetings), keep).toEqual(standing)
  }
  // A meeting locked under it is a decision against another: that is named before the run, with what would help.
  const ahead = meetings.find(
    ({ slotId, locked, state }) => slotId === slots[6].id && !locked && state !== 'cancelled',
  )!
  await stage.organiser('POST', `/meetings/${ahead.id}/lock`, { locked: true })
  const { findings } = (await stage.organiser<CheckView>('GET', `/events/${stage.eventId}/check`)).body
  console.log(`locked under a workshop: ${findings[0].words} ${findings[0].remedy}`)
  expect([findings[0].severity, findings[0].remedy]).toEqual(['impossible', expect.any(String)])
  await stage.organiser('DELETE', `/events/${workshop.id}`)
  await stage.db.update(programmes).set({ clockOffsetMs: before })
})

test('a schedule of another event is no place to start from', async () => {
  const refused = await stage.organiser('POST', `/events/${stage.eventId}/runs`, { base: stage.eventId })
  expect(refused.status).toBe(404)
})

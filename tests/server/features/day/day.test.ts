import { and, desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  candidates,
  changes,
  disruptions,
  meetings,
  meetingSeats,
  participants,
  programmes,
  unavailableSlots,
} from '../../../../server/database/schema.ts'
import { findSaidAgainst, pairKey } from '../../../../server/features/pair-rulings/repository.ts'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { Problem, Written } from '../../../../server/schemas/common.ts'
import type { DayView, DelayPreview, DeskView } from '../../../../server/schemas/day.ts'
import type { CellsView, PlanView } from '../../../../server/schemas/schedule.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

type Body = Written & Problem
let stage: Stage
let draftId: string
let desk: Stage['organiser']

beforeAll(async () => {
  stage = await openStage()
  draftId = (await finishedRun(stage)).scheduleId!
  desk = await stage.enter({ role: 'desk' })
})
afterAll(() => stage.close())

/** Each test begins in the second slot of the day, with the schedule as published and nothing gone wrong. */
beforeEach(async () => {
  await stage.db.delete(disruptions)
  await stage.db.update(candidates).set({ state: 'planned' })
  await stage.db.execute(sql`update participants set attendance = 'expected', arrived_at = null,
    rsvp = null, rsvp_by = null, rsvp_at = null, rsvp_reason = ''`)
  await stage.db.execute(sql`update rooms set delay_minutes = 0, delay_from_id = null`)
  const plan = await read<PlanView>(`/events/${stage.eventId}/plan/${draftId}`)
  await at(new Date(Date.parse(plan.slots[0].startsAt) - 60_000))
  const published = await stage.organiser<Body>(
    'POST',
    `/schedules/${draftId}/publish`,
    {},
    { 'if-match': String(plan.schedule!.version) },
  )
  expect(published.status).toBe(200)
  await at(new Date(Date.parse(plan.slots[1].startsAt) + 60_000))
})

async function at(time: Date) {
  const clockOffsetMs = time.getTime() - Date.now()
  await stage.db.update(programmes).set({ clockOffsetMs }).where(eq(programmes.id, stage.programmeId))
}
async function read<T>(path: string): Promise<T> {
  const { status, body } = await stage.organiser<T>('GET', path)
  expect(status).toBe(200)
  return body
}
const board = () => read<DayView>(`/events/${stage.eventId}/day`)
const post = (path: string, body: object = {}, headers = {}) =>
  stage.organiser<Body>('POST', path, body, headers)
const check = (id: string, attendance: string, ask = stage.organiser) =>
  ask<Body>('PUT', `/participants/${id}/attendance`, { attendance })
const undo = ({ seq }: { seq: number }) => post(`/programmes/${stage.programmeId}/undo`, { seq })
const undoLast = async () => {
  const { log } = await board()
  const reply = await undo(log.find(({ undoable }) => undoable)!)
  expect(reply.status).toBe(200)
}
const placesOf = ({ meetings }: DayView) =>
  meetings
    .map(({ participants, slotId, tableId }) => `${participants.join()} ${slotId} ${tableId}`)
    .toSorted()
const propose = async () => {
  expect((await post(`/events/${stage.eventId}/repairs`)).status).toBe(200)
  return board()
}
const apply = (id: string, version: number) =>
  post(`/repairs/${id}/apply`, {}, { 'if-match': String(version) })
/** A host with some meetings still to come. */
const busyHost = ({ meetings, slots }: DayView) => {
  const ahead = new Set(slots.slice(2).map(({ id }) => id))
  const counts = Map.groupBy(
    meetings.filter(({ slotId }) => ahead.has(slotId)),
    ({ participants }) => participants[1],
  )
  return [...counts].toSorted((one, other) => other[1].length - one[1].length)[0]
}

describe('somebody who is absent', () => {
  test('hits the meetings still to come; the repair with the fewest changes drops those and is proven', async () => {
    const before = await board()
    const [hostId, held] = busyHost(before)
    expect((await check(hostId, 'absent')).status).toBe(200)
    const [disruption] = (await board()).disruptions
    expect(disruption).toMatchObject({ kind: 'no_show', state: 'open', participantId: hostId })
    expect(disruption.hits.toSorted()).toEqual(held.map(({ id }) => id).toSorted())

    const { repairs, schedule } = await propose()
    const [fewest] = repairs.filter(({ order }) => order === 'fewest-changes')
    // Meetings that the absence itself makes impossible cost nothing.
    expect(fewest).toMatchObject({ changes: 0, bound: 0, proven: true, current: true })
    expect(fewest.steps.filter(({ kind }) => kind === 'removed').length).toBe(held.length)
    expect(fewest.affected).toContain(hostId)

    expect((await apply(fewest.id, schedule!.version)).status).toBe(200)
    const after = await board()
    expect(after.disruptions.map(({ state, hits }) => [state, hits])).toEqual([['repaired', []]])
    expect(after.repairs).toEqual([])
    const ahead = after.slots.slice(2).map(({ id }) => id)
    const left = after.meetings.filter(
      ({ participants, slotId }) => participants[1] === hostId && ahead.includes(slotId),
    )
    expect(left).toEqual([])
    // What has begun stays as it was.
    const begun = (view: DayView) =>
      placesOf({ ...view, meetings: view.meetings.filter(({ slotId }) => !ahead.includes(slotId)) })
    expect(begun(after)).toEqual(begun(before))

    await undoLast()
    const undone = await board()
    expect(placesOf(undone)).toEqual(placesOf(before))
    expect(undone.disruptions[0].state).toBe('open')
    await undoLast()
    expect(placesOf(await board())).toEqual(placesOf(after))
  })

  test('by their own word has no meeting ahead after a repair', async () => {
    const [hostId, held] = busyHost(await board())
    await stage.organiser<Body>('PUT', `/participants/${hostId}/rsvp`, { rsvp: 'not-coming' })
    const { repairs } = await propose()
    const fewest = repairs.find(({ order }) => order === 'fewest-changes')!
    expect(fewest.steps.filter(({ kind }) => kind === 'removed').length).toBe(held.length)
  })

  test('and has withdrawn since gets no meeting back when the repair is undone; all others do', async () => {
    const before = await board()
    const [hostId, held] = busyHost(before)
    const { personId } = before.participants.find(({ id }) => id === hostId)!
    await check(hostId, 'absent')
    const { repairs, schedule } = await propose()
    const fewest = repairs.find(({ order }) => order === 'fewest-changes')!
    const applied = (await apply(fewest.id, schedule!.version)).body as { seq: number }
    await post(`/hosts/${personId}/withdrawal`, { withdrawn: true })
    const undone = await undo(applied)
    const lost = new Set(held.map(({ id }) => id))
    const kept = before.meetings.filter(({ id }) => !lost.has(id))
    // Where the repair did nothing but drop their meetings there is nothing to undo, and it says whose they are.
    if (undone.status !== 200) expect(undone.body.code).toBe('undo-withdrawn')
    expect(placesOf(await board())).toEqual(placesOf({ ...before, meetings: kept }))
    await post(`/hosts/${personId}/withdrawal`, { withdrawn: false })
  })

  test('who comes after all is expected again by their meetings', async () => {
    const [hostId] = busyHost(await board())
    await check(hostId, 'absent')
    await check(hostId, 'here')
    const { disruptions, participants } = await board()
    expect(disruptions).toEqual([])
    expect(participants.find(({ id }) => id === hostId)).toMatchObject({
      attendance: 'here',
      away: expect.any(Array),
    })
    await undoLast()
    const back = await board()
    expect(back.participants.find(({ id }) => id === hostId)?.attendance).toBe('absent')
    expect(back.disruptions.map(({ kind }) => kind)).toEqual(['no_show'])
  })

  test('that they will leave early stands when they check in, until they have left and come back', async () => {
    const view = await board()
    const [hostId] = busyHost(view)
    const kinds = async () => (await board()).disruptions.map(({ kind }) => kind)
    const early = { kind: 'early', participantId: hostId, fromSlotId: view.slots.at(-2)!.id }
    await post(`/events/${stage.eventId}/disruptions`, early)
    await post(`/participants/${hostId}/late`, { minutes: 15 })
    expect((await kinds()).toSorted()).toEqual(['early', 'late'])
    await check(hostId, 'here')
    expect(await kinds()).toEqual(['early'])
    await check(hostId, 'left')
    expect((await board()).disruptions.map(({ kind, slots }) => [kind, slots.length])).toEqual([
      ['early', view.slots.length - 1],
    ])
    await check(hostId, 'here')
    expect(await kinds()).toEqual([])
  })

  test('keeps the schedule from moving a meeting into their absence', async () => {
    const view = await board()
    const [hostId, held] = busyHost(view)
    const { id: end } = view.slots.at(-1)!
    // Where one is already it may stay.
    const [meeting] = held.filter(({ slotId }) => slotId !== end)
    await post(`/events/${stage.eventId}/disruptions`, {
      ...{ kind: 'early', participantId: hostId, fromSlotId: end },
    })
    const { cells } = await read<CellsView>(`/meetings/${meeting.id}/cells`)
    const last = cells.filter(({ slotId }) => slotId === end)
    expect(last.filter(({ legal }) => legal)).toEqual([])
  })
})

describe('a proposal', () => {
  test('is refused once the schedule has moved on, or its slots have begun', async () => {
    const view = await board()
    const [hostId, held] = busyHost(view)
    await check(hostId, 'absent')
    const { repairs, schedule } = await propose()
    await post(`/meetings/${held[0].id}/lock`, { locked: true }, { 'if-match': String(held[0].version) })
    expect((await apply(repairs[0].id, schedule!.version)).body.code).toBe('stale-version')
    const now = await board()
    expect(now.repairs.map(({ current }) => current)).toEqual(now.repairs.map(() => false))
    expect((await apply(repairs[0].id, now.schedule!.version)).status).toBe(412)

    const again = await propose()
    await at(new Date(Date.parse(view.slots.at(-1)!.startsAt) + 60_000))
    const late = await apply(again.repairs[0].id, again.schedule!.version)
    expect([late.status, late.body.code]).toEqual([409, 'repair-too-late'])
    expect((await post(`/events/${stage.eventId}/repairs`)).body.code).toBe('slot-past')
  })

  test('for a table that is out moves its meetings and loses none', async () => {
    const before = await board()
    const ahead = before.slots.slice(2).map(({ id }) => id)
    const counts = Map.groupBy(
      before.meetings.filter(({ slotId }) => ahead.includes(slotId)),
      ({ tableId }) => tableId,
    )
    // Who has a table of their own has no other to go to.
    const own = await stage.db.select({ id: participants.ownTableId }).from(participants)
    const [tableId, held] = [...counts]
      .filter(([table]) => own.every(({ id }) => id !== table))
      .toSorted((one, other) => other[1].length - one[1].length)[0]
    const input = { kind: 'table_out', tableId, fromSlotId: ahead[0] }
    expect((await post(`/events/${stage.eventId}/disruptions`, input)).status).toBe(200)
    const { repairs, disruptions, schedule } = await propose()
    expect(disruptions[0].hits.length).toBe(held.length)
    const [fewest] = repairs
    expect(fewest.wishes.map(({ after }) => after)).toEqual(fewest.wishes.map(({ before }) => before))
    await apply(fewest.id, schedule!.version)
    const after = await board()
    expect(after.meetings.length).toBe(before.meetings.length)
    expect(after.meetings.filter((one) => one.tableId === tableId && ahead.includes(one.slotId))).toEqual([])
    expect(after.tables.find(({ id }) => id === tableId)?.out).toEqual(ahead)
  })

  test('for a lost slot leaves it empty; all disruptions at once are one proposal', async () => {
    const before = await board()
    const [hostId] = busyHost(before)
    const slotId = before.slots[5].id
    await post(`/events/${stage.eventId}/disruptions`, { kind: 'slot_lost', fromSlotId: slotId })
    await post(`/participants/${hostId}/late`, { minutes: 40 })
    const { repairs, schedule, disruptions } = await propose()
    expect(new Set(repairs[0].disruptions)).toEqual(new Set(disruptions.map(({ id }) => id)))
    await apply(repairs[0].id, schedule!.version)
    const after = await board()
    expect(after.meetings.filter((one) => one.slotId === slotId)).toEqual([])
    expect(after.disruptions.every(({ hits }) => hits.length === 0)).toBe(true)
  })
})

describe('a meeting', () => {
  const next = async () => {
    const view = await board()
    return view.meetings.find(({ slotId }) => slotId === view.slots[3].id)!
  }

  test('is called, begun, done; a whole slot at once; each step undone', async () => {
    const { id, slotId } = await next()
    for (const state of ['called', 'in_progress', 'done', 'no_show', 'planned']) {
      expect((await post(`/meetings/${id}/state`, { state })).status).toBe(200)
      expect((await next()).state).toBe(state)
    }
    await post(`/meetings/${id}/state`, { state: 'done' })
    await post(`/events/${stage.eventId}/slots/${slotId}/state`, { state: 'called' })
    const states = (view: DayView) =>
      view.meetings.filter((one) => one.slotId === slotId).map(({ state }) => state)
    expect(new Set(states(await board()))).toEqual(new Set(['done', 'called']))
    await undoLast()
    expect(new Set(states(await board()))).toEqual(new Set(['done', 'planned']))
  })

  test('that is cancelled frees its table and its people, and comes back if they are still free', async () => {
    const { id, version, slotId, tableId, participants } = await next()
    await post(`/meetings/${id}/state`, { state: 'cancelled' })
    expect((await next()).tableId).toBeNull()
    expect(await stage.db.$count(meetingSeats, eq(meetingSeats.meetingId, id))).toBe(0)
    expect((await post(`/meetings/${id}/state`, { state: 'called' })).body.code).toBe('meeting-cancelled')
    const whenItStood = { 'if-match': String(version) }
    const moved = await post(`/meetings/${id}/move`, { slotId, tableId }, whenItStood)
    expect(moved.body.code).toBe('meeting-cancelled')
    await undoLast()
    expect(await next()).toMatchObject({ id, tableId, state: 'planned' })
    expect(await stage.db.$count(meetingSeats, eq(meetingSeats.meetingId, id))).toBe(2)

    await post(`/meetings/${id}/state`, { state: 'cancelled' })
    const { log } = await board()
    const again = { projectId: participants[0], hostId: participants[1], slotId, tableId }
    expect((await post(`/events/${stage.eventId}/meetings`, again)).status).toBe(200)
    expect((await undo(log[0])).body.code).toBe('moved-on')
  })

  test('on the spot needs two who are free and a free table; standby offers such', async () => {
    for (const { id } of (await board()).participants) await check(id, 'here')
    // A full schedule leaves nobody who is free: room is made in the slot to come until it offers somebody.
    const full = await board()
    for (const { id } of full.meetings.filter((one) => one.slotId === full.slots[2].id)) {
      if ((await board()).standby.length > 0) break
      expect((await post(`/meetings/${id}/state`, { state: 'cancelled' })).status).toBe(200)
    }
    const { standby, meetings, slots } = await board()
    expect(standby.length).toBeGreaterThan(0)
    const [{ slotId, tableId, participants }] = standby
    const owed = standby.map(({ underGuarantee }) => underGuarantee)
    expect(owed).toEqual(owed.toSorted((one, other) => Number(other) - Number(one)))
    const add = (body: object) => post(`/events/${stage.eventId}/meetings`, body)
    const input = { projectId: participants[0], hostId: participants[1], slotId, tableId }
    // Somebody who sits elsewhere in that slot, never with this host, and may.
    const pairs = new Set(meetings.map((one) => one.participants.join()))
    const against = await findSaidAgainst(stage.db, stage.eventId)
    const busy = meetings.find(
      (one) =>
        one.slotId === slotId &&
        one.state !== 'cancelled' &&
        !pairs.has([one.participants[0], participants[1]].join()) &&
        against.get(pairKey(one.participants[0], participants[1])) !== 'conflict',
    )!
    expect((await add({ ...input, tableId: busy.tableId })).body.code).toBe('cell-taken')
    expect((await add({ ...input, projectId: busy.participants[0] })).body.code).toBe('person-busy')
    expect((await add({ ...input, slotId: slots[0].id })).body.code).toBe('slot-past')
    expect((await add({ ...input, projectId: participants[1] })).status).toBe(404)
    expect((await add(input)).status).toBe(200)
    expect((await add(input)).body.code).toBe('already-meeting')
    const after = await board()
    expect(after.meetings.length).toBe(meetings.length + 1)
    await undoLast()
    expect(placesOf(await board())).toEqual(placesOf({ ...after, meetings }))
  })
})

describe('a delay', () => {
  test('of the whole event moves the slots still to come; long breaks give up to half', async () => {
    const before = await board()
    const from = before.slots[2]
    const set = (input: object) =>
      post(`/events/${stage.eventId}/delay`, { roomId: null, fromSlotId: from.id, minutes: 20, ...input })
    expect((await set({ fromSlotId: before.slots[0].id })).body.code).toBe('slot-past')
    expect((await set({ minutes: -120 })).body.code).toBe('slots-overlap')
    expect((await set({ breaksGive: true })).status).toBe(200)
    const after = await board()
    const minutes = (view: DayView, n: number) =>
      (Date.parse(view.slots[n].startsAt) - Date.parse(before.slots[n].startsAt)) / 60_000
    expect([0, 1, 2].map((n) => minutes(after, n))).toEqual([0, 0, 20])
    const lunch = before.slots.findIndex(({ block }, n) => n > 2 && block !== before.slots[n - 1].block)
    expect(minutes(after, lunch)).toBeLessThan(20)
    await undoLast()
    expect((await board()).slots).toEqual(before.slots)
  })

  test.each([true, false])('is previewed as it is then set, breaks giving: %s', async (breaksGive) => {
    const { slots } = await board()
    const from = slots[2]
    const asked = `minutes=20${breaksGive ? '&breaksGive=1' : ''}`
    const preview = await read<DelayPreview>(`/events/${stage.eventId}/slots/${from.id}/delay?${asked}`)
    expect((await board()).slots).toEqual(slots)
    await delay({ fromSlotId: from.id, minutes: 20, breaksGive })
    expect(preview.slots).toEqual((await board()).slots.slice(2))
    await undoLast()
  })

  const delay = async (input: object) => {
    const { status, body } = await post(`/events/${stage.eventId}/delay`, { roomId: null, ...input })
    expect(status).toBe(200)
    return body as { seq: number }
  }
  const minute = (slot: DayView['slots'][number], end: 'startsAt' | 'endsAt', minutes: number) =>
    at(new Date(Date.parse(slot[end]) + minutes * 60_000))

  test('is not undone over slots that have begun or ended since, but while the one that was on still is', async () => {
    const { slots } = await board()
    const [, running, next] = slots
    const later = await delay({ fromSlotId: next.id, minutes: 15 })
    // It would have begun by now, and does not begin yet.
    await minute(next, 'startsAt', 5)
    expect((await undo(later)).body.code).toBe('delay-too-late')
    // It is on, as delayed.
    await minute(next, 'startsAt', 16)
    const { status, body } = await undo(later)
    expect([status, body.code]).toEqual([409, 'delay-too-late'])
    expect(body.title).toMatch(/^Nel frattempo è cominciato o finito un turno/)
    await minute(next, 'startsAt', -1)
    expect((await undo(later)).status).toBe(200)

    await minute(running, 'startsAt', 3)
    const all = await delay({ fromSlotId: running.id, minutes: 40 })
    await minute(running, 'endsAt', 1)
    expect((await undo(all)).body.code).toBe('delay-too-late')
    await minute(running, 'startsAt', 4)
    const back = await undo(all)
    expect(back.status).toBe(200)
    expect((await board()).slots).toEqual(slots)
    expect((await undo(back.body as { seq: number })).status).toBe(200)
    await undoLast()
    expect((await board()).slots).toEqual(slots)
  })

  test('is not undone where slots would then overlap', async () => {
    const { slots } = await board()
    const lunch = slots.findIndex(({ block }, n) => n > 2 && block !== slots[n - 1].block)
    const afternoon = await delay({ fromSlotId: slots[lunch].id, minutes: 120 })
    const gap = (Date.parse(slots[lunch].startsAt) - Date.parse(slots[lunch - 1].endsAt)) / 60_000
    // The break takes all of it up, so that the afternoon stays where the first delay put it.
    const minutes = gap + 10
    const morning = await delay({ fromSlotId: slots[lunch - 1].id, minutes, breaksGive: true })
    const before = (await board()).slots
    expect(before[lunch].startsAt).not.toBe(slots[lunch].startsAt)
    const refused = await undo(afternoon)
    expect([refused.status, refused.body.code]).toEqual([409, 'slots-overlap'])
    expect((await board()).slots).toEqual(before)
    expect((await undo(morning)).status).toBe(200)
    expect((await undo(afternoon)).status).toBe(200)
    expect((await board()).slots).toEqual(slots)
  })

  test('names beforehand whoever is away at the new time of a meeting, and nobody who is away anyway', async () => {
    const { slots, meetings: held } = await board()
    const [from, next] = [slots[2], slots[3]]
    const inSlot = (id: string) => held.filter(({ slotId }) => slotId === id)
    const busy = new Set(inSlot(next.id).flatMap(({ participants }) => participants))
    const meeting = inSlot(from.id).find(({ participants }) => participants.some((id) => !busy.has(id)))!
    const leaver = meeting.participants.find((id) => !busy.has(id))!
    await stage.db
      .insert(unavailableSlots)
      .values(
        [next, slots[4]].map(({ id: slotId }) => ({ participantId: leaver, slotId, eventId: stage.eventId })),
      )
    const asked = (minutes: number) =>
      read<DelayPreview>(`/events/${stage.eventId}/slots/${from.id}/delay?minutes=${minutes}`)
    const gap = (Date.parse(next.startsAt) - Date.parse(from.endsAt)) / 60_000
    const named = ({ unfit }: DelayPreview) => unfit.filter(({ participantId }) => participantId === leaver)
    if (gap > 0) expect(named(await asked(gap))).toEqual([])
    const unfit = { meetingId: meeting.id, participantId: leaver, slotId: next.id }
    expect(named(await asked(gap + 5))).toEqual([unfit])
    await stage.db.delete(unavailableSlots).where(eq(unavailableSlots.participantId, leaver))
  })

  test('of a room is passed on to whoever meets somebody from there next', async () => {
    const before = await board()
    const room = before.rooms[0]
    const from = before.slots[2].id
    const asked = `/events/${stage.eventId}/slots/${from}/delay?minutes=12&roomId=${room.id}`
    const preview = await read<DelayPreview>(asked)
    await post(`/events/${stage.eventId}/delay`, { roomId: room.id, fromSlotId: from, minutes: 12 })
    const after = await board()
    const began = new Map(before.meetings.map(({ id, startsAt }) => [id, startsAt]))
    const moved = after.meetings.filter(({ id, startsAt }) => began.get(id) !== startsAt)
    expect(preview.meetings).toEqual(moved.map(({ id, startsAt }) => ({ id, startsAt })))
    expect([preview.slots, moved.length > 0]).toEqual([[], true])
    // Lunch is long enough to make up for it.
    const lunch = before.slots.findIndex(({ block }, n) => n > 2 && block !== before.slots[n - 1].block)
    const afternoon = new Set(before.slots.slice(lunch).map(({ id }) => id))
    expect(moved.filter(({ slotId }) => afternoon.has(slotId))).toEqual([])
    const first = after.meetings.filter(({ slotId }) => slotId === from)
    expect(first.length).toBeGreaterThan(0)
    const roomOf = new Map(after.tables.map(({ id, roomId }) => [id, roomId]))
    for (const one of first) expect(one.behind).toBe(roomOf.get(one.tableId!) === room.id ? 12 : 0)
    const [{ participants }] = first.filter(({ behind }) => behind > 0)
    const agenda = await read<AgendaView>(`/events/${stage.eventId}/agendas/${participants[0]}`)
    expect(agenda.slots[2].meeting?.behind).toBe(12)
    // Whoever else was held up by a meeting that is off now is told as well.
    const off = after.meetings.find((one) => one.slotId === from && one.behind > 0)
    await post(`/meetings/${off?.id}/state`, { state: 'cancelled' })
    const [{ audience }] = await stage.db.select().from(changes).orderBy(desc(changes.seq)).limit(1)
    expect(audience).toContain('everyone')
    await undoLast()
    await undo((await board()).log.find(({ type }) => type === 'room.delayed')!)
    expect((await board()).meetings.every(({ behind }) => behind === 0)).toBe(true)
  })
})

describe('the desk', () => {
  test('reads who is where to go, checks in and out, and nothing else', async () => {
    const { status, body } = await desk<DeskView>('GET', `/events/${stage.eventId}/desk`)
    expect(status).toBe(200)
    const [person] = body.people
    expect(person.code).toMatch(/^[0-9A-F]{10}$/)
    expect((await check(person.id, 'here', desk)).status).toBe(200)
    expect((await check(person.id, 'absent', desk)).status).toBe(200)
    expect((await desk('POST', `/events/${stage.eventId}/repairs`)).status).toBe(403)
    expect((await desk('GET', `/events/${stage.eventId}/day`)).status).toBe(403)
  })

  test('a check-in made without network counts from when it was made, which is today and not in the future', async () => {
    const { people } = (await desk<DeskView>('GET', `/events/${stage.eventId}/desk`)).body
    const { event } = await board()
    const made = new Date(Date.parse(event.now) - 300_000).toISOString()
    const sayAt = (id: string, at: string) =>
      desk<Body>('PUT', `/participants/${id}/attendance`, { attendance: 'here', at })
    const arrived = async (id: string) => (await board()).participants.find((one) => one.id === id)!.arrivedAt
    await sayAt(people[0].id, made)
    expect(await arrived(people[0].id)).toBe(made)
    for (const hours of [24, -13]) {
      const at = new Date(Date.parse(event.now) + hours * 3_600_000).toISOString()
      const { status, body } = await sayAt(people[1].id, at)
      expect([status, body.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['/at']])
    }
    expect(await arrived(people[1].id)).toBe(null)
  })
})

describe('participants themselves', () => {
  const entered = async () => {
    const view = await board()
    const [hostId] = busyHost(view)
    const [{ host_id: host }] = await stage.db.execute<{ host_id: string }>(
      sql`select host_id from participants where id = ${hostId}`,
    )
    return { hostId, view, self: await stage.enter({ role: 'host', hostId: host }) }
  }

  test('say that they are here or late, of themselves alone, and those they meet are told', async () => {
    const { hostId, view, self } = await entered()
    expect((await self<Body>('POST', `/participants/${hostId}/late`, { minutes: 30 })).status).toBe(200)
    const [disruption] = (await board()).disruptions
    expect(disruption).toMatchObject({ kind: 'late', minutes: 30, participantId: hostId })
    const other = view.meetings.find(({ participants }) => participants[1] === hostId)!.participants[0]
    const agenda = await read<AgendaView>(`/events/${stage.eventId}/agendas/${other}`)
    const theirs = agenda.slots.find(({ meeting }) => meeting?.with.participantId === hostId)
    expect(theirs?.meeting?.with.attendance).toBe('late')
    expect((await check(hostId, 'here', self)).status).toBe(200)
    expect((await board()).disruptions).toEqual([])
    expect((await check(hostId, 'absent', self)).status).toBe(403)
    expect((await check(other, 'here', self)).status).toBe(403)
  })
})

describe('who said that they are late while there was no network', () => {
  const clock = async () => Date.parse((await board()).event.now)
  const say = (id: string, minutes: number, ms: number) =>
    post(`/participants/${id}/late`, { minutes, at: new Date(ms).toISOString() })
  const lateOf = async (id: string) =>
    (await board()).disruptions.find(({ participantId, kind }) => participantId === id && kind === 'late')

  test('is late by so many minutes from then', async () => {
    const view = await board()
    const [id] = busyHost(view)
    const begins = Date.parse(view.slots[3].startsAt)
    const now = await clock()
    // Counted from now it would reach into the slot; from when it was said it ends just before.
    const minutes = Math.ceil((begins - now) / 60_000) + 5
    expect((await say(id, minutes, now - 10 * 60_000)).status).toBe(200)
    const late = (await lateOf(id))!
    expect([late.minutes, late.slots.includes(view.slots[3].id)]).toEqual([minutes, false])
    expect(late.slots.at(-1)).toBe(view.slots[2].id)
    expect((await say(id, minutes, now)).status).toBe(200)
    expect((await lateOf(id))?.slots.at(-1)).toBe(view.slots[3].id)
  })

  test('and should be there by now misses nothing that is still to come', async () => {
    const [id] = busyHost(await board())
    expect((await say(id, 10, (await clock()) - 13 * 60_000)).status).toBe(200)
    expect(await lateOf(id)).toBe(undefined)
    expect((await board()).participants.find((one) => one.id === id)?.attendance).toBe('late')
  })

  test('and has come since, is here', async () => {
    const [id] = busyHost(await board())
    const said = (await clock()) - 60_000
    await check(id, 'here')
    const { body } = await say(id, 30, said)
    expect(body).toEqual({ id })
    expect((await board()).participants.find((one) => one.id === id)?.attendance).toBe('here')
  })

  test('cannot have said so tomorrow, nor yesterday', async () => {
    const [id] = busyHost(await board())
    const now = await clock()
    for (const hours of [24, -13]) {
      const { status, body } = await post(`/participants/${id}/late`, {
        minutes: 5,
        at: new Date(now + hours * 3_600_000).toISOString(),
      })
      expect([status, body.errors?.map(({ pointer }) => pointer)]).toEqual([400, ['/at']])
    }
  })
})

test('every change answers by which number the log has it, and is taken back by that', async () => {
  const [first, second] = (await board()).participants.map(({ id }) => id)
  const stated = await Promise.all(
    [first, second].map((id) => post(`/participants/${id}/late`, { minutes: 9 })),
  )
  const seqs = stated.map(({ body }) => body.seq!)
  const { log } = await board()
  const about = seqs.map((seq) => log.find((one) => one.seq === seq)?.text)
  const { participants } = await board()
  const nameOf = (id: string) => participants.find((one) => one.id === id)!.name
  for (const [index, id] of [first, second].entries()) expect(about[index]).toContain(nameOf(id))
  expect((await post(`/programmes/${stage.programmeId}/undo`, { seq: seqs[0] })).status).toBe(200)
  const after = (await board()).participants.filter(({ id }) => id === first || id === second)
  expect(after.map(({ attendance }) => attendance === 'late')).toEqual([false, true])
  // What was so already is no change.
  expect((await check(first, 'expected')).body).toEqual({ id: first })
})

test('what was withdrawn is brought back once, however often that is asked', async () => {
  const slotId = (await board()).slots.at(-1)!.id
  const lost = { kind: 'slot_lost', fromSlotId: slotId, toSlotId: slotId }
  const { seq } = (await post(`/events/${stage.eventId}/disruptions`, lost)).body
  const undo = (one: number) => post(`/programmes/${stage.programmeId}/undo`, { seq: one })
  const withdrawn = (await undo(seq!)).body.seq!
  expect((await undo(withdrawn)).status).toBe(200)
  const again = await undo(withdrawn)
  expect([again.status, again.body.code]).toEqual([409, 'moved-on'])
  expect((await undo(seq!)).status).toBe(200)
})

test('a turn that has not begun cannot be ended, until somebody begins it early', async () => {
  const { slots } = await board()
  const slotId = slots.at(-2)!.id
  const path = `/events/${stage.eventId}/slots/${slotId}/state`
  const states = async () =>
    (await board()).meetings.filter((one) => one.slotId === slotId).map(({ state }) => state)
  const before = await states()
  expect(before).toContain('planned')
  const refused = await post(path, { state: 'done' })
  expect([refused.status, refused.body.code]).toEqual([409, 'turn-not-begun'])
  expect(await states()).toEqual(before)
  expect((await post(path, { state: 'in_progress' })).status).toBe(200)
  expect((await post(path, { state: 'done' })).status).toBe(200)
  expect(await states()).not.toContain('planned')
})

test('what was held ahead of its time stays when its host, its table and its turn are lost after it', async () => {
  const { slots, meetings } = await board()
  const turn = slots[2]
  const path = `/events/${stage.eventId}/slots/${turn.id}/state`
  expect((await post(path, { state: 'in_progress' })).status).toBe(200)
  expect((await post(path, { state: 'done' })).status).toBe(200)
  const held = meetings.filter(({ slotId }) => slotId === turn.id)
  const [first, second] = held
  expect((await check(first.participants[1], 'absent')).status).toBe(200)
  const lost = [{ kind: 'table_out', tableId: second.tableId }, { kind: 'slot_lost' }].map((one) => ({
    ...one,
    fromSlotId: turn.id,
    toSlotId: turn.id,
  }))
  for (const report of lost)
    expect((await post(`/events/${stage.eventId}/disruptions`, report)).status, JSON.stringify(report)).toBe(
      200,
    )
  const { repairs } = await propose()
  expect(repairs.length).toBeGreaterThan(0)
  expect((await apply(repairs[0].id, (await board()).schedule!.version)).status).toBe(200)
  const after = new Map((await board()).meetings.map((one) => [one.id, one]))
  for (const { id, slotId, tableId } of held)
    expect(after.get(id)).toMatchObject({ slotId, tableId, state: 'done' })
})

test('the log goes by the clock of the day', async () => {
  const { slots } = await board()
  await post(`/events/${stage.eventId}/slots/${slots[1].id}/state`, { state: 'called' })
  const { log, event } = await board()
  expect(Math.abs(Date.parse(log[0].at) - Date.parse(event.now))).toBeLessThan(30_000)
})

test('somebody of the programme walks in, is here, and can meet', async () => {
  const added = await post(`/programmes/${stage.programmeId}/hosts`, {
    ...{ lastName: 'Referente di passaggio', organisation: 'Ente nuovo (campione)', kind: 'foundation' },
  })
  const path = `/events/${stage.eventId}/participants`
  const walked = await post(path, { hostId: added.body.id })
  expect(walked.status).toBe(200)
  expect((await post(path, { hostId: added.body.id })).body.code).toBe('already-exists')
  expect((await post(path, {})).status).toBe(400)
  const view = await board()
  expect(view.participants.find(({ id }) => id === walked.body.id)?.attendance).toBe('here')
})

test('somebody who has withdrawn is not let in unseen, whether they had a place or not', async () => {
  const added = await post(`/programmes/${stage.programmeId}/hosts`, {
    ...{ lastName: 'Ritirata Esempio', organisation: 'Ente nuovo (campione)', kind: 'foundation' },
  })
  const walkIn = () => post(`/events/${stage.eventId}/participants`, { hostId: added.body.id })
  const withdraw = (withdrawn: boolean) => post(`/hosts/${added.body.id}/withdrawal`, { withdrawn })
  await withdraw(true)
  expect([(await walkIn()).status, (await walkIn()).body.code]).toEqual([409, 'withdrawn'])
  await withdraw(false)
  expect((await walkIn()).status).toBe(200)
  await withdraw(true)
  expect((await walkIn()).body.code).toBe('withdrawn')
})

test('publishing again holds what was cancelled', async () => {
  const { meetings: held, slots } = await board()
  const { id } = held.find(({ slotId }) => slotId === slots[5].id)!
  await post(`/meetings/${id}/state`, { state: 'cancelled' })
  const plan = await read<PlanView>(`/events/${stage.eventId}/plan`)
  expect(plan.meetings.find((one) => one.id === id)?.tableId).toBeNull()
  const rolled = await post(
    `/events/${stage.eventId}/rollback`,
    { number: 1 },
    { 'if-match': String(plan.schedule!.version) },
  )
  expect(rolled.status).toBe(200)
  expect(placesOf(await board())).toEqual(placesOf({ meetings: held } as DayView))
  const seats = await stage.db
    .select({ id: meetingSeats.meetingId })
    .from(meetingSeats)
    .innerJoin(meetings, and(eq(meetings.id, meetingSeats.meetingId), eq(meetings.id, id)))
  expect(seats.length).toBe(2)
})

import { createECDH } from 'node:crypto'
import { and, asc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  changes,
  mails,
  memberships,
  participants,
  pendingNotices,
} from '../../../../server/database/schema.ts'
import { readUntold } from '../../../../server/features/told/concerned.ts'
import { workNotices } from '../../../../server/jobs/tell.ts'
import { jobs, startQueue } from '../../../../server/queue.ts'
import type { AgendaView } from '../../../../server/schemas/agenda.ts'
import type { Problem } from '../../../../server/schemas/common.ts'
import type { DayView } from '../../../../server/schemas/day.ts'
import type { CellsView, DifferenceView, PlanMeeting, PlanView } from '../../../../server/schemas/schedule.ts'
import type { Telling, TellingView, Told } from '../../../../server/schemas/telling.ts'
import { vapidKeys } from '../../../support/push-service.ts'
import { until } from '../../../support/client.ts'
import { finishedRun, openStage, type Stage } from '../../../support/stage.ts'

/** Who is told what of a plan that changes, and that it is said once. */
let stage: Stage
let draftId: string
/** Pairs whose meeting is moved, one a test: their phones and mails are looked at. */
let followed: Set<string>

beforeAll(async () => {
  stage = await openStage({ ...vapidKeys(), PUSH_SERVICES: 'push.example.com' })
  draftId = (await finishedRun(stage, { seconds: 2 })).scheduleId!
  followed = new Set()
})
afterAll(() => stage.close())

const get = async <T>(path: string) => (await stage.organiser<T>('GET', path)).body
const plan = (id = '') => get<PlanView>(`/events/${stage.eventId}/plan${id && `/${id}`}`)
const telling = () => get<TellingView>(`/events/${stage.eventId}/telling`)
const concerned = async () => (await telling()).people.map(({ id }) => id).toSorted()
const tell = (how: Telling, version?: number) =>
  stage.organiser<Told & Problem>(
    'POST',
    `/events/${stage.eventId}/tell`,
    { how },
    version === undefined ? {} : { 'if-match': String(version) },
  )
const stop = () => stage.organiser('POST', `/events/${stage.eventId}/tell/stop`)
const publish = async (body: { tell?: Telling; note?: string } = {}) => {
  const version = String((await plan(draftId)).schedule!.version)
  const answer = await stage.organiser('POST', `/schedules/${draftId}/publish`, body, { 'if-match': version })
  expect(answer.status).toBe(200)
}
const rollBack = async (number: number, how?: Telling) => {
  const version = String((await plan()).schedule!.version)
  const path = `/events/${stage.eventId}/rollback`
  const body = { number, ...(how && { tell: how }) }
  expect((await stage.organiser('POST', path, body, { 'if-match': version })).status).toBe(200)
}

/** A meeting that can move, where it is and where to. */
async function movable(scheduleId = '', besides: string[] = []) {
  for (const meeting of (await plan(scheduleId)).meetings) {
    // One that was called off stays where it was.
    if (!scheduleId && meeting.state === 'cancelled') continue
    if (meeting.participants.some((id) => besides.includes(id))) continue
    const { cells } = await get<CellsView>(`/meetings/${meeting.id}/cells`)
    const to = cells.find(({ legal, slotId }) => legal && slotId !== meeting.slotId)
    if (to) return { meeting, to: { slotId: to.slotId, tableId: to.tableId } }
  }
  throw new Error('no meeting can move')
}
const move = async ({ id }: PlanMeeting, to: { slotId: string; tableId: string | null }, scheduleId = '') => {
  const { version } = (await plan(scheduleId)).meetings.find((one) => one.id === id)!
  const answer = await stage.organiser('POST', `/meetings/${id}/move`, to, { 'if-match': String(version) })
  expect(answer.status).toBe(200)
}
const placeOf = ({ slotId, tableId }: PlanMeeting) => ({ slotId, tableId })

/** The participant's phone, with its page closed. */
async function phoneOf(participantId: string) {
  if (followed.has(participantId)) return
  followed.add(participantId)
  const [row] = await stage.db.select().from(participants).where(eq(participants.id, participantId))
  const as = row.projectId
    ? { role: 'project' as const, projectId: row.projectId }
    : { role: 'host' as const, hostId: row.hostId! }
  const ask = await stage.enter(as)
  const curve = createECDH('prime256v1')
  const p256dh = curve.generateKeys('base64url')
  const keys = { p256dh, auth: 'A'.repeat(22) }
  const endpoint = `https://push.example.com/${participantId}`
  expect((await ask('PUT', '/push/subscription', { endpoint, keys })).status).toBe(200)
  expect(await stage.db.$count(memberships)).toBeGreaterThan(0)
}

const written = () => stage.db.select().from(mails).orderBy(asc(mails.createdAt), asc(mails.id))
const pushed = () =>
  stage.db.execute<{ data: { participantId: string; news: string } }>(
    sql`select data from ${jobs()} where name = 'push'`,
  )
const lastChange = async () => {
  const of = eq(changes.programmeId, stage.programmeId)
  const rows = await stage.db.select().from(changes).where(of).orderBy(asc(changes.seq))
  return rows.at(-1)!
}
const reachable = (people: TellingView['people']) => people.filter(({ byMail }) => byMail).length
const agendaOf = (id: string) => get<AgendaView>(`/events/${stage.eventId}/agendas/${id}`)

beforeEach(async () => {
  await stage.db.delete(mails)
  await stage.db.execute(sql`delete from ${jobs()} where name = 'push'`)
})

test('a first publication concerns whoever has meetings, and sends nothing until it is decided', async () => {
  const { people } = await get<DifferenceView>(`/schedules/${draftId}/difference`)
  await publish()
  const { meetings, participants: all } = await plan()
  const meet = new Set(meetings.flatMap((one) => one.participants))
  const shown = await telling()
  expect(shown.people).toEqual(people)
  expect(new Set(shown.people.map(({ id }) => id))).toEqual(meet)
  expect(shown.people.every(({ first, meetings: count }) => first && count > 0)).toBe(true)
  expect(all.length).toBeGreaterThanOrEqual(meet.size)
  await phoneOf(shown.people[0].id)
  expect([(await written()).length, (await pushed()).length]).toEqual([0, 0])
  expect((await agendaOf(shown.people[0].id)).told).toBe(null)
  const { body } = await tell('now')
  expect(body).toMatchObject({ people: meet.size, mails: reachable(shown.people) })
  const sent = await written()
  expect(sent.length).toBe(body.mails)
  expect(new Set(sent.map(({ kind }) => kind))).toEqual(new Set(['publication']))
  expect((await pushed()).map(({ data }) => [data.participantId, data.news])).toEqual([
    [shown.people[0].id, 'ready'],
  ])
  expect(await lastChange()).toMatchObject({
    type: 'agendas.told',
    payload: { told: meet.size, mails: body.mails, how: 'now' },
  })
  expect(await concerned()).toEqual([])
  expect((await agendaOf(shown.people[0].id)).told?.at).toEqual(expect.any(String))
})

test('of another version exactly those whose agenda differs are told, once, of what differs', async () => {
  const { meeting, to } = await movable(draftId)
  await move(meeting, to, draftId)
  const { people } = await get<DifferenceView>(`/schedules/${draftId}/difference`)
  const both = meeting.participants.toSorted()
  expect(people.map(({ id }) => id).toSorted()).toEqual(both)
  expect(people.map(({ first, changes: [one, ...more] }) => [first, one.kind, more.length])).toEqual([
    [false, 'moved', 0],
    [false, 'moved', 0],
  ])
  await publish({ tell: 'now', note: 'A domani.' })
  const sent = await written()
  expect(sent.length).toBe(reachable(people))
  for (const { kind, subject, body } of sent) {
    expect([kind, subject]).toEqual(['change', expect.stringContaining('agenda è cambiata')])
    expect(body).toMatch(/ora alle \d\d:\d\d, tavolo .+ \(era alle \d\d:\d\d\)/)
    expect(body).toContain('A domani.')
  }
  expect(await concerned()).toEqual([])
})

test('what comes back to what people were told, by hand or over several versions, concerns nobody', async () => {
  const { meeting, to } = await movable()
  await move(meeting, to)
  expect(await concerned()).toEqual(meeting.participants.toSorted())
  expect(await readUntold(stage.db, stage.eventId)).toEqual(new Set(meeting.participants))
  await move(meeting, placeOf(meeting))
  expect(await concerned()).toEqual([])
  await rollBack(1)
  expect((await concerned()).length).toBe(2)
  await rollBack(2)
  expect(await concerned()).toEqual([])
  expect(await readUntold(stage.db, stage.eventId)).toEqual(new Set())
  expect((await written()).length).toBe(0)
})

test('an edit of the plan in force is decided on, and then one mail and one push go to each', async () => {
  const { meeting, to } = await movable()
  const both = meeting.participants.toSorted()
  for (const id of both) await phoneOf(id)
  await move(meeting, to)
  const [shown] = (await telling()).people
  const placed = (agenda: AgendaView) =>
    agenda.slots.flatMap((slot) => slot.meeting ?? []).find(({ id }) => id === shown.changes[0].id)
  const before = await agendaOf(shown.id)
  const toldOf = (agenda: AgendaView) => agenda.told?.meetings.find(({ id }) => id === shown.changes[0].id)
  // The agenda has the truth at once; what they were told is still the place before.
  expect(placed(before)?.startsAt).not.toBe(toldOf(before)?.startsAt)
  expect([(await written()).length, (await pushed()).length]).toEqual([0, 0])
  const [one, other] = await Promise.all([tell('now'), tell('now')])
  expect([one.body.people, other.body.people].toSorted()).toEqual([0, 2])
  expect((await written()).length).toBe(Math.max(one.body.mails, other.body.mails))
  expect((await pushed()).map(({ data }) => data.participantId).toSorted()).toEqual(both)
  const after = await agendaOf(shown.id)
  expect(placed(after)?.startsAt).toBe(toldOf(after)?.startsAt)
  expect(after.told?.at).not.toBe(before.told?.at)
})

test('what is left untold counts as known: it is not offered again, and never one that was not looked at', async () => {
  const { meeting, to } = await movable()
  await move(meeting, to)
  const { version } = await telling()
  const more = await movable('', meeting.participants)
  await move(more.meeting, more.to)
  expect((await tell('known')).body.code).toBe('version-needed')
  expect((await tell('known', version)).body.code).toBe('stale-version')
  expect((await concerned()).length).toBe(4)
  const toldAt = (await agendaOf(meeting.participants[0])).told?.at
  expect((await tell('known', (await telling()).version)).status).toBe(200)
  expect((await lastChange()).payload).toEqual({ told: 4 })
  expect(await concerned()).toEqual([])
  expect((await agendaOf(meeting.participants[0])).told?.at).toBe(toldAt)
  // Its place before may be taken by now.
  const next = await movable()
  await move(next.meeting, next.to)
  expect(await concerned()).toEqual(next.meeting.participants.toSorted())
  await tell('now')
  expect([(await written()).length > 0, await concerned()]).toEqual([true, []])
})

test('a repair of the day and a cancelled meeting wait for the decision like any other change', async () => {
  const board = () => get<DayView>(`/events/${stage.eventId}/day`)
  const { meetings } = await board()
  const host = meetings[0].participants[1]
  await stage.organiser('PUT', `/participants/${host}/attendance`, { attendance: 'absent' })
  await stage.organiser('POST', `/events/${stage.eventId}/repairs`)
  const { repairs, schedule } = await board()
  const fence = { 'if-match': String(schedule!.version) }
  expect((await stage.organiser('POST', `/repairs/${repairs[0].id}/apply`, {}, fence)).status).toBe(200)
  const { people } = await telling()
  expect(people.map(({ id }) => id)).toEqual(expect.arrayContaining(repairs[0].affected))
  expect([(await written()).length, (await pushed()).length]).toEqual([0, 0])
  const cancelled = (await board()).meetings.find(
    ({ participants: pair, state }) => state === 'planned' && !people.some(({ id }) => pair.includes(id)),
  )
  if (cancelled) {
    await stage.organiser('POST', `/meetings/${cancelled.id}/state`, { state: 'cancelled' })
    const { people: now } = await telling()
    const kinds = now
      .filter(({ id }) => cancelled.participants.includes(id))
      .map(({ changes: [one] }) => one.kind)
    expect(kinds).toEqual(['removed', 'removed'])
  }
  const shown = (await telling()).people
  const { body } = await tell('now')
  expect([body.people, body.mails]).toEqual([shown.length, reachable(shown)])
  expect((await written()).length).toBe(reachable(shown))
  const removed = shown.flatMap((one) => one.changes).filter(({ kind }) => kind === 'removed')
  const calendars = (await written()).map(({ calendar }) => calendar ?? '').join('')
  if (removed.length > 0) expect(calendars).toContain('STATUS:CANCELLED')
})

const leaveNow = () =>
  stage.db.execute(sql`update ${jobs()} set start_after = now() where name = 'tell' and state = 'created'`)

test('what is collected goes in one notice, of a worker that comes up later too, unless it is stopped', async () => {
  const first = await movable()
  await move(first.meeting, first.to)
  await tell('together')
  expect(await lastChange()).toMatchObject({ type: 'agendas.collected' })
  // In a minute, by the clock that the pages go by.
  const { event, dueAt } = await telling()
  const left = Date.parse(dueAt!) - Date.parse(event.now)
  expect([left > 0, left <= 60_000]).toEqual([true, true])
  await stop()
  expect((await lastChange()).type).toBe('agendas.stopped')
  expect((await telling()).dueAt).toBe(null)

  await tell('together')
  // What was lost with its job is replaced.
  await stage.db
    .update(pendingNotices)
    .set({ dueAt: new Date(Date.now() - 3_600_000), note: 'Portate un documento.' })
  await tell('together')
  expect(Date.parse((await telling()).dueAt!)).toBeGreaterThan(Date.parse((await telling()).event.now))
  const second = await movable('', first.meeting.participants)
  await move(second.meeting, second.to)
  const again = await tell('together')
  expect(again.body).toMatchObject({ people: 0, mails: 0 })
  const shown = (await telling()).people
  for (const { id } of shown) await phoneOf(id)
  expect(shown.length).toBe(4)
  await leaveNow()
  // The worker that takes it was not there when it was decided; the job of the one that was stopped does nothing.
  const queue = await startQueue(stage.db)
  await workNotices(queue, stage)
  await until('the notice', async () => (await telling()).dueAt === null, 20_000)
  await queue.stop()
  expect(await concerned()).toEqual([])
  const sent = await written()
  expect(sent.length).toBe(reachable(shown))
  expect(sent.every(({ body }) => body.includes('Portate un documento.'))).toBe(true)
  expect((await pushed()).map(({ data }) => data.participantId).toSorted()).toEqual(
    shown.map(({ id }) => id).toSorted(),
  )
  const told = and(eq(changes.programmeId, stage.programmeId), eq(changes.type, 'agendas.told'))
  expect(
    (await stage.db.select().from(changes).where(told).orderBy(asc(changes.seq))).at(-1)?.payload,
  ).toEqual({
    ...{ told: 4, mails: reachable(shown), how: 'together' },
  })
})

import { topic, type Inverse, type LookedUp, type StoredPayload } from '../../change-catalogue.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound, type ErrorCode } from '../../errors.ts'
import { markedName } from '../../naming.ts'
import { allow, type Action } from '../../policy.ts'
import type { MoveInput } from '../../schemas/schedule.ts'
import { expectVersion, write, type Call, type WriteContext } from '../../write.ts'
import { pairsAndDelayed } from '../disruptions/delay-audience.ts'
import { obstaclesOf, type Occupancy, type Obstacle, type HeldMeeting } from './cells.ts'
import { readOccupancy } from './occupancy.ts'
import { findSlots, type SlotRow } from '../events/repository.ts'
import { DELETED_DAYS, insertKept, inverseOf, keeping, putBack } from '../former-rows/keeping.ts'
import { findParticipants } from '../participants/repository.ts'
import {
  deleteSchedule,
  findMeeting,
  findMeetings,
  findSchedule,
  insertMeetings,
  insertSchedule,
  updateMeeting,
  updateSchedule,
  type MeetingRow,
  type NewMeeting,
  type Placing,
  type ScheduleRow,
} from './repository.ts'

export type FoundMeeting = NonNullable<Awaited<ReturnType<typeof findMeeting>>>

/** Moves a meeting to another cell of its schedule. Its own cell is no change at all. */
export async function moveMeeting(db: Database, call: Call, meetingId: string, to: MoveInput) {
  return write(db, call, ofMeeting(meetingId), async (context) => {
    const found = await openMeetingToEdit(context, meetingId)
    expectVersion(call, found.meeting.version)
    const { id, slotId, tableId, version } = found.meeting
    if (slotId === to.slotId && tableId === to.tableId) return { id, version }
    return putInCell(context, found, to)
  })
}

async function putInCell({ tx, record }: WriteContext, found: FoundMeeting, to: MoveInput) {
  const { schedule, meeting } = found
  const { id, slotId, tableId, candidateId } = meeting
  // A draft may hold it in another cell: publishing that holds it after all.
  if (schedule.kind === 'live' && meeting.state === 'cancelled') throw new DomainError('meeting-cancelled')
  const occupancy = await readOccupancy(tx, found)
  await refuseObstacle(tx, occupancy, schedule.eventId, meeting, to)
  const reply = { id, version: await updateMeeting(tx, id, to) }
  await updateSchedule(tx, schedule.id)
  await record({
    eventId: schedule.eventId,
    type: 'meeting.moved',
    payload: {
      ...{ meetingId: id, candidateId, scheduleId: schedule.id, slotId: to.slotId, tableId: to.tableId },
      ...{
        from: startIn(occupancy.slots, slotId),
        to: startIn(occupancy.slots, to.slotId),
        fromTableId: tableId,
      },
    },
    inverse: { meetingId: id, slotId, tableId },
    also: await concernedBy(tx, schedule, [meeting]),
  })
  return reply
}

/** When a slot begins, as the log keeps it: it may be moved later. */
export const startIn = (slots: Pick<SlotRow, 'id' | 'startsAt'>[], slotId: string): string =>
  slots.find(({ id }) => id === slotId)!.startsAt.toISOString()

/** Undoes a move, unless the meeting has been moved again or its schedule is another one by now. */
export async function moveBack(
  context: WriteContext,
  back: Inverse<'meeting.moved'>,
  moved: StoredPayload<'meeting.moved'>,
): Promise<void> {
  const found = await findMeeting(context.tx, back.meetingId)
  const { slotId, tableId } = found?.meeting ?? {}
  const stays = slotId === moved.slotId && tableId === moved.tableId
  if (!found || !stays || back.tableId === null) throw new DomainError('moved-on')
  await putInCell(context, found, { slotId: back.slotId, tableId: back.tableId })
}

export async function lockBack(
  context: WriteContext,
  { meetingId, locked }: Inverse<'meeting.locked' | 'meeting.unlocked'>,
): Promise<void> {
  const found = await findMeeting(context.tx, meetingId)
  if (!found || found.meeting.locked === locked) throw new DomainError('moved-on')
  await setLock(context, found, locked)
}

/** A locked meeting stays where it is, in moves and in the runs that keep this schedule's locks. */
export async function lockMeeting(db: Database, call: Call, meetingId: string, locked: boolean) {
  return write(db, call, ofMeeting(meetingId), async (context) => {
    const found = await openMeetingToEdit(context, meetingId)
    const { meeting } = found
    if (call.expected !== null) expectVersion(call, meeting.version)
    if (meeting.locked === locked) return { id: meetingId, version: meeting.version }
    return setLock(context, found, locked)
  })
}

async function setLock({ tx, record }: WriteContext, { schedule, meeting }: FoundMeeting, locked: boolean) {
  const { id, candidateId, slotId } = meeting
  const reply = { id, version: await updateMeeting(tx, id, { locked }) }
  await updateSchedule(tx, schedule.id)
  const at = startIn(await findSlots(tx, schedule.eventId), slotId)
  await record({
    eventId: schedule.eventId,
    type: locked ? 'meeting.locked' : 'meeting.unlocked',
    payload: { meetingId: id, candidateId, scheduleId: schedule.id, at },
    inverse: { meetingId: id, locked: !locked },
  })
  return reply
}

export async function deleteDraft(db: Database, call: Call, scheduleId: string) {
  return write(db, call, ofSchedule(scheduleId), async ({ tx, call, programmeId, record }) => {
    const { schedule } = await openSchedule(tx, call, scheduleId, 'plan.edit')
    if (schedule.kind !== 'draft') throw new DomainError('not-a-draft')
    const count = (await findMeetings(tx, scheduleId)).length
    const kept = await keeping(tx, { programmeId, schedules: [scheduleId] }, () =>
      deleteSchedule(tx, scheduleId),
    )
    const seq = await record({
      eventId: schedule.eventId,
      type: 'schedule.deleted',
      payload: { scheduleId, count },
      inverse: inverseOf(kept),
    })
    await insertKept(tx, programmeId, seq, kept, DELETED_DAYS)
    return { id: scheduleId }
  })
}

/** A draft that was deleted is there again, as long as its turns, tables and pairs are. */
export async function draftBack(
  { tx, record }: WriteContext,
  programmeId: string,
  seq: number,
  eventId: string,
  { scheduleId }: StoredPayload<'schedule.deleted'>,
): Promise<void> {
  await putBack(tx, programmeId, seq)
  await record({ eventId, type: 'schedule.restored', payload: { scheduleId } })
}

/** The programme that a schedule is of. */
export const ofSchedule = (scheduleId: string) => async (reader: Reader) =>
  (await findSchedule(reader, scheduleId))?.programme.id ?? null

/** The programme that a meeting is of. */
export const ofMeeting = (meetingId: string) => async (reader: Reader) =>
  (await findMeeting(reader, meetingId))?.programme.id ?? null

/** The schedule the call is about, for those who may act on it. */
export async function openSchedule(reader: Reader, call: Call, scheduleId: string, action: Action) {
  const found = await findSchedule(reader, scheduleId)
  if (!found) throw notFound()
  allow(call.actor, action, { programmeId: found.programme.id, eventId: found.event.id })
  return found
}

export async function openMeeting(reader: Reader, call: Call, meetingId: string): Promise<FoundMeeting> {
  const found = await findMeeting(reader, meetingId)
  if (!found) throw notFound()
  allow(call.actor, 'plan.edit', { programmeId: found.programme.id, eventId: found.schedule.eventId })
  return found
}

export type NewDraft = Pick<ScheduleRow, 'eventId' | 'name' | 'runId' | 'objective'>

/** A schedule that organisers can compare, edit and publish. */
export async function createDraft(
  tx: Transaction,
  draft: NewDraft,
  meetings: NewMeeting[],
  placing: Placing = 'anew',
): Promise<string> {
  const schedule = await insertSchedule(tx, { ...draft, kind: 'draft' })
  await insertMeetings(tx, schedule, meetings, placing)
  return schedule.id
}

/** The meeting of a schedule that can still be changed. */
export async function openMeetingToEdit({ tx, call }: WriteContext, meetingId: string) {
  const found = await openMeeting(tx, call, meetingId)
  if (found.schedule.kind === 'version') throw new DomainError('schedule-frozen')
  return found
}

/** Says in words what is in the way. That nobody is booked twice is for the constraints to guarantee. */
export async function refuseObstacle(
  tx: Transaction,
  occupancy: Occupancy,
  eventId: string,
  meeting: HeldMeeting,
  { slotId, tableId }: MoveInput,
): Promise<void> {
  if (!occupancy.slots.some(({ id }) => id === slotId) || !occupancy.tables.some(({ id }) => id === tableId))
    throw notFound()
  const obstacle = obstaclesOf(occupancy, meeting)(slotId, tableId)
  if (!obstacle) return
  const people = await findParticipants(tx, eventId)
  const names = new Map(people.map((one) => [one.id, markedName(one)]))
  throw refusalOf(obstacle, occupancy.meetings, (id) => names.get(id) ?? '')
}

type Blocker = Exclude<NonNullable<Obstacle['blocker']>, 'here'>
const REFUSALS: Record<Blocker, ErrorCode> = {
  'meeting-locked': 'meeting-locked',
  'slot-past': 'slot-past',
  'participant-unavailable': 'person-unavailable',
  'participant-busy': 'person-busy',
  'table-taken': 'cell-taken',
  'table-out': 'table-out',
  'slot-lost': 'slot-lost',
}

type Pair = Pick<MeetingRow, 'id' | 'projectId' | 'hostId'>

function refusalOf(obstacle: Obstacle, meetings: Pair[], nameOf: (id: string) => string): DomainError {
  const holder = meetings.find(({ id }) => id === obstacle.meetingId)
  return new DomainError(REFUSALS[obstacle.blocker as Blocker], {
    who: obstacle.participantId ? nameOf(obstacle.participantId) : '',
    holder: holder ? `${nameOf(holder.projectId)} – ${nameOf(holder.hostId)}` : '',
  })
}

/** What happens to a draft concerns organisers alone; the live schedule is also the day of those who meet. */
export async function concernedBy(
  tx: Transaction,
  { kind, eventId }: ScheduleRow,
  pairs: Pair[],
): Promise<LookedUp<'live pairs and delayed'>> {
  const of = 'live pairs and delayed'
  if (kind !== 'live') return { of, topics: [] }
  const { topics } = await pairsAndDelayed(tx, eventId, pairs)
  return { of, topics: [topic.desk, topic.screens, ...topics] }
}

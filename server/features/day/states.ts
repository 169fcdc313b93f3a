import type { Inverse, StoredPayload } from '../../change-catalogue.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { HeldState, MeetingState } from '../../schemas/common.ts'
import type { SlotStateInput } from '../../schemas/day.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { findMeeting, findMeetings, type MeetingRow } from '../schedules/repository.ts'
import { ofMeeting, openMeeting } from '../schedules/service.ts'
import { topicsOf } from '../disruptions/delay-audience.ts'
import { cancel, startOf } from './meetings.ts'
import { changeDay, liveOf, openDay, type Day } from './open.ts'
import { updateStates } from './repository.ts'

/** Says where a meeting of the live schedule has come to. Cancelling one frees its table and its people. */
export async function setMeetingState(db: Database, call: Call, meetingId: string, state: MeetingState) {
  return write(db, call, ofMeeting(meetingId), async (context) => {
    const { schedule } = await openMeeting(context.tx, context.call, meetingId)
    const day = await openDay(context.tx, context.call, schedule.eventId, 'day.edit')
    const meeting = await liveMeeting(context.tx, day, meetingId)
    if (meeting.state === state) return { id: meetingId }
    if (state === 'cancelled') await cancel(context, day, meeting)
    else if (meeting.state === 'cancelled') throw new DomainError('meeting-cancelled')
    else await changeStates(context, day, [meeting], state)
    return { id: meetingId }
  })
}

/** Which states a whole slot's meetings are taken out of by each step. */
const STEPS: Record<SlotStateInput['state'], MeetingState[]> = {
  called: ['planned'],
  in_progress: ['planned', 'called'],
  done: ['planned', 'called', 'in_progress'],
}

/** Calls, starts or ends all meetings of a slot at once. */
export async function setSlotState(
  db: Database,
  call: Call,
  eventId: string,
  slotId: string,
  { state }: SlotStateInput,
) {
  return changeDay(db, call, eventId, async (context, day) => {
    const from = STEPS[state]
    const slot = day.slots.find(({ id }) => id === slotId)
    if (!slot) throw notFound()
    const meetings = (await findMeetings(context.tx, liveOf(day).id)).filter(
      (meeting) => meeting.slotId === slotId,
    )
    const hasBegun = slot.startsAt <= day.now || meetings.some((meeting) => meeting.state === 'in_progress')
    if (state === 'done' && !hasBegun) throw new DomainError('turn-not-begun')
    const moving = meetings.filter((meeting) => from.includes(meeting.state))
    if (moving.length > 0) await changeStates(context, day, moving, state)
    return { id: slotId }
  })
}

async function liveMeeting(tx: Transaction, day: Day, meetingId: string): Promise<MeetingRow> {
  const found = await findMeeting(tx, meetingId)
  if (!found || found.schedule.id !== liveOf(day).id) throw new DomainError('not-live')
  return found.meeting
}

async function changeStates(
  { tx, record }: WriteContext,
  day: Day,
  meetings: MeetingRow[],
  state: HeldState,
): Promise<void> {
  const before = meetings.flatMap(({ candidateId, state }) =>
    state === 'cancelled' ? [] : [{ candidateId, state }],
  )
  await updateStates(
    tx,
    before.map(({ candidateId }) => ({ candidateId, state })),
  )
  await recordStates(record, day, meetings, { state, inverse: { before } })
}

type StateKind = `meeting.${HeldState}`

async function recordStates(
  record: WriteContext['record'],
  day: Day,
  meetings: MeetingRow[],
  { state, inverse }: { state: HeldState; inverse: Inverse<StateKind> | null },
): Promise<void> {
  const candidateIds = meetings.map(({ candidateId }) => candidateId)
  await record({
    eventId: day.event.id,
    type: `meeting.${state}`,
    payload: { state, count: meetings.length, candidateIds, at: startOf(day, meetings[0].slotId) },
    inverse,
    also: { of: 'pairs', topics: topicsOf(meetings) },
  })
}

/** Takes states back, where they are still what the change made them. */
export async function statesBack(
  context: WriteContext,
  { before }: Inverse<StateKind>,
  { state }: StoredPayload<StateKind>,
  day: Day,
): Promise<void> {
  const meetings = await findMeetings(context.tx, liveOf(day).id)
  const ids = new Set(before.map(({ candidateId }) => candidateId))
  const changed = meetings.filter((one) => ids.has(one.candidateId) && one.state === state)
  if (changed.length !== ids.size) throw new DomainError('moved-on')
  await updateStates(context.tx, before)
  const shown = before.length === 1 ? before[0].state : 'planned'
  await recordStates(context.record, day, changed, { state: shown, inverse: null })
}

import { topic } from '../../changes.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { MeetingState } from '../../schemas/common.ts'
import type { NewMeetingInput } from '../../schemas/day.ts'
import type { Call, WriteContext } from '../../write.ts'
import { findCandidates } from '../choices/service.ts'
import { findTables } from '../events/repository.ts'
import { identifyPairs } from '../runs/repository.ts'
import {
  findMeeting,
  findMeetings,
  rewriteMeetings,
  updateSchedule,
  type MeetingRow,
} from '../schedules/repository.ts'
import type { Grid } from '../schedules/cells.ts'
import { openMeeting, refuseObstacle } from '../schedules/service.ts'
import { factsOf } from './facts.ts'
import { changeDay, liveOf, type Day } from './open.ts'
import { deleteMeeting, findParticipants, updateStates, vacateMeeting, type PairState } from './repository.ts'

type Pair = Pick<MeetingRow, 'projectId' | 'hostId'>

const audienceOf = (meetings: Pair[]): string[] => [
  ...[topic.organisers, topic.desk, topic.screens],
  ...new Set(meetings.flatMap(({ projectId, hostId }) => [projectId, hostId]).map(topic.participant)),
]

/** Says where a meeting of the live schedule has come to. Cancelling one frees its table and its people. */
export async function setMeetingState(db: Database, call: Call, meetingId: string, state: MeetingState) {
  const { schedule } = await openMeeting(db, call, meetingId)
  return changeDay(db, call, schedule.eventId, async (context, day) => {
    const meeting = await liveMeeting(context.tx, day, meetingId)
    if (meeting.state === state) return { id: meetingId }
    if (state === 'cancelled') await cancel(context, day, meeting)
    else if (meeting.state === 'cancelled') throw new DomainError('meeting-cancelled')
    else await changeStates(context, day, [meeting], state)
    return { id: meetingId }
  })
}

/** Which states a whole slot's meetings are taken out of by each step. */
const STEPS: Partial<Record<MeetingState, MeetingState[]>> = {
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
  state: MeetingState,
) {
  return changeDay(db, call, eventId, async (context, day) => {
    const from = STEPS[state]
    if (!from) throw new DomainError('invalid-input')
    if (!day.slots.some(({ id }) => id === slotId)) throw notFound()
    const meetings = await findMeetings(context.tx, liveOf(day).id)
    const moving = meetings.filter((meeting) => meeting.slotId === slotId && from.includes(meeting.state))
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
  state: MeetingState,
): Promise<void> {
  const before = meetings.map(({ candidateId, state }) => ({ candidateId, state }))
  await updateStates(
    tx,
    before.map(({ candidateId }) => ({ candidateId, state })),
  )
  await record({
    eventId: day.event.id,
    type: `meeting.${state}`,
    payload: { ...payloadOf(meetings), state },
    inverse: { before },
    audience: audienceOf(meetings),
  })
}

/** One meeting is told by its people, several by their number. */
const payloadOf = (meetings: MeetingRow[]): Record<string, unknown> =>
  meetings.length === 1
    ? { fromId: meetings[0].projectId, toId: meetings[0].hostId, count: 1 }
    : { count: meetings.length }

/** Takes states back, where they are still what the change made them. */
export async function statesBack(
  context: WriteContext,
  { before }: { before: PairState[] },
  { state }: { state: MeetingState },
  day: Day,
): Promise<void> {
  const meetings = await findMeetings(context.tx, liveOf(day).id)
  const changed = before.map(({ candidateId }) => meetings.find((one) => one.candidateId === candidateId))
  if (!changed.every((one) => one?.state === state)) throw new DomainError('moved-on')
  await updateStates(context.tx, before)
  const shown = before.length === 1 ? before[0].state : 'planned'
  await context.record({
    eventId: day.event.id,
    type: `meeting.${shown}`,
    payload: { ...payloadOf(changed as MeetingRow[]), state: shown },
    inverse: null,
    audience: audienceOf(changed as MeetingRow[]),
  })
}

async function cancel({ tx, record }: WriteContext, day: Day, meeting: MeetingRow): Promise<void> {
  const { id, candidateId, state, slotId, tableId } = meeting
  await updateStates(tx, [{ candidateId, state: 'cancelled' }])
  await vacateMeeting(tx, id)
  await updateSchedule(tx, liveOf(day).id)
  await record({
    eventId: day.event.id,
    type: 'meeting.cancelled',
    payload: { ...payloadOf([meeting]), candidateId },
    inverse: { candidateId, state, slotId, tableId },
    audience: audienceOf([meeting]),
  })
}

/** A cancelled meeting is held after all, if its table and its people are still free. */
export async function cancelBack(
  { tx, record }: WriteContext,
  inverse: { candidateId: string; state: MeetingState; slotId: string; tableId: string | null },
  day: Day,
): Promise<void> {
  const { candidateId, state, slotId, tableId } = inverse
  const live = liveOf(day)
  const meeting = (await findMeetings(tx, live.id)).find((one) => one.candidateId === candidateId)
  if (meeting?.state !== 'cancelled') throw new DomainError('moved-on')
  const { value, locked } = meeting
  await updateStates(tx, [{ candidateId, state }])
  await rewriteMeetings(tx, live, [{ candidateId, slotId, tableId, value, locked }], [])
  await updateSchedule(tx, live.id)
  await record({
    eventId: day.event.id,
    type: 'meeting.restored',
    payload: payloadOf([meeting]),
    inverse: null,
    audience: audienceOf([meeting]),
  })
}

/** A meeting agreed on the spot, in a slot that is not over, if its table and its people are free. */
export async function addMeeting(db: Database, call: Call, eventId: string, input: NewMeetingInput) {
  return changeDay(db, call, eventId, async ({ tx, record }, day) => {
    const { projectId, hostId, slotId, tableId } = input
    const live = liveOf(day)
    await checkPlace(tx, day, input)
    const pair = { projectParticipantId: projectId, hostParticipantId: hostId }
    const candidateId = (await identifyPairs(tx, eventId, [pair]))(pair)
    const known = (await findMeetings(tx, live.id)).find((one) => one.candidateId === candidateId)
    if (known && known.state !== 'cancelled') throw new DomainError('already-meeting')
    await refuseObstacle(tx, await gridOf(tx, day), eventId, { ...toMeet(input), id: known?.id ?? '' }, input)
    await updateStates(tx, [{ candidateId, state: 'planned' }])
    const value = await valueOf(tx, eventId, input)
    await rewriteMeetings(tx, live, [{ candidateId, slotId, tableId, value, locked: false }], [])
    await updateSchedule(tx, live.id)
    await record({
      eventId,
      type: 'meeting.added',
      payload: { fromId: projectId, toId: hostId, candidateId, slotId, tableId },
      inverse: { candidateId, cancelled: known !== undefined },
      audience: audienceOf([input]),
    })
    return { id: candidateId }
  })
}

const toMeet = ({ projectId, hostId }: NewMeetingInput) => ({
  ...{ projectId, hostId, slotId: '', tableId: null, locked: false, state: 'planned' as const },
})

/** Two who stand here and agree are available, whatever they said before; a slot that is on is still open. */
async function gridOf(tx: Transaction, { event, slots, live }: Day): Promise<Grid> {
  const [tables, meetings] = await Promise.all([findTables(tx, event.id), findMeetings(tx, live!.id)])
  return { slots, tables, meetings, unavailable: new Map(), now: null, facts: factsOf([], slots) }
}

async function checkPlace(tx: Transaction, { event, slots, now }: Day, input: NewMeetingInput) {
  const people = await findParticipants(tx, event.id)
  const side = (id: string) => people.find((one) => one.id === id)?.side
  const slot = slots.find(({ id }) => id === input.slotId)
  const isTable = (await findTables(tx, event.id)).some(({ id }) => id === input.tableId)
  if (!slot || !isTable || side(input.projectId) !== 'project' || side(input.hostId) !== 'host')
    throw notFound()
  if (slot.endsAt <= now) throw new DomainError('slot-past')
}

async function valueOf(tx: Transaction, eventId: string, { projectId, hostId }: NewMeetingInput) {
  const found = (await findCandidates(tx, eventId)).find(
    (pair) => pair.projectParticipantId === projectId && pair.hostParticipantId === hostId,
  )
  return found?.value ?? 0
}

/** Takes back a meeting that was added, as long as it is still to be held where it was put. */
export async function additionBack(
  { tx, record }: WriteContext,
  { candidateId, cancelled }: { candidateId: string; cancelled: boolean },
  { slotId, tableId }: { slotId: string; tableId: string },
  day: Day,
): Promise<void> {
  const live = liveOf(day)
  const meeting = (await findMeetings(tx, live.id)).find((one) => one.candidateId === candidateId)
  const stays = meeting?.slotId === slotId && meeting.tableId === tableId && meeting.state === 'planned'
  if (!stays) throw new DomainError('moved-on')
  await deleteMeeting(tx, live.id, candidateId)
  if (cancelled) await updateStates(tx, [{ candidateId, state: 'planned' }])
  await updateSchedule(tx, live.id)
  await record({
    eventId: day.event.id,
    type: 'meeting.removed',
    payload: payloadOf([meeting]),
    inverse: null,
    audience: audienceOf([meeting]),
  })
}

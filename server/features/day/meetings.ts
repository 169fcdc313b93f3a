import type { Inverse, StoredPayload } from '../../change-catalogue.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { markedName } from '../../naming.ts'
import type { NewMeetingInput } from '../../schemas/day.ts'
import type { Call, WriteContext } from '../../write.ts'
import { findCandidates, findRefusals, type Refusal } from '../choices/pairs.ts'
import { findTables } from '../events/repository.ts'
import { identifyPairs } from '../solver-input/repository.ts'
import { findMeetings, rewriteMeetings, updateSchedule, type MeetingRow } from '../schedules/repository.ts'
import { isRefused } from '../schedules/by-hand.ts'
import { readOccupancy } from '../schedules/occupancy.ts'
import { refuseObstacle } from '../schedules/service.ts'
import { pairsAndDelayed } from '../disruptions/delay-audience.ts'
import { changeDay, liveOf, type Day } from './open.ts'
import { deleteMeeting, updateStates, vacateMeeting } from './repository.ts'
import { findParticipantRows, findParticipants, findWithdrawn } from '../participants/repository.ts'

/** When a slot of the day begins, as the log keeps it: it may be moved later. */
export const startOf = ({ slots }: Pick<Day, 'slots'>, slotId: string): string =>
  slots.find(({ id }) => id === slotId)!.startsAt.toISOString()

/** Frees the meeting's table and its people. */
export async function cancel({ tx, record }: WriteContext, day: Day, meeting: MeetingRow): Promise<void> {
  const { id, candidateId, state, slotId, tableId } = meeting
  await updateStates(tx, [{ candidateId, state: 'cancelled' }])
  await vacateMeeting(tx, id)
  await updateSchedule(tx, liveOf(day).id)
  await record({
    eventId: day.event.id,
    type: 'meeting.cancelled',
    payload: { candidateId, at: startOf(day, slotId) },
    inverse: { candidateId, state, slotId, tableId },
    also: await pairsAndDelayed(tx, day.event.id, [meeting]),
  })
}

/** A cancelled meeting is held after all, if its table and its people are still free. */
export async function cancelBack(
  { tx, record }: WriteContext,
  inverse: Inverse<'meeting.cancelled'>,
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
    payload: { candidateId, at: startOf(day, slotId) },
    also: await pairsAndDelayed(tx, day.event.id, [meeting]),
  })
}

/** A meeting agreed on the spot, in a slot that is not over, if its table and its people are free. */
export async function addMeeting(db: Database, call: Call, eventId: string, input: NewMeetingInput) {
  return changeDay(db, call, eventId, async ({ tx, record }, day) => {
    const { projectId, hostId, slotId, tableId } = input
    const live = liveOf(day)
    await checkCell(tx, day, input)
    await refusePair(tx, eventId, input)
    const pair = { projectParticipantId: projectId, hostParticipantId: hostId }
    const candidateId = (await identifyPairs(tx, eventId, [pair]))(pair)
    const known = (await findMeetings(tx, live.id)).find((one) => one.candidateId === candidateId)
    if (known && known.state !== 'cancelled') throw new DomainError('already-meeting')
    await refuseObstacle(
      tx,
      await readOccupancy(tx, { schedule: live, programme: day.programme }, 'spot'),
      eventId,
      { ...toMeet(input), id: known?.id ?? '' },
      input,
    )
    await updateStates(tx, [{ candidateId, state: 'planned' }])
    const value = await valueOf(tx, eventId, input)
    await rewriteMeetings(tx, live, [{ candidateId, slotId, tableId, value, locked: false }], [])
    await updateSchedule(tx, live.id)
    await record({
      eventId,
      type: 'meeting.added',
      payload: { candidateId, slotId, tableId, at: startOf(day, slotId) },
      inverse: { candidateId, cancelled: known !== undefined },
      also: await pairsAndDelayed(tx, eventId, [input]),
    })
    return { id: candidateId }
  })
}

const toMeet = ({ projectId, hostId }: NewMeetingInput) => ({
  ...{ projectId, hostId, slotId: '', tableId: null, locked: false, state: 'planned' as const },
})

async function checkCell(tx: Transaction, { event, slots, now }: Day, input: NewMeetingInput) {
  const people = await findParticipantRows(tx, event.id)
  const side = (id: string) => people.find((one) => one.id === id)?.side
  const slot = slots.find(({ id }) => id === input.slotId)
  const isTable = (await findTables(tx, event.id)).some(({ id }) => id === input.tableId)
  if (!slot || !isTable || side(input.projectId) !== 'project' || side(input.hostId) !== 'host')
    throw notFound()
  if (slot.endsAt <= now) throw new DomainError('slot-past')
}

const PAIR_REFUSALS = { own: 'own-meeting', ruledOut: 'pair-ruled-out', conflict: 'pair-conflict' } as const

/** Two who must not meet, as far as that is not left to those who stand there. */
async function refusePair(tx: Transaction, eventId: string, { projectId, hostId }: NewMeetingInput) {
  const gone = await findWithdrawn(tx, eventId)
  if (isRefused('withdrawn', 'spot') && (gone.has(projectId) || gone.has(hostId)))
    throw new DomainError('withdrawn')
  const why = (await findRefusals(tx, eventId))({
    projectParticipantId: projectId,
    hostParticipantId: hostId,
  })
  if (!why || !isRefused(why, 'spot') || !isOneOf(why)) return
  const people = await findParticipants(tx, eventId)
  // It is the person who cannot sit with themselves, whatever they stand for.
  const nameOf = (id: string) => {
    const found = people.find((one) => one.id === id)
    return found ? (why === 'own' ? found.name : markedName(found)) : ''
  }
  throw new DomainError(PAIR_REFUSALS[why], { pair: ` ${nameOf(projectId)} – ${nameOf(hostId)}` })
}

const isOneOf = (why: Refusal): why is keyof typeof PAIR_REFUSALS => why in PAIR_REFUSALS

async function valueOf(tx: Transaction, eventId: string, { projectId, hostId }: NewMeetingInput) {
  const found = (await findCandidates(tx, eventId)).find(
    (pair) => pair.projectParticipantId === projectId && pair.hostParticipantId === hostId,
  )
  return found?.value ?? 0
}

/** Takes back a meeting that was added, as long as it is still to be held where it was put. */
export async function additionBack(
  { tx, record }: WriteContext,
  { candidateId, cancelled }: Inverse<'meeting.added'>,
  { slotId, tableId }: StoredPayload<'meeting.added'>,
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
    payload: { candidateId, at: startOf(day, slotId) },
    also: await pairsAndDelayed(tx, day.event.id, [meeting]),
  })
}

import type { Inverse, StoredPayload } from '../../change-catalogue.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import type { DelayInput } from '../../schemas/day.ts'
import type { Call, WriteContext } from '../../write.ts'
import type { SlotRow } from '../events/repository.ts'
import { changeDay, type Day } from './open.ts'
import { restOfDay, shiftSlots, slotsToDelay } from './propagate.ts'
import { updateRoomDelay, updateSlots } from './repository.ts'
import { findRooms } from '../events/repository.ts'
import { touchLive } from '../schedules/repository.ts'

/** Puts the rest of the day, or of one room's day, so many minutes later. */
export async function setDelay(db: Database, call: Call, eventId: string, input: DelayInput) {
  return changeDay(db, call, eventId, async (context, day) => {
    if (!day.slots.some(({ id }) => id === input.fromSlotId)) throw notFound()
    if (input.roomId === null) await delayEvent(context, day, input)
    else if (input.minutes < 0) throw invalidInput(call, '/minutes', 'field_minimum', { limit: 0 })
    else await writeRoomDelay(context, day, input.roomId, input)
    return { id: eventId }
  })
}

async function delayEvent({ tx, record }: WriteContext, { event, slots: all, now }: Day, input: DelayInput) {
  const { fromSlotId, minutes, breaksGive = false } = input
  const { slots, from: first } = slotsToDelay(all, fromSlotId)
  if (!first) throw new DomainError('slot-past')
  const from = slots.indexOf(first)
  const shifted = shiftSlots(slots, first.id, minutes, breaksGive)
  const before = restOfDay(slots, first.id)
  const overtakes = from > 0 && shifted[0].startsAt < slots[from - 1].endsAt
  if (before[0].endsAt <= now || overtakes) throw new DomainError(overtakes ? 'slots-overlap' : 'slot-past')
  await updateSlots(tx, shifted)
  await touchLive(tx, event.id)
  await record({
    eventId: event.id,
    type: 'event.delayed',
    payload: { minutes, from: before[0].startsAt.toISOString() },
    inverse: { slots: before.map(timesOf), were: shifted.map(timesOf) },
  })
}

type Times = Inverse<'event.delayed'>['slots'][number]
const timesOf = ({ id, startsAt, endsAt }: SlotRow): Times => ({
  id,
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
})

/** Puts the slots back where they were, unless they have been moved again or the day has gone on over them. */
export async function delayBack(
  { tx, record }: WriteContext,
  { slots, were }: Inverse<'event.delayed'>,
  { event: { id: eventId }, slots: current, now }: Day,
  since: Date,
) {
  const known = new Map(current.map((slot) => [slot.id, timesOf(slot)]))
  if (!were.every((one) => isSame(known.get(one.id), one))) throw new DomainError('moved-on')
  const moved = slots.flatMap((slot, index) => (isSame(slot, were[index]) ? [] : [slot, were[index]]))
  if (moved.some((slot) => passed(slot, since, now))) throw new DomainError('delay-too-late')
  const back = new Map(slots.map((slot) => [slot.id, slot]))
  if (
    doOverlap(current.filter(({ removedAt }) => !removedAt).map((slot) => back.get(slot.id) ?? timesOf(slot)))
  )
    throw new DomainError('slots-overlap')
  await updateSlots(
    tx,
    slots.map(({ id, startsAt, endsAt }) => ({ id, startsAt: new Date(startsAt), endsAt: new Date(endsAt) })),
  )
  await touchLive(tx, eventId)
  const minutes = (Date.parse(slots[0].startsAt) - Date.parse(were[0].startsAt)) / 60_000
  const payload = { minutes, from: were[0].startsAt }
  await record({ eventId, type: 'event.delayed', payload, inverse: { slots: were, were: slots } })
}

const isSame = (one: Times | undefined, other: Times) =>
  one?.startsAt === other.startsAt && one.endsAt === other.endsAt

/** Whether it began or ended since; one that was already on then may still be put back. */
const passed = ({ startsAt, endsAt }: Times, since: Date, now: Date): boolean =>
  [startsAt, endsAt].map((time) => new Date(time)).some((time) => time > since && time <= now)

const doOverlap = (slots: Times[]): boolean =>
  slots.some(({ startsAt }, index) => index > 0 && new Date(startsAt) < new Date(slots[index - 1].endsAt))

type RoomDelay = Pick<Inverse<'room.delayed'>, 'minutes' | 'fromSlotId'>

async function writeRoomDelay(
  { tx, record }: WriteContext,
  { event: { id: eventId }, slots }: Day,
  roomId: string,
  { minutes, fromSlotId }: RoomDelay,
): Promise<void> {
  const room = await findRoom(tx, eventId, roomId)
  const delayFromId = minutes === 0 ? null : fromSlotId
  const from = slots.find(({ id }) => id === delayFromId)?.startsAt.toISOString() ?? null
  await updateRoomDelay(tx, roomId, { delayMinutes: minutes, delayFromId })
  await touchLive(tx, eventId)
  await record({
    eventId,
    type: 'room.delayed',
    payload: { roomId, minutes, fromSlotId: delayFromId, from },
    inverse: { roomId, minutes: room.delayMinutes, fromSlotId: room.delayFromId },
  })
}

export async function roomDelayBack(
  context: WriteContext,
  inverse: Inverse<'room.delayed'>,
  was: StoredPayload<'room.delayed'>,
  day: Day,
): Promise<void> {
  const room = await findRoom(context.tx, day.event.id, inverse.roomId)
  if (room.delayMinutes !== was.minutes || room.delayFromId !== was.fromSlotId)
    throw new DomainError('moved-on')
  await writeRoomDelay(context, day, inverse.roomId, inverse)
}

async function findRoom(tx: Transaction, eventId: string, roomId: string) {
  const room = (await findRooms(tx, eventId)).find(({ id }) => id === roomId)
  if (!room) throw notFound()
  return room
}

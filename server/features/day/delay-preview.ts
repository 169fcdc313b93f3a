import type { Actor } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import type { DelayPreview } from '../../schemas/day.ts'
import { factsOf, isAway } from '../disruptions/facts.ts'
import { findDisruptions } from '../disruptions/repository.ts'
import { openEvent } from '../events/open.ts'
import { presentSlot } from '../events/present.ts'
import { findRooms, findSlots, findTables, type SlotRow } from '../events/repository.ts'
import { findUnavailable } from '../participants/repository.ts'
import { findLive, findMeetings, type MeetingRow } from '../schedules/repository.ts'
import { propagate, shiftSlots, slotsToDelay, type Times } from './propagate.ts'

type Asked = { fromSlotId: string; roomId: string | null; minutes: number; breaksGive: boolean }

/**
 * What a delay of the whole event or of a room would do, by the functions that then do it: the slots that move, the
 * meetings that begin at another time, and who cannot be there then. Nothing is written.
 */
export async function previewDelay(
  reader: Reader,
  actor: Actor,
  eventId: string,
  delay: Asked,
): Promise<DelayPreview> {
  await openEvent(reader, actor, eventId, 'day.read')
  const [all, rooms, tables, live, disruptions, unavailable] = await Promise.all([
    findSlots(reader, eventId),
    findRooms(reader, eventId),
    findTables(reader, eventId),
    findLive(reader, eventId),
    findDisruptions(reader, eventId),
    findUnavailable(reader, eventId),
  ])
  const isThere = rooms.some(({ id }) => id === delay.roomId) || delay.roomId === null
  if (!isThere || !all.some(({ id }) => id === delay.fromSlotId)) throw notFound()
  const moved = delay.roomId === null ? movedSlots(all, delay) : []
  const later = new Map(moved.map((slot) => [slot.id, slot]))
  const lateRooms = rooms.map((room) =>
    room.id === delay.roomId
      ? { ...room, delayMinutes: delay.minutes, delayFromId: delay.minutes ? delay.fromSlotId : null }
      : room,
  )
  const meetings = live ? await findMeetings(reader, live.id) : []
  const now = propagate(all, rooms, tables, meetings)
  const then = propagate(
    all.map((slot) => later.get(slot.id) ?? slot),
    lateRooms,
    tables,
    meetings,
  )
  const facts = factsOf(disruptions, all, tables)
  const awayAt = (id: string) =>
    all.filter((slot) => unavailable.get(id)?.has(slot.id) || isAway(facts, id, slot.id))
  const changed = meetings.filter((one) => isAhead(one) && !isSame(now.get(one.id)!, then.get(one.id)!))
  return {
    slots: moved.map(presentSlot),
    meetings: changed.map(({ id }) => ({ id, startsAt: then.get(id)!.startsAt.toISOString() })),
    unfit: changed.flatMap((meeting) =>
      whoIsAway(meeting, now.get(meeting.id)!, then.get(meeting.id)!, awayAt),
    ),
  }
}

function movedSlots(all: SlotRow[], { fromSlotId, minutes, breaksGive }: Asked) {
  const { slots, from } = slotsToDelay(all, fromSlotId)
  return from ? shiftSlots(slots, from.id, minutes, breaksGive) : []
}

const isAhead = ({ state }: MeetingRow) => state === 'planned' || state === 'called'
const isSame = (one: Times, other: Times) => one.startsAt.getTime() === other.startsAt.getTime()

/** Those of a meeting whose absence it runs into only by its new time: hours are those of the turns as they stand. */
function whoIsAway(
  { id, projectId, hostId }: MeetingRow,
  now: Times,
  then: Times,
  awayAt: (id: string) => SlotRow[],
): DelayPreview['unfit'] {
  const meets = (slot: SlotRow, { startsAt, endsAt }: Times) =>
    slot.startsAt < endsAt && startsAt < slot.endsAt
  return [projectId, hostId].flatMap((participantId) => {
    const slot = awayAt(participantId).find((one) => meets(one, then) && !meets(one, now))
    return slot ? [{ meetingId: id, participantId, slotId: slot.id }] : []
  })
}

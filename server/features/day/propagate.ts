type Slot = { id: string; day: string; block: number; startsAt: Date; endsAt: Date; removedAt?: Date | null }
type Table = { id: string; roomId: string }
type Room = { id: string; delayMinutes: number; delayFromId: string | null }
type Held = {
  id: string
  slotId: string
  tableId: string | null
  projectId: string
  hostId: string
  state: string
}

/** When a meeting will really begin and end. */
export type Times = { startsAt: Date; endsAt: Date; behind: number }

const MINUTE = 60_000

/**
 * Passes delays on: a meeting begins when its room has come to it and its two people and its table are free of
 * the one before. The time between two slots, and free slots, take a delay up again.
 */
export function propagate(
  slots: Slot[],
  rooms: Room[],
  tables: Table[],
  meetings: Held[],
): Map<string, Times> {
  const delayOf = delaysBySlot(slots, rooms, tables)
  const bySlot = Map.groupBy(
    meetings.filter(({ state }) => state !== 'cancelled'),
    ({ slotId }) => slotId,
  )
  const freeAt = new Map<string, number>()
  const times = new Map<string, Times>()
  for (const slot of slots) {
    const inTime = { startsAt: slot.startsAt, endsAt: slot.endsAt, behind: 0 }
    for (const meeting of bySlot.get(slot.id) ?? []) {
      const { tableId, projectId, hostId } = meeting
      const planned = slot.startsAt.getTime()
      const free = (id: string) => freeAt.get(id) ?? 0
      const needed = Math.max(free(projectId), free(hostId), tableId ? free(tableId) : 0)
      const start = Math.max(planned + delayOf(slot.id, tableId), needed)
      const end = start + slot.endsAt.getTime() - planned
      freeAt.set(projectId, end).set(hostId, end)
      if (tableId) freeAt.set(tableId, end)
      const behind = Math.round((start - planned) / MINUTE)
      times.set(
        meeting.id,
        start === planned ? inTime : { startsAt: new Date(start), endsAt: new Date(end), behind },
      )
    }
  }
  return times
}

/** Breaks give half of theirs to a room that is late; what is behind on one day is on time again on the next. */
function delaysBySlot(slots: Slot[], rooms: Room[], tables: Table[]) {
  const roomOf = new Map(tables.map(({ id, roomId }) => [id, roomId]))
  const started = new Map(slots.map(({ id, startsAt }) => [id, startsAt.getTime()]))
  const late = rooms.flatMap(({ id, delayMinutes, delayFromId }) => {
    if (!delayFromId || !started.has(delayFromId)) return []
    const shifted = shiftSlots(slots, delayFromId, delayMinutes, true)
    return [
      [id, new Map(shifted.map((slot) => [slot.id, slot.startsAt.getTime() - started.get(slot.id)!]))],
    ] as const
  })
  const delays = new Map(late)
  return (slotId: string, tableId: string | null): number =>
    delays.get(roomOf.get(tableId ?? '') ?? '')?.get(slotId) ?? 0
}

/** From a slot to the end of its day. */
export function restOfDay<S extends Slot>(slots: S[], fromId: string): S[] {
  const from = slots.findIndex(({ id }) => id === fromId)
  return slots.slice(from).filter(({ day }) => day === slots[from].day)
}

/** A delay moves the slots that the event has, not those taken out of it: from which of them on, if any. */
export function slotsToDelay<S extends Slot & { removedAt: Date | null }>(slots: S[], fromId: string) {
  const chosen = slots.find(({ id }) => id === fromId)
  const there = slots.filter(({ removedAt }) => !removedAt)
  const from = chosen && there.find(({ day, startsAt }) => day === chosen.day && startsAt >= chosen.startsAt)
  return { slots: there, from: chosen?.removedAt ? from : chosen }
}

/** The rest of a day when everything from one slot on is later; breaks between blocks may give half of theirs. */
export function shiftSlots<S extends Slot>(
  slots: S[],
  fromId: string,
  minutes: number,
  breaksGive: boolean,
): S[] {
  const rest = restOfDay(slots, fromId)
  let shift = minutes * MINUTE
  // Those taken out of the event make no breaks; they may lie across those that it has.
  let before: S | null = null
  return rest.map((slot) => {
    if (breaksGive && !slot.removedAt && before && before.block !== slot.block)
      shift = Math.max(0, shift - Math.max(0, slot.startsAt.getTime() - before.endsAt.getTime()) / 2)
    if (!slot.removedAt) before = slot
    const later = (time: Date) => new Date(time.getTime() + shift)
    return { ...slot, startsAt: later(slot.startsAt), endsAt: later(slot.endsAt) }
  })
}

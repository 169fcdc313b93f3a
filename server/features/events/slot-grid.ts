import { DateTime } from 'luxon'
import type { SlotGrid } from '../../schemas/event.ts'

export type NewSlot = { position: number; block: number; startsAt: Date; endsAt: Date }
export type GridFault = {
  pointer: string
  reason: 'field_overlap' | 'field_midnight' | 'field_noSuchTime' | 'field_manySlots'
}

export const MAX_SLOTS = 200

/** A local time of a day as an instant; null where the clocks skip it. */
export function instantOf(date: string, time: string, zone: string): DateTime | null {
  const instant = DateTime.fromISO(`${date}T${time}`, { zone })
  return instant.isValid && instant.toFormat('HH:mm') === time ? instant : null
}

/** The slots of a day. Lengths are real minutes, so a day on which the clocks change has no gap or overlap. */
export function makeSlots(grid: SlotGrid, date: string, zone: string): NewSlot[] | GridFault {
  const slots: NewSlot[] = []
  const midnight = DateTime.fromISO(date, { zone }).plus({ days: 1 })
  for (const [block, { start, slots: count }] of grid.blocks.entries()) {
    const pointer = `/blocks/${block}/start`
    const first = instantOf(date, start, zone)
    if (!first) return { pointer, reason: 'field_noSuchTime' }
    const last = slots.at(-1)
    if (last && first.toJSDate() < last.endsAt) return { pointer, reason: 'field_overlap' }
    slots.push(...slotsOfBlock(grid, first, block, count, slots.length))
    if (slots.at(-1)!.endsAt > midnight.toJSDate())
      return { pointer: `/blocks/${block}/slots`, reason: 'field_midnight' }
  }
  return slots.length > MAX_SLOTS ? { pointer: '/blocks', reason: 'field_manySlots' } : slots
}

function slotsOfBlock(
  grid: SlotGrid,
  first: DateTime,
  block: number,
  count: number,
  from: number,
): NewSlot[] {
  const step = grid.slotMinutes + grid.changeoverMinutes
  return Array.from({ length: count }, (_, index) => {
    const start = first.plus({ minutes: index * step })
    const end = start.plus({ minutes: grid.slotMinutes })
    return { position: from + index, block, startsAt: start.toJSDate(), endsAt: end.toJSDate() }
  })
}

/** The same slots on another day: each block starts at the same local time. */
export function moveSlots(slots: NewSlot[], date: string, zone: string): NewSlot[] | null {
  const moved: NewSlot[] = []
  for (const block of Map.groupBy(slots, ({ block }) => block).values()) {
    const first = block[0].startsAt
    const start = instantOf(date, DateTime.fromJSDate(first, { zone }).toFormat('HH:mm'), zone)
    if (!start) return null
    const shift = start.toMillis() - first.getTime()
    const shifted = (time: Date) => new Date(time.getTime() + shift)
    moved.push(
      ...block.map((slot) => ({ ...slot, startsAt: shifted(slot.startsAt), endsAt: shifted(slot.endsAt) })),
    )
  }
  return moved
}

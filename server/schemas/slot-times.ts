import type { SlotGrid } from './event.ts'

/** When the slots of a grid are: the one definition, for the page that previews it and the server that makes it. */
export type SlotTime = { position: number; day: string; block: number; startsAt: Date; endsAt: Date }
export type GridFault = {
  pointer: string
  reason: 'field_overlap' | 'field_midnight' | 'field_noSuchTime' | 'field_manySlots'
}

export const MAX_SLOTS = 200
const MINUTE = 60_000

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  let clock = clocks.get(zone)
  const two = '2-digit'
  clock ??= new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: zone, year: 'numeric', month: two, day: two, hour: two, minute: two },
  })
  clocks.set(zone, clock)
  return clock
}

/** `2026-11-22T09:30`: what calendar and clock say there. */
export const wallTime = (instant: Date, zone: string): string =>
  clockOf(zone).format(instant).replace(' ', 'T')

/** A local time of a day as an instant; null where the clocks skip it. Of a time that comes twice, the first. */
export function instantOf(date: string, time: string, zone: string): Date | null {
  const wanted = `${date}T${time}`
  const wall = Date.parse(`${wanted}:00Z`)
  if (Number.isNaN(wall)) return null
  const aheadAt = (instant: number) => Date.parse(`${wallTime(new Date(instant), zone)}:00Z`) - instant
  // The clocks are so far ahead half a day before it or after it, if they change in between.
  const found = [-12, 12].map((hours) => new Date(wall - aheadAt(wall + hours * 60 * MINUTE)))
  return found.find((instant) => wallTime(instant, zone) === wanted) ?? null
}

/** The day so many days later (or earlier). */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T12:00:00Z`) + days * 24 * 60 * MINUTE).toISOString().slice(0, 10)

export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T12:00:00Z`) - Date.parse(`${from}T12:00:00Z`)) / (24 * 60 * MINUTE))

/**
 * The slots of an event that begins on that date. Lengths are real minutes, so a day on which the clocks change has
 * no gap or overlap. A slot may end at midnight, not later.
 */
export function makeSlots(grid: SlotGrid, date: string, zone: string): SlotTime[] | GridFault {
  const slots: SlotTime[] = []
  const step = (grid.slotMinutes + grid.changeoverMinutes) * MINUTE
  for (const [block, { start, slots: count, date: day = date }] of grid.blocks.entries()) {
    const pointer = `/blocks/${String(block)}`
    const first = instantOf(day, start, zone)
    if (!first) return { pointer: `${pointer}/start`, reason: 'field_noSuchTime' }
    const before = slots.at(-1)
    if (before && (day < before.day || first < before.endsAt))
      return { pointer: `${pointer}/start`, reason: 'field_overlap' }
    const midnight = instantOf(addDays(day, 1), '00:00', zone)
    for (let index = 0; index < count; index += 1) {
      const startsAt = new Date(first.getTime() + index * step)
      const endsAt = new Date(startsAt.getTime() + grid.slotMinutes * MINUTE)
      if (midnight && endsAt > midnight) return { pointer: `${pointer}/slots`, reason: 'field_midnight' }
      slots.push({ position: slots.length, day, block, startsAt, endsAt })
    }
  }
  return slots.length > MAX_SLOTS ? { pointer: '/blocks', reason: 'field_manySlots' } : slots
}

/** The same slots so many days later: each block starts at the same local time. Null where a day has no such time. */
export function moveSlots<S extends Omit<SlotTime, 'position'>>(
  slots: S[],
  days: number,
  zone: string,
): S[] | null {
  const moved: S[] = []
  for (const block of Map.groupBy(slots, (slot) => `${slot.day} ${String(slot.block)}`).values()) {
    const [{ day, startsAt: first }] = block as [S, ...S[]]
    const start = instantOf(addDays(day, days), wallTime(first, zone).slice(11), zone)
    if (!start) return null
    const shifted = (time: Date) => new Date(start.getTime() + time.getTime() - first.getTime())
    moved.push(
      ...block.map((slot) => ({
        ...slot,
        day: addDays(day, days),
        ...{ startsAt: shifted(slot.startsAt), endsAt: shifted(slot.endsAt) },
      })),
    )
  }
  return moved
}

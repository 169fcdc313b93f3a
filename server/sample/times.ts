import { DateTime } from 'luxon'
import type { SlotGrid } from '../schemas/event.ts'

export type SlotTime = { position: number; block: number; startsAt: Date; endsAt: Date }

const LEAD_MS = 10 * 60_000

export const dayOf = (now: Date, zone: string): string => DateTime.fromJSDate(now, { zone }).toISODate()!

export const addDays = (day: string, days: number): string =>
  DateTime.fromISO(day).plus({ days }).toISODate()!

export const daysBetween = (from: string, to: string): number =>
  Math.round(DateTime.fromISO(to, { zone: 'utc' }).diff(DateTime.fromISO(from, { zone: 'utc' }), 'days').days)

export const localTime = (day: string, time: string, zone: string): Date =>
  DateTime.fromISO(`${day}T${time}`, { zone }).toJSDate()

/** The same time on the clock so many days later, also where the clocks change in between. */
export const shiftDays = (at: Date, days: number, zone: string): Date =>
  DateTime.fromJSDate(at, { zone }).plus({ days }).toJSDate()

export function slotTimes(grid: SlotGrid, day: string, zone: string): SlotTime[] {
  const times = grid.blocks.flatMap(({ start, slots }, block) => {
    const first = localTime(day, start, zone).getTime()
    return Array.from({ length: slots }, (_, index) => {
      const startsAt = first + index * (grid.slotMinutes + grid.changeoverMinutes) * 60_000
      return { block, startsAt: new Date(startsAt), endsAt: new Date(startsAt + grid.slotMinutes * 60_000) }
    })
  })
  return times.map((time, position) => ({ ...time, position }))
}

/**
 * How far the sample's clock is ahead: none while the real time falls inside the day, else so much that
 * the first slot starts in ten minutes and the day can be tried at any hour.
 */
export function clockOffset(day: { startsAt: Date; endsAt: Date }[], now: Date): number {
  const opens = Math.min(...day.map(({ startsAt }) => startsAt.getTime())) - LEAD_MS
  const closes = Math.max(...day.map(({ endsAt }) => endsAt.getTime()))
  return now.getTime() >= opens && now.getTime() <= closes ? 0 : opens - now.getTime()
}

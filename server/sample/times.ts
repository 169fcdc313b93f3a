import { DateTime } from 'luxon'
import type { SlotGrid } from '../schemas/event.ts'
import { makeSlots, type SlotTime } from '../schemas/slot-times.ts'

const LEAD_MS = 10 * 60_000

export const dayOf = (now: Date, zone: string): string => DateTime.fromJSDate(now, { zone }).toISODate()!

export const localTime = (day: string, time: string, zone: string): Date =>
  DateTime.fromISO(`${day}T${time}`, { zone }).toJSDate()

/** The same time on the clock so many days later, also where the clocks change in between. */
export const shiftDays = (at: Date, days: number, zone: string): Date =>
  DateTime.fromJSDate(at, { zone }).plus({ days }).toJSDate()

/** The sample's own grids are days as they can be. */
export function slotTimes(grid: SlotGrid, day: string, zone: string): SlotTime[] {
  const made = makeSlots(grid, day, zone)
  if (!Array.isArray(made)) throw new Error(`no such day: ${made.reason} at ${made.pointer}`)
  return made
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

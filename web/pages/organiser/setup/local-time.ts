import { isoDate, time } from '../../../lib/format.ts'

/** `2026-11-22T09:30`: the value of a date and time input, by the event's own clock. */
export const toLocal = (when: string | null, zone: string) =>
  when ? `${isoDate(when, zone)}T${time(when, zone)}` : ''

const asUtc = (local: string) => Date.parse(`${local.slice(0, 16)}:00Z`)
const aheadOf = (instant: number, zone: string) =>
  asUtc(toLocal(new Date(instant).toISOString(), zone)) - Math.floor(instant / 60_000) * 60_000

/** The instant of such a value. Twice, as the first guess may fall on the other side of a clock change. */
export function fromLocal(local: string, zone: string): string | null {
  const wall = local ? asUtc(local) : NaN
  if (Number.isNaN(wall)) return null
  const guess = wall - aheadOf(wall, zone)
  return new Date(wall - aheadOf(guess, zone)).toISOString()
}

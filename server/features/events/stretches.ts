import { DateTime } from 'luxon'
import type { SlotRow } from './repository.ts'

type Slot = Pick<SlotRow, 'id' | 'day' | 'startsAt' | 'endsAt'>

/** The slots of each day, in their order. */
export const daysOf = <S extends Slot>(slots: S[]): S[][] => [
  ...Map.groupBy(slots, ({ day }) => day).values(),
]

/** Before and after the longest break of a day; the first one where two are as long. A day without a break is whole. */
export function halvesOf<S extends Slot & Pick<SlotRow, 'block'>>(day: S[]): S[][] {
  const lengths = day.map((slot, at) => {
    const next = day.at(at + 1)
    return next && next.block !== slot.block ? next.startsAt.getTime() - slot.endsAt.getTime() : 0
  })
  const longest = Math.max(...lengths)
  if (longest <= 0) return [day]
  const last = lengths.indexOf(longest)
  return [day.slice(0, last + 1), day.slice(last + 1)]
}

/** The slots of a day that touch the time from an hour to an hour, as clocks there show them. */
export function slotsBetween<S extends Slot>(day: S[], from: string, to: string, zone: string): S[] {
  const clock = (time: Date) => DateTime.fromJSDate(time, { zone }).toFormat('HH:mm')
  return day.filter(({ startsAt, endsAt }) => {
    const [start, end] = [clock(startsAt), clock(endsAt)]
    return start < to && (end < start ? '24:00' : end) > from
  })
}

/** The most slots of a row, a day and a half of one: limits that reach as far change nothing. */
export function longestOf(slots: (Slot & Pick<SlotRow, 'block'>)[]) {
  const days = daysOf(slots)
  const rows = days.flatMap((day) => [...Map.groupBy(day, ({ block }) => block).values()])
  const most = (stretches: unknown[][]) => Math.max(0, ...stretches.map(({ length }) => length))
  return { row: most(rows), day: most(days), half: most(days.flatMap((day) => halvesOf(day))) }
}

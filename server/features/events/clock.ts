import { DateTime } from 'luxon'
import type { Locale } from '../../actor.ts'
import { regionOf } from '../../messages.ts'

/** The event's clock: the real time, moved in the sample programme so that the day can be tried at any hour. */
export const clockOf = (programme: { clockOffsetMs: number }): Date =>
  new Date(Date.now() + programme.clockOffsetMs)

/** A real time as the programme's clock shows it. */
export const byClockOf = (programme: { clockOffsetMs: number }, at: Date): Date =>
  new Date(at.getTime() + programme.clockOffsetMs)

/** A time as sentences say it after *alle*, *dalle*: with the day where the event has several. */
export function timeSaid(
  at: Date,
  { locale, zone, days }: { locale: Locale; zone: string; days: boolean },
): string {
  const when = DateTime.fromJSDate(at, { zone }).setLocale(regionOf(locale))
  if (!days) return when.toFormat('HH:mm')
  return locale === 'en' ? when.toFormat('ccc HH:mm') : when.toFormat("HH:mm 'di' cccc")
}

/** The day that it is where the programme is. */
export const todayOf = (programme: { clockOffsetMs: number; timezone: string }): string =>
  DateTime.fromJSDate(clockOf(programme), { zone: programme.timezone }).toFormat('yyyy-MM-dd')

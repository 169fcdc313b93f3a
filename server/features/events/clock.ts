import { DateTime } from 'luxon'

/** The event's clock: the real time, moved in the sample programme so that the day can be tried at any hour. */
export const clockOf = (programme: { clockOffsetMs: number }): Date =>
  new Date(Date.now() + programme.clockOffsetMs)

/** The day that it is where the programme is. */
export const todayOf = (programme: { clockOffsetMs: number; timezone: string }): string =>
  DateTime.fromJSDate(clockOf(programme), { zone: programme.timezone }).toFormat('yyyy-MM-dd')

import { currentLocale } from './locale.svelte.ts'
import { shellContext } from './shell-context.svelte.ts'

type When = string | number | Date

const made = new Map<
  string,
  Intl.DateTimeFormat | Intl.NumberFormat | Intl.RelativeTimeFormat | Intl.PluralRules | Intl.ListFormat
>()

// Intl objects are slow to make and a timeline shows hundreds of times.
function once<F>(key: string, make: (tag: string) => F): F {
  const tag = currentLocale() === 'it' ? 'it-IT' : 'en-GB'
  const name = `${tag} ${key}`
  if (!made.has(name)) made.set(name, make(tag) as never)
  return made.get(name) as F
}

function date(when: When, zone: string, options: Intl.DateTimeFormatOptions) {
  const key = zone + JSON.stringify(options)
  return once(key, (tag) => new Intl.DateTimeFormat(tag, { timeZone: zone, ...options })).format(
    new Date(when),
  )
}

/** `09:30` */
export const time = (when: When, zone = shellContext.zone) =>
  date(when, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })

/** What was kept on a device by an earlier version knows of one day only. */
type Dates = { date: string; lastDate?: string; timezone: string }
const noon = (day: string) => new Date(`${day}T12:00:00Z`)
const sameDays = ({ date, lastDate }: Omit<Dates, 'timezone'>) => date === (lastDate ?? date)

/** `domenica 22 novembre 2026`, or `domenica 22 – lunedì 23 novembre 2026` */
export function eventDates({ date: first, lastDate }: Omit<Dates, 'timezone'>) {
  const options = {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  } as const
  const format = once('dates', (tag) => new Intl.DateTimeFormat(tag, options))
  return sameDays({ date: first, lastDate })
    ? format.format(noon(first))
    : format.formatRange(noon(first), noon(lastDate ?? first))
}

/** `09:30`, and `lun 09:30` where the event has several days */
export const eventTime = (when: When, event: Dates) =>
  sameDays(event)
    ? time(when, event.timezone)
    : `${date(when, event.timezone, { weekday: 'short' })} ${time(when, event.timezone)}`

/** The same inside a sentence, after *alle*, *delle*, *dalle*: `09:30`, and `09:30 di lunedì` */
export const eventTimeSaid = (when: When, event: Dates) =>
  sameDays(event) || currentLocale() !== 'it'
    ? eventTime(when, event)
    : `${time(when, event.timezone)} di ${date(when, event.timezone, { weekday: 'long' })}`

/** `09:30–09:50`, and `lun 09:30–09:50` where the event has several days */
export const eventTimeRange = (from: When, to: When, event: Dates) =>
  `${eventTime(from, event)}–${time(to, event.timezone)}`

/** `09:30–09:50` */
export const timeRange = (from: When, to: When, zone = shellContext.zone) =>
  `${time(from, zone)}–${time(to, zone)}`

/** `domenica 22 novembre 2026` */
export const longDate = (when: When, zone = shellContext.zone) =>
  date(when, zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })

/** `dom 22 nov` */
export const weekday = (when: When, zone = shellContext.zone) =>
  date(when, zone, { weekday: 'short', day: 'numeric', month: 'short' })

/** Days, which are in no zone: `2026-11-22` as `domenica 22 novembre 2026`, as `dom 22 nov`, as `22 nov 2026`. */
export const longDay = (day: string) => longDate(noon(day), 'UTC')
export const weekdayOf = (day: string) => weekday(noon(day), 'UTC')
export const shortDay = (day: string) => shortDate(noon(day), 'UTC')

/** `22 nov 2026` */
export const shortDate = (when: When, zone = shellContext.zone) =>
  date(when, zone, { day: 'numeric', month: 'short', year: 'numeric' })

/** `22 nov 2026, 09:30` */
export const dateTime = (when: When, zone = shellContext.zone) =>
  `${shortDate(when, zone)}, ${time(when, zone)}`

/** `2026-11-22`, the value of a date input. */
export const isoDate = (when: When, zone = shellContext.zone) =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(new Date(when))

/** `12.500` (Italian leaves four figures ungrouped unless told otherwise) */
export function number(value: number, digits = 0, fewest = 0) {
  const fractions = { minimumFractionDigits: fewest, maximumFractionDigits: digits }
  const make = (tag: string) => new Intl.NumberFormat(tag, { useGrouping: 'always', ...fractions })
  return once(`number ${fewest} ${digits}`, make).format(value)
}

/** `1.500 €`; cents only where there are some */
export function money(euros: number) {
  const digits = Number.isInteger(euros) ? 0 : 2
  const options = {
    style: 'currency',
    currency: 'EUR',
    useGrouping: 'always',
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const
  return once(`money ${digits}`, (tag) => new Intl.NumberFormat(tag, options)).format(euros)
}

/** `62 %` from 62 */
export const percent = (value: number, digits = 0) =>
  once(
    `percent ${digits}`,
    (tag) => new Intl.NumberFormat(tag, { style: 'percent', maximumFractionDigits: digits }),
  ).format(value / 100)

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** `3 minuti fa`, `tra 2 ore` */
export function relative(when: When, now: number) {
  const seconds = Math.round((new Date(when).getTime() - now) / 1000)
  const [unit, size] = steps.find(([, size]) => Math.abs(seconds) >= size) ?? steps[3]!
  return once('relative', (tag) => new Intl.RelativeTimeFormat(tag, { numeric: 'auto' })).format(
    Math.trunc(seconds / size),
    unit,
  )
}

/** `04:59`, or `1:04:59` from an hour up; never below zero */
export function duration(milliseconds: number) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'))
  return seconds < 3600 ? parts.join(':') : `${Math.floor(seconds / 3600)}:${parts.join(':')}`
}

/** `plural(n, { one: '1 incontro', other: `${n} incontri` })`; Italian's "many" reads as "other" */
export function plural(count: number, words: { one: string; other: string }) {
  return once('plural', (tag) => new Intl.PluralRules(tag)).select(count) === 'one' ? words.one : words.other
}

/** `7 ore e 15 minuti` from 435 */
export function hoursAndMinutes(minutes: number) {
  const part = (count: number, unit: 'hour' | 'minute') =>
    once(unit, (tag) => new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay: 'long' })).format(
      count,
    )
  const hours = Math.floor(minutes / 60)
  const parts = [
    ...(hours ? [part(hours, 'hour')] : []),
    ...(minutes % 60 ? [part(minutes % 60, 'minute')] : []),
  ]
  return once('and', (tag) => new Intl.ListFormat(tag, { type: 'conjunction' })).format(parts)
}

/** `entro l’11 nov` where a sentence says `entro il` before a day or a number that begins with a vowel when read. */
export const elided = (sentence: string) =>
  sentence.replace(/\b(i|de|a|da|ne|su)l (?=8|11(?!\d))/gi, (_, word: string) =>
    word.toLowerCase() === 'i' ? (word === 'I' ? 'L’' : 'l’') : `${word}ll’`,
  )

/** `AB` from `Abito Bello`, for screens that show initials only */
export const initials = (name: string) =>
  name
    .split(/\s+/)
    .filter((word) => /^\p{L}/u.test(word))
    .slice(0, 2)
    .map((word) => word[0]!.toUpperCase())
    .join('')

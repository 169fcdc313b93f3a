import { DateTime } from 'luxon'
import type { Locale } from '../../actor.ts'
import { CATALOGUE, isKind } from '../../change-catalogue.ts'
import { timeSaid } from '../events/clock.ts'
import { isMessage, type MessageKey, regionOf, say } from '../../messages.ts'
import { sayRules, type ChangedRules } from './rules-said.ts'
import type { Noun, Wanted } from './repository.ts'

/** Who reads: in which language, and by which clock. */
export type ReadBy = { locale: Locale; zone: string }
/** An entry of the log as far as its sentence goes, and whether its event has several days. */
export type Told = { type: string; eventId: string | null; payload: object; days?: boolean }

/** Members of payloads that stand for something with a name, and the word by which sentences name it. */
export const REFERENCES: Record<string, { noun: Noun; word: string }> = {
  eventId: { noun: 'event', word: 'event' },
  sourceId: { noun: 'event', word: 'source' },
  eventIds: { noun: 'event', word: 'event' },
  projectId: { noun: 'project', word: 'project' },
  projectIds: { noun: 'project', word: 'project' },
  hostId: { noun: 'host', word: 'host' },
  twinId: { noun: 'host', word: 'twin' },
  organisationId: { noun: 'organisation', word: 'organisation' },
  mergedId: { noun: 'organisation', word: 'merged' },
  participantId: { noun: 'participant', word: 'participant' },
  participantIds: { noun: 'participant', word: 'participant' },
  fromId: { noun: 'participant', word: 'who' },
  toId: { noun: 'participant', word: 'whom' },
  candidateId: { noun: 'meeting', word: 'meeting' },
  candidateIds: { noun: 'meeting', word: 'meeting' },
  otherCandidateId: { noun: 'meeting', word: 'other' },
  tableId: { noun: 'table', word: 'table' },
  fromTableId: { noun: 'table', word: 'fromTable' },
  otherTableId: { noun: 'table', word: 'otherTable' },
  roomId: { noun: 'room', word: 'room' },
  screenId: { noun: 'screen', word: 'screen' },
  userId: { noun: 'user', word: 'user' },
  applicationId: { noun: 'application', word: 'application' },
}

/** Members that are times of the day, told as they were when it happened. */
export const TIMES = ['at', 'otherAt', 'from', 'to'] as const

/** Members that are days of the calendar. */
export const DAYS = ['fromDay', 'toDay'] as const

/** Members that count something, and the word for so many of it. */
export const COUNTS = {
  minutes: 'minutes',
  count: 'meetings',
  invitations: 'invitations',
  reminders: 'reminders',
  letters: 'letters',
  told: 'readers',
} as const

/** Members that are words of the product, told in the reader's language. */
export const WORDS = ['level', 'kind'] as const

const membersOf = ({ eventId, payload }: Told) => Object.entries({ eventId, ...payload })

/** What has to be looked up for the sentence; of several things of one kind, the first stands for all. */
export const namedIn = (change: Told): Wanted[] =>
  membersOf(change).flatMap(([member, value]) => {
    const reference = REFERENCES[member]
    const id: unknown = Array.isArray(value) ? value[0] : value
    return reference && typeof id === 'string' ? [{ noun: reference.noun, id }] : []
  })

/** A change in words: what it was about by the name that it has today, when by the times of then. */
export function sentenceOf(change: Told, names: Map<string, string>, { locale, zone }: ReadBy): string {
  if (!isKind(change.type)) return say(locale, 'change_unknown')
  const values = valuesOf(change, names, { locale, zone })
  const key = CATALOGUE[change.type].sentenceOf(change.payload) ?? (`change_${change.type}` as const)
  const sentence = say(locale, key, values)
  const isNeutral = sentence.startsWith(say(locale, 'gone_participant'))
  return isNeutral ? sentence[0].toLocaleUpperCase(locale) + sentence.slice(1) : sentence
}

function valuesOf(change: Told, names: Map<string, string>, { locale, zone }: ReadBy) {
  const values: Record<string, string | number> = {}
  const members = membersOf(change)
  for (const [member, value] of members) {
    const reference = REFERENCES[member]
    const id: unknown = Array.isArray(value) ? value[0] : value
    if (reference && typeof id === 'string')
      values[reference.word] = nameOf(reference.noun, names.get(id), locale)
    else if (isOneOf(TIMES, member) && typeof value === 'string')
      values[member] = timeSaid(new Date(value), { locale, zone, days: change.days ?? false })
    else if (isOneOf(DAYS, member)) values[member] = dayInWords(String(value), locale)
    else if (typeof value === 'number') Object.assign(values, counted(member, value, locale))
  }
  if ('rules' in change.payload && change.payload.rules)
    values.rules = sayRules(locale, change.payload.rules as ChangedRules)
  for (const [member, value] of members)
    if (isOneOf(WORDS, member)) {
      const key = `change_${member}_${String(value ?? 'none')}`
      if (isMessage(key)) values[member] = say(locale, key, values)
    }
  return values
}

const dayInWords = (day: string, locale: Locale): string =>
  DateTime.fromISO(day, { locale: regionOf(locale) }).toLocaleString({
    day: 'numeric',
    month: 'long',
  })

const isOneOf = <T extends string>(list: readonly T[], member: string): member is T =>
  list.some((one) => one === member)

/** With its noun where the sentence has but the article for it; a thing that is gone has a neutral word. */
function nameOf(noun: Noun, name: string | undefined, locale: Locale): string {
  if (name === undefined) return say(locale, `gone_${noun}`)
  const label = say(locale, `named_${noun}`, { name: '' }).trim()
  const says = label !== '' && `${name} `.toLowerCase().startsWith(`${label} `)
  return says ? label + name.slice(label.length) : say(locale, `named_${noun}`, { name })
}

/** A number as it is, and as so many of what it counts; earlier or later is for the sentence to say. */
function counted(member: string, value: number, locale: Locale): Record<string, string | number> {
  if (!Object.hasOwn(COUNTS, member)) return { [member]: value }
  const unit = COUNTS[member as keyof typeof COUNTS]
  const count = Math.abs(value)
  const key: MessageKey = `count_${unit}_${count === 1 ? 'one' : 'other'}`
  return { [member]: count, [unit]: say(locale, key, { count }) }
}

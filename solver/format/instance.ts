import { identified, idsIn, NO_TABLE_LIST, reference, references } from './ids.ts'
import { child, fail, isAbsent, readDocument, valueAt, type Context, type Node } from './json-reader.ts'
import { knownMeeting, type Meeting } from './meeting.ts'
import { rules } from './rules.ts'
import {
  checked,
  described,
  filled,
  list,
  named,
  orNull,
  record,
  refined,
  withDefault,
  type Given,
  type Read,
  type Schema,
} from './schema.ts'
import {
  addDistinct,
  decimal,
  distinct,
  flag,
  header,
  integer,
  MOST,
  MOST_COUNT,
  MOST_VALUE,
  text,
  time,
} from './values.ts'

export { LEVELS, REPAIR_ORDERS, type Level, type Rules } from './rules.ts'

const slotParts = record({
  id: text,
  start: orNull(time, 'slots are only numbered', 'Date and time with its offset.'),
  end: orNull(time, 'slots are only numbered', 'Later than start.'),
  block: withDefault(
    integer(0, MOST_COUNT),
    0,
    'Slots of one block of a day have no pause between them; they follow each other.',
  ),
  day: withDefault(
    integer(0, MOST_COUNT),
    0,
    'Breaks, rows and changes of table never reach from one day into another; the slots of a day follow each other.',
  ),
})
const slot = named('slot', checked(slotParts, checkTimes))
export type Slot = Read<typeof slot>

const table = named(
  'table',
  record({
    id: text,
    features: withDefault(distinct(text), [], 'What this table has, such as "step-free".'),
    unavailable: withDefault(references('slots'), [], 'Slots in which nobody can sit there.'),
  }),
)
export type Table = Read<typeof table>

const [listed, counted] = [identified(table), described(integer(0, MOST_COUNT), 'How many.')]
const tables: Schema<Table[] | number, Given<typeof table>[] | number> = {
  read: (node) => (Array.isArray(node.value) ? listed : counted).read(node),
  json: (of) => ({ anyOf: [of(listed), of(counted)] }),
}

const limit = named(
  'limit',
  record({
    slots: described(references('slots'), 'Any slots, such as those of a day.'),
    max: described(integer(0, MOST_COUNT), 'Most meetings in them.'),
  }),
)
/** Most meetings of a participant in some slots: most a day or half-day, or 1 of 2 to keep an hour free. */
export type Limit = Read<typeof limit>

/** Somebody who can meet. */
export const participant = named(
  'participant',
  record({
    id: text,
    side: orNull(
      text,
      'no side',
      'A label; rules.seated names such sides, and of equal table moves fewer fall to "host".',
    ),
    unavailable: withDefault(references('slots'), [], 'Slots in which the participant cannot meet.'),
    minMeetings: withDefault(
      integer(0, MOST_COUNT),
      0,
      'The guarantee: each missing meeting counts 1 in the level shortfall.',
    ),
    maxMeetings: filled(
      integer(0, MOST_COUNT),
      'the number of slots',
      ({ slots }) => slots.size,
      'Most meetings.',
    ),
    maxConsecutive: filled(
      integer(1, MOST_COUNT),
      'the number of slots',
      ({ slots }) => Math.max(1, slots.size),
      'Most meetings in a row inside a block.',
    ),
    limits: withDefault(
      list(limit),
      [],
      'Most meetings in some slots: most a day or half-day, or a time to choose a free slot from.',
    ),
    needs: withDefault(
      checked(distinct(text), checkNeeds),
      [],
      'Features that every table of this participant must have; the tables must be listed.',
    ),
    tables: orNull(
      references('tables'),
      'every table',
      'The only tables this participant sits at; the tables must be listed.',
    ),
    fairnessGroup: orNull(text, 'takes no part', 'Who carries one takes part in the level fairness.'),
    absence: orNull(decimal(0, 1), 'not known', 'Chance of not coming at all; for stress tests only.'),
  }),
)
export type Participant = Read<typeof participant>

/** Whether a person can sit at a table. */
export const suits = (
  { needs, tables }: Pick<Participant, 'needs' | 'tables'>,
  { id, features }: Table,
): boolean => (tables?.includes(id) ?? true) && needs.every((need) => features.includes(need))

/** Where a meeting is held for certain. */
export const lockParts = {
  slot: orNull(reference('slots'), 'any slot', 'Id of a slot.'),
  table: orNull(reference('tables'), 'any table', 'Id of a table.'),
}
const lock = named('lock', record(lockParts))
export type Lock = Read<typeof lock>

const people = references('participants')
const pair: Schema<[string, string]> = {
  read(node) {
    const [one = '', other = ''] = isAbsent(node) ? [] : people.read(node)
    if (Array.isArray(node.value) ? node.value.length !== 2 : isAbsent(node))
      fail(node, 'must name two participants')
    return [one, other]
  },
  json: (of) => ({ ...people.json(of), minItems: 2, maxItems: 2 }),
}

const candidateParts = record({
  id: text,
  participants: described(pair, 'Two different participants.'),
  value: withDefault(integer(0, MOST_VALUE), 1, 'What the meeting is worth.'),
  required: withDefault(flag, false, 'Must be held.'),
  slots: orNull(references('slots'), 'every slot', 'The only slots it may be held in.'),
  after: withDefault(
    references('candidates'),
    [],
    'Candidates that, if both are held, come strictly earlier.',
  ),
  lock: orNull(lock, 'free', 'Held for certain, in this slot and/or at this table.'),
})
/** A pair that could meet. */
export const candidate = named('candidate', checked(candidateParts, checkAfter))
export type Candidate = Read<typeof candidate>

const quotaParts = record({
  id: text,
  candidates: withDefault(references('candidates'), [], 'Candidates it counts.'),
  min: withDefault(integer(0, MOST), 0, 'Fewest of them.'),
  max: orNull(integer(0, MOST), 'all of them', 'Most of them.'),
})
const quota = named('quota', refined(quotaParts, fillQuota))
export type Quota = Read<typeof quota>

const BASE =
  'A schedule to keep as far as it can be: the level changes counts 1 for another table, 2 for another time, 3 for a meeting that is gone.'

/** The file of an event (open file format, version 1). */
export const instanceFile = record({
  ...header('incontro/instance'),
  name: filled(text, 'no name', () => '', 'A name for people.'),
  slots: described(checked(identified(slot), checkDays), 'In order.'),
  tables: orNull(tables, 'no limit', 'One by one, or only their number.'),
  participants: withDefault(identified(participant), [], 'Everybody who can meet.'),
  candidates: withDefault(identified(candidate), [], 'The pairs that could meet.'),
  quotas: withDefault(identified(quota), [], 'Least and most over sets of candidates.'),
  base: orNull(checked(list(knownMeeting), checkBase), 'none', BASE),
  rules: withDefault(rules, {}, 'How schedules are compared.'),
})

export type InstanceFile = Given<typeof instanceFile>

/** A parsed problem with every default filled in. */
export interface Instance extends Omit<Read<typeof instanceFile>, 'format' | 'version'> {
  /** The JSON as given; a solution carries its hash. */
  source: InstanceFile
}

/**
 * Reads an instance (open file format, version 1) and fills in every default.
 * @param json the parsed JSON document
 * @throws FormatError with a JSON pointer for every problem found
 */
export function parseInstance(json: unknown): Instance {
  const { format: _, version: __, ...instance } = readDocument(json, instanceFile.read, contextOf(json))
  return { ...instance, source: json as InstanceFile }
}

const contextOf = (json: unknown): Context => ({
  slots: idsIn(valueAt(json, 'slots')),
  tables: Array.isArray(valueAt(json, 'tables')) ? idsIn(valueAt(json, 'tables')) : null,
  participants: idsIn(valueAt(json, 'participants')),
  candidates: idsIn(valueAt(json, 'candidates')),
  hasBase: valueAt(json, 'base') !== undefined,
  now: '',
})

function checkTimes(slot: Read<typeof slotParts>, node: Node) {
  const { start, end } = slot
  if (start !== null && end !== null && Date.parse(end) <= Date.parse(start))
    fail(child(node, 'end'), 'must be later than start')
}

/** A day is one run of slots, and so is a block of it; the next day may number its blocks afresh. */
function checkDays(slots: Slot[], node: Node) {
  const all = slots.map((slot, index) => ({ slot, place: child(node, index) }))
  checkRuns(all, 'day')
  for (const day of Map.groupBy(all, ({ slot }) => slot.day).values()) checkRuns(day, 'block')
}

function checkRuns(slots: { slot: Slot; place: Node }[], key: 'day' | 'block') {
  const closed = new Set<number>()
  slots.forEach(({ slot, place }, index) => {
    const one = slot[key]
    if (closed.has(one)) fail(child(place, key), `the slots of ${key} ${one} must follow each other`)
    if (slots[index + 1]?.slot[key] !== one) closed.add(one)
  })
}

function checkNeeds(needs: string[], node: Node) {
  if (needs.length > 0 && node.context.tables === null) fail(node, NO_TABLE_LIST)
}

function checkAfter(candidate: Read<typeof candidateParts>, node: Node) {
  if (candidate.after.includes(candidate.id))
    fail(child(node, 'after'), 'a candidate cannot come after itself')
}

function fillQuota({ max, ...quota }: Read<typeof quotaParts>, node: Node) {
  if (max !== null && quota.min > max) fail(child(node, 'min'), 'must not be more than max')
  return { ...quota, max: max ?? quota.candidates.length }
}

function checkBase(base: Meeting[], node: Node) {
  const seen = new Set<string>()
  base.forEach(({ candidate }, index) => addDistinct(seen, child(child(node, index), 'candidate'), candidate))
}

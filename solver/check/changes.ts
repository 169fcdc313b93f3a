import type { EventChange } from '../explain/relaxation.ts'
import { equip, welcome } from '../explain/tables-more.ts'
import type { Candidate, Instance, Participant } from '../format/instance.ts'
import type { Count } from './counts.ts'

/** Changes that are made together. */
export type Changes = EventChange[]

/**
 * What could help, kind by kind, the mildest first; of each kind the smallest first. Which of them does is to be tried.
 */
export function* likelyChanges(instance: Instance, count: Count): Generator<Changes> {
  const about = describe(instance, count)
  for (const kind of KINDS[count.code]) yield* kind(about)
}

interface About {
  instance: Instance
  count: Count
  /** How many there are too many, or how many more it takes. */
  excess: number
  person: Participant
  candidate: Candidate
  /** The two of the candidate. */
  pair: Participant[]
  slots: number
}

function describe(instance: Instance, count: Count): About {
  const { participants, candidates, slots } = instance
  const candidate = candidates.find(({ id }) => id === count.candidates?.[0])!
  const pair = participants.filter(({ id }) => candidate?.participants.includes(id))
  const person = participants.find(({ id }) => id === count.participants?.[0]) ?? pair[0]
  const excess = Math.max(1, (count.count ?? 0) - (count.most ?? 0))
  return { instance, count, excess, person, candidate, pair, slots: slots.length }
}

type Kind = (about: About) => Iterable<Changes>

const mayHaveMore: Kind = function* ({ person, count }) {
  yield [
    { kind: 'maxMeetings', participant: person.id, to: Math.max(person.maxMeetings + 1, count.count ?? 1) },
  ]
}

/** For a guarantee that no wish or slot stands against. */
const mayHaveWhatIsPromised: Kind = function* ({ person, count, excess }) {
  if (person.maxMeetings > count.most!) return
  const to = excess > 0 && count.count! > count.most! ? count.count! : person.maxMeetings + 1
  yield [{ kind: 'maxMeetings', participant: person.id, to }]
}

/** Whoever may have no meeting may have as many as must be held. */
const mayMeet: Kind = function* ({ instance, person }) {
  const own = instance.candidates.filter(({ participants }) => participants.includes(person.id))
  const held = own.filter(({ required, lock }) => required || lock)
  yield [{ kind: 'maxMeetings', participant: person.id, to: Math.max(1, held.length) }]
}

const mayHaveLongerRows: Kind = function* ({ person, slots }) {
  for (let to = person.maxConsecutive + 1; to <= slots; to++)
    yield [{ kind: 'maxConsecutive', participant: person.id, to }]
}

/** The limits of whoever is named, each by as little as helps. */
const mayHaveMoreInSlots: Kind = function* ({ instance, count }) {
  const named = instance.participants.filter(({ id }) => count.participants?.includes(id))
  for (const { id: participant, limits } of named)
    for (const { slots, max } of limits.toSorted((one, other) => one.max - other.max))
      for (let to = max + 1; to <= slots.length; to++) yield [{ kind: 'limit', participant, slots, to }]
}

const promiseLess: Kind = function* ({ person, count }) {
  const to = count.code === 'guaranteeTooHigh' ? count.most! : count.count! - 1
  yield [{ kind: 'minMeetings', participant: person.id, to }]
}

/** As many tables as are missing at least, and more. */
const moreTables: Kind = function* ({ instance, count, excess, slots }) {
  if (instance.tables === null) return
  const isOfSlot = count.code === 'slotOverfull'
  const first = Math.ceil(excess / (isOfSlot ? 1 : Math.max(1, slots)))
  for (let more = first; more < first + MOST_TABLES; more++) yield [{ kind: 'tables', more }]
}

/** Beyond so many tables more it is not for want of tables. */
const MOST_TABLES = 20

/** Whoever is away in a slot comes, fewest people first. */
const comeTogether: Kind = function* ({ instance, candidate, pair }) {
  const own = instance.slots.filter(({ id }) => isOwn(candidate, id))
  const away = own.map(({ id }) => ({ slot: id, people: pair.filter((one) => one.unavailable.includes(id)) }))
  away.sort((one, other) => one.people.length - other.people.length)
  for (const { slot, people } of away)
    if (people.length > 0) yield [{ kind: 'available', participants: people.map(({ id }) => id), slot }]
}

const isOwn = ({ slots, lock }: Candidate, slot: string): boolean =>
  (slots?.includes(slot) ?? true) && (lock?.slot ?? slot) === slot

/** A person comes in one slot more. */
const comeOnceMore: Kind = function* ({ person }) {
  for (const slot of person.unavailable) yield [{ kind: 'available', participants: [person.id], slot }]
}

const inAnotherSlot: Kind = function* ({ instance, candidate }) {
  for (const { id } of instance.slots)
    if (candidate.slots && !candidate.slots.includes(id) && (candidate.lock?.slot ?? id) === id)
      yield [{ kind: 'slot', candidate: candidate.id, slot: id }]
}

/** And both come, where neither its slots nor their time would do alone. */
const inAnotherSlotTogether: Kind = function* ({ instance, candidate, pair }) {
  for (const { id } of instance.slots) {
    if (!candidate.slots || candidate.slots.includes(id) || (candidate.lock?.slot ?? id) !== id) continue
    const away = pair.filter((one) => one.unavailable.includes(id)).map((one) => one.id)
    if (away.length > 0)
      yield [
        { kind: 'slot', candidate: candidate.id, slot: id },
        { kind: 'available', participants: away, slot: id },
      ]
  }
}

const each = (changes: EventChange[]): Changes[] => changes.map((change) => [change])

const equipForPair: Kind = ({ instance, pair }) => each(equip(instance, pair))
const equipForPerson: Kind = ({ instance, person }) => each(equip(instance, [person]))

const welcomePair: Kind = ({ instance, pair }) => each(welcome(instance, pair))
const welcomePerson: Kind = ({ instance, person }) => each(welcome(instance, [person]))

/** One of the locked meetings may be at another time. */
const unlockOne: Kind = function* ({ instance, count }) {
  const named = new Set(count.candidates)
  for (const { id, lock } of instance.candidates)
    if (named.has(id) && lock) yield [{ kind: 'unlock', candidate: id }]
}

/** So many of the meetings that must be held are left open, those worth least first. */
const leaveOpen: Kind = function* ({ instance, count, excess }) {
  const named = new Set(count.candidates)
  const all = instance.candidates.filter(({ id, required, lock }) => named.has(id) && (required || lock))
  const ids = all.toSorted((one, other) => one.value - other.value).map(({ id }) => id)
  for (let most = Math.min(excess, ids.length); most <= ids.length && most > 0; most++)
    for (const candidates of choicesOf(ids, most)) yield [{ kind: 'optional', candidates }]
}

/** Lists of which every choice is tried; of longer ones the first alone. */
const SHORT = 8

function* choicesOf(ids: string[], most: number): Generator<string[]> {
  if (most === 0 || ids.length > SHORT) yield ids.slice(0, most)
  else
    for (let at = 0; at + most <= ids.length; at++)
      for (const rest of choicesOf(ids.slice(at + 1), most - 1)) yield [ids[at], ...rest]
}

/** One meeting of a person that must be held is left open. */
const leaveOneOpen: Kind = function* ({ instance, person }) {
  for (const { id, participants, required, lock } of instance.candidates)
    if (participants.includes(person.id) && (required || lock)) yield [{ kind: 'optional', candidates: [id] }]
}

const allowMore: Kind = function* ({ count }) {
  yield [{ kind: 'quota', quota: count.quotas![0], to: count.count! }]
}

const askForLess: Kind = function* ({ count }) {
  const to = count.code === 'quotaJustEnough' ? count.count! - 1 : count.most!
  yield [{ kind: 'quotaMin', quota: count.quotas![0], to }]
}

/** One of a chain need not wait for another. */
const looseOrder: Kind = function* ({ instance, count }) {
  const named = new Set(count.candidates)
  for (const { id, after } of instance.candidates)
    for (const other of after)
      if (named.has(id) && named.has(other)) yield [{ kind: 'order', candidate: id, after: other }]
}

const KINDS: Record<Count['code'], Kind[]> = {
  neverTogether: [comeTogether, inAnotherSlotTogether, leaveOpen],
  lockedAway: [comeTogether, unlockOne, leaveOpen],
  noSlot: [inAnotherSlot, inAnotherSlotTogether, comeTogether, unlockOne, leaveOpen],
  noTable: [equipForPair, welcomePair, moreTables, comeTogether, unlockOne, leaveOpen],
  noMeetings: [mayMeet, leaveOpen],
  takenByLocks: [unlockOne, leaveOpen],
  personLockedTwice: [unlockOne, leaveOpen],
  tableLockedTwice: [unlockOne, leaveOpen],
  slotOverfull: [moreTables, unlockOne, leaveOpen],
  tooManyMeetings: [mayHaveMore, leaveOpen],
  tooFewSlots: [comeOnceMore, leaveOpen],
  tooManyInRow: [mayHaveLongerRows, leaveOpen],
  limitsTooLow: [mayHaveMoreInSlots, leaveOpen],
  tooFewPlaces: [moreTables, leaveOpen],
  quotaTooLow: [allowMore, leaveOpen],
  quotaTooHigh: [askForLess],
  quotasTogether: [],
  wrongOrder: [looseOrder, leaveOpen],
  noTimetable: [],
  noTableForPerson: [equipForPerson, welcomePerson, moreTables],
  guaranteeTooHigh: [mayHaveWhatIsPromised, mayHaveMoreInSlots, promiseLess],
  guaranteesTooMany: [moreTables],
  wishesTooMany: [moreTables],
  slotsJustEnough: [mayHaveMore, mayHaveMoreInSlots, comeOnceMore, leaveOneOpen],
  guaranteeJustEnough: [mayHaveWhatIsPromised, mayHaveMoreInSlots, comeOnceMore, promiseLess],
  placesJustEnough: [moreTables],
  guaranteesJustEnough: [moreTables],
  quotaJustEnough: [askForLess],
}

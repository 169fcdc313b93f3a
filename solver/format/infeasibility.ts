import * as read from './json-reader.ts'
import type { Node } from './json-reader.ts'

/** Why no schedule can exist. The ids and numbers that go with each are listed beside it. */
export const CAUSES = [
  /** A meeting that must be held (candidates) though both participants are never there in a slot it may take. */
  'neverTogether',
  /** … though somebody (participants) is not there in the slot it is locked in. */
  'lockedAway',
  /** … though its own slots are none in which both are there. */
  'noSlot',
  /** … though no table suits both participants. */
  'noTable',
  /** … though a participant may have no meetings at all. */
  'noMeetings',
  /** … though other locked meetings (the other candidates) are wherever it could be. */
  'takenByLocks',
  /** Two meetings (candidates) locked in one slot with the same participant. */
  'personLockedTwice',
  /** Two meetings locked in one slot at one table. */
  'tableLockedTwice',
  /** `count` meetings locked in a slot that has `most` tables. */
  'slotOverfull',
  /** A participant that must have `count` meetings and may have `most`. */
  'tooManyMeetings',
  /** `count` meetings of a participant that can be in `most` slots (slots) only. */
  'tooFewSlots',
  /** A participant that must have `count` meetings and can have `most` with at most `row` in a row. */
  'tooManyInRow',
  /** `count` meetings that must be held, and `most` places at the tables. */
  'tooFewPlaces',
  /** A quota that allows `most` meetings of which `count` must be held. */
  'quotaTooLow',
  /** A quota that asks for `count` meetings of which `most` are possible. */
  'quotaTooHigh',
  /** Quotas that limits of meetings keep from being reached together. */
  'quotasTogether',
  /** Meetings that must come one after the other, for which the slots are too few. */
  'wrongOrder',
  /** Meetings, quotas and rules (of participants) that no timetable keeps together. */
  'noTimetable',
] as const

/** Rules that a `noTimetable` may depend on, by their names in the file format. */
export const PREMISES = [
  'tables',
  'ownTables',
  'maxMeetings',
  'maxConsecutive',
  'after',
  'quotas',
  'maxBreakSpread',
] as const
export type Premise = (typeof PREMISES)[number]

const LISTS = ['participants', 'candidates', 'slots', 'tables', 'quotas'] as const
const NUMBERS = ['count', 'most', 'row'] as const

type Lists = Partial<Record<(typeof LISTS)[number], string[]>>
type Numbers = Partial<Record<(typeof NUMBERS)[number], number>>

export interface Cause extends Lists, Numbers {
  code: (typeof CAUSES)[number]
  /** Of `noTimetable`: the rules it depends on besides that nobody is in two places. */
  rules?: Premise[]
  /** Whether without any one of the meetings, quotas and rules the others could be kept. */
  minimal?: boolean
}

/** Why no schedule can exist, and the ids that show it: participants, candidates, tables and quotas. */
export interface Contradiction {
  reason: Cause
  core: string[]
}

export function contradiction(reason: Cause): Contradiction {
  const { participants = [], candidates = [], tables = [], quotas = [] } = reason
  return { reason, core: [...new Set([...participants, ...candidates, ...tables, ...quotas])] }
}

const MOST = Number.MAX_SAFE_INTEGER

export function readContradiction(node: Node): Contradiction {
  read.isRecord(node, ['reason', 'core'])
  return { reason: readCause(read.child(node, 'reason')), core: read.texts(read.child(node, 'core')) }
}

function readCause(node: Node): Cause {
  read.isRecord(node, ['code', ...LISTS, 'rules', ...NUMBERS, 'minimal'])
  const at = (key: string) => read.child(node, key)
  const given = <K extends string, T>(keys: readonly K[], one: (node: Node) => T) =>
    Object.fromEntries(keys.filter((key) => !read.isAbsent(at(key))).map((key) => [key, one(at(key))]))
  return {
    code: read.oneOf(at('code'), CAUSES),
    ...given(LISTS, read.texts),
    ...given(['rules'], readRules),
    ...given(NUMBERS, (number) => read.integer(number, { min: 0, max: MOST })),
    ...given(['minimal'], (flag) => read.flag(flag, false)),
  }
}

function readRules(node: Node): Premise[] {
  for (const item of read.items(node)) read.oneOf(item, PREMISES)
  return read.texts(node) as Premise[]
}

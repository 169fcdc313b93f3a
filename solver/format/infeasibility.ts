import { described, named, optional, record, withDefault, type Read } from './schema.ts'
import { distinct, flag, integer, MOST, oneOf, text } from './values.ts'

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
  /** `count` meetings of a participant that can only be in some slots (slots), of which its limits allow `most`. */
  'limitsTooLow',
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
  'limits',
  'after',
  'quotas',
  'maxBreakSpread',
] as const
export type Premise = (typeof PREMISES)[number]

const ids = (description: string) => optional(distinct(text), 'absent', description)
const number = (description: string) => optional(integer(0, MOST), 'absent', description)

const cause = named(
  'cause',
  described(
    record({
      code: oneOf(CAUSES),
      participants: ids('Whom it is about.'),
      candidates: ids('Meetings that must be held.'),
      slots: ids('Slots it is about.'),
      tables: ids('Tables it is about.'),
      quotas: ids('Quotas it is about.'),
      /** Of `noTimetable`: what it depends on besides that nobody is in two places. */
      rules: optional(
        distinct(oneOf(PREMISES)),
        'absent',
        'Rules that the meetings, as they stand, cannot keep.',
      ),
      count: number('How many are asked.'),
      most: number('How many can be.'),
      row: number('Most meetings in a row.'),
      minimal: optional(flag, 'absent', 'Whether without any one of these the others would fit.'),
    }),
    'What does not hold together; solver/format/infeasibility.ts says what goes with each code.',
  ),
)
export type Cause = Read<typeof cause>

/** Why no schedule can exist, and the ids that show it: participants, candidates, tables and quotas. */
export const infeasibility = record({
  reason: cause,
  core: withDefault(distinct(text), [], 'Ids.'),
})
export type Contradiction = Read<typeof infeasibility>

export function contradiction(reason: Cause): Contradiction {
  const { participants = [], candidates = [], tables = [], quotas = [] } = reason
  return { reason, core: [...new Set([...participants, ...candidates, ...tables, ...quotas])] }
}

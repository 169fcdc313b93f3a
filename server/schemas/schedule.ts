import { Type, type Static } from 'typebox'
import { Suggestion } from './choice.ts'
import { EventInfo, SlotView, TableView } from './event.ts'
import {
  Id,
  MeetingState,
  Named,
  Nullable,
  Prose,
  PreferenceLevel,
  Shape,
  Side,
  Time,
  Written,
  oneOf,
} from './common.ts'
import { Mark } from './marks.ts'
import { ObjectiveLevel } from './run.ts'
import { ConcernedPerson, Telling } from './telling.ts'

export const ScheduleKind = oneOf(['draft', 'live', 'version'] as const)

export const ScheduleSummary = Shape({
  id: Id,
  kind: ScheduleKind,
  name: Type.String(),
  /** Version number of a published schedule; of the live one, the version it came from. */
  number: Nullable(Type.Integer()),
  /** Rises with every edit: what If-Match carries. */
  version: Type.Integer(),
  meetings: Type.Integer(),
  createdAt: Time,
  changedAt: Time,
  /** Of the live one: not as it was published any more. */
  edited: Type.Boolean(),
  /** What was said of it when it was published. */
  note: Type.String(),
})
export type ScheduleSummary = Static<typeof ScheduleSummary>

export const PlanParticipant = Shape({
  id: Id,
  side: Side,
  ...Named,
  financed: Nullable(Type.Boolean()),
  unavailable: Type.Array(Id),
})
export type PlanParticipant = Static<typeof PlanParticipant>

export const PlanMeeting = Shape({
  id: Id,
  version: Type.Integer(),
  slotId: Id,
  tableId: Nullable(Id),
  /** Project first, host second. */
  participants: Type.Array(Id, { minItems: 2, maxItems: 2 }),
  levels: Type.Array(Nullable(PreferenceLevel), { minItems: 2, maxItems: 2 }),
  value: Type.Integer(),
  locked: Type.Boolean(),
  state: MeetingState,
  /** Nobody asked for it: why it was proposed. */
  suggestion: Nullable(Suggestion),
})
export type PlanMeeting = Static<typeof PlanMeeting>

/** The schedule as tables × slots, for organisers. */
export const PlanView = Shape({
  event: EventInfo,
  schedule: Nullable(ScheduleSummary),
  schedules: Type.Array(ScheduleSummary),
  slots: Type.Array(SlotView),
  tables: Type.Array(TableView),
  participants: Type.Array(PlanParticipant),
  /** Workshops and public events that take people's time in this one. */
  engagements: Type.Array(
    Shape({ title: Type.String(), slots: Type.Array(Id), participants: Type.Array(Id) }),
  ),
  meetings: Type.Array(PlanMeeting),
  objective: Type.Array(ObjectiveLevel),
  /** What it breaks, as rules and answers stand now; of a version nothing. */
  marks: Type.Array(Mark),
  /** Stated wishes and how many the schedule meets. */
  wishes: Type.Array(
    Shape({ level: PreferenceLevel, side: Side, stated: Type.Integer(), met: Type.Integer() }),
  ),
})
export type PlanView = Static<typeof PlanView>

export const BLOCKERS = [
  'here',
  'table-taken',
  'participant-busy',
  'participant-unavailable',
  'slot-past',
  'meeting-locked',
  'table-out',
  'slot-lost',
] as const

/** Every cell a meeting could go to, with what is in the way where it can't. */
export const CellView = Shape({
  slotId: Id,
  tableId: Id,
  legal: Type.Boolean(),
  blocker: Nullable(oneOf(BLOCKERS)),
  /** Whom the blocker is about. */
  participantId: Nullable(Id),
  meetingId: Nullable(Id),
})
export type CellView = Static<typeof CellView>
export const CellsView = Shape({ meetingId: Id, version: Type.Integer(), cells: Type.Array(CellView) })
export type CellsView = Static<typeof CellsView>

export const MoveInput = Shape({ slotId: Id, tableId: Id })
export type MoveInput = Static<typeof MoveInput>
/** Which meeting to change places with, and the version of it that is known; If-Match carries the other one's. */
export const SwapInput = Shape({ with: Id, version: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }) })
export type SwapInput = Static<typeof SwapInput>
export const LockInput = Shape({ locked: Type.Boolean() })
export type LockInput = Static<typeof LockInput>
/** How those whom it concerns are told; without it that stays to be decided, and nobody is. */
const tell = Type.Optional(Telling)
export const PublishInput = Shape({ note: Type.Optional(Prose(300)), tell })
export type PublishInput = Static<typeof PublishInput>
/** Publish this version again. */
export const RollbackInput = Shape({ number: Type.Integer({ minimum: 1, maximum: 1_000_000 }), tell })
export type RollbackInput = Static<typeof RollbackInput>

/** What publishing does to a day that has begun. */
const overTheDay = {
  /** Meetings that have begun or are over: they stay as they are. */
  kept: Type.Integer(),
  /** Meetings that are not where the schedule published has them, because of those or of the time. */
  leftOut: Type.Integer(),
}
export const Published = Shape({ ...Written.properties, ...overTheDay })
export type Published = Static<typeof Published>

/** How one schedule differs from another. */
const differing = {
  added: Type.Integer(),
  removed: Type.Integer(),
  moved: Type.Integer(),
  tableOnly: Type.Integer(),
  unchanged: Type.Integer(),
  /** Participants whose agenda changes. */
  affected: Type.Integer(),
  changes: Type.Array(
    Shape({
      kind: oneOf(['added', 'removed', 'moved', 'table'] as const),
      names: Type.Array(Type.String()),
      from: Nullable(Shape({ startsAt: Time, table: Type.String() })),
      to: Nullable(Shape({ startsAt: Time, table: Type.String() })),
    }),
  ),
}
export const Comparison = Shape(differing)
export type Comparison = Static<typeof Comparison>

/** What publishing would change against the live schedule. */
export const DifferenceView = Shape({
  fromNumber: Nullable(Type.Integer()),
  ...differing,
  /** Who would have something to be told: whose agenda is another one than they were told last. */
  people: Type.Array(ConcernedPerson),
  ...overTheDay,
})
export type DifferenceView = Static<typeof DifferenceView>

import { Type, type Static } from 'typebox'
import {
  Attendance,
  Id,
  Instant,
  MeetingState,
  Named,
  Nullable,
  PreferenceLevel,
  Shape,
  Side,
  Time,
  oneOf,
} from './common.ts'
import { EventInfo, SlotView } from './event.ts'
import { Mark } from './marks.ts'
import { ChangeRow } from './programme.ts'
import { DifferenceView, PlanMeeting } from './schedule.ts'

/** The day itself: who is here, what goes differently, and what is done about it. */

export const DISRUPTION_KINDS = ['no_show', 'late', 'early', 'table_out', 'slot_lost'] as const
export const DisruptionKind = oneOf(DISRUPTION_KINDS)
export type DisruptionKind = Static<typeof DisruptionKind>

/** open: nothing done yet · repaired: the schedule goes around it · dismissed: the schedule stays as it is. */
export const DISRUPTION_STATES = ['open', 'repaired', 'dismissed'] as const
export const DisruptionState = oneOf(DISRUPTION_STATES)
export type DisruptionState = Static<typeof DisruptionState>

/** Which comes first: as few changes as possible, or as few wishes lost. */
export const REPAIR_ORDERS = ['fewest-changes', 'fewest-losses'] as const
export const RepairOrder = oneOf(REPAIR_ORDERS)
export type RepairOrder = Static<typeof RepairOrder>

export const DayParticipant = Shape({
  id: Id,
  /** The project or the host who takes part. */
  personId: Id,
  side: Side,
  ...Named,
  financed: Nullable(Type.Boolean()),
  attendance: Attendance,
  arrivedAt: Nullable(Time),
  /** Slots in which they are not there: their own statement and what the day brought. */
  away: Type.Array(Id),
  /** Guaranteed meetings, and those that the live schedule holds. */
  guarantee: Type.Integer(),
  meetings: Type.Integer(),
})
export type DayParticipant = Static<typeof DayParticipant>

const { suggestion: _, ...asPlanned } = PlanMeeting.properties
/** As in the plan; without a table once it is cancelled, when its two people are free as well. */
export const DayMeeting = Shape({
  ...asPlanned,
  /** When it will really begin and end, delays passed on from meeting to meeting. */
  startsAt: Time,
  endsAt: Time,
  /** Minutes behind its slot. */
  behind: Type.Integer(),
})
export type DayMeeting = Static<typeof DayMeeting>

export const DisruptionView = Shape({
  id: Id,
  kind: DisruptionKind,
  state: DisruptionState,
  participantId: Nullable(Id),
  tableId: Nullable(Id),
  /** The slots it takes, in order. */
  slots: Type.Array(Id),
  /** Announced minutes of a late arrival. */
  minutes: Nullable(Type.Integer()),
  at: Time,
  /** Meetings of the live schedule, still to come, that cannot be held where they are. */
  hits: Type.Array(Id),
})
export type DisruptionView = Static<typeof DisruptionView>

export const RepairView = Shape({
  id: Id,
  order: RepairOrder,
  disruptions: Type.Array(Id),
  at: Time,
  /** False once the schedule has moved on: it can be looked at, not applied. */
  current: Type.Boolean(),
  /** Sum of a table change 1, another time 2, a meeting lost that could be held 3. */
  changes: Type.Integer(),
  bound: Type.Integer(),
  proven: Type.Boolean(),
  /** Wishes met by the schedule as it should be without the disruption, and after the repair. */
  wishes: Type.Array(Shape({ level: PreferenceLevel, before: Type.Integer(), after: Type.Integer() })),
  /** Guaranteed meetings that are missing before and after. */
  shortfall: Shape({ before: Type.Integer(), after: Type.Integer() }),
  /** Who will be told: participants whose agenda changes. */
  affected: Type.Array(Id),
  steps: DifferenceView.properties.changes,
})
export type RepairView = Static<typeof RepairView>

/** Two who are here and free together, at a table that is free: those under their guarantee first. */
export const StandbyView = Shape({
  slotId: Id,
  tableId: Id,
  participants: Type.Array(Id, { minItems: 2, maxItems: 2 }),
  levels: Type.Array(Nullable(PreferenceLevel), { minItems: 2, maxItems: 2 }),
  value: Type.Integer(),
  underGuarantee: Type.Boolean(),
})
export type StandbyView = Static<typeof StandbyView>

export const RoomView = Shape({
  id: Id,
  name: Type.String(),
  /** Minutes that its meetings are behind from a slot on; 0 and null where it is on time. */
  delay: Shape({ minutes: Type.Integer(), fromSlotId: Nullable(Id) }),
})

/** The organisers' board of the day. */
export const DayView = Shape({
  event: EventInfo,
  /** The live schedule, whose version If-Match carries; null until something is published. */
  schedule: Nullable(Shape({ id: Id, version: Type.Integer(), number: Type.Integer(), changedAt: Time })),
  slots: Type.Array(SlotView),
  rooms: Type.Array(RoomView),
  tables: Type.Array(
    Shape({
      id: Id,
      name: Type.String(),
      roomId: Id,
      features: Type.Array(Type.String()),
      /** Slots in which it is out of use. */
      out: Type.Array(Id),
    }),
  ),
  participants: Type.Array(DayParticipant),
  meetings: Type.Array(DayMeeting),
  disruptions: Type.Array(DisruptionView),
  repairs: Type.Array(RepairView),
  standby: Type.Array(StandbyView),
  /** What the plan in force breaks, as far as it can still be mended. */
  marks: Type.Array(Mark),
  /** The last 50 changes of the event, the newest first. */
  log: Type.Array(ChangeRow),
})
export type DayView = Static<typeof DayView>

/** What the desk needs, and no more. Kept on its device so that it works without network. */
export const DeskView = Shape({
  event: EventInfo,
  slots: Type.Array(SlotView),
  people: Type.Array(
    Shape({
      id: Id,
      /** On the badge, as QR code and in letters. */
      code: Type.String(),
      side: Side,
      name: Type.String(),
      organisations: Type.Array(Type.String()),
      attendance: Attendance,
      arrivedAt: Nullable(Time),
      meetings: Type.Array(
        Shape({
          slotId: Id,
          startsAt: Time,
          endsAt: Time,
          table: Nullable(Type.String()),
          room: Type.String(),
          with: Type.String(),
          state: MeetingState,
        }),
      ),
    }),
  ),
})
export type DeskView = Static<typeof DeskView>

/**
 * Checks somebody in or out. Participants say only 'here' of themselves; 'absent' and 'left' take them out of the
 * slots still to come, 'here' and 'expected' bring them back. `at` is when it was done, where it is sent later.
 */
export const AttendanceInput = Shape({
  attendance: oneOf(['expected', 'here', 'absent', 'left'] as const),
  at: Type.Optional(Instant),
})
export type AttendanceInput = Static<typeof AttendanceInput>

/** "I'm late", counted by the event's clock from now or, where it is sent later, from `at`, when it was said. */
export const LateInput = Shape({
  minutes: Type.Integer({ minimum: 1, maximum: 480 }),
  at: Type.Optional(Instant),
})
export type LateInput = Static<typeof LateInput>

/** What organisers report. Without slots: from the next one on, to the end of the day. */
export const DisruptionInput = Shape({
  kind: oneOf(['no_show', 'early', 'table_out', 'slot_lost'] as const),
  participantId: Type.Optional(Id),
  tableId: Type.Optional(Id),
  fromSlotId: Type.Optional(Id),
  toSlotId: Type.Optional(Id),
})
export type DisruptionInput = Static<typeof DisruptionInput>

export const StateInput = Shape({ state: MeetingState })
export type StateInput = Static<typeof StateInput>

/** What happens to all meetings of a slot at once. */
export const SlotStateInput = Shape({ state: oneOf(['called', 'in_progress', 'done'] as const) })
export type SlotStateInput = Static<typeof SlotStateInput>

/** A meeting agreed on the spot. */
export const NewMeetingInput = Shape({ projectId: Id, hostId: Id, slotId: Id, tableId: Id })
export type NewMeetingInput = Static<typeof NewMeetingInput>

/** Somebody of the programme who was not expected, now taking part. */
export const WalkInInput = Shape({
  projectId: Type.Optional(Id),
  hostId: Type.Optional(Id),
})
export type WalkInInput = Static<typeof WalkInInput>

/**
 * Everything from that slot on is later by so many minutes (negative: takes back). For the whole event the slots
 * themselves move; for one room its meetings do, and what they hold up.
 */
export const DelayInput = Shape({
  roomId: Nullable(Id),
  fromSlotId: Id,
  minutes: Type.Integer({ minimum: -240, maximum: 240 }),
  /** Whole event only: breaks between blocks take up to half their length of it. */
  breaksGive: Type.Optional(Type.Boolean()),
})
export type DelayInput = Static<typeof DelayInput>

/** What is asked before the whole event or a room is delayed; it is as in DelayInput, as text. */
export const DelayQuery = Shape({
  roomId: Type.Optional(Id),
  minutes: Type.Optional(Type.String({ pattern: '^-?\\d{1,3}$' })),
  breaksGive: Type.Optional(Type.Literal('1')),
})
export type DelayQuery = Static<typeof DelayQuery>

/**
 * The slots that would move, as they would then stand; the meetings that would begin at another time; and who of them is
 * away then, by which slot that they run into.
 */
export const DelayPreview = Shape({
  slots: Type.Array(SlotView),
  meetings: Type.Array(Shape({ id: Id, startsAt: Time })),
  unfit: Type.Array(Shape({ meetingId: Id, participantId: Id, slotId: Id })),
})
export type DelayPreview = Static<typeof DelayPreview>

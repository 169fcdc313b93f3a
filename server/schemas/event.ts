import { Type, type Static } from 'typebox'
import { EventKind, HostKind, Id, Instant, Nullable, oneOf, Shape, Text, Time } from './common.ts'
import { EventRules } from './rules.ts'

const LocalTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })
const LocalDate = Type.String({ format: 'date', pattern: '^20' })

const gridParts = {
  slotMinutes: Type.Integer({ minimum: 5, maximum: 240 }),
  changeoverMinutes: Type.Integer({ minimum: 0, maximum: 60 }),
  blocks: Type.Array(
    Shape({
      /** Its day; without one, the first day of the event. */
      date: Type.Optional(LocalDate),
      start: LocalTime,
      slots: Type.Integer({ minimum: 1, maximum: 48 }),
    }),
    { minItems: 1, maxItems: 60 },
  ),
}

/** Turns of equal length: each block is a row of slots with no break between, starting at a local time of a day. */
export const SlotGrid = Shape(gridParts)
export type SlotGrid = Static<typeof SlotGrid>

/** `effects` is the digest of what was shown to hang on a change: where anything does, it has to be seen first. */
const seen = { effects: Type.Optional(Type.Integer()) }

/** Other slots for an event that may have answers and plans already. */
export const GridInput = Shape({ ...gridParts, ...seen })
export type GridInput = Static<typeof GridInput>

/** The whole event so many days later or earlier: everything else stays as it is. */
export const PostponeInput = Shape({ date: LocalDate, ...seen })
export type PostponeInput = Static<typeof PostponeInput>

export const NewEvent = Shape({
  kind: EventKind,
  title: Text(120, 1),
  date: LocalDate,
  venue: Type.Optional(Text(160)),
  /** Camps and tutoring days: the turns and how many tables. */
  grid: Type.Optional(SlotGrid),
  tables: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
  /** Workshops and public events: local start and end. */
  start: Type.Optional(LocalTime),
  end: Type.Optional(LocalTime),
  replyBy: Type.Optional(Nullable(Instant)),
  /** Take every project and host of the programme as participant (default true for camp and tutoring). */
  inviteEveryone: Type.Optional(Type.Boolean()),
  /** To try things out: never public, and nobody is written to. */
  rehearsal: Type.Optional(Type.Boolean()),
})
export type NewEvent = Static<typeof NewEvent>

export const EventPatch = Type.Partial(
  Shape({
    title: Text(120, 1),
    date: LocalDate,
    venue: Text(160),
    replyBy: Nullable(Instant),
    rehearsal: Type.Boolean(),
    /** The kinds that are left out stay as they are. */
    rules: Type.Partial(EventRules, { additionalProperties: false }),
  }),
  { additionalProperties: false },
)
export type EventPatch = Static<typeof EventPatch>

/** Other days for the same rules, slots and tables. */
export const EventCopy = Shape({
  date: LocalDate,
  title: Type.Optional(Text(120, 1)),
  /** Everybody of the programme (as for a new event), those who take part in this one, or nobody yet. */
  people: Type.Optional(oneOf(['everyone', 'same', 'nobody'] as const)),
  /** Of the same people, what they answered: whom they want to meet, and when, slot by slot. */
  answers: Type.Optional(Type.Boolean()),
})
export type EventCopy = Static<typeof EventCopy>

export const TablesInput = Shape({
  tables: Type.Array(
    Shape({
      id: Type.Optional(Id),
      name: Text(40, 1),
      room: Text(80),
      features: Type.Array(Text(40, 1), { maxItems: 8 }),
      /** Days of the event on which it is not there. */
      daysOut: Type.Optional(Type.Array(LocalDate, { maxItems: 60 })),
      /** The host, by their place in the event, whose only table it is; left out, it stays as it is. */
      ownerId: Type.Optional(Nullable(Id)),
    }),
    { maxItems: 500 },
  ),
  ...seen,
})
export type TablesInput = Static<typeof TablesInput>

/** What hangs on a change of slots, tables or days, before it is accepted. */
export const ArrangementEffects = Shape({
  /** To be sent with the change; null where nothing hangs on it. */
  effects: Nullable(Type.Integer()),
  slots: Shape({
    kept: Type.Integer(),
    moved: Type.Integer(),
    added: Type.Integer(),
    removed: Type.Integer(),
  }),
  /** People who had said that they cannot come to a slot that goes, or to one whose time changes. */
  availability: Shape({ gone: Type.Integer(), moved: Type.Integer() }),
  /** Pairs that have to meet, by decision of the organisers, whose slot goes: the decision stays without it. */
  rulings: Type.Integer(),
  /** People with an appointment whose time changes. */
  moved: Type.Integer(),
  /** Of each draft, the meetings that go, or stay without their table. */
  drafts: Type.Array(Shape({ name: Type.String(), meetings: Type.Integer(), locked: Type.Integer() })),
  /** Hosts whose own table goes. */
  owners: Type.Array(Shape({ name: Type.String(), table: Type.String() })),
  /** Meetings of the plan in force that lose their slot or table. */
  published: Type.Array(
    Shape({ startsAt: Time, table: Type.String(), names: Type.Array(Type.String()), locked: Type.Boolean() }),
  ),
})
export type ArrangementEffects = Static<typeof ArrangementEffects>

/** By which table a host sits, and at no other one; null: at any. */
export const OwnTableInput = Shape({ tableId: Nullable(Id) })
export type OwnTableInput = Static<typeof OwnTableInput>

export const SlotView = Shape({
  id: Id,
  position: Type.Integer(),
  day: Type.String(),
  block: Type.Integer(),
  startsAt: Time,
  endsAt: Time,
})
export type SlotView = Static<typeof SlotView>

export const TableView = Shape({
  id: Id,
  name: Type.String(),
  room: Type.String(),
  features: Type.Array(Type.String()),
  daysOut: Type.Array(Type.String()),
  /** The host whose own table it is. */
  ownerId: Nullable(Id),
})
export type TableView = Static<typeof TableView>

/** The event as each of its pages needs it. `now` is the event's clock (movable in the sample). */
export const EventInfo = Shape({
  id: Id,
  programmeId: Id,
  programmeName: Type.String(),
  kind: EventKind,
  title: Type.String(),
  /** The first day and the last one. */
  date: Type.String(),
  lastDate: Type.String(),
  venue: Type.String(),
  timezone: Type.String(),
  replyBy: Nullable(Time),
  now: Time,
  sample: Type.Boolean(),
  rehearsal: Type.Boolean(),
})
export type EventInfo = Static<typeof EventInfo>

/** Setup page of the organiser. */
export const EventView = Shape({
  event: EventInfo,
  /** Of the event's own data, its slots, its tables and its rules: for If-Match. */
  version: Type.Integer(),
  slots: Type.Array(SlotView),
  tables: Type.Array(TableView),
  rules: EventRules,
  /** Who can have a table of their own: the hosts of the event, with what they need of a table. */
  hosts: Type.Array(
    Shape({
      id: Id,
      name: Type.String(),
      organisation: Type.String(),
      needs: Type.Array(Type.String()),
    }),
  ),
  /** What people need of a table, each combination with how many ask for it. */
  needs: Type.Array(Shape({ features: Type.Array(Type.String()), people: Type.Integer() })),
  counts: Shape({
    projects: Type.Integer(),
    financed: Type.Integer(),
    hosts: Type.Integer(),
    /** Hosts of each kind of organisation that there is. */
    kinds: Type.Array(Shape({ kind: HostKind, hosts: Type.Integer() })),
    /** Organisations with more than one host. */
    several: Type.Integer(),
  }),
  /** The most turns in a row, in a day and in a half of one. */
  longest: Shape({ row: Type.Integer(), day: Type.Integer(), half: Type.Integer() }),
  screens: Type.Array(Shape({ id: Id, label: Type.String(), createdAt: Time })),
})
export type EventView = Static<typeof EventView>

export const NewScreen = Shape({ label: Text(60, 1) })
/** The link is shown once; only a digest is stored. */
export const ScreenCreated = Shape({ id: Id, path: Type.String() })
export type ScreenCreated = Static<typeof ScreenCreated>

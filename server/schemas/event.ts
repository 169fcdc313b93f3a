import { Type, type Static } from 'typebox'
import { EventKind, HostKind, Id, Instant, Nullable, Shape, Text, Time } from './common.ts'
import { EventRules } from './rules.ts'

const LocalTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })
const LocalDate = Type.String({ format: 'date', pattern: '^20' })

/** Turns of equal length: each block is a row of slots with no break between, starting at a local time. */
export const SlotGrid = Shape({
  slotMinutes: Type.Integer({ minimum: 5, maximum: 240 }),
  changeoverMinutes: Type.Integer({ minimum: 0, maximum: 60 }),
  blocks: Type.Array(Shape({ start: LocalTime, slots: Type.Integer({ minimum: 1, maximum: 48 }) }), {
    minItems: 1,
    maxItems: 12,
  }),
})
export type SlotGrid = Static<typeof SlotGrid>

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

/** Another day for the same rules, slots and tables. */
export const EventCopy = Shape({ date: LocalDate, title: Type.Optional(Text(120, 1)) })
export type EventCopy = Static<typeof EventCopy>

export const TablesInput = Shape({
  tables: Type.Array(
    Shape({
      id: Type.Optional(Id),
      name: Text(40, 1),
      room: Text(80),
      features: Type.Array(Text(40, 1), { maxItems: 8 }),
    }),
    { maxItems: 500 },
  ),
})
export type TablesInput = Static<typeof TablesInput>

export const SlotView = Shape({
  id: Id,
  position: Type.Integer(),
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
})
export type TableView = Static<typeof TableView>

/** The event as each of its pages needs it. `now` is the event's clock (movable in the sample). */
export const EventInfo = Shape({
  id: Id,
  programmeId: Id,
  programmeName: Type.String(),
  kind: EventKind,
  title: Type.String(),
  date: Type.String(),
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
  /** False once a schedule exists: slots and tables are then changed by repairs only. */
  gridEditable: Type.Boolean(),
})
export type EventView = Static<typeof EventView>

export const NewScreen = Shape({ label: Text(60, 1) })
/** The link is shown once; only a digest is stored. */
export const ScreenCreated = Shape({ id: Id, path: Type.String() })
export type ScreenCreated = Static<typeof ScreenCreated>

import { Type, type Static } from 'typebox'
import { Nullable, Shape, Time, oneOf } from './common.ts'
import { RunProgress, RunStatus } from './run.ts'

/** What a page can follow; `key` of the socket's address names the participant, schedule or nothing. */
export const VIEWS = [
  'agenda',
  'plan',
  'telling',
  'screen',
  'taking-part',
  'answers',
  'runs',
  'choices',
  'day',
  'desk',
  'changes',
  'applications',
] as const
export const ViewName = oneOf(VIEWS)
export type ViewName = Static<typeof ViewName>

export const LiveQuery = Shape({
  event: Type.String({ format: 'uuid' }),
  view: ViewName,
  key: Type.Optional(Type.String({ maxLength: 64 })),
  /** Whole views come with their long lists packed, see PackedRows. */
  packed: Type.Optional(Type.Literal('1')),
})
export type LiveQuery = Static<typeof LiveQuery>

/** The only frame a client sends: where it is. Nulls ask for a snapshot. */
export const ResumeFrame = Shape({
  epoch: Nullable(Type.String({ maxLength: 64 })),
  seq: Nullable(Type.Integer({ minimum: 0 })),
})
export type ResumeFrame = Static<typeof ResumeFrame>

const Row = Type.Object({ id: Type.String() }, { additionalProperties: true })

/**
 * Many values, one a row: the same in every row; of a few different ones which of them; ids of sixteen bytes each;
 * lists of so many each; objects, member by member; or as they are.
 */
export type Column =
  | { same: unknown }
  | { said: PackedRows; at: number[] }
  | { ids: string }
  | { each: number | number[]; of: Column }
  | { members: Record<string, Column> }
  | { list: unknown[] }
export type PackedRows = { rows: number; column: Column }

/** A long list of alike rows, column by column: in a large event a fifth of what it is row by row. */
const Packed = Type.Record(
  Type.String(),
  Type.Unsafe<PackedRows>(Shape({ rows: Type.Integer(), column: Type.Unknown() })),
)

/** The whole view as of `seq`; members that are `packed` are not in `data`. `at` is the event's clock, which in the sample can be moved. */
export const SnapshotFrame = Shape({
  type: Type.Literal('snapshot'),
  epoch: Type.String(),
  prev: Type.Null(),
  seq: Type.Integer(),
  at: Time,
  data: Type.Unknown(),
  packed: Type.Optional(Packed),
})
export type SnapshotFrame = Static<typeof SnapshotFrame>

/**
 * What differs in one member of a view: its new value, or of a list of rows with ids those that are new or other
 * ones now, and the order of all where that is another one too.
 */
export const MemberChange = Type.Union([
  Shape({ value: Type.Unknown() }),
  Shape({ rows: Type.Array(Row), order: Type.Optional(Type.Array(Type.String())) }),
])
export type MemberChange = Static<typeof MemberChange>

/**
 * What brings a page from `prev` to `seq`: the whole view in `data`, or the members that differ in `changed`.
 * Neither (null): nothing for this page changed, only `seq` advanced.
 */
export const ChangeFrame = Shape({
  type: Type.Literal('change'),
  epoch: Type.String(),
  prev: Type.Integer(),
  seq: Type.Integer(),
  at: Time,
  data: Type.Unknown(),
  packed: Type.Optional(Packed),
  changed: Type.Optional(Type.Record(Type.String(), MemberChange)),
})
/** Ephemeral: progress of a run, or how many go before one that waits; never stored. */
export const RunFrame = Shape({
  type: Type.Literal('run'),
  runId: Type.String(),
  status: RunStatus,
  progress: Type.Array(RunProgress),
  ahead: Type.Optional(Type.Integer()),
})
export type RunFrame = Static<typeof RunFrame>
/** Somebody who has pages of the event's organisers or its desk open now, on whatever node. */
export const Colleague = Shape({ id: Type.String(), name: Type.String(), views: Type.Array(ViewName) })
export type Colleague = Static<typeof Colleague>

/** Ephemeral: all who are there now, for the organisers alone; never stored. */
export const PresenceFrame = Shape({ type: Type.Literal('presence'), people: Type.Array(Colleague) })
/** Nothing happened, and the connection stands: what a page that hears none of it knows it by. */
export const PulseFrame = Shape({ type: Type.Literal('pulse') })
export const ByeFrame = Shape({ type: Type.Literal('bye'), code: Type.String() })
export const ServerFrame = Type.Union([
  SnapshotFrame,
  ChangeFrame,
  RunFrame,
  PresenceFrame,
  PulseFrame,
  ByeFrame,
])
export type ServerFrame = Static<typeof ServerFrame>

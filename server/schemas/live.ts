import { Type, type Static } from 'typebox'
import { Nullable, Shape, Time, oneOf } from './common.ts'
import { RunProgress, RunStatus } from './run.ts'

/** What a page can follow; `key` of the socket's address names the participant, schedule or nothing. */
export const VIEWS = ['agenda', 'plan', 'screen', 'answers', 'runs', 'choices', 'day', 'desk'] as const
export const ViewName = oneOf(VIEWS)
export type ViewName = Static<typeof ViewName>

export const LiveQuery = Shape({
  event: Type.String({ format: 'uuid' }),
  view: ViewName,
  key: Type.Optional(Type.String({ maxLength: 64 })),
})
export type LiveQuery = Static<typeof LiveQuery>

/** The only frame a client sends: where it is. Nulls ask for a snapshot. */
export const ResumeFrame = Shape({
  epoch: Nullable(Type.String({ maxLength: 64 })),
  seq: Nullable(Type.Integer({ minimum: 0 })),
})
export type ResumeFrame = Static<typeof ResumeFrame>

/**
 * `data` is the whole view as of `seq` (null = nothing for this page changed, only `seq` advanced).
 * `at` is the event's clock, which in the sample can be moved.
 */
export const SnapshotFrame = Type.Object({
  type: Type.Literal('snapshot'),
  epoch: Type.String(),
  prev: Type.Null(),
  seq: Type.Integer(),
  at: Time,
  data: Type.Unknown(),
})
export const ChangeFrame = Type.Object({
  type: Type.Literal('change'),
  epoch: Type.String(),
  prev: Type.Integer(),
  seq: Type.Integer(),
  at: Time,
  data: Type.Unknown(),
})
/** Ephemeral: progress of a run, never stored. */
export const RunFrame = Type.Object({
  type: Type.Literal('run'),
  runId: Type.String(),
  status: RunStatus,
  progress: Type.Array(RunProgress),
})
/** Nothing happened, and the connection stands: what a page that hears none of it knows it by. */
export const PulseFrame = Type.Object({ type: Type.Literal('pulse') })
export const ByeFrame = Type.Object({ type: Type.Literal('bye'), code: Type.String() })
export const ServerFrame = Type.Union([SnapshotFrame, ChangeFrame, RunFrame, PulseFrame, ByeFrame])
export type ServerFrame = Static<typeof ServerFrame>

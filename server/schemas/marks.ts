import { Type, type Static } from 'typebox'
import { Id, Nullable, oneOf, Shape } from './common.ts'

/** What a plan may break: of each kind, whether a change by hand may, stands in features/schedules/by-hand.ts. */
export const MARK_KINDS = [
  'conflict',
  'ruledOut',
  'own',
  'withdrawn',
  'slot',
  'table',
  'absence',
  'notComing',
  'availability',
  'noTable',
  'ownTable',
  'need',
  'avoid',
  'apart',
  'metBefore',
  'mustMeet',
  'mustTime',
  'maximum',
  'inRow',
  'perDay',
  'perHalf',
  'pause',
  'organisation',
] as const
export type MarkKind = (typeof MARK_KINDS)[number]

/** Something that a plan breaks, whoever or whatever brought it about. */
export const Mark = Shape({
  kind: oneOf(MARK_KINDS),
  /** The meetings that it is about; none where one is missing. */
  meetings: Type.Array(Id),
  /** Whom it is about first, then with whom. */
  participants: Type.Array(Id),
  /** The slots that it is about, in order. */
  slots: Type.Array(Id),
  tableId: Nullable(Id),
  /** What a table lacks. */
  needs: Type.Array(Type.String()),
  /** So many meetings where so many are the most. */
  count: Type.Integer(),
  most: Type.Integer(),
})
export type Mark = Static<typeof Mark>

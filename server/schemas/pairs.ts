import { Type, type Static } from 'typebox'
import { Id, Nullable, Shape, Text, Time, oneOf } from './common.ts'

/** What organisers decide of a pair: it meets, or it does not. */
export const Ruling = oneOf(['must', 'never'] as const)
export type Ruling = Static<typeof Ruling>

/** Both are participants of the event. Null lifts what was decided before. */
export const RulingInput = Shape({
  projectId: Id,
  hostId: Id,
  ruling: Nullable(Ruling),
  /** Only of a pair that must meet. */
  slotId: Type.Optional(Nullable(Id)),
  reason: Type.Optional(Text(200)),
})
export type RulingInput = Static<typeof RulingInput>

const Somebody = Shape({ id: Id, name: Type.String() })

export const PairsView = Shape({
  rulings: Type.Array(
    Shape({
      project: Somebody,
      host: Somebody,
      ruling: Ruling,
      slotId: Nullable(Id),
      startsAt: Nullable(Time),
      reason: Type.String(),
      /** What one of the two said against a meeting that must be. */
      against: Nullable(oneOf(['avoid', 'conflict'] as const)),
    }),
  ),
  /** Who can be chosen: the project by its name, the host with the organisation. */
  projects: Type.Array(Somebody),
  hosts: Type.Array(Somebody),
})
export type PairsView = Static<typeof PairsView>

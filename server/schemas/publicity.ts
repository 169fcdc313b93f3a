import { Type, type Static } from 'typebox'
import { EventKind, Id, Shape, oneOf } from './common.ts'

/** What becomes public each by a decision of its own. */
export const PublicThing = oneOf(['programme', 'ranking', 'events', 'proposals'] as const)
export type PublicThing = Static<typeof PublicThing>

/** Shows these to anybody, or to nobody any more. */
export const PublicityDecision = Shape({
  public: Type.Boolean(),
  what: PublicThing,
  /** Events, or the projects of proposals; of the programme and its ranking there is but one. */
  ids: Type.Optional(Type.Array(Id, { minItems: 1, maxItems: 500, uniqueItems: true })),
})
export type PublicityDecision = Static<typeof PublicityDecision>

/** What anybody may read of a programme, and what is ready to be shown. */
export const PublicityView = Shape({
  programme: Shape({
    id: Id,
    name: Type.String(),
    public: Type.Boolean(),
    rankingPublic: Type.Boolean(),
    financed: Type.Integer(),
  }),
  events: Type.Array(
    Shape({
      id: Id,
      kind: EventKind,
      title: Type.String(),
      date: Type.String(),
      public: Type.Boolean(),
      rehearsal: Type.Boolean(),
    }),
  ),
  /** The approved ones of financed projects, by rank: those are the ones with a page to stand on. */
  proposals: Type.Array(
    Shape({ projectId: Id, project: Type.String(), summary: Type.String(), public: Type.Boolean() }),
  ),
})
export type PublicityView = Static<typeof PublicityView>

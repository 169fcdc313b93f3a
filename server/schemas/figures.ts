import { Type, type Static } from 'typebox'
import { EventKind, Id, Nullable, PreferenceLevel, Shape, Side, Time } from './common.ts'
import { PeopleCounts } from './programme.ts'

/** Of one event: who takes part, who has answered, and what the published plan holds. No rehearsals. */
const EventFigures = Shape({
  id: Id,
  kind: EventKind,
  title: Type.String(),
  /** The first day and the last one. */
  date: Type.String(),
  lastDate: Type.String(),
  venue: Type.String(),
  projects: Type.Integer(),
  hosts: Type.Integer(),
  answered: Type.Integer(),
  /** Null before anything is published. */
  published: Nullable(
    Shape({
      number: Type.Integer(),
      meetings: Type.Integer(),
      /** How many of the wishes of a side are met. */
      wishes: Type.Array(
        Shape({ level: PreferenceLevel, side: Side, stated: Type.Integer(), met: Type.Integer() }),
      ),
    }),
  ),
})

/** What a city or a funder reads of a programme: figures, nobody's contacts, notes or answers. */
export const FiguresView = Shape({
  programme: Shape({
    id: Id,
    name: Type.String(),
    phase: Type.String(),
    city: Type.String(),
    timezone: Type.String(),
  }),
  counts: PeopleCounts,
  events: Type.Array(EventFigures),
})
export type FiguresView = Static<typeof FiguresView>

/** The published plan as it hangs in the room, with organisations in place of people. */
export const PublishedPlan = Shape({
  title: Type.String(),
  timezone: Type.String(),
  meetings: Type.Array(
    Shape({
      id: Id,
      startsAt: Time,
      endsAt: Time,
      table: Nullable(Type.String()),
      room: Type.String(),
      project: Type.String(),
      organisation: Type.String(),
    }),
  ),
})
export type PublishedPlan = Static<typeof PublishedPlan>

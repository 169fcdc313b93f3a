import { Type, type Static, type TSchema } from 'typebox'
import { HostKind, Nullable, Shape, oneOf } from './common.ts'

const Points = Type.Integer({ minimum: 0, maximum: 1000 })
const Least = Type.Integer({ minimum: 0, maximum: 48 })
/** Null: no such limit. */
const Most = Nullable(Type.Integer({ minimum: 1, maximum: 48 }))
const LocalTime = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })
const BySide = <T extends TSchema>(schema: T) => Shape({ projects: schema, hosts: schema })

/**
 * The rules of an event, one member a kind. What a new event starts from stands below, and rows of earlier versions
 * read with it for the kinds that they lack; how each comes to the solver: features/solver-input/rules.ts.
 */
export const EventRules = Shape({
  /** What a stated wish is worth, each side; the two sides add up. */
  weights: Shape({ must: Points, want: Points, open: Points }),
  /** Guaranteed meetings. */
  guarantee: Shape({ financed: Least, notFinanced: Least, hosts: Least }),
  /** Meetings at most, where the participant says nothing else. */
  maximum: BySide(Most),
  /** Meetings one after the other, inside a block. */
  inRow: BySide(Most),
  perDay: BySide(Most),
  /** Before and after the longest break of a day. */
  perHalf: BySide(Most),
  /** So many of the turns that touch these hours, of each day, stay free, of everybody's own choice. */
  pause: Nullable(Shape({ free: Type.Integer({ minimum: 1, maximum: 48 }), from: LocalTime, to: LocalTime })),
  /** Meetings of a project with one organisation, whoever of its hosts they are with. */
  organisation: Most,
  /** Kinds of hosts who do not meet projects of a group. */
  apart: Type.Array(Shape({ kind: HostKind, financed: Type.Boolean() }), { maxItems: 10 }),
  /** Pairs that met in an earlier event of the programme: as if they had not, worth that share, or not again. */
  metBefore: Shape({
    how: oneOf(['same', 'less', 'never'] as const),
    percent: Type.Integer({ minimum: 0, maximum: 100 }),
  }),
  /**
   * Where wishes alone leave somebody short of their guarantee, the meetings missing are proposed between people whose
   * affinity is at least this.
   */
  suggestions: Nullable(Type.Integer({ minimum: 0, maximum: 100 })),
  /** How many musts a participant may give. */
  musts: Least,
})
export type EventRules = Static<typeof EventRules>

export const DEFAULT_RULES: EventRules = {
  weights: { must: 8, want: 4, open: 1 },
  guarantee: { financed: 3, notFinanced: 3, hosts: 0 },
  maximum: { projects: null, hosts: null },
  inRow: { projects: null, hosts: null },
  perDay: { projects: null, hosts: null },
  perHalf: { projects: null, hosts: null },
  pause: null,
  organisation: null,
  apart: [],
  metBefore: { how: 'same', percent: 50 },
  suggestions: null,
  musts: 3,
}

export const completeRules = (given: Partial<EventRules>): EventRules => ({ ...DEFAULT_RULES, ...given })

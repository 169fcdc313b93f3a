import { Type, type Static, type TSchema } from 'typebox'
import { HostKind, Nullable, Shape, oneOf } from './common.ts'

const Points = Type.Integer({ minimum: 0, maximum: 1000 })
const Least = Type.Integer({ minimum: 0, maximum: 48 })
/** Null: no such limit. */
const Most = Nullable(Type.Integer({ minimum: 1, maximum: 48 }))
/** What an agenda is good for: short days are those without pauses, and tables stay with whoever keeps theirs. */
export const AIMS = ['guarantee', 'wishes', 'fairness', 'days', 'tables'] as const
const Aim = oneOf(AIMS)
export type Aim = Static<typeof Aim>
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
  /** Points of a pair of full affinity, on top of what was wished of it; of less affinity, its share of them. */
  affinity: Points,
  /** The aims, the most important first. */
  aims: Type.Array(Aim, { minItems: AIMS.length, maxItems: AIMS.length, uniqueItems: true }),
  /** Percent of the wishes that may be given back for the aims after them. */
  tolerance: Type.Integer({ minimum: 0, maximum: 50 }),
  /** Who keeps the table. */
  seated: BySide(Type.Boolean()),
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
  affinity: 0,
  aims: [...AIMS],
  tolerance: 0,
  seated: { projects: false, hosts: true },
}

export const completeRules = (given: Partial<EventRules>): EventRules => ({ ...DEFAULT_RULES, ...given })

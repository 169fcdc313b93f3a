import { Type, type Static } from 'typebox'
import { HostKind, Id, Nullable, PreferenceLevel, Shape, Text, Time, oneOf } from './common.ts'

const Count = Type.Integer()

/** What hangs on a project or a host: what withdrawing leaves, and what deleting would take with it. */
export const Ties = Shape({
  id: Id,
  name: Type.String(),
  withdrawn: Type.Boolean(),
  /** Its proposal or profile has been written on. */
  written: Type.Boolean(),
  events: Type.Array(Type.String()),
  /** Answers that it gave, and those that others gave of it. */
  given: Count,
  received: Count,
  /** Meetings in drafts; those still to come in the schedule in force; and all in published schedules. */
  drafted: Count,
  coming: Count,
  published: Count,
  /** Hosts that were merged into this one. */
  twins: Count,
  deletable: Type.Boolean(),
})
export type Ties = Static<typeof Ties>

export const Withdrawal = Shape({ withdrawn: Type.Boolean() })
export type Withdrawal = Static<typeof Withdrawal>

export const OrganisationRow = Shape({
  id: Id,
  /** Of its names and kind: for If-Match. */
  version: Type.Integer(),
  name: Type.String(),
  /** Where there is little room; empty where the name will do. */
  shortName: Type.String(),
  kind: Nullable(HostKind),
  hosts: Count,
  projects: Count,
  /** Others that seem to be the same, but for how they are written. */
  alike: Type.Array(Id),
})
export type OrganisationRow = Static<typeof OrganisationRow>
export const OrganisationsView = Shape({ organisations: Type.Array(OrganisationRow) })
export type OrganisationsView = Static<typeof OrganisationsView>

export const OrganisationPatch = Type.Partial(
  Shape({ name: Text(160, 1), shortName: Text(24), kind: HostKind }),
  {
    additionalProperties: false,
  },
)
export type OrganisationPatch = Static<typeof OrganisationPatch>
export const OrganisationMerge = Shape({ twinId: Id })
export type OrganisationMerge = Static<typeof OrganisationMerge>

/** Of a host entered twice: the one that stays, and the other. */
export const MERGE_SIDES = ['survivor', 'twin'] as const
export const MergeSide = oneOf(MERGE_SIDES)
export type MergeSide = Static<typeof MergeSide>

const Answer = Shape({ level: Nullable(PreferenceLevel), conflict: Type.Boolean() })
const Away = Type.Array(Time)
export const MergeQuestion = Type.Union([
  Shape({
    key: Type.String(),
    about: oneOf(['given', 'received'] as const),
    event: Type.String(),
    name: Type.String(),
    survivor: Answer,
    twin: Answer,
  }),
  Shape({
    key: Type.String(),
    about: oneOf(['availability'] as const),
    event: Type.String(),
    survivor: Shape({ away: Away, maxMeetings: Nullable(Count) }),
    twin: Shape({ away: Away, maxMeetings: Nullable(Count) }),
  }),
  Shape({
    key: Type.String(),
    about: oneOf(['field'] as const),
    field: Type.String(),
    survivor: Type.String(),
    twin: Type.String(),
  }),
])
export type MergeQuestion = Static<typeof MergeQuestion>

const Named = Shape({
  id: Id,
  organisation: Type.String(),
  name: Type.String(),
  email: Nullable(Type.String()),
})

/** What merging would do: what is in its way, and where both say something different. */
export const MergeView = Shape({
  timezone: Type.String(),
  survivor: Named,
  twin: Named,
  clashes: Type.Array(
    Shape({
      event: Type.String(),
      schedule: Type.String(),
      at: Time,
      survivor: Type.String(),
      twin: Type.String(),
    }),
  ),
  questions: Type.Array(MergeQuestion),
})
export type MergeView = Static<typeof MergeView>

export const MergeOrder = Shape({
  twinId: Id,
  /** What stands, by the key of each question. */
  choices: Type.Record(Text(120, 1), MergeSide),
})
export type MergeOrder = Static<typeof MergeOrder>

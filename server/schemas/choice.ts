import { Type, type Static } from 'typebox'
import { EventInfo, SlotView, TableView } from './event.ts'
import { HostProfile, ProposalContent, ProposalStatus } from './proposal.ts'
import {
  HostKind,
  Id,
  Nullable,
  PreferenceLevel,
  Shape,
  Side,
  SupportForm,
  Text,
  Time,
  oneOf,
} from './common.ts'

export const COMPARED = ['support', 'theme', 'district', 'amount'] as const
export type Compared = (typeof COMPARED)[number]

/**
 * Why two sides fit, as codes with values; the page puts them into words. `open`: what of it one side left open, and so
 * does not count.
 */
export const CompatibilityReason = Shape({
  kind: oneOf([...COMPARED, 'open'] as const),
  values: Type.Array(Type.String()),
})
export type CompatibilityReason = Static<typeof CompatibilityReason>

/** A pair that nobody asked for, proposed because somebody would be short of their guarantee: as it fitted then. */
export const Suggestion = Shape({ compatibility: Type.Integer(), reasons: Type.Array(CompatibilityReason) })
export type Suggestion = Static<typeof Suggestion>

export const ChoiceCard = Shape({
  participantId: Id,
  name: Type.String(),
  /** Organisations of the project, or the organisation of the host. */
  organisations: Type.Array(Type.String()),
  sample: Type.Boolean(),
  level: Nullable(PreferenceLevel),
  conflict: Type.Boolean(),
  /** 0–100: how well both fit, of what both stated. */
  compatibility: Type.Integer(),
  reasons: Type.Array(CompatibilityReason),
  /** The proposal a host reads (submitted or approved ones only; null while it is a draft). */
  project: Nullable(
    Shape({ financed: Type.Boolean(), status: ProposalStatus, proposal: Nullable(ProposalContent) }),
  ),
  /** What a project reads of a host. */
  host: Nullable(Shape({ kind: HostKind, profile: HostProfile })),
})
export type ChoiceCard = Static<typeof ChoiceCard>

/** The choosing page of one participant. */
export const ChoicesView = Shape({
  event: EventInfo,
  participant: Shape({
    id: Id,
    side: Side,
    name: Type.String(),
    projectId: Nullable(Id),
    hostId: Nullable(Id),
    unavailable: Type.Array(Id),
    maxMeetings: Nullable(Type.Integer()),
    needs: Type.Array(Type.String()),
    answeredAt: Nullable(Time),
  }),
  slots: Type.Array(SlotView),
  /** Workshops and public events that they attend at the hours of some of the slots. */
  engagements: Type.Array(Shape({ title: Type.String(), slots: Type.Array(Id) })),
  /** What tables there are have, each combination once. */
  tableFeatures: Type.Array(Type.Array(Type.String())),
  /** The only table that they sit at. */
  ownTable: Nullable(TableView),
  /** Of a host, for organisers: the tables that can become their own, and by whom each is taken. */
  tablesToOwn: Type.Array(
    Shape({ id: Id, name: Type.String(), room: Type.String(), owner: Nullable(Type.String()) }),
  ),
  mustsAllowed: Type.Integer(),
  mustsLeft: Type.Integer(),
  /** False once replies are closed for this actor. */
  mayEdit: Type.Boolean(),
  cards: Type.Array(ChoiceCard),
})
export type ChoicesView = Static<typeof ChoicesView>

export const PreferenceInput = Shape({ level: Nullable(PreferenceLevel), conflict: Type.Boolean() })
export type PreferenceInput = Static<typeof PreferenceInput>

export const AvailabilityInput = Shape({
  unavailable: Type.Array(Id, { maxItems: 200, uniqueItems: true }),
  maxMeetings: Nullable(Type.Integer({ minimum: 1, maximum: 48 })),
  /** What a table has to have; left out, it stays as it is. */
  needs: Type.Optional(Type.Array(Text(40, 1), { maxItems: 8, uniqueItems: true })),
})
export type AvailabilityInput = Static<typeof AvailabilityInput>

export const AnswerRow = Shape({
  participantId: Id,
  side: Side,
  name: Type.String(),
  organisations: Type.Array(Type.String()),
  financed: Nullable(Type.Boolean()),
  projectId: Nullable(Id),
  hostId: Nullable(Id),
  hasEmail: Type.Boolean(),
  proposalStatus: Nullable(ProposalStatus),
  supportForms: Type.Array(SupportForm),
  given: Shape({ must: Type.Integer(), want: Type.Integer(), open: Type.Integer(), avoid: Type.Integer() }),
  received: Shape({ must: Type.Integer(), want: Type.Integer(), open: Type.Integer() }),
  availableSlots: Type.Integer(),
  answeredAt: Nullable(Time),
  /** Last time a reminder was sent. */
  remindedAt: Nullable(Time),
})
export type AnswerRow = Static<typeof AnswerRow>

/** Who has answered, for organisers. */
export const AnswersView = Shape({
  event: EventInfo,
  slots: Type.Integer(),
  tables: Type.Integer(),
  /** Pairs that could meet. */
  candidates: Type.Integer(),
  answers: Type.Array(AnswerRow),
})
export type AnswersView = Static<typeof AnswersView>

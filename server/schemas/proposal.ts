import { Type, type Static } from 'typebox'
import { HostKind, Id, Nullable, Prose, Shape, SupportForm, Text, Time, oneOf } from './common.ts'

export const PROPOSAL_STATUSES = ['draft', 'submitted', 'changes_requested', 'approved'] as const
export const ProposalStatus = oneOf(PROPOSAL_STATUSES)
export type ProposalStatus = Static<typeof ProposalStatus>

export const THEMES = [
  'inclusion',
  'education',
  'work',
  'health',
  'food',
  'environment',
  'reuse',
  'culture',
  'housing',
  'migration',
  'families',
  'youth',
  'elderly',
  'disability',
  'digital',
] as const
export const Theme = oneOf(THEMES)
export type Theme = Static<typeof Theme>

const MOST_EUROS = 100_000_000
/** Euros, to the cent: the service refuses finer ones, which decimals of a schema cannot tell exactly. */
const Amount = Type.Number({ minimum: 0, maximum: MOST_EUROS })
const WholeAmount = Type.Integer({ minimum: 0, maximum: MOST_EUROS })

export const SupportSought = Shape({ form: SupportForm, amount: Nullable(Amount) })
/** Where a project's money comes from. */
export const SOURCE_KINDS = [
  'own',
  'public',
  'foundation',
  'donation',
  'sponsorship',
  'five_per_mille',
  'crowdfunding',
  'loan',
  'other',
] as const
export const SourceKind = oneOf(SOURCE_KINDS)
export type SourceKind = Static<typeof SourceKind>
/** `source`: which one, in the project's words; of another kind, what it is. */
export const FundingPart = Shape({
  kind: SourceKind,
  source: Text(80),
  percent: Type.Number({ minimum: 0, maximum: 100 }),
})
export type FundingPart = Static<typeof FundingPart>

/** Everything the form holds. Any member may be absent in an autosave: absent = unchanged. */
export const ProposalContent = Shape({
  summary: Prose(400),
  problem: Prose(2000),
  ask: Prose(2000),
  offer: Prose(2000),
  beneficiaries: Prose(600),
  district: Text(80),
  themes: Type.Array(Theme, { maxItems: 6, uniqueItems: true }),
  /** 1–17. */
  goals: Type.Array(Type.Integer({ minimum: 1, maximum: 17 }), { maxItems: 17, uniqueItems: true }),
  support: Type.Array(SupportSought, { maxItems: 3 }),
  fundingMix: Type.Array(FundingPart, { maxItems: 12 }),
})
export type ProposalContent = Static<typeof ProposalContent>

export const ProposalPatch = Type.Partial(ProposalContent, { additionalProperties: false })
export type ProposalPatch = Static<typeof ProposalPatch>

export const ProposalView = Shape({
  projectId: Id,
  programmeId: Id,
  projectName: Type.String(),
  organisations: Type.Array(Type.String()),
  financed: Type.Boolean(),
  sample: Type.Boolean(),
  status: ProposalStatus,
  version: Type.Integer(),
  content: ProposalContent,
  /** What is still missing before it can be submitted, as JSON pointers into content. */
  missing: Type.Array(Type.String()),
  /** 0–100. */
  complete: Type.Integer(),
  submittedAt: Nullable(Time),
  /** The organisers' request for changes, if any. */
  message: Type.String(),
  replyBy: Nullable(Time),
  /** The programme's clock, by which the term is told. */
  now: Time,
  mayEdit: Type.Boolean(),
  mayReview: Type.Boolean(),
})
export type ProposalView = Static<typeof ProposalView>

export const ChangesRequest = Shape({ message: Prose(1000, 1) })

export const HostProfile = Shape({
  firstName: Text(80),
  lastName: Text(120),
  title: Text(120),
  about: Prose(1000),
  themes: Type.Array(Theme, { maxItems: 15, uniqueItems: true }),
  supportForms: Type.Array(SupportForm, { maxItems: 3, uniqueItems: true }),
  districts: Type.Array(Text(80, 1), { maxItems: 20, uniqueItems: true }),
  amountMin: Nullable(WholeAmount),
  amountMax: Nullable(WholeAmount),
  funds: Prose(1000),
  doesNotFund: Prose(1000),
})
export type HostProfile = Static<typeof HostProfile>

export const HostPatch = Type.Partial(HostProfile, { additionalProperties: false })
export type HostPatch = Static<typeof HostPatch>

export const HostView = Shape({
  hostId: Id,
  programmeId: Id,
  organisation: Type.String(),
  kind: HostKind,
  sample: Type.Boolean(),
  version: Type.Integer(),
  profile: HostProfile,
  mayEdit: Type.Boolean(),
})
export type HostView = Static<typeof HostView>

import { Type, type Static } from 'typebox'
import { Email, Id, Instant, Language, Nullable, Prose, Shape, Text, Time, oneOf } from './common.ts'
import { ProposalContent } from './proposal.ts'

/** The open call of a programme, and what projects apply with. */

const CallText = Shape({ text: Prose(6000), criteria: Prose(4000), next: Prose(3000) })
export type CallText = Static<typeof CallText>
const said = { text: Type.String(), criteria: Type.String(), next: Type.String() }

/** In Italian; in English too where there is something in it. */
const texts = { it: CallText, en: CallText }

export const CallPatch = Type.Partial(Shape({ ...texts, closesAt: Nullable(Instant) }), {
  additionalProperties: false,
})
export type CallPatch = Static<typeof CallPatch>

export const CallSwitch = Shape({ on: Type.Boolean() })

/** As its organisers write it. */
export const CallSetting = Shape({
  ...{ programmeId: Id, programme: Type.String(), timezone: Type.String() },
  /** Of what the form changes: for If-Match. */
  version: Type.Integer(),
  ...{ it: Shape(said), en: Shape(said), closesAt: Nullable(Time), on: Type.Boolean() },
  /** Where anybody reads it once it is on. */
  address: Type.String(),
  /** What is missing before it can be switched on, as JSON pointers. */
  missing: Type.Array(Type.String()),
})
export type CallSetting = Static<typeof CallSetting>

/** As anybody reads it. */
export const PublicCall = Shape({
  ...{ programmeId: Id, programme: Type.String(), phase: Type.String(), city: Type.String() },
  timezone: Type.String(),
  contact: Shape({ email: Nullable(Type.String()), phone: Type.String() }),
  /** In the language asked for, where it is written in it. */
  language: Language,
  ...said,
  closesAt: Nullable(Time),
  /** False once the deadline has passed. */
  open: Type.Boolean(),
  sample: Type.Boolean(),
})
export type PublicCall = Static<typeof PublicCall>

export const CallCodeAsked = Shape({ email: Email })
export type CallCodeAsked = Static<typeof CallCodeAsked>
export const CallEntry = Shape({ email: Email, code: Type.String({ pattern: '^[0-9]{6}$' }) })
export type CallEntry = Static<typeof CallEntry>

export const APPLICATION_STATES = [
  'draft',
  'submitted',
  'changes_requested',
  'admitted',
  'refused',
  'withdrawn',
] as const
export const ApplicationState = oneOf(APPLICATION_STATES)
export type ApplicationState = Static<typeof ApplicationState>

const { summary, problem, ask, district, support } = ProposalContent.properties

/** What an applicant writes beside the name of the project. The last ones become the project's proposal. */
const written = {
  organisations: Type.Array(Text(160, 1), { maxItems: 10, uniqueItems: true }),
  ...{ firstName: Text(80), lastName: Text(120), title: Text(120), phone: Text(40) },
  ...{ summary, problem, ask, district, support },
}
export const ApplicationContent = Shape(written)
export type ApplicationContent = Static<typeof ApplicationContent>

const name = Text(120, 1)
export const NewApplication = Shape({ name })
export const ApplicationPatch = Type.Partial(Shape({ name, ...written }), { additionalProperties: false })
export type ApplicationPatch = Static<typeof ApplicationPatch>

export const ApplicationView = Shape({
  ...{ id: Id, programmeId: Id, programme: Type.String(), timezone: Type.String() },
  ...{ version: Type.Integer(), state: ApplicationState, name: Type.String() },
  content: ApplicationContent,
  email: Type.String(),
  language: Language,
  /** What is missing before it can be handed in, as JSON pointers. */
  missing: Type.Array(Type.String()),
  /** The organisers' reason, of changes asked for and of a refusal. */
  message: Type.String(),
  ...{ submittedAt: Nullable(Time), decidedAt: Nullable(Time) },
  closesAt: Nullable(Time),
  /** When it is deleted by itself; null where it stays with its project, or is not decided yet. */
  forgottenAt: Nullable(Time),
  mayEdit: Type.Boolean(),
  /** Once admitted: where it goes on, with what its organisers entered. */
  project: Nullable(Shape({ id: Id, rank: Nullable(Type.Integer()), financed: Type.Boolean() })),
})
export type ApplicationView = Static<typeof ApplicationView>

export const OwnApplications = Shape({ email: Type.String(), applications: Type.Array(ApplicationView) })
export type OwnApplications = Static<typeof OwnApplications>

export const ApplicationRow = Shape({
  ...{ id: Id, state: ApplicationState, name: Type.String(), version: Type.Integer() },
  ...{ organisations: Type.Array(Type.String()), contact: Type.String(), summary: Type.String() },
  submittedAt: Nullable(Time),
  decidedAt: Nullable(Time),
  ...{ rank: Nullable(Type.Integer()), financed: Nullable(Type.Boolean()) },
})
export type ApplicationRow = Static<typeof ApplicationRow>

export const ApplicationsView = Shape({
  ...{ programmeId: Id, on: Type.Boolean(), closesAt: Nullable(Time), open: Type.Boolean() },
  /** Of what has been handed in once. */
  applications: Type.Array(ApplicationRow),
  /** Begun and not handed in: nobody but its applicant reads it. */
  drafts: Type.Integer(),
})
export type ApplicationsView = Static<typeof ApplicationsView>

export const DECISIONS = ['changes', 'admitted', 'refused'] as const
export const Decision = oneOf(DECISIONS)
export type Decision = Static<typeof Decision>

const place = {
  rank: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 9999 }))),
  financed: Type.Optional(Type.Boolean()),
}
/** With its reason where it is one that needs one, and with rank and financing where it admits. */
export const DecisionInput = Shape({ decision: Decision, reason: Type.Optional(Prose(2000)), ...place })
export type DecisionInput = Static<typeof DecisionInput>

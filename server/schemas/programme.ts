import { Type, type Static } from 'typebox'
import {
  Email,
  EventKind,
  HostKind,
  Id,
  Language,
  Nullable,
  Prose,
  Shape,
  SupportForm,
  Text,
  Time,
  oneOf,
} from './common.ts'
import { EventInfo } from './event.ts'

export const NewProgramme = Shape({
  name: Text(120, 1),
  phase: Type.Optional(Text(60)),
  city: Type.Optional(Text(80)),
  timezone: Type.Optional(Text(60, 1)),
  call: Type.Optional(Prose(2000)),
  contactEmail: Type.Optional(Nullable(Email)),
  contactPhone: Type.Optional(Text(40)),
  /** Of mails to whoever has not used another one. */
  language: Type.Optional(Language),
})
export type NewProgramme = Static<typeof NewProgramme>

export const ProgrammePatch = Type.Partial(NewProgramme, { additionalProperties: false })

export const ProgrammeSummary = Shape({
  id: Id,
  name: Type.String(),
  phase: Type.String(),
  city: Type.String(),
  sample: Type.Boolean(),
})

export const Programmes = Shape({ programmes: Type.Array(ProgrammeSummary) })
export type Programmes = Static<typeof Programmes>

export const EventSummary = Shape({
  id: Id,
  kind: EventKind,
  title: Type.String(),
  date: Type.String(),
  lastDate: Type.String(),
  venue: Type.String(),
  public: Type.Boolean(),
  rehearsal: Type.Boolean(),
  slots: Type.Integer(),
  tables: Type.Integer(),
  participants: Type.Integer(),
  answered: Type.Integer(),
  /** Of those who were asked whether they come, who said so. */
  coming: Type.Integer(),
  notComing: Type.Integer(),
  /** Of the programme, and never in an event to come with meetings: they are offered for it. */
  newcomers: Type.Integer(),
  publishedVersion: Nullable(Type.Integer()),
  /** Plans that wait to be published. */
  drafts: Type.Integer(),
})
export type EventSummary = Static<typeof EventSummary>

/** How many people a programme has, and how far their proposals are. */
export const PeopleCounts = Shape({
  projects: Type.Integer(),
  financed: Type.Integer(),
  hosts: Type.Integer(),
  proposalsSubmitted: Type.Integer(),
})

export const ProgrammeView = Shape({
  id: Id,
  /** Of what its form changes: for If-Match. */
  version: Type.Integer(),
  name: Type.String(),
  phase: Type.String(),
  city: Type.String(),
  timezone: Type.String(),
  call: Type.String(),
  contactEmail: Nullable(Type.String()),
  contactPhone: Type.String(),
  language: Language,
  sample: Type.Boolean(),
  public: Type.Boolean(),
  events: Type.Array(EventSummary),
  counts: PeopleCounts,
})
export type ProgrammeView = Static<typeof ProgrammeView>

const PersonFields = {
  firstName: Text(80),
  /** The whole name where it is one word. */
  lastName: Text(120),
  /** Role or title. */
  title: Text(120),
  email: Nullable(Email),
  phone: Nullable(Text(40)),
  /** Null: the programme's. */
  language: Nullable(Language),
}

/** Somebody who stands for a project or an organisation; `name` is how others read it. */
export const PersonRow = Shape({ id: Id, name: Type.String(), ...PersonFields })
export type PersonRow = Static<typeof PersonRow>

/** With a name or a mail address at least. */
export const NewPerson = Type.Partial(Shape(PersonFields), { additionalProperties: false })
export type NewPerson = Static<typeof NewPerson>

export const ProjectRow = Shape({
  id: Id,
  /** Of what its form changes: for If-Match. */
  version: Type.Integer(),
  code: Type.String(),
  name: Type.String(),
  /** Where there is little room; empty where the name will do. */
  shortName: Type.String(),
  financed: Type.Boolean(),
  rank: Nullable(Type.Integer()),
  organisations: Type.Array(Type.String()),
  /** The first contact first. */
  team: Type.Array(PersonRow),
  notes: Type.String(),
  sample: Type.Boolean(),
  /** Takes no part any more. */
  withdrawn: Type.Boolean(),
  proposalStatus: Type.String(),
})
export type ProjectRow = Static<typeof ProjectRow>

export const HostRow = Shape({
  id: Id,
  /** Of what its form changes: for If-Match. */
  version: Type.Integer(),
  code: Type.String(),
  person: PersonRow,
  organisation: Type.String(),
  kind: HostKind,
  /** The organisers' own mark, where two look alike. */
  label: Type.String(),
  notes: Type.String(),
  sample: Type.Boolean(),
  /** Takes no part any more. */
  withdrawn: Type.Boolean(),
  supportForms: Type.Array(SupportForm),
})
export type HostRow = Static<typeof HostRow>

/** People of a programme, for its organisers. */
export const PeopleView = Shape({
  programmeId: Id,
  projects: Type.Array(ProjectRow),
  hosts: Type.Array(HostRow),
})
export type PeopleView = Static<typeof PeopleView>

export const NewProject = Shape({
  name: Text(120, 1),
  shortName: Type.Optional(Text(24)),
  code: Type.Optional(Text(40)),
  financed: Type.Optional(Type.Boolean()),
  rank: Type.Optional(Nullable(Type.Integer({ minimum: 1, maximum: 9999 }))),
  organisations: Type.Optional(Type.Array(Text(160, 1), { maxItems: 20 })),
  /** The whole team, the first contact first; who is known by `id` stays the same person. */
  team: Type.Optional(
    Type.Array(Shape({ id: Type.Optional(Id), ...NewPerson.properties }), { maxItems: 30 }),
  ),
  notes: Type.Optional(Prose(4000)),
})
export type NewProject = Static<typeof NewProject>

export const ProjectPatch = Type.Partial(NewProject, { additionalProperties: false })
export type ProjectPatch = Static<typeof ProjectPatch>

export const NewHost = Shape({
  ...NewPerson.properties,
  organisation: Text(160, 1),
  kind: HostKind,
  code: Type.Optional(Text(40)),
  label: Type.Optional(Text(60)),
  notes: Type.Optional(Prose(4000)),
})
export type NewHost = Static<typeof NewHost>

/** What organisers correct of a host, one by one. */
export const HostPersonPatch = Type.Partial(NewHost, { additionalProperties: false })
export type HostPersonPatch = Static<typeof HostPersonPatch>

/** 'perhaps' where the mail server got the text and its answer was lost; 'kept' where mails do not leave. */
export const MailState = oneOf(['waiting', 'sent', 'perhaps', 'kept', 'failed'] as const)

/** Those who run a programme beside whoever founded it, and those who follow it from outside. */
export const HELPER_ROLES = ['organiser', 'desk', 'observer'] as const
export const HelperRole = oneOf(HELPER_ROLES)
export type HelperRole = Static<typeof HelperRole>
export const NewHelper = Shape({
  ...{ email: Email, name: Text(120, 1), role: HelperRole },
  /** In which they are written to. */
  language: Type.Optional(Language),
})
export type NewHelper = Static<typeof NewHelper>
export const Helpers = Shape({
  helpers: Type.Array(
    Shape({
      ...{ id: Id, name: Type.String(), email: Type.String(), role: HelperRole },
      language: Nullable(Language),
      /** Their mailbox exists: not so of the sample's people. */
      reachable: Type.Boolean(),
      /** The last mail that invited them. */
      invited: Nullable(Shape({ state: MailState, at: Time, error: Nullable(Type.String()) })),
    }),
  ),
})
/** Another one within a day is asked for twice. */
export const InvitationAgain = Shape({ again: Type.Optional(Type.Boolean()) })
export type InvitationAgain = Static<typeof InvitationAgain>
export type Helpers = Static<typeof Helpers>

export const ChangeRow = Shape({
  seq: Type.Integer(),
  at: Time,
  actor: Type.String(),
  type: Type.String(),
  /** The change in words, in the reader's language. */
  text: Type.String(),
  eventId: Nullable(Id),
  /** It kept what it takes to undo it; POST …/undo refuses where things have moved on. */
  undoable: Type.Boolean(),
})
export type ChangeRow = Static<typeof ChangeRow>
/** Which change to take back. */
export const UndoInput = Shape({ seq: Type.Integer({ minimum: 1, maximum: 1_000_000_000 }) })
export type UndoInput = Static<typeof UndoInput>

export const ChangesView = Shape({ changes: Type.Array(ChangeRow), more: Type.Boolean() })
export type ChangesView = Static<typeof ChangesView>
/** What the page of an event's log follows: the number of its newest entry. */
export const LogView = Shape({ event: EventInfo, latest: Type.Integer() })
export type LogView = Static<typeof LogView>

export const PublicView = Shape({
  programmes: Type.Array(
    Shape({
      id: Id,
      name: Type.String(),
      phase: Type.String(),
      city: Type.String(),
      timezone: Type.String(),
      call: Type.String(),
      /** Whether it has a call that projects apply to, or did until its deadline. */
      openCall: Type.Boolean(),
      sample: Type.Boolean(),
      events: Type.Array(
        Shape({
          id: Id,
          kind: EventKind,
          title: Type.String(),
          date: Type.String(),
          lastDate: Type.String(),
          venue: Type.String(),
          startsAt: Nullable(Time),
          endsAt: Nullable(Time),
        }),
      ),
      financedProjects: Type.Array(
        Shape({
          rank: Nullable(Type.Integer()),
          name: Type.String(),
          organisations: Type.Array(Type.String()),
          summary: Type.String(),
        }),
      ),
    }),
  ),
})
export type PublicView = Static<typeof PublicView>

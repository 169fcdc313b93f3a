import { Type, type Static } from 'typebox'
import { Email, Id, Instant, Language, Nullable, Shape, Text, oneOf } from './common.ts'

export const ROLES = ['organiser', 'project', 'host', 'desk', 'observer', 'applicant'] as const
export const Role = oneOf(ROLES)
export type Role = Static<typeof Role>

export const Membership = Shape({
  programmeId: Id,
  programmeName: Type.String(),
  timezone: Type.String(),
  /** How the organisers are reached. */
  contact: Shape({ email: Nullable(Type.String()), phone: Type.String() }),
  role: Role,
  projectId: Nullable(Id),
  hostId: Nullable(Id),
  /** The project's name, or the host's organisation and name. */
  label: Nullable(Type.String()),
  /** The events of the programme this member is concerned with, soonest first. */
  events: Type.Array(
    Shape({
      id: Id,
      title: Type.String(),
      kind: Type.String(),
      /** The first day and the last one. */
      date: Type.String(),
      lastDate: Type.String(),
      /** The member's participant in that event, if it is one. */
      participantId: Nullable(Id),
    }),
  ),
})
export type Membership = Static<typeof Membership>

export const Me = Shape({
  user: Nullable(Shape({ id: Type.String(), email: Email, name: Type.String() })),
  memberships: Type.Array(Membership),
  /** More than one person reads this mailbox: what is private in it is theirs together. */
  shared: Type.Boolean(),
  /** In which language mails go to them, where they have one for all that they are. */
  language: Nullable(Language),
  /** May found a new programme. */
  founder: Type.Boolean(),
  /** An organiser outside the sample must use a passkey: 'register' a first one, or 'use' the known one. */
  passkey: Nullable(oneOf(['register', 'use'] as const)),
  /** True where the sample programme can be entered with one click. */
  sample: Type.Boolean(),
  /** With which key a browser subscribes to messages for closed pages; null where none are sent. */
  pushKey: Nullable(Type.String()),
  /** Where people reach the service: from elsewhere nothing can be changed. */
  publicUrl: Type.String(),
  /** This request came through a proxy that the service does not know. */
  proxyUnknown: Type.Boolean(),
})
export type Me = Static<typeof Me>

/** The language of the page, and whom one is there. */
export const LanguageUsed = Shape({
  language: Language,
  projectId: Type.Optional(Id),
  hostId: Type.Optional(Id),
})
export type LanguageUsed = Static<typeof LanguageUsed>

const Entry = Shape({ id: Type.String(), label: Type.String(), note: Type.String() })

/** Whom one can enter as in the sample programme; `id` goes to POST /sample/enter. */
export const SamplePeople = Shape({
  programmeId: Id,
  eventId: Id,
  organisers: Type.Array(Entry),
  desk: Type.Array(Entry),
  projects: Type.Array(
    Shape({ id: Type.String(), label: Type.String(), note: Type.String(), financed: Type.Boolean() }),
  ),
  hosts: Type.Array(Entry),
})
export type SamplePeople = Static<typeof SamplePeople>

export const SampleEntry = Shape({ as: Text(80, 1) })
/** Where to go next in the web app. */
export const SampleEntered = Shape({ path: Type.String() })
export type SampleEntered = Static<typeof SampleEntered>

/** The sample from the beginning, for everybody who plays in it. */
export const SampleReset = Shape({ programmeId: Id })

/** Moves the sample's clock: an instant, or null to follow the real time again. */
export const SampleClock = Shape({ programmeId: Id, now: Nullable(Instant) })

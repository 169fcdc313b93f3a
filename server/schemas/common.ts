import { Type, type Static, type TSchema } from 'typebox'

/** Shapes shared by the whole wire contract. Times are ISO 8601 with offset; money is whole euros. */

export const Id = Type.String({ format: 'uuid' })
export const Time = Type.String({ format: 'date-time' })
/** A time that somebody sends: of this century, and without the leap seconds that clocks here don't know. */
export const Instant = Type.String({
  format: 'date-time',
  pattern: '^20\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:[0-5]\\d',
})
/** What somebody typed in one line: see server/text.ts. Lengths count characters, spaces around it not among them. */
export const Text = (maxLength: number, minLength = 0) =>
  Type.String({ 'x-text': 'line', minLength, maxLength })
/** The same in as many lines as they like. */
export const Prose = (maxLength: number, minLength = 0) =>
  Type.String({ 'x-text': 'prose', minLength, maxLength })
/** Anything: it is read, and refused in parts, before any of it is kept. */
export const RawText = (maxLength: number, minLength = 0) =>
  Type.String({ 'x-text': 'raw', minLength, maxLength })
export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()])
export const Email = Type.String({ format: 'email', maxLength: 254 })

/** Strict object: unknown members are an error, so a typing mistake never loses data silently. */
export const Shape = <T extends Record<string, TSchema>>(properties: T) =>
  Type.Object(properties, { additionalProperties: false })

/** One of a list of words: the list is the only place where they stand. */
export const oneOf = <const T extends readonly string[]>(values: T) =>
  Type.Unsafe<T[number]>({ type: 'string', enum: [...values] })

export const SUPPORT_FORMS = ['donation', 'sponsorship', 'partnership'] as const
export const SupportForm = oneOf(SUPPORT_FORMS)
export type SupportForm = Static<typeof SupportForm>

export const PREFERENCE_LEVELS = ['must', 'want', 'open', 'avoid'] as const
export const PreferenceLevel = oneOf(PREFERENCE_LEVELS)
export type PreferenceLevel = Static<typeof PreferenceLevel>

export const HOST_KINDS = ['corporate', 'enterprise', 'foundation', 'cooperative', 'other'] as const
export const HostKind = oneOf(HOST_KINDS)
export type HostKind = Static<typeof HostKind>

export const LANGUAGES = ['it', 'en'] as const
export const Language = oneOf(LANGUAGES)
export type Language = Static<typeof Language>

export const SIDES = ['project', 'host'] as const
export const Side = oneOf(SIDES)
export type Side = Static<typeof Side>

/** How organisers read who takes part. */
export const Named = {
  name: Type.String(),
  organisations: Type.Array(Type.String()),
  /** Where there is room for one name: enough to tell them from the others. */
  short: Type.String(),
  /** What organisers add to it where even that leaves two alike; nobody else sees it. */
  mark: Type.String(),
}

export const EVENT_KINDS = ['camp', 'tutoring', 'workshop', 'public'] as const
export const EventKind = oneOf(EVENT_KINDS)
export type EventKind = Static<typeof EventKind>

const HELD_STATES = ['planned', 'called', 'in_progress', 'done', 'no_show'] as const
/** States of a meeting that has its table and its people: all but the one it is cancelled in. */
export const HeldState = oneOf(HELD_STATES)
export type HeldState = Static<typeof HeldState>

export const MEETING_STATES = [...HELD_STATES, 'cancelled'] as const
export const MeetingState = oneOf(MEETING_STATES)
export type MeetingState = Static<typeof MeetingState>

export const ATTENDANCES = ['expected', 'here', 'late', 'absent', 'left'] as const
export const Attendance = oneOf(ATTENDANCES)
export type Attendance = Static<typeof Attendance>

/** Whether somebody will come, said some days before. */
export const RSVPS = ['coming', 'not-coming'] as const
export const Rsvp = oneOf(RSVPS)
export type Rsvp = Static<typeof Rsvp>

export const RSVP_WAYS = ['link', 'self', 'organisers'] as const
export const RsvpBy = oneOf(RSVP_WAYS)
export type RsvpBy = Static<typeof RsvpBy>

/** What every write answers: ids and versions only, so that a stored reply holds no personal data. */
export const Written = Shape({
  id: Type.String(),
  version: Type.Optional(Type.Integer()),
  /** The entry of the log that says what was changed, and by which it is taken back; none where nothing was. */
  seq: Type.Optional(Type.Integer()),
})
export type Written = Static<typeof Written>

/** RFC 9457. `pointer` (RFC 6901) names the member of the request body at fault. */
export const Problem = Type.Object({
  type: Type.String(),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String(),
  detail: Type.Optional(Type.String()),
  errors: Type.Optional(Type.Array(Type.Object({ pointer: Type.String(), message: Type.String() }))),
})
export type Problem = Static<typeof Problem>

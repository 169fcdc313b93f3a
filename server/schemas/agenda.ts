import { Type, type Static } from 'typebox'
import { Suggestion } from './choice.ts'
import { EventInfo, SlotView } from './event.ts'
import { Instead, RsvpState } from './rsvp.ts'
import {
  Attendance,
  HostKind,
  Id,
  MeetingState,
  Nullable,
  Shape,
  Side,
  SupportForm,
  Time,
  Text,
} from './common.ts'

export const AgendaMeeting = Shape({
  /** Stable over republishing: event + pair. */
  id: Id,
  slotId: Id,
  /** When it will really be, delays passed on; `behind` is how many minutes after its slot. */
  startsAt: Time,
  endsAt: Time,
  behind: Type.Integer(),
  table: Nullable(Type.String()),
  room: Type.String(),
  state: MeetingState,
  /** Neither asked for it: why it was proposed. */
  suggestion: Nullable(Suggestion),
  with: Shape({
    participantId: Id,
    attendance: Attendance,
    name: Type.String(),
    /** A colleague comes, and instead of whom. */
    instead: Instead,
    organisations: Type.Array(Type.String()),
    summary: Type.String(),
    kind: Nullable(HostKind),
    financed: Nullable(Type.Boolean()),
    supportForms: Type.Array(SupportForm),
  }),
})
export type AgendaMeeting = Static<typeof AgendaMeeting>

/** A participant's day: published meetings and free slots in order. */
export const AgendaView = Shape({
  event: EventInfo,
  participant: Shape({
    id: Id,
    side: Side,
    name: Type.String(),
    organisations: Type.Array(Type.String()),
    attendance: Attendance,
    /** For the desk: on the badge, as QR code and in letters. */
    code: Type.String(),
  }),
  /** Whether they have said that they come. */
  rsvp: RsvpState,
  instead: Instead,
  /** The only table that they sit at. */
  ownTable: Nullable(Shape({ name: Type.String(), room: Type.String() })),
  /** Null until something is published. */
  published: Nullable(Shape({ number: Type.Integer(), publishedAt: Time })),
  /** What they were told last, or what counts as known to them; `at`: when a notice went out. Null before the first. */
  told: Nullable(
    Shape({
      at: Nullable(Time),
      date: Type.String(),
      meetings: Type.Array(
        Shape({ id: Id, startsAt: Time, table: Nullable(Type.String()), name: Type.String() }),
      ),
    }),
  ),
  slots: Type.Array(
    Shape({
      id: Id,
      day: Type.String(),
      block: Type.Integer(),
      startsAt: Time,
      endsAt: Time,
      available: Type.Boolean(),
      meeting: Nullable(AgendaMeeting),
    }),
  ),
  /** Other appointments of the programme (workshop, press conference) this participant attends. */
  appointments: Type.Array(
    Shape({
      id: Id,
      title: Type.String(),
      venue: Type.String(),
      startsAt: Nullable(Time),
      endsAt: Nullable(Time),
      date: Type.String(),
    }),
  ),
})
export type AgendaView = Static<typeof AgendaView>

/** Of whom agendas are printed, ids with commas between; without it of the first ones. */
export const PrintQuery = Shape({ of: Type.Optional(Type.String({ maxLength: 8_000 })) })
export type PrintQuery = Static<typeof PrintQuery>

/** Agendas for printing: of a large event so many at a time, and who all the others are. */
export const PrintView = Shape({
  event: EventInfo,
  people: Type.Array(AgendaView.properties.participant),
  /** How many agendas come at once. */
  most: Type.Integer(),
  agendas: Type.Array(AgendaView),
})
export type PrintView = Static<typeof PrintView>

/** Public projection for the big screen: no personal data beyond what the room reads anyway. */
export const ScreenView = Shape({
  event: EventInfo,
  published: Nullable(Shape({ number: Type.Integer(), publishedAt: Time })),
  slots: Type.Array(SlotView),
  meetings: Type.Array(
    Shape({
      id: Id,
      slotId: Id,
      startsAt: Time,
      endsAt: Time,
      behind: Type.Integer(),
      table: Nullable(Type.String()),
      room: Type.String(),
      /** Whom it is of, by their place in the event. */
      projectId: Id,
      hostId: Id,
      project: Type.String(),
      host: Type.String(),
      organisation: Type.String(),
      /** Others of the event stand for the same organisation: it takes the person to tell them apart. */
      withPerson: Type.Boolean(),
      state: MeetingState,
    }),
  ),
})
export type ScreenView = Static<typeof ScreenView>

export const ScreenToken = Shape({ token: Text(100, 20) })
export const ScreenSession = Shape({ eventId: Id })

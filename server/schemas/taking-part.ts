import { Type, type Static } from 'typebox'
import { Id, Nullable, Rsvp, Shape, Side, Time } from './common.ts'
import { EventInfo } from './event.ts'
import { RsvpState } from './rsvp.ts'

/** A project or host of the programme, and what an event has to do with them. */
export const Attendee = Shape({
  /** Of the project or the host. */
  id: Id,
  side: Side,
  name: Type.String(),
  organisations: Type.Array(Type.String()),
  /** The organisers' own mark of a host, where two look alike. */
  label: Type.String(),
  hasEmail: Type.Boolean(),
  /** Null: never was in the event. */
  participantId: Nullable(Id),
  takesPart: Type.Boolean(),
  /** When they were taken out of the event. */
  removedAt: Nullable(Time),
  answered: Type.Boolean(),
  /** Whether they have said that they come. */
  rsvp: RsvpState,
  /** Who comes instead. */
  instead: Nullable(Type.String()),
  /** Meetings of the published schedule that they still have before them. */
  coming: Type.Integer(),
})
export type Attendee = Static<typeof Attendee>

/** Who of the programme takes part in an event, and who does not. */
export const TakingPartView = Shape({
  event: EventInfo,
  published: Type.Boolean(),
  /** Its day is over: nobody is added by itself. */
  past: Type.Boolean(),
  people: Type.Array(Attendee),
})
export type TakingPartView = Static<typeof TakingPartView>

const Some = Type.Array(Id, { maxItems: 5000, uniqueItems: true })

/** Projects and hosts by their own ids. */
export const ParticipantsInput = Shape({ projects: Some, hosts: Some })
export type ParticipantsInput = Static<typeof ParticipantsInput>

/** Where a project or a host is or was in events with one-to-one meetings, those that they take part in first. */
export const PlacesView = Shape({
  places: Type.Array(
    Shape({
      eventId: Id,
      participantId: Id,
      title: Type.String(),
      date: Type.String(),
      lastDate: Type.String(),
      /** False: withdrawn, or taken out of the event; what they met there can still be read. */
      takesPart: Type.Boolean(),
      rsvp: Nullable(Rsvp),
    }),
  ),
})
export type PlacesView = Static<typeof PlacesView>

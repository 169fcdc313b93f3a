import { Type, type Static } from 'typebox'
import { Email, Nullable, Prose, Rsvp, RsvpBy, Shape, Text, Time } from './common.ts'

/** Whether somebody comes to an event, as it stands. */
export const RsvpState = Shape({
  rsvp: Nullable(Rsvp),
  at: Nullable(Time),
  by: Nullable(RsvpBy),
  /** Why not, in their words; empty where they did not say. */
  reason: Type.String(),
})
export type RsvpState = Static<typeof RsvpState>

const MOST_REASON = 300

/** Null takes the answer back: nobody knows whether they come. */
export const RsvpInput = Shape({ rsvp: Nullable(Rsvp), reason: Type.Optional(Prose(MOST_REASON)) })
export type RsvpInput = Static<typeof RsvpInput>

const Token = Text(100, 20)
export const RsvpToken = Shape({ token: Token })
export const RsvpByLink = Shape({ token: Token, rsvp: Rsvp, reason: Type.Optional(Prose(MOST_REASON)) })
export type RsvpByLink = Static<typeof RsvpByLink>

/** What a link shows to whoever holds it: the event, for whom they answer, and the answer. */
export const RsvpLinkView = Shape({
  title: Type.String(),
  date: Type.String(),
  lastDate: Type.String(),
  venue: Type.String(),
  timezone: Type.String(),
  /** The organisation of a host, or the project. */
  who: Type.String(),
  /** A colleague who comes instead. */
  instead: Nullable(Type.String()),
  rsvp: Nullable(Rsvp),
  /** The event has begun: the answer can no longer be changed here. */
  begun: Type.Boolean(),
})
export type RsvpLinkView = Static<typeof RsvpLinkView>

const Colleague = { firstName: Text(80, 1), lastName: Text(80, 1), email: Email }

/** Who comes instead to one event. */
export const StandInInput = Shape(Colleague)
export type StandInInput = Static<typeof StandInInput>
export const StandInByLink = Shape({ token: Token, ...Colleague })
export type StandInByLink = Static<typeof StandInByLink>

/** Who comes, and instead of whom: of a project, by its name. */
export const Instead = Nullable(Shape({ who: Type.String(), of: Type.String() }))
export type Instead = Static<typeof Instead>

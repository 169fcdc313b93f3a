import { Type, type Static } from 'typebox'
import { Id, Nullable, Shape, Text, Time, Written, oneOf } from './common.ts'
import { MailState } from './programme.ts'

/** How many mails were written. */
export const MailsWritten = Shape({ ...Written.properties, mails: Type.Integer() })
export type MailsWritten = Static<typeof MailsWritten>

export const MailRow = Shape({
  id: Id,
  to: Type.String(),
  /** Who reads that mailbox, as far as the programme knows. */
  name: Nullable(Type.String()),
  subject: Type.String(),
  body: Type.String(),
  kind: Type.String(),
  state: MailState,
  /** Why it did not arrive, in a sentence. */
  error: Nullable(Type.String()),
  at: Time,
  /** What became of each try, oldest first: in a sentence, and as the mail server said it. */
  tries: Type.Array(Shape({ at: Time, text: Type.String(), words: Type.String() })),
  /** When it is tried again by itself. */
  nextAt: Nullable(Time),
  /** Whether a person may send it once more. */
  again: Type.Boolean(),
})

/**
 * The log of all mails of a programme, newest first and a page at a time. `post`: whether mails leave ('sends'), stay here
 * as those of the sample or without a mail server do, or wait, as no worker has looked since `lookedAt`, or as this is a
 * restored copy that keeps still ('quiet').
 */
export const MailsView = Shape({
  post: oneOf(['sends', 'silent', 'quiet', 'none', 'sample'] as const),
  lookedAt: Nullable(Time),
  mails: Type.Array(MailRow),
  /** By which the next page is asked for. */
  more: Nullable(Id),
  /** How many the search finds of each state. */
  counts: Shape({
    ...{ waiting: Type.Integer(), sent: Type.Integer(), perhaps: Type.Integer() },
    ...{ kept: Type.Integer(), failed: Type.Integer() },
  }),
})
export type MailsView = Static<typeof MailsView>

export const MailsAsked = Shape({
  search: Type.Optional(Text(200)),
  state: Type.Optional(MailState),
  after: Type.Optional(Id),
})
export type MailsAsked = Static<typeof MailsAsked>

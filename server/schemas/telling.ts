import { Type, type Static } from 'typebox'
import { Id, Named, Nullable, Shape, Side, Time, Written, oneOf } from './common.ts'
import { EventInfo } from './event.ts'

const At = Shape({ startsAt: Time, table: Nullable(Type.String()) })

/** One thing that changed for a person since they were told last; `name` is whom they meet. */
export const ToldChange = Type.Union([
  Shape({ kind: Type.Literal('date'), id: Type.Literal('date'), now: Type.String(), before: Type.String() }),
  Shape({
    kind: oneOf(['added', 'removed', 'moved', 'table'] as const),
    id: Id,
    name: Type.String(),
    now: Nullable(At),
    before: Nullable(At),
  }),
])
export type ToldChange = Static<typeof ToldChange>

/** Somebody who is concerned. */
export const ConcernedPerson = Shape({
  id: Id,
  side: Side,
  ...Named,
  /** They were never told an agenda: so many meetings are new to them. */
  first: Type.Boolean(),
  meetings: Type.Integer(),
  changes: Type.Array(ToldChange),
  /** Whether a mail reaches them. */
  byMail: Type.Boolean(),
})
export type ConcernedPerson = Static<typeof ConcernedPerson>

/** Who has something to be told, for organisers to decide. */
export const TellingView = Shape({
  event: EventInfo,
  people: Type.Array(ConcernedPerson),
  /** Of what is shown: leaving it untold means that, and nothing that changed since. */
  version: Type.Integer(),
  /** When the notice that is being collected leaves. */
  dueAt: Nullable(Time),
})
export type TellingView = Static<typeof TellingView>

/** At once; in a minute, with whatever else changes until then; or not at all: then it counts as known. */
export const Telling = oneOf(['now', 'together', 'known'] as const)
export type Telling = Static<typeof Telling>

/** If-Match carries the version of what was looked at, for `known`. */
export const TellInput = Shape({ how: Telling })
export type TellInput = Static<typeof TellInput>

export const Told = Shape({ ...Written.properties, people: Type.Integer(), mails: Type.Integer() })
export type Told = Static<typeof Told>

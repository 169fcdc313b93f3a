import { Type, type Static } from 'typebox'
import { Id, Language, Nullable, Prose, Shape, Text, Time, oneOf } from './common.ts'

/** What organisers write to many: of each kind a programme has one text a language. */
export const LETTER_KINDS = [
  'invitation',
  'proposal',
  'reminder',
  'publication',
  'change',
  'coming',
  'thanks',
  'message',
] as const
export const LetterKind = oneOf(LETTER_KINDS)
export type LetterKind = Static<typeof LetterKind>

/** Who reads one of these may say that they want no more of them. */
export const OPTIONAL_KINDS: readonly LetterKind[] = ['thanks', 'message']
export const isOptional = (kind: string) => (OPTIONAL_KINDS as readonly string[]).includes(kind)

/** What goes to who applies: one at a time, and in the same words in every programme. */
export const APPLICATION_LETTERS = [
  ...(['application-received', 'application-changes'] as const),
  ...(['application-admitted', 'application-refused'] as const),
]
export type ApplicationLetter = (typeof APPLICATION_LETTERS)[number]

/** They say how somebody's agenda is. */
export const isNews = (kind: LetterKind) => kind === 'publication' || kind === 'change'
/** They are about an event. */
export const EVENT_KINDS: readonly LetterKind[] = ['reminder', 'publication', 'change', 'coming', 'thanks']

export const SCHEDULED_KINDS = ['reminder', 'coming', 'thanks'] as const satisfies readonly LetterKind[]
export const ScheduledKind = oneOf(SCHEDULED_KINDS)
export type ScheduledKind = Static<typeof ScheduledKind>

/** What a text may name in braces; a line that names one without a value is left out. */
export const FIELDS = {
  salutation: { it: 'saluto', en: 'salutation' },
  name: { it: 'nome', en: 'name' },
  organisation: { it: 'ente', en: 'organisation' },
  programme: { it: 'programma', en: 'programme' },
  event: { it: 'evento', en: 'event' },
  date: { it: 'data', en: 'date' },
  place: { it: 'luogo', en: 'place' },
  deadline: { it: 'scadenza', en: 'deadline' },
  task: { it: 'da_fare', en: 'task' },
  link: { it: 'link', en: 'link' },
  coming: { it: 'vengo', en: 'coming' },
  notComing: { it: 'non_vengo', en: 'not_coming' },
  changes: { it: 'novità', en: 'changes' },
  note: { it: 'nota', en: 'note' },
  agenda: { it: 'agenda', en: 'agenda' },
  contact: { it: 'contatti', en: 'contact' },
} as const satisfies Record<string, Record<Language, string>>
export type Field = keyof typeof FIELDS

const words = { subject: Text(200, 1), body: Prose(6000, 1) }

export const LetterText = Shape(words)
export type LetterText = Static<typeof LetterText>

/** The texts of a programme; `own` where organisers wrote one. */
export const LetterTexts = Shape({
  texts: Type.Array(
    Shape({
      ...{ kind: LetterKind, language: Language, subject: Type.String(), body: Type.String() },
      own: Type.Boolean(),
      /** Of subject and body, for If-Match. */
      version: Type.Integer(),
      /** What it is by default. */
      first: LetterText,
    }),
  ),
  /** What they may name, in each language. */
  fields: Type.Array(Shape({ it: Type.String(), en: Type.String() })),
})
export type LetterTexts = Static<typeof LetterTexts>

/** A mail as its reader gets it: paragraphs of lines, each of words of which some lead somewhere. */
export const Letter = Shape({
  ...{ to: Type.String(), name: Type.String(), language: Language, subject: Type.String() },
  replyTo: Nullable(Type.String()),
  paragraphs: Type.Array(
    Type.Array(Type.Array(Shape({ text: Type.String(), href: Type.Optional(Type.String()) }))),
  ),
  /** Whether a calendar file goes with it. */
  calendar: Type.Boolean(),
})
export type Letter = Static<typeof Letter>

/** Of whom recipients can be chosen: see server/features/letters/filters.ts. */
export const RECIPIENT_FILTERS = [
  'not-invited',
  'not-in',
  'not-answered',
  'not-submitted',
  'not-said',
  'not-told',
  'projects',
  'hosts',
] as const
export const RecipientFilter = oneOf(RECIPIENT_FILTERS)
export type RecipientFilter = Static<typeof RecipientFilter>

export const Recipient = Shape({
  ...{ of: Id, person: Id, name: Type.String(), organisation: Type.String(), email: Type.String() },
  language: Language,
  filters: Type.Array(RecipientFilter),
  /** When a mail of that kind was last written to them. */
  lastAt: Nullable(Time),
  /** They want no mails that they need not have. */
  refuses: Type.Boolean(),
})
export type Recipient = Static<typeof Recipient>

export const RecipientsAsked = Shape({ event: Type.Optional(Id) })
export type RecipientsAsked = Static<typeof RecipientsAsked>

export const RecipientsView = Shape({
  recipients: Type.Array(Recipient),
  /** The events that such a mail can be about. */
  events: Type.Array(Shape({ id: Id, title: Type.String(), date: Type.String() })),
  event: Nullable(Id),
})
export type RecipientsView = Static<typeof RecipientsView>

/** Without a person: everybody of that project or host. */
const To = Shape({ of: Id, person: Type.Optional(Id) })
const about = { kind: LetterKind, event: Type.Optional(Id) }

/** A mail for many. `again` once the sender knows that some had one within a day. */
export const NewLetters = Shape({
  ...about,
  to: Type.Array(To, { minItems: 1, maxItems: 10_000 }),
  again: Type.Optional(Type.Boolean()),
})
export type NewLetters = Static<typeof NewLetters>

/** What one of them gets; with a text that is not kept yet, in that text's language. */
export const LetterAsked = Shape({
  ...about,
  to: To,
  text: Type.Optional(Shape({ ...words, language: Language })),
})
export type LetterAsked = Static<typeof LetterAsked>

export const MailChoice = Shape({ programme: Type.String(), refused: Type.Boolean() })
export type MailChoice = Static<typeof MailChoice>

/** Switched on or off, and how many days before or after. */
export const ScheduledInput = Shape({
  on: Type.Boolean(),
  days: Type.Integer({ minimum: 1, maximum: 30 }),
})
export type ScheduledInput = Static<typeof ScheduledInput>

/** 'undated': what it hangs on has no date; 'missed': its time went by without it; 'done': it has gone. */
export const ScheduledState = oneOf(['off', 'on', 'undated', 'missed', 'done'] as const)
export type ScheduledState = Static<typeof ScheduledState>

const ScheduledMail = Shape({
  ...{ kind: ScheduledKind, ...ScheduledInput.properties, state: ScheduledState },
  /** When it goes, or went. */
  at: Nullable(Time),
  /** How many would get it now, the first of them, and how many got it. */
  people: Type.Integer(),
  first: Nullable(To),
  sent: Type.Integer(),
})
export type ScheduledMail = Static<typeof ScheduledMail>

/** What goes by itself around each event. */
export const ScheduledView = Shape({
  events: Type.Array(
    Shape({ id: Id, title: Type.String(), date: Type.String(), mails: Type.Array(ScheduledMail) }),
  ),
})
export type ScheduledView = Static<typeof ScheduledView>

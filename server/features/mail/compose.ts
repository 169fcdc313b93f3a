import { DateTime } from 'luxon'
import type { Config } from '../../config.ts'
import type { Reader } from '../../database/client.ts'
import { mailChoices } from '../../database/schema.ts'
import { DomainError } from '../../errors.ts'
import { regionOf, say } from '../../messages.ts'
import type { Language } from '../../schemas/common.ts'
import {
  type ApplicationLetter,
  isOptional,
  type Letter,
  type LetterKind,
  type LetterText,
} from '../../schemas/letters.ts'
import type { EventRow, ProgrammeRow } from '../events/repository.ts'
import { fillIn, htmlOf, plainOf, type Values } from './letter.ts'
import { signInPage } from './links.ts'
import type { Addressee } from './repository.ts'
import type { NewMail } from './service.ts'
import { namesField, readText, unknownField } from './templates.ts'

/** Whoever applies is no person of the programme yet. */
export type WrittenTo = Pick<
  Addressee,
  'email' | 'who' | 'firstName' | 'lastName' | 'organisation' | 'language' | 'role'
> & { personId: string | null; projectId: string | null; hostId: string | null }

export type ToCompose = {
  programme: ProgrammeRow
  /** What it is about, of kinds that are about one. */
  event?: EventRow | null
  kind: LetterKind | ApplicationLetter
  person: WrittenTo
  /** Beside the fields that are known without them: `changes`, `agenda`, `note` or another `link`, for example. */
  values?: Values
  /** An iCalendar file that goes with it. */
  calendar?: string | null
  /** Instead of what the programme writes: a text that is being written. */
  text?: LetterText
  /** Of the mail; without it the reader's. */
  language?: Language
  /** By which the reader refuses such mails, where it is not to be their own. */
  choice?: string
}

export type Composed = NewMail & { letter: Letter }

/** A mail of the organisers to one person, in the text of the programme, the reader's language and with their facts. */
export async function composeMail(
  tx: Reader,
  { config }: { config: Config },
  { programme, event = null, kind, person, values = {}, calendar = null, ...given }: ToCompose,
): Promise<Composed> {
  const language = given.language ?? languageFor(person, programme)
  const text = given.text ?? (await readText(tx, programme.id, kind, language))
  checkText(text, kind)
  const facts = factsOf({ config, programme, event, kind, person, language })
  const { subject, paragraphs } = fillIn(text, { ...facts, ...values })
  const choice = isOptional(kind) ? (given.choice ?? (await choiceOf(tx, programme.id, person.email))) : null
  if (choice) {
    const href = choicePage(config, choice)
    const why = say(language, 'letter_optional', { programme: programme.name })
    paragraphs.push([[{ text: `${why} ` }, { text: href, href }]])
  }
  const replyTo = programme.contactEmail
  const { email: to, personId, who: name } = person
  return {
    ...{ programmeId: programme.id, to, kind, subject, personId, calendar, choice, replyTo },
    body: plainOf(paragraphs),
    html: htmlOf(paragraphs, { language, subject }),
    letter: { ...{ to, name, language, subject, replyTo, paragraphs }, calendar: calendar !== null },
  }
}

/** What they used last, else the programme's; never that of whoever sends. */
export const languageFor = (
  { language }: Pick<WrittenTo, 'language'>,
  programme: Pick<ProgrammeRow, 'language'>,
): Language => language ?? programme.language

/** Refuses a text that names what there is not, or asks for an answer without the links that give it. */
export function checkText({ subject, body }: LetterText, kind: ToCompose['kind']): void {
  const field = unknownField(subject) ?? unknownField(body)
  if (field !== null) throw new DomainError('mail-field', { field: shortened(field) })
  if (kind === 'coming' && !(['coming', 'notComing'] as const).every((one) => namesField(body, one)))
    throw new DomainError('mail-no-links')
}

const shortened = (field: string) => (field.length > 40 ? `${field.slice(0, 40)}…` : field)

/** Where one says whether one wants mails that one need not have. */
const choicePage = ({ publicUrl }: Config, token: string) => `${publicUrl}/posta/${token}`

async function choiceOf(tx: Reader, programmeId: string, email: string): Promise<string> {
  const [{ token }] = await tx
    .insert(mailChoices)
    .values({ programmeId, email })
    // Changes nothing, but answers the row that is there.
    .onConflictDoUpdate({ target: [mailChoices.programmeId, mailChoices.email], set: { email } })
    .returning({ token: mailChoices.token })
  return token
}

type About = Required<Pick<ToCompose, 'programme' | 'kind' | 'person' | 'language'>> & {
  config: Config
  event: EventRow | null
}

function factsOf({ config, programme, event, kind, person, language }: About): Values {
  const at = (date: Date) =>
    DateTime.fromJSDate(date, { zone: programme.timezone }).setLocale(regionOf(language))
  const until = event?.replyBy ? at(event.replyBy).toFormat(say(language, 'letter_time')) : ''
  const { contactEmail, contactPhone } = programme
  const contact = [contactEmail, contactPhone].filter(Boolean).join(' · ')
  return {
    salutation: salutationOf(person, language),
    name: [person.firstName, person.lastName].filter(Boolean).join(' '),
    organisation: person.organisation,
    programme: programme.name,
    event: event?.title ?? '',
    date: event ? datesOf(event, language) : '',
    place: event?.venue ?? '',
    deadline: kind === 'reminder' || kind === 'invitation' || kind === 'proposal' ? until : '',
    task: say(language, `letter_task_${kind === 'reminder' ? person.role : 'other'}`),
    link: linkFor(config, kind, person),
    contact: contact && say(language, 'letter_contact', { contact }),
  }
}

const datesOf = ({ date, lastDate }: EventRow, language: Language): string => {
  const said = (day: string) =>
    DateTime.fromISO(day).setLocale(regionOf(language)).toFormat('cccc d LLLL yyyy')
  return date === lastDate
    ? said(date)
    : say(language, 'letter_days', { first: said(date), last: said(lastDate) })
}

/** To a person by name; where only the institution is known, to that. */
function salutationOf({ firstName, lastName, organisation, role }: WrittenTo, language: Language): string {
  const name = [firstName, lastName].filter(Boolean).join(' ')
  if (name) return say(language, 'letter_dear_person', { name })
  return say(language, role === 'host' ? 'letter_dear_institution' : 'letter_dear_team', {
    name: organisation,
  })
}

/** Where each kind leads. */
function linkFor(config: Config, kind: ToCompose['kind'], { email, projectId, hostId }: WrittenTo): string {
  const page =
    kind === 'invitation' || kind === 'proposal'
      ? { project: 'proposta', host: 'profilo' }
      : kind === 'reminder'
        ? { project: 'scelte', host: 'proposte' }
        : { project: 'agenda', host: 'agenda' }
  return signInPage(
    config,
    email,
    projectId ? `/progetto/${projectId}/${page.project}` : `/referente/${hostId}/${page.host}`,
  )
}

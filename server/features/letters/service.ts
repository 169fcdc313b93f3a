import { userIdOf } from '../../actor.ts'
import { expectContent } from '../../content-version.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { say } from '../../messages.ts'
import { allow } from '../../policy.ts'
import type { Language, Written } from '../../schemas/common.ts'
import {
  OPTIONAL_KINDS,
  type Letter,
  type LetterAsked,
  type LetterKind,
  type LetterText,
  type NewLetters,
} from '../../schemas/letters.ts'
import type { MailsWritten } from '../../schemas/mail.ts'
import type { Services } from '../../services.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { findProgramme, type ProgrammeRow } from '../events/repository.ts'
import { ensureMembers, readAddress } from '../identity/service.ts'
import { checkText, composeMail, languageFor, type ToCompose } from '../mail/compose.ts'
import { enqueueing, enqueueMail, type Post } from '../mail/service.ts'
import { defaultText, readText } from '../mail/templates.ts'
import { readAgendaLetters } from '../schedules/agenda-letter.ts'
import { findEventOf, findRecipients, subjectOf, type About, type Reachable } from './recipients.ts'
import { countNamed, deleteText, updateReminded, upsertText } from './repository.ts'

async function openProgramme(reader: Reader, { actor }: Call, programmeId: string): Promise<ProgrammeRow> {
  const programme = await findProgramme(reader, programmeId)
  if (!programme) throw notFound()
  allow(actor, 'mail.send', { programmeId })
  return programme
}

/** Keeps a text of the programme's own, or forgets it where it is the one that there is by default. */
export async function writeText(
  { db }: Services,
  call: Call,
  key: { programmeId: string; kind: LetterKind; language: Language },
  text: LetterText,
): Promise<Written> {
  return write(db, call, key.programmeId, async (context) => {
    const { tx, call, record } = context
    await openProgramme(tx, call, key.programmeId)
    checkText(text)
    const { subject, body } = await readText(tx, key.programmeId, key.kind, key.language)
    await expectContent(context, { subject, body }, { kinds: ['letter.written'], of: [key.kind] })
    const first = defaultText(key.kind, key.language)
    if (text.subject === first.subject && text.body === first.body) await deleteText(tx, key)
    else await upsertText(tx, key, text)
    await record({ type: 'letter.written', payload: { kind: key.kind, language: key.language } })
    return { id: key.programmeId }
  })
}

/** What one of them would get, as the texts stand or as one is being written. */
export async function readLetter(
  services: Services,
  call: Call,
  programmeId: string,
  asked: LetterAsked,
): Promise<Letter> {
  const { db } = services
  const programme = await openProgramme(db, call, programmeId)
  const event = await findEventOf(db, programmeId, asked.event)
  const about = { programme, event, kind: asked.kind }
  const [one] = await chosen(db, programmeId, await findRecipients(db, about), [asked.to])
  if (!one) throw new DomainError('mail-nobody')
  const compose = await composer(db, services, about)
  return (await compose(one, { choice: NOBODYS, ...textIn(asked) })).letter
}

/** In place of somebody's own in what only organisers see. */
const NOBODYS = '00000000-0000-4000-8000-000000000000'

const textIn = ({ text }: LetterAsked) => text && { text, language: text.language }

/** To oneself, as one of them would get it. */
export async function sendTestLetter(
  services: Services,
  call: Call,
  programmeId: string,
  asked: LetterAsked,
): Promise<Written> {
  return write(services.db, call, programmeId, async ({ tx, call, record }) => {
    const programme = await openProgramme(tx, call, programmeId)
    const event = await findEventOf(tx, programmeId, asked.event)
    const about = { programme, event, kind: asked.kind }
    const [one] = await chosen(tx, programmeId, await findRecipients(tx, about), [asked.to])
    const to = await readAddress(tx, userIdOf(call.actor) ?? '')
    if (to === null) throw notFound()
    if (!one) throw new DomainError('mail-nobody')
    const compose = await composer(tx, services, about)
    const mail = await compose(one, { choice: NOBODYS, ...textIn(asked) })
    const id = await enqueueMail(tx, services, { ...mail, to, kind: 'test', personId: null, choice: null })
    await record({ type: 'mail.tested', payload: {} })
    return { id }
  })
}

const DAY = 24 * 60 * 60_000

/** Writes to those who were chosen, once the sender knows whom they wrote to within a day. */
export async function sendLetters(
  services: Services,
  call: Call,
  programmeId: string,
  { kind, event: eventId, to, again = false }: NewLetters,
): Promise<MailsWritten> {
  return write(services.db, call, programmeId, async (context) => {
    const { tx } = context
    const programme = await openProgramme(tx, context.call, programmeId)
    // Told from here nobody would count as told.
    if (kind === 'publication' || kind === 'change') throw new DomainError('mail-of-plan')
    const event = await findEventOf(tx, programmeId, eventId)
    if (event?.rehearsal) throw new DomainError('rehearsal')
    const about = { programme, event, kind }
    const all = await findRecipients(tx, about)
    const people = willing(kind, await chosen(tx, programmeId, all, to))
    if (people.length === 0) throw new DomainError('mail-nobody')
    const lately = people.filter(({ lastAt }) => lastAt && Date.now() - lastAt.getTime() < DAY)
    if (lately.length > 0 && !again)
      throw new DomainError('mail-lately', { names: namesOf(lately), count: String(lately.length) })
    await writeLetters(tx, services, about, people)
    await recordLetters(context, about, people)
    return { id: programmeId, mails: people.length }
  })
}

/** Of optional kinds, without those who do not want them. */
const willing = (kind: LetterKind, people: Reachable[]): Reachable[] =>
  OPTIONAL_KINDS.includes(kind) ? people.filter(({ refuses }) => !refuses) : people

const SHOWN = 3
const namesOf = (people: Reachable[]): string =>
  people
    .slice(0, SHOWN)
    .map(({ person }) => person.name)
    .join(', ') + (people.length > SHOWN ? ` + ${people.length - SHOWN}` : '')

/** Those of the recipients who were named, who all have to be of the programme. */
async function chosen(reader: Reader, programmeId: string, all: Reachable[], to: NewLetters['to']) {
  const named = [...new Set(to.map(({ of }) => of))]
  if ((await countNamed(reader, programmeId, named)) < named.length) throw notFound()
  const keys = new Set(to.map(({ of, person }) => (person ? `${of} ${person}` : of)))
  return all.filter(({ person }) => {
    const of = subjectOf(person)
    return keys.has(of) || keys.has(`${of} ${person.personId}`)
  })
}

/** Makes them members, so that the link lets them in, and writes to each. */
async function writeLetters(
  tx: Transaction,
  services: Post,
  about: About,
  people: Reachable[],
  scheduledId?: string,
): Promise<void> {
  const { programme } = about
  await ensureMembers(
    tx,
    people.map(({ person }) => ({ programmeId: programme.id, ...person })),
  )
  const compose = await composer(tx, services, about)
  const enqueue = await enqueueing(tx, services, programme.id)
  for (const one of people) await enqueue({ ...(await compose(one)), ...(scheduledId && { scheduledId }) })
}

/** What each of them gets; of an agenda in force, with that. */
async function composer(reader: Reader, services: Pick<Services, 'config'>, about: About) {
  const carries = about.kind === 'publication' || about.kind === 'coming' || about.kind === 'change'
  const letterOf =
    carries && about.event
      ? await readAgendaLetters(reader, services.config, { ...about, event: about.event })
      : null
  const texts = new Map<Language, LetterText>()
  const textFor = async (language: Language) => {
    const text = texts.get(language) ?? (await writtenText(reader, about, language))
    texts.set(language, text)
    return text
  }
  return async ({ person, participantId }: Reachable, given: Partial<ToCompose> = {}) => {
    const language = given.language ?? languageFor(person, about.programme)
    const agenda = participantId ? letterOf?.(participantId, language) : undefined
    return composeMail(reader, services, {
      ...{ ...about, person, language, choice: given.choice },
      ...{ values: { agenda: agenda?.lines ?? [] }, calendar: agenda?.calendar },
      text: given.text ?? (await textFor(language)),
    })
  }
}

/** A message of the organisers' own has none until they write one. */
async function writtenText(reader: Reader, { programme, kind }: About, language: Language) {
  const { own, ...text } = await readText(reader, programme.id, kind, language)
  if (kind === 'message' && !own)
    throw new DomainError('mail-unwritten', { language: say(language, 'language_itself') })
  return text
}

async function recordLetters(
  { tx, record }: WriteContext,
  { programme, event, kind }: About,
  people: Reachable[],
) {
  const persons = people.map(({ person }) => person)
  if (kind === 'invitation')
    return record({
      type: 'invitations.sent',
      payload: {
        projects: [...new Set(persons.flatMap(({ projectId }) => projectId ?? []))],
        hosts: persons.flatMap(({ hostId }) => hostId ?? []),
        invitations: people.length,
      },
    })
  const of = event && { eventId: event.id }
  const participants = people.flatMap(({ participantId }) => participantId ?? [])
  if (kind !== 'reminder')
    return record({ ...of, type: 'letters.sent', payload: { kind, letters: people.length } })
  await updateReminded(tx, participants, clockOf(programme))
  return record({ ...of, type: 'reminders.sent', payload: { participants, reminders: people.length } })
}

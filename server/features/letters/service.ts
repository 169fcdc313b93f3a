import { userIdOf } from '../../actor.ts'
import { expectContent } from '../../content-version.ts'
import type { Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Language, Written } from '../../schemas/common.ts'
import {
  type Letter,
  type LetterAsked,
  type LetterKind,
  type LetterText,
  type NewLetters,
} from '../../schemas/letters.ts'
import type { MailsWritten } from '../../schemas/mail.ts'
import type { Services } from '../../services.ts'
import { write, type Call } from '../../write.ts'
import { readAddress } from '../identity/service.ts'
import { checkText } from '../mail/compose.ts'
import { enqueueMail } from '../mail/service.ts'
import { defaultText, readText } from '../mail/templates.ts'
import { testFields } from '../rsvp/links.ts'
import { refuseBegun } from '../rsvp/service.ts'
import { openProgramme } from './open.ts'
import { findEventOf, findRecipients, subjectOf, type Reachable } from './recipients.ts'
import { countNamed, deleteText, upsertText } from './repository.ts'
import { composer, recordLetters, willing, writeLetters } from './write.ts'

/** Keeps a text of the programme's own, or forgets it where it is the one that there is by default. */
export async function writeText(
  { db }: Services,
  call: Call,
  key: { programmeId: string; kind: LetterKind; language: Language },
  text: LetterText,
): Promise<Written> {
  return write(db, call, key.programmeId, async (context) => {
    const { tx, call, record } = context
    await openProgramme(tx, call, key.programmeId, 'mail.send')
    checkText(text, key.kind)
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
  const programme = await openProgramme(db, call, programmeId, 'mail.send')
  const event = await findEventOf(db, programmeId, asked.event)
  const about = { programme, event, kind: asked.kind }
  const [one] = await chosen(db, programmeId, await findRecipients(db, about), [asked.to])
  if (!one) throw new DomainError('mail-nobody')
  const compose = await composer(db, services, about)
  return (await compose(one, { choice: NOBODYS, ...textIn(asked) })).letter
}

/** In place of somebody's own in what only organisers see: its page says that it is a test. */
const NOBODYS = 'prova'

const textIn = ({ text }: LetterAsked) => text && { text, language: text.language }

/** To oneself, as one of them would get it. */
export async function sendTestLetter(
  services: Services,
  call: Call,
  programmeId: string,
  asked: LetterAsked,
): Promise<Written> {
  return write(services.db, call, programmeId, async ({ tx, call, record }) => {
    const programme = await openProgramme(tx, call, programmeId, 'mail.send')
    const event = await findEventOf(tx, programmeId, asked.event)
    const about = { programme, event, kind: asked.kind }
    const [one] = await chosen(tx, programmeId, await findRecipients(tx, about), [asked.to])
    const to = await readAddress(tx, userIdOf(call.actor) ?? '')
    if (to === null) throw notFound()
    if (!one) throw new DomainError('mail-nobody')
    const compose = await composer(tx, services, about)
    const values = about.kind === 'coming' ? testFields(services.config) : {}
    const mail = await compose(one, { choice: NOBODYS, values, ...textIn(asked) })
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
    const programme = await openProgramme(tx, context.call, programmeId, 'mail.send')
    // Told from here nobody would count as told.
    if (kind === 'publication' || kind === 'change') throw new DomainError('mail-of-plan')
    const event = await findEventOf(tx, programmeId, eventId)
    if (event?.rehearsal) throw new DomainError('rehearsal')
    if (event && kind === 'coming') await refuseBegun(tx, { event, programme })
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

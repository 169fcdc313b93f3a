import { randomBytes } from 'node:crypto'
import type { Actor, Locale } from '../../actor.ts'
import type { Config } from '../../config.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { say } from '../../messages.ts'
import type { Language } from '../../schemas/common.ts'
import type { MailsWritten } from '../../schemas/mail.ts'
import type { RsvpMailsView } from '../../schemas/rsvp.ts'
import type { Services } from '../../services.ts'
import { write, type Call } from '../../write.ts'
import { ofEvent, openEvent, type FoundEvent } from '../events/open.ts'
import { enqueueMail, HIDDEN, readContacts } from '../mail/service.ts'
import { findParticipants } from '../participants/repository.ts'
import { shownAs } from '../../naming.ts'
import { findAskedSince, findSilent, insertLinks } from './repository.ts'
import { hasBegun } from './service.ts'

/** More than 128 bits, in letters that an address can carry. */
const TOKEN_BYTES = 24
const DAY = 24 * 60 * 60_000

/**
 * The page that a mail leads to. Each of its two links has its answer chosen already, and the page asks to confirm it:
 * programmes that check mails open all links in them, so what a link alone does must change nothing. The token stands
 * behind the #, which no browser sends and no server writes into its log.
 */
const pageOf = ({ publicUrl }: Config, token: string, answer: 'coming' | 'not-coming'): string =>
  `${publicUrl}/vengo?risposta=${answer === 'coming' ? 'si' : 'no'}#${token}`

type Asked = { participantId: string; name: string; email: string; language: Language | null }

/** A link for each, told once: only its digest is kept. Those they had before stay good, in the mails that they came with. */
export async function makeLinks<One extends { participantId: string }>(tx: Transaction, people: One[]) {
  const links = people.map((one) => ({ ...one, token: randomBytes(TOKEN_BYTES).toString('base64url') }))
  await insertLinks(tx, links)
  return links
}

/** Who has not said whether they come: those to write to, those who were written to within a day, those without an address. */
export async function findToAsk(reader: Reader, eventId: string) {
  const silent = new Set(await findSilent(reader, eventId))
  const people = (await findParticipants(reader, eventId)).filter(({ id }) => silent.has(id))
  const contacts = await readContacts(reader, eventId)
  const named = people.map(({ id, side, name, organisations }) => ({
    ...{ id, contact: contacts.get(id) ?? null },
    shown: side === 'host' ? shownAs(organisations, name) : name,
  }))
  const reached = named.flatMap(({ id, shown, contact }): Asked[] =>
    contact ? [{ participantId: id, name: shown, email: contact.email, language: contact.language }] : [],
  )
  const ids = reached.map(({ participantId }) => participantId)
  const lately = await findAskedSince(reader, ids, new Date(Date.now() - DAY))
  return {
    people: reached.filter(({ participantId }) => !lately.has(participantId)),
    askedLately: reached.filter(({ participantId }) => lately.has(participantId)),
    unreachable: named.filter(({ contact }) => contact === null).map(({ shown }) => shown),
  }
}

/** Before anything is sent. */
export async function readRsvpMails(
  { db, config }: Services,
  actor: Actor,
  eventId: string,
): Promise<RsvpMailsView> {
  const found = await openEvent(db, actor, eventId, 'mail.send')
  const { people, askedLately, unreachable } = await findToAsk(db, eventId)
  const plain = ({ participantId, name, email }: Asked) => ({ participantId, name, email })
  const [first] = people
  return {
    ...{ people: people.map(plain), askedLately: askedLately.map(plain), unreachable },
    mail: first ? letter(config, found, first, actor.locale) : null,
  }
}

/** Asks whoever has not said, as organisers do by hand. */
export async function sendRsvpMails(services: Services, call: Call, eventId: string): Promise<MailsWritten> {
  return write(services.db, call, ofEvent(eventId), async ({ tx, call, record }) => {
    const found = await openEvent(tx, call.actor, eventId, 'mail.send')
    if (found.event.rehearsal) throw new DomainError('rehearsal')
    if (await hasBegun(tx, found)) throw new DomainError('event-begun')
    const participantIds = await askThose(tx, services, found, call.actor.locale)
    const mails = participantIds.length
    if (mails > 0) await record({ eventId, type: 'rsvp.asked', payload: { participantIds, mails } })
    return { id: eventId, mails }
  })
}

/** The same as part of any transaction, as of one that was set for a date; it is for the caller to record. */
export async function askThose(
  tx: Transaction,
  services: Services,
  found: FoundEvent,
  locale: Locale,
): Promise<string[]> {
  const { people } = await findToAsk(tx, found.event.id)
  const links = await makeLinks(tx, people)
  for (const { token, ...one } of links)
    await enqueueMail(tx, services, {
      ...{ programmeId: found.programme.id, to: one.email, kind: 'coming', secret: token },
      ...letter(services.config, found, one, locale),
    })
  return links.map(({ participantId }) => participantId)
}

/** With the token hidden, as it is kept: who reads the outbox cannot answer for others by it. */
function letter(config: Config, { event }: FoundEvent, { name, language }: Asked, locale: Locale) {
  const spoken = language ?? locale
  const when = new Date(`${event.date}T12:00:00Z`).toLocaleDateString(spoken, {
    dateStyle: 'full',
    timeZone: 'UTC',
  })
  const values = {
    ...{ name, event: event.title, when },
    where: event.venue ? `, ${event.venue}` : '',
    coming: pageOf(config, HIDDEN, 'coming'),
    notComing: pageOf(config, HIDDEN, 'not-coming'),
  }
  return {
    subject: say(spoken, 'mail_coming_subject', values),
    body: say(spoken, 'mail_coming_body', values),
  }
}

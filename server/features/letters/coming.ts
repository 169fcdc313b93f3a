import type { Actor } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { knownAs } from '../../naming.ts'
import type { MailsWritten } from '../../schemas/mail.ts'
import type { RsvpMailsView } from '../../schemas/rsvp.ts'
import type { Services } from '../../services.ts'
import { write, type Call } from '../../write.ts'
import { ofEvent, openEvent, type FoundEvent } from '../events/open.ts'
import { findParticipants } from '../participants/repository.ts'
import { readAsked } from '../rsvp/links.ts'
import { refuseBegun } from '../rsvp/service.ts'
import { findRecipients, type Reachable } from './recipients.ts'
import { findTaking } from './repository.ts'
import { composer, recordLetters, writeLetters } from './write.ts'

const DAY = 24 * 60 * 60_000
const kind = 'coming' as const

/** Who has not said whether they come: those to write to, and those who were written to since. */
export async function findToAsk(reader: Reader, found: FoundEvent, since: Date) {
  const silent = await findRecipients(reader, { ...found, kind })
  const ids = silent.flatMap(({ participantId }) => participantId ?? [])
  const asked = await readAsked(reader, ids, since)
  const isAsked = ({ participantId }: Reachable) => participantId !== null && asked.has(participantId)
  return { people: silent.filter((one) => !isAsked(one)), asked: silent.filter(isAsked) }
}

const aDayAgo = () => new Date(Date.now() - DAY)

/** Before anything is sent. */
export async function readRsvpMails(
  services: Services,
  actor: Actor,
  eventId: string,
): Promise<RsvpMailsView> {
  const { db } = services
  const found = await openEvent(db, actor, eventId, 'mail.send')
  const { people, asked } = await findToAsk(db, found, aDayAgo())
  const [first] = people
  const compose = await composer(db, services, { ...found, kind })
  const mail = first ? await compose(first) : null
  return {
    people: people.map(plain),
    askedLately: asked.map(plain),
    unreachable: await namesBeside(db, eventId, [...people, ...asked]),
    mail: mail && { subject: mail.subject, body: mail.body },
  }
}

const plain = ({ person, participantId }: Reachable) => ({
  ...{ participantId: participantId!, name: person.name, email: person.email },
})

/** Those who have not said and are none of these: nobody can write to them. */
async function namesBeside(reader: Reader, eventId: string, reached: Reachable[]): Promise<string[]> {
  const taking = await findTaking(reader, eventId)
  const silent = new Set(taking.filter(({ rsvp }) => rsvp === null).map(({ id }) => id))
  reached.forEach(({ participantId }) => silent.delete(participantId!))
  return (await findParticipants(reader, eventId)).filter(({ id }) => silent.has(id)).map(knownAs)
}

/** Asks whoever has not said, as organisers do by hand. */
export async function sendRsvpMails(services: Services, call: Call, eventId: string): Promise<MailsWritten> {
  return write(services.db, call, ofEvent(eventId), async (context) => {
    const { tx, call } = context
    const found = await openEvent(tx, call.actor, eventId, 'mail.send')
    if (found.event.rehearsal) throw new DomainError('rehearsal')
    await refuseBegun(tx, found)
    const { people } = await findToAsk(tx, found, aDayAgo())
    const about = { ...found, kind }
    await writeLetters(tx, services, about, people)
    if (people.length > 0) await recordLetters(context, about, people)
    return { id: eventId, mails: people.length }
  })
}

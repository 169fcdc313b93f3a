import type { Locale } from '../../actor.ts'
import type { Change, Inverse } from '../../change-catalogue.ts'
import type { Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { say, sayInLine } from '../../messages.ts'
import { nameOf } from '../../naming.ts'
import { allow, may } from '../../policy.ts'
import type { RsvpBy, Written } from '../../schemas/common.ts'
import type { StandInByLink, StandInInput } from '../../schemas/rsvp.ts'
import type { Services } from '../../services.ts'
import { write, writeByItself, type Call, type WriteContext } from '../../write.ts'
import { peopleAround } from '../day/open.ts'
import { clockOf, todayOf } from '../events/clock.ts'
import { ensureMember } from '../identity/service.ts'
import { signInPage } from '../mail/links.ts'
import { enqueueMail, readContact, type Addressee } from '../mail/service.ts'
import { locateParticipant, ofParticipant, resourceOf, type Located } from '../participants/located.ts'
import { personFrom } from '../participants/persons.ts'
import { findParticipants } from '../participants/repository.ts'
import { settleSeats } from '../participants/seats.ts'
import { deleteIdlePeople, deleteMemberships, insertPeople } from '../people/bulk.ts'
import { findLive } from '../schedules/repository.ts'
import {
  deleteLinks,
  findLinked,
  findOpenSchedules,
  findPerson,
  isTakingPart,
  standsFor,
  updateRsvp,
  updateStandIn,
} from './repository.ts'
import { openLink, refuseBegun } from './service.ts'

type Record = (change: Change) => Promise<number>

/**
 * A colleague comes to one event instead of a host, or of a team. Their place in it stays the same row: its agenda, its
 * code for the desk and its answers are the colleague's for that event, who is called by name wherever the host was. They
 * sign in with their own mailbox, as one more who stands for the host or the project.
 */
export async function nameStandIn(
  services: Services,
  call: Call,
  participantId: string,
  input: StandInInput,
): Promise<Written> {
  return write(services.db, call, ofParticipant(participantId), async ({ tx, call, record }) => {
    const located = await locateParticipant(tx, participantId)
    allow(call.actor, 'standIn.edit', resourceOf(located))
    const isForThem = may(call.actor, 'people.edit', resourceOf(located))
    if (!(await isTakingPart(tx, located.participant.id))) throw new DomainError('withdrawn')
    if (!isForThem) await refuseBegun(tx, located)
    return bring(tx, services, located, input, isForThem ? 'organisers' : 'self', call.actor.locale, record)
  })
}

/**
 * The same by the link of a mail, once: a mail that was passed on must not turn into a machine that lets people in and
 * writes to them. Whoever the mail was for is told in any case.
 */
export async function nameStandInByLink(
  services: Services,
  locale: Locale,
  { token, ...input }: StandInByLink,
): Promise<Written> {
  const owner = async (tx: Transaction) => {
    const id = await findLinked(tx, token)
    return id && ofParticipant(id)(tx)
  }
  const written = await writeByItself(services.db, owner, async ({ tx, record }) => {
    const located = await openLink(tx, token)
    await refuseBegun(tx, located)
    if (located.participant.standInId !== null) throw new DomainError('stand-in-named')
    return bring(tx, services, located, input, 'link', locale, (change) => record(null, change))
  })
  if (!written) throw new DomainError('link-over')
  return written
}

/** Whoever was to come comes after all. */
export async function endStandIn(services: Services, call: Call, participantId: string): Promise<Written> {
  return write(services.db, call, ofParticipant(participantId), async ({ tx, call, record }) => {
    const located = await locateParticipant(tx, participantId)
    allow(call.actor, 'people.edit', resourceOf(located))
    const { id, standInId } = located.participant
    return standInId === null ? { id } : putBack(tx, services, located, null, call.actor.locale, record)
  })
}

/** Takes it back, unless somebody else was named since. */
export async function standInBack(
  services: Services,
  { tx, call, record }: WriteContext,
  { participantId, before, after, rsvp, rsvpBy, rsvpAt }: Inverse<'participant.replaced'>,
): Promise<void> {
  const located = await locateParticipant(tx, participantId)
  const isThere = before === null || (await findPerson(tx, before)) !== null
  if (located.participant.standInId !== after || !isThere) throw new DomainError('moved-on')
  // What is known of their coming goes with the colleague who was named before.
  if (before !== null)
    await updateRsvp(tx, participantId, { rsvp, rsvpBy, rsvpAt: rsvpAt === null ? null : new Date(rsvpAt) })
  await putBack(tx, services, located, before, call.actor.locale, record)
}

/** Both are told: the colleague who does not go any more, and who is expected again. */
async function putBack(
  tx: Transaction,
  services: Services,
  located: Located,
  before: string | null,
  locale: Locale,
  record: Record,
): Promise<Written> {
  const { participant, event, programme } = located
  const gone = await readContact(tx, participant)
  const [{ instead }] = await findParticipants(tx, event.id, participant.id)
  const written = await change(tx, located, before, record)
  if (event.rehearsal || event.lastDate < todayOf(programme)) return written
  const back = await readContact(tx, participant)
  const [{ name: of }] = await findParticipants(tx, event.id, participant.id)
  const values = { who: instead?.who ?? '', of }
  const tell = writer(tx, services, located, locale)
  if (gone && gone.email !== back?.email) await tell('standInEnded', gone, values)
  if (back) await tell('expectedAgain', back, values)
  return written
}

type Reader = Pick<Addressee, 'email' | 'language' | 'name'>
type Told = 'standIn' | 'replaced' | 'standInEnded' | 'expectedAgain'

/** Writes to those whom it concerns, in their language; who answers reaches the organisers. */
function writer(
  tx: Transaction,
  services: Services,
  { participant: { hostId, projectId }, event, programme }: Located,
  locale: Locale,
) {
  const agenda = `${hostId ? `/referente/${hostId}` : `/progetto/${projectId}`}/agenda`
  return (told: Told, { email, language, name }: Reader, values: { who: string; of: string }) => {
    const spoken = language ?? locale
    const link = signInPage(services.config, email, agenda)
    const facts = { ...values, event: event.title, name, link }
    return enqueueMail(tx, services, {
      ...{ programmeId: programme.id, to: email, kind: 'stand-in', replyTo: programme.contactEmail },
      subject: sayInLine(spoken, `mail_${told}_subject`, facts),
      body: say(spoken, `mail_${told}_body`, facts),
    })
  }
}

async function bring(
  tx: Transaction,
  services: Services,
  located: Located,
  input: StandInInput,
  way: RsvpBy,
  locale: Locale,
  record: Record,
): Promise<Written> {
  const { participant, event, programme } = located
  const replaced = await readContact(tx, participant)
  const [{ name: of }] = await findParticipants(tx, event.id, participant.id)
  const person = personFrom(input)
  await insertPeople(tx, [{ ...person, programmeId: programme.id }])
  await updateRsvp(tx, participant.id, {
    ...{ rsvp: 'coming', rsvpBy: way, rsvpAt: clockOf(programme), rsvpReason: '' },
  })
  const written = await change(tx, located, person.id, record)
  if (event.rehearsal) return written
  const who = nameOf(person)
  const tell = writer(tx, services, located, locale)
  await tell('standIn', { email: person.email!, language: null, name: who }, { who, of })
  if (replaced && replaced.email !== person.email) await tell('replaced', replaced, { who, of })
  return written
}

async function change(
  tx: Transaction,
  { participant, event, programme }: Located,
  after: string | null,
  record: Record,
): Promise<Written> {
  const { id, projectId, hostId, standInId: before, rsvp, rsvpBy, rsvpAt } = participant
  const subject = { ...(projectId && { projectId }), ...(hostId && { hostId }) }
  const gone = before && (await findPerson(tx, before))
  const come = after && (await findPerson(tx, after))
  await updateStandIn(tx, id, after)
  // A mail that was passed on must not stay a way to speak for whoever comes now.
  await deleteLinks(tx, id)
  // Whoever is expected again is asked again.
  if (after === null) await updateRsvp(tx, id, { rsvp: null, rsvpAt: null, rsvpBy: null, rsvpReason: '' })
  // Whoever else stands for them by that mailbox, there or in another event, goes on signing in by it.
  if (gone && gone.email && !(await standsFor(tx, participant, gone.email)))
    await deleteMemberships(tx, [{ email: gone.email, ...subject }])
  if (come && come.email)
    await ensureMember(tx, {
      ...{ programmeId: programme.id, email: come.email, name: nameOf(come) || come.email },
      ...(projectId ? { role: 'project', projectId } : { role: 'host', hostId: hostId! }),
    })
  await settleSeats(tx, await findOpenSchedules(tx, event.id))
  const seq = await record({
    eventId: event.id,
    type: 'participant.replaced',
    payload: { participantId: id, replaced: after !== null },
    // Of whoever comes no more nothing is kept, so they are named again rather than brought back by a number.
    inverse:
      after === null
        ? null
        : {
            ...{ participantId: id, before, after, rsvp, rsvpBy },
            rsvpAt: rsvpAt?.toISOString() ?? null,
          },
    also: await peopleAround(tx, await findLive(tx, event.id), [id]),
  })
  if (after === null) await deleteIdlePeople(tx, programme.id)
  return { id, seq }
}

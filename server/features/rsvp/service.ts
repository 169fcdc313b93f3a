import type { Change } from '../../change-catalogue.ts'
import { topic } from '../../changes.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { allow, may } from '../../policy.ts'
import type { RsvpBy, Written } from '../../schemas/common.ts'
import type { RsvpByLink, RsvpInput, RsvpLinkView } from '../../schemas/rsvp.ts'
import { write, writeByItself, type Call } from '../../write.ts'
import { clockOf, todayOf } from '../events/clock.ts'
import type { FoundEvent } from '../events/open.ts'
import { locateParticipant, ofParticipant, resourceOf, type Located } from '../participants/located.ts'
import { findParticipants } from '../participants/repository.ts'
import { findFirstTurn, findLinked, isTakingPart, updateRsvp } from './repository.ts'

/**
 * Whether somebody comes: said by themselves on their page, by whoever holds the link of their mail, or written down for
 * them. They can say it anew until the event begins; organisers and the desk also after that, when they call.
 */
export async function stateRsvp(
  db: Database,
  call: Call,
  participantId: string,
  input: RsvpInput,
): Promise<Written> {
  return write(db, call, ofParticipant(participantId), async ({ tx, call, record }) => {
    const located = await locateParticipant(tx, participantId)
    allow(call.actor, 'rsvp.edit', resourceOf(located))
    const isForThem = may(call.actor, 'attendance.judge', resourceOf(located))
    if (!(await isTakingPart(tx, located.participant.id))) throw new DomainError('withdrawn')
    if (!isForThem) await refuseBegun(tx, located)
    return state(tx, located, input, isForThem ? 'organisers' : 'self', record)
  })
}

/** The same by a link, without signing in. */
export async function answerByLink(db: Database, { token, ...input }: RsvpByLink): Promise<Written> {
  const owner = async (tx: Transaction) => {
    const id = await findLinked(tx, token)
    return id && ofParticipant(id)(tx)
  }
  const written = await writeByItself(db, owner, async ({ tx, record }) => {
    const located = await openLink(tx, token)
    await refuseBegun(tx, located)
    return state(tx, located, input, 'link', (change) => record(null, change))
  })
  if (!written) throw new DomainError('link-over')
  return written
}

/** What a link is about. Looking changes nothing: mail programmes open links by themselves. */
export async function readLink(reader: Reader, token: string): Promise<RsvpLinkView> {
  const located = await openLink(reader, token)
  const { participant, event, programme } = located
  const [self] = await findParticipants(reader, event.id, participant.id)
  const { title, date, lastDate, venue } = event
  return {
    ...{ title, date, lastDate, venue, timezone: programme.timezone },
    who: self.side === 'host' ? self.organisations.join(', ') : self.name,
    instead: self.instead?.who ?? null,
    rsvp: participant.rsvp,
    begun: await hasBegun(reader, located),
  }
}

/** Links of another event, of a day that is over and of somebody who was taken out all lead nowhere, in the same words. */
export async function openLink(reader: Reader, token: string): Promise<Located> {
  const id = await findLinked(reader, token)
  const located = id && (await locateParticipant(reader, id))
  if (!located || located.event.lastDate < todayOf(located.programme)) throw new DomainError('link-over')
  return located
}

/** From its first turn on, or its hour; of an event without any, from the morning of its day. */
export async function hasBegun(reader: Reader, { event, programme }: FoundEvent): Promise<boolean> {
  const begins = (await findFirstTurn(reader, event.id)) ?? event.startsAt
  return begins ? begins <= clockOf(programme) : event.date <= todayOf(programme)
}

export async function refuseBegun(reader: Reader, found: FoundEvent): Promise<void> {
  if (await hasBegun(reader, found)) throw new DomainError('event-begun')
}

async function state(
  tx: Transaction,
  { participant, event, programme }: Located,
  { rsvp, reason = '' }: RsvpInput,
  way: RsvpBy,
  record: (change: Change) => Promise<number>,
): Promise<Written> {
  const { id } = participant
  const rsvpReason = rsvp === 'not-coming' ? reason : ''
  if (participant.rsvp === rsvp && participant.rsvpReason === rsvpReason) return { id }
  const rsvpBy = rsvp === null ? null : way
  await updateRsvp(tx, id, { rsvp, rsvpReason, rsvpBy, rsvpAt: rsvp === null ? null : clockOf(programme) })
  const seq = await record({
    eventId: event.id,
    type: 'rsvp.stated',
    payload: { participantId: id, rsvp, by: way },
    also: { of: 'own', topics: [topic.participant(id)] },
  })
  return { id, seq }
}

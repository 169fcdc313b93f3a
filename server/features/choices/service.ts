import type { Actor } from '../../actor.ts'
import { topic, type LookedUp } from '../../change-catalogue.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow, may } from '../../policy.ts'
import type { AvailabilityInput, PreferenceInput } from '../../schemas/choice.ts'
import type { Written } from '../../schemas/common.ts'
import { write, type Call } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { findGridSlots, type EventRow } from '../events/repository.ts'
import { locateParticipant, ofParticipant, resourceOf, type Located } from '../participants/located.ts'
import {
  findParticipant,
  findWithdrawn,
  markAnswered,
  replaceUnavailable,
  updateParticipant,
  type ParticipantRow,
} from '../participants/repository.ts'
import { countMusts, deletePreference, findStatementsFrom, upsertPreference } from './repository.ts'

export type { Candidate } from './candidates.ts'
export {
  countWishes,
  deletePreference,
  findChoosers,
  findStatements,
  upsertPreference,
} from './repository.ts'

/** Once the term has passed only organisers write answers down. */
export function repliesOpen(call: Pick<Call, 'actor'>, located: Located): boolean {
  const { replyBy } = located.event
  return (
    replyBy === null ||
    clockOf(located.programme) <= replyBy ||
    may(call.actor, 'reply.late', resourceOf(located))
  )
}

async function allowAnswering(reader: Reader, call: Call, participantId: string): Promise<Located> {
  const located = await locateParticipant(reader, participantId)
  allow(call.actor, 'choice.edit', resourceOf(located))
  if ((await findWithdrawn(reader, located.event.id)).has(located.participant.id))
    throw new DomainError('withdrawn')
  if (!repliesOpen(call, located)) throw new DomainError('replies-closed')
  return located
}

/** Whether somebody says it of themselves. */
const isOwn = (actor: Actor, { participant: { projectId, hostId } }: Located): boolean =>
  actor.kind === 'user' &&
  actor.memberships.some(
    (one) =>
      (projectId !== null && one.projectId === projectId) || (hostId !== null && one.hostId === hostId),
  )

const ownOf = (participantId: string): LookedUp<'own'> => ({
  of: 'own',
  topics: [topic.participant(participantId)],
})

type PreferenceKey = { eventId: string; fromId: string; toId: string }

/** Says what one participant thinks of one of the other side. */
export async function statePreference(db: Database, call: Call, key: PreferenceKey, input: PreferenceInput) {
  return write(db, call, ofParticipant(key.fromId), async ({ tx, call, record }): Promise<Written> => {
    const located = await allowAnswering(tx, call, key.fromId)
    await checkOtherSide(tx, located.participant, key)
    if (input.level === 'must') await checkMusts(tx, located.event, key)
    const before = (await findStatementsFrom(tx, key.fromId)).find(({ toId }) => toId === key.toId)
    const { level = null, conflict = false } = before ?? {}
    if (level === input.level && conflict === input.conflict) return { id: key.fromId }
    if (input.level === null && !input.conflict) await deletePreference(tx, key.fromId, key.toId)
    else await upsertPreference(tx, key, input)
    // Who has told an organiser has answered: nobody is there to say "finished" on the page.
    if (!isOwn(call.actor, located) && (input.level !== null || input.conflict))
      await markAnswered(tx, [located.participant.id], clockOf(located.programme))
    await record({
      eventId: key.eventId,
      type: 'preference.stated',
      payload: { fromId: key.fromId, toId: key.toId, ...input },
      also: ownOf(key.fromId),
    })
    return { id: key.fromId }
  })
}

async function checkOtherSide(reader: Reader, from: ParticipantRow, { eventId, toId }: PreferenceKey) {
  const to = await findParticipant(reader, toId)
  if (from.eventId !== eventId || to?.eventId !== eventId || to.side === from.side) throw notFound()
}

async function checkMusts(reader: Reader, { rules }: EventRow, { fromId, toId }: PreferenceKey) {
  if ((await countMusts(reader, fromId, toId)) >= rules.musts)
    throw new DomainError('musts-used-up', { musts: String(rules.musts) })
}

/** The participant has finished answering. */
export async function finishAnswer(db: Database, call: Call, participantId: string): Promise<Written> {
  return write(db, call, ofParticipant(participantId), async ({ tx, call, record }) => {
    const { participant, programme } = await allowAnswering(tx, call, participantId)
    await updateParticipant(tx, participantId, { answeredAt: clockOf(programme) })
    await record({
      eventId: participant.eventId,
      type: 'answer.finished',
      payload: { participantId },
      also: ownOf(participantId),
    })
    return { id: participantId }
  })
}

export async function stateAvailability(
  db: Database,
  call: Call,
  participantId: string,
  input: AvailabilityInput,
) {
  return write(db, call, ofParticipant(participantId), async ({ tx, call, record }): Promise<Written> => {
    const { participant } = await allowAnswering(tx, call, participantId)
    const known = new Set((await findGridSlots(tx, participant.eventId)).map(({ id }) => id))
    if (!input.unavailable.every((id) => known.has(id))) throw notFound()
    await replaceUnavailable(tx, participant, input.unavailable)
    await updateParticipant(tx, participantId, {
      maxMeetings: input.maxMeetings,
      ...(input.needs && { needs: input.needs }),
    })
    await record({
      eventId: participant.eventId,
      type: 'availability.stated',
      payload: { participantId, unavailable: input.unavailable, maxMeetings: input.maxMeetings },
      also: ownOf(participantId),
    })
    return { id: participantId }
  })
}

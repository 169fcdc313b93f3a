import { ECDH } from 'node:crypto'
import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { PushConfig } from '../../config.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, invalidInput } from '../../errors.ts'
import { signedInPerson } from '../../policy.ts'
import type { News, Queue } from '../../queue.ts'
import type { Written } from '../../schemas/common.ts'
import type { PushSubscription } from '../../schemas/push.ts'
import type { Call } from '../../write.ts'
import * as repository from './repository.ts'
import { isSame, newsBetween, readDigests, remembering } from './digest.ts'

function personOf(actor: Actor, push: PushConfig | null) {
  const person = signedInPerson(actor)
  if (!push) throw new DomainError('push-off')
  return { ...person, services: push.services }
}

/** From now on this browser is told of what changes in its person's agendas; what they say by now is known. */
export async function subscribe(
  db: Database,
  call: Call,
  push: PushConfig | null,
  { endpoint, keys, participantId }: PushSubscription,
): Promise<Written> {
  const { sessionId, userId, locale, services } = personOf(call.actor, push)
  if (!isServed(endpoint, services)) throw invalidInput(call, '/endpoint', 'field_pushService')
  if (!isPoint(keys.p256dh)) throw invalidInput(call, '/keys/p256dh', 'field_format')
  await db.transaction(async (tx) => {
    const { agendas } = await readDigests(tx, await repository.findOwnAgendas(tx, sessionId))
    const told = Object.fromEntries(agendas)
    const before = await repository.findSubscription(tx, sessionId)
    const opened = before?.endpoint === endpoint ? before.participantIds : []
    const participantIds = participantId ? [...new Set([...opened, participantId])] : []
    await repository.replaceSubscription(tx, { sessionId, endpoint, ...keys, locale, told, participantIds })
  })
  return { id: userId }
}

export async function unsubscribe(db: Database, call: Call, push: PushConfig | null): Promise<Written> {
  const { sessionId, userId } = personOf(call.actor, push)
  await repository.deleteSubscription(db, sessionId)
  return { id: userId }
}

/** Whether an address is at one of the known push services: we send to no other, whoever asks. */
function isServed(endpoint: string, services: string[]): boolean {
  if (!URL.canParse(endpoint)) return false
  const { protocol, username, password, host } = new URL(endpoint)
  if (protocol !== 'https:' || username || password) return false
  return services.some((one) => (one.startsWith('*.') ? host.endsWith(one.slice(1)) : host === one))
}

/** Of the right length, and on the curve. */
function isPoint(key: string): boolean {
  try {
    return ECDH.convertKey(key, 'prime256v1', 'base64url', 'base64url', 'uncompressed') === key
  } catch {
    return false
  }
}

/** Tells phones of their people's agendas what was decided to be told, as part of the caller's transaction. */
export async function tellPhones(
  tx: Transaction,
  queue: Queue,
  programmeId: string,
  told: ReadonlyMap<string, News>,
): Promise<void> {
  for (const { sessionId, participantId } of await repository.findSubscribed(tx, programmeId)) {
    const news = told.get(participantId)
    if (news) await queue.enqueue(tx, 'push', { sessionId, participantId, news })
  }
}

/**
 * Tells the subscribed of calls and of meetings that come near, by jobs of the same
 * transaction. Only agendas that the changes after `seq` concern are looked at; all, where that is not known. Answers
 * when to look at them again though nothing changes.
 */
export async function tellNews(
  db: Database,
  queue: Queue,
  programmeId: string,
  seq: number | null,
): Promise<number> {
  const topics = seq === null ? new Set([topic.everyone]) : await repository.findTopics(db, programmeId, seq)
  return db.transaction(async (tx) => {
    const concerned = (await repository.findSubscribed(tx, programmeId)).filter(
      ({ participantId }) => topics.has(topic.everyone) || topics.has(topic.participant(participantId)),
    )
    const { agendas, again } = await readDigests(tx, concerned)
    for (const { sessionId, participantId, told } of concerned) {
      const before = told[participantId]
      const read = agendas.get(participantId)
      const now = read && remembering(before, read)
      if (!now || isSame(before, now)) continue
      await repository.updateTold(tx, sessionId, { [participantId]: now })
      for (const news of newsBetween(before, now))
        await queue.enqueue(tx, 'push', { sessionId, participantId, news })
    }
    return again
  })
}

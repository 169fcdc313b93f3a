import { createHash } from 'node:crypto'
import { buildPushPayload } from '@block65/webcrypto-web-push'
import type { Config, PushConfig } from '../config.ts'
import { isQuiet } from '../database/installation.ts'
import type { Database } from '../database/client.ts'
import { findAgendaOwners } from '../features/agenda/repository.ts'
import {
  deleteSubscription,
  findFollowed,
  findSubscription,
  type SubscriptionRow,
} from '../features/push/repository.ts'
import { readDigests, SOON_MS } from '../features/push/digest.ts'
import { tellNews } from '../features/push/service.ts'
import { log } from '../log.ts'
import { say } from '../messages.ts'
import type { JobData, News, Queue } from '../queue.ts'

const AT_ONCE = 4
const LOOK_MS = 1_000
const PATIENCE_MS = 10_000
/** By how much the clocks of two workers may differ: what one finds near, the other still does. */
const CLOCKS_APART_MS = 60_000
/** What a phone that was off does not hear within this time, it finds in the agenda. */
const TTL_SECONDS: Record<News, number> = {
  ready: 15 * 60,
  changed: 15 * 60,
  called: 15 * 60,
  soon: SOON_MS / 1_000,
}

/** Sends what is to be told to browsers' push services, where there are keys to do so. */
export async function workPushes(
  queue: Queue,
  { config, db }: { config: Config; db: Database },
): Promise<void> {
  const { push } = config
  if (!push) return
  await queue.work(
    'push',
    async (job) => {
      if (await isQuiet(db)) return
      const subscription = await findSubscription(db, job.sessionId)
      const message = subscription && (await messageOf(db, job, subscription))
      if (message) await deliver(db, push, subscription, message)
    },
    AT_ONCE,
  )
}

/**
 * Looks every second for changes in programmes that somebody is subscribed in, and for meetings that come near there.
 * What was told stands in the database, so nothing is lost with a process: a new one looks at every agenda once.
 * Answers how to end it.
 */
export function watchAgendas(db: Database, queue: Queue): () => Promise<void> {
  const seen = new Map<string, { seq: number; subscribedAt: string; again: number }>()
  let looking: Promise<void> = Promise.resolve()
  let busy = false
  async function look() {
    if (await isQuiet(db)) return
    for (const { id, seq, subscribedAt } of await findFollowed(db)) {
      const last = seen.get(id)
      const known = last?.subscribedAt === subscribedAt && Date.now() < last.again ? last : null
      if (known?.seq === seq) continue
      const again = await tellNews(db, queue, id, known?.seq ?? null)
      seen.set(id, { seq, subscribedAt, again: Math.min(again, known?.again ?? Infinity) })
    }
  }
  const timer = setInterval(() => {
    if (busy) return
    busy = true
    // Whatever went wrong, the next look starts from the same place.
    looking = look()
      .catch((error: unknown) => log.error({ err: error }, 'looking at agendas'))
      .finally(() => (busy = false))
  }, LOOK_MS)
  return async () => {
    clearInterval(timer)
    await looking
  }
}

/**
 * No names: it may be read on a locked screen. A newer one takes the place of the one before of its kind, as on the
 * open page. That a meeting is near is told only while it is.
 */
async function messageOf(
  db: Database,
  { participantId, news }: JobData['push'],
  { locale }: SubscriptionRow,
) {
  const owner = (await findAgendaOwners(db, [participantId])).get(participantId)
  if (!owner || (news === 'soon' && !(await isNear(db, participantId, owner.eventId)))) return null
  const page = owner.projectId ? `/progetto/${owner.projectId}` : `/referente/${owner.hostId}`
  const tag = news === 'changed' || news === 'ready' ? 'agenda' : 'next'
  const data = {
    tag,
    title: say(locale, `push_${news}_title`),
    body: say(locale, `push_${news}_text`),
    url: `${page}/agenda?evento=${owner.eventId}`,
  }
  const topic = topicOf(participantId, tag)
  return { data, options: { ttl: TTL_SECONDS[news], urgency: 'high' as const, topic } }
}

async function isNear(db: Database, participantId: string, eventId: string): Promise<boolean> {
  const { agendas } = await readDigests(db, [{ participantId, eventId }], SOON_MS + CLOCKS_APART_MS)
  return Boolean(agendas.get(participantId)?.soon)
}

/** Of what a push service still keeps, the newest with a topic replaces the one before. It may have 32 characters. */
const topicOf = (participantId: string, tag: string) =>
  createHash('sha256').update(`${participantId} ${tag}`).digest('base64url').slice(0, 32)

type Message = NonNullable<Awaited<ReturnType<typeof messageOf>>>

/** An error says nothing of the address: whoever knows that can wake the phone. */
async function deliver(db: Database, push: PushConfig, subscription: SubscriptionRow, message: Message) {
  const { sessionId, endpoint, p256dh, auth } = subscription
  const target = { endpoint, expirationTime: null, keys: { p256dh, auth } }
  const request = await buildPushPayload(message, target, push)
  const signal = AbortSignal.timeout(PATIENCE_MS)
  const response = await fetch(endpoint, { ...request, redirect: 'manual', signal }).catch(() => null)
  await response?.body?.cancel()
  if (response?.status === 404 || response?.status === 410) return deleteSubscription(db, sessionId, endpoint)
  if (!response?.ok) throw new Error(`push service: ${response?.status ?? 'no answer'}`)
}

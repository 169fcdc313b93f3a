import type { WebSocket } from 'ws'
import type { Actor, Credentials } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { ResumeFrame, ServerFrame } from '../../schemas/live.ts'
import type { View } from '../../view.ts'
import type { NewChanges } from './reading.ts'
import type { Words } from './words.ts'

/** One open page: a socket that follows one view of one event. */
export type Follower = {
  socket: WebSocket
  credentials: Credentials
  actor: Actor
  view: View
  eventId: string
  programmeId: string
  key: string | null
  topics: Set<string>
  /** Whole views come to it with their long lists packed. */
  packs: boolean
  /** Where the client said it is, until that is answered. */
  asked: ResumeFrame | null
  /** Seq of the last frame sent on this socket; null until there is one. */
  seq: number | null
  /** What its page shows, where the next frame may carry only what differs from it. */
  held: Words | null
  /** Something it shows has changed since its last frame. */
  stale: boolean
  /** Who it was last told is there with it. */
  company: string | null
  sentAt: number
  /** Its place in the order in which pages are pinged. */
  turn: number
  /** Since when it leaves unread what was sent; null while it reads. */
  cloggedAt: number | null
  /** Pings without an answer, and questions since the last ping. */
  unanswered: number
  questions: number
}

/**
 * A client that leaves this much unread gets nothing more: it keeps one newest state to come, not a queue of old
 * ones. If it goes on so, it is cut; it comes back by itself.
 */
const MOST_UNREAD = 64 * 1024
const CLOGGED_MS = 10_000

/** Whether it reads too slowly to be sent anything now. What it had is not kept for it: it gets the whole view next. */
export function isClogged(follower: Follower): boolean {
  const { socket } = follower
  if (socket.bufferedAmount <= MOST_UNREAD) follower.cloggedAt = null
  else follower.cloggedAt ??= Date.now()
  if (follower.cloggedAt === null) return false
  follower.held = null
  if (Date.now() - follower.cloggedAt > CLOGGED_MS) socket.terminate()
  return true
}

/** Whether it shows what only organisers may see. */
export const isBoard = ({ topics }: Follower): boolean => topics.has(topic.organisers)

export const isOpen = ({ socket }: Follower): boolean => socket.readyState === socket.OPEN

export const send = (follower: Follower, frame: ServerFrame): void =>
  sendText(follower, JSON.stringify(frame))

/** A frame that is JSON already. */
export function sendText(follower: Follower, text: string | Buffer): void {
  const { socket } = follower
  if (!isOpen(follower)) return
  follower.sentAt = Date.now()
  socket.send(text, { binary: false })
}

/** Whether any of the news is later than what the page has and about what it shows. */
export const concerned = ({ seq, eventId, topics }: Follower, news: NewChanges): boolean =>
  seq !== null &&
  news.some(
    (change) =>
      change.seq > seq &&
      (change.eventId === null || change.eventId === eventId) &&
      change.audience.some((topic) => topic === 'everyone' || topics.has(topic)),
  )

/** Who asks for what. */
export type Asking = Pick<Follower, 'view' | 'eventId' | 'key' | 'credentials' | 'actor'>

/** Those who can be served by one reading: of one moment, and put into words once. */
export const batches = <T extends Asking>(asking: Iterable<T>): T[][] => [
  ...Map.groupBy(asking, (one) => JSON.stringify(sameReading(one))).values(),
]

function sameReading({ view, eventId, key, credentials }: Asking): unknown[] {
  if (view.many) return [view.name, eventId]
  return view.shared ? [view.name, eventId, key] : [view.name, eventId, key, credentials]
}

import type { FastifyRequest } from 'fastify'
import type { WebSocket } from 'ws'
import type { Actor } from '../../actor.ts'
import type { ServerFrame } from '../../schemas/live.ts'
import type { View } from '../../view.ts'
import type { News } from './reading.ts'

/** One open page: a socket that follows one view of one event. */
export type Follower = {
  socket: WebSocket
  request: FastifyRequest
  actor: Actor
  view: View
  eventId: string
  programmeId: string
  key: string | null
  topics: Set<string>
  /** Seq of the last frame sent on this socket; null until the client has said where it is. */
  seq: number | null
  sentAt: number
  /** Answered the last ping. */
  alive: boolean
}

/** A client that leaves this much unread is cut; it comes back by itself and takes a snapshot. */
const MAX_BUFFERED = 2 * 1024 * 1024

export const send = (follower: Follower, frame: ServerFrame): void =>
  sendText(follower, JSON.stringify(frame))

/** A frame that is JSON already. */
export function sendText(follower: Follower, frame: string): void {
  if (follower.socket.bufferedAmount > MAX_BUFFERED) return follower.socket.terminate()
  follower.sentAt = Date.now()
  follower.socket.send(frame)
}

/** Whether any of the news is later than what the page has and about what it shows. */
export const concerned = ({ seq, eventId, topics }: Follower, news: News): boolean =>
  seq !== null &&
  news.some(
    (change) =>
      change.seq > seq &&
      (change.eventId === null || change.eventId === eventId) &&
      change.audience.some((topic) => topic === 'everyone' || topics.has(topic)),
  )

/** Followers who see the very same thing with the same session: asked for their right and read for once. */
export const alike = (followers: Iterable<Follower>): Follower[][] => [
  ...Map.groupBy(followers, ({ view, eventId, key, actor, request }) =>
    [view.name, eventId, key, actor.locale, request.headers.cookie].join(' '),
  ).values(),
]

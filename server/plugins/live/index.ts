import '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Value } from 'typebox/value'
import type { WebSocket } from 'ws'
import type { Actor } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { LiveQuery, ResumeFrame, type ServerFrame } from '../../schemas/live.ts'
import type { View } from '../../view.ts'
import { sameOrigin } from '../session.ts'
import { Feed, HEARTBEAT_MS, PULSE_MS } from './feed.ts'
import type { Follower } from './follower.ts'
import { readEpoch } from './reading.ts'

type Options = {
  db: Database
  publicUrl: string
  views: View[]
  identify: (request: FastifyRequest) => Promise<Actor>
}
type LiveRequest = FastifyRequest<{ Querystring: LiveQuery }>

const POLL_MS = 1_000

/** The numbered live feed over websockets: one socket a page, see schemas/live.ts for its frames. */
export default fp(
  async function live(app: FastifyInstance, { db, publicUrl, views, identify }: Options) {
    const feed = new Feed(db, await readEpoch(db), identify)
    const report = (error: unknown) => app.log.warn({ err: error }, 'live feed')
    const ring = () => void feed.pump().catch(report)

    app.get<{ Querystring: LiveQuery }>(
      '/api/v1/live',
      { websocket: true, schema: { querystring: LiveQuery }, preHandler: (request) => admit(request) },
      (socket, request) => follow(socket, request),
    )

    /** A refusal is an ordinary problem+json answer, given before the socket exists. */
    async function admit(request: LiveRequest): Promise<void> {
      const { origin } = request.headers
      if (origin !== undefined && !sameOrigin(origin, publicUrl, request))
        throw new DomainError('wrong-origin')
      await open(request)
    }

    async function open(request: LiveRequest) {
      const { event, view: name, key = null } = request.query
      const view = views.find((candidate) => candidate.name === name)
      if (!view) throw notFound()
      return { view, key, eventId: event, ...(await view.open(db, request.actor, event, key)) }
    }

    // Handlers are attached before anything is awaited: a frame sent at once must not be lost.
    function follow(socket: WebSocket, request: LiveRequest): void {
      let opening: Promise<Follower> | null = null
      socket.on('error', () => socket.terminate())
      socket.on('message', (raw) => {
        const frame = parseResume(String(raw))
        if (!frame) return socket.close(4400, 'invalid-frame')
        opening ??= attach(socket, request)
        opening.then((follower) => feed.resume(follower, frame)).catch((error) => refuse(socket, error))
      })
    }

    async function attach(socket: WebSocket, request: LiveRequest): Promise<Follower> {
      const { topics, ...opened } = await open(request)
      const state = { seq: null, sentAt: 0, alive: true }
      const follower: Follower = {
        socket,
        request,
        actor: request.actor,
        topics: new Set(topics),
        ...opened,
        ...state,
      }
      if (socket.readyState === socket.OPEN) feed.add(follower)
      socket.on('close', () => feed.remove(follower))
      socket.on('pong', () => (follower.alive = true))
      return follower
    }

    function refuse(socket: WebSocket, error: unknown): void {
      if (error instanceof DomainError) return socket.close(4000, error.code)
      app.log.error({ err: error }, 'live socket')
      socket.close(1011, 'internal')
    }

    const listening = await Promise.all([
      db.$client.listen('programme', ring, ring),
      db.$client.listen('session', () => void feed.checkRights().catch(report)),
      db.$client.listen('run', (payload) => {
        const { eventId, ...frame } = JSON.parse(payload) as { eventId: string } & ServerFrame
        feed.relay(eventId, frame)
      }),
    ])
    const poll = setInterval(ring, POLL_MS)
    const heart = setInterval(() => void feed.beat().catch(report), HEARTBEAT_MS)
    const pulse = setInterval(() => feed.pulse(), PULSE_MS)

    app.addHook('preClose', async () => {
      clearInterval(poll)
      clearInterval(heart)
      clearInterval(pulse)
      await Promise.allSettled(listening.map(({ unlisten }) => unlisten()))
      feed.closeAll()
    })
  },
  { name: 'live', dependencies: ['session'] },
)

function parseResume(text: string): ResumeFrame | null {
  try {
    const frame: unknown = JSON.parse(text)
    return Value.Check(ResumeFrame, frame) ? frame : null
  } catch {
    return null
  }
}

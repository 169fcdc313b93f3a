import { setTimeout } from 'node:timers/promises'
import '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { Compile } from 'typebox/compile'
import type { WebSocket } from 'ws'
import type { Credentials } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { gather } from '../../gather.ts'
import { LiveQuery, ResumeFrame, SnapshotFrame, type ServerFrame } from '../../schemas/live.ts'
import type { View } from '../../view.ts'
import { sameOrigin, type Identity } from '../session.ts'
import { Heart, BEAT_MS as HEART_MS } from './heart.ts'
import { ask, Feed, TICK_MS } from './feed.ts'
import { isBoard, type Asking, type Follower } from './follower.ts'
import { packed } from '../../packing.ts'
import { BEAT_MS, Presence } from './presence.ts'
import { readEpoch, readSnapshot } from './reading.ts'
import { openEach } from './serving.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** Whether this node is in touch with the database. */
    heart: Heart
    /** Closes all pages' sockets, so that they go elsewhere. */
    sendPagesOn(): Promise<void>
  }
}

type Options = { db: Database; publicUrl: string; views: View[]; identity: Identity }
type LiveRequest = FastifyRequest<{ Querystring: LiveQuery }>
type Admitted = Asking & Pick<Follower, 'programmeId' | 'topics' | 'packs'>

const POLL_MS = 1_000
/** A database that does not answer is not told that this node leaves. */
const GOODBYE_MS = 2_000

/** The numbered live feed over websockets: one socket a page, see schemas/live.ts for its frames. */
export default fp(
  async function live(app: FastifyInstance, { db, publicUrl, views, identity }: Options) {
    const report = (error: unknown) => app.log.warn({ err: error }, 'live feed')
    const services = { db, epoch: await readEpoch(db), actorsOf: identity.actorsOf }
    const feed = new Feed(services, report)
    const heart = new Heart(db, services.epoch, (epoch) => {
      services.epoch = epoch
      void feed.startOver()
    })
    app.decorate('heart', heart)
    app.decorate('sendPagesOn', () => feed.letGo())
    app.addHook('onError', async (_request, _reply, error) => heart.notice(error))
    const presence = new Presence(db, report)
    const open = gather((asking: Asking[]) => openEach(db, asking))
    let turns = 0
    const admitted = new WeakMap<LiveRequest, Admitted>()

    app.route<{ Querystring: LiveQuery }>({
      method: 'GET',
      url: '/api/v1/live',
      schema: { querystring: LiveQuery, response: { 200: SnapshotFrame }, tags: ['views'] },
      preHandler: (request) => admit(request),
      wsHandler: (socket, request) => follow(socket, request as LiveRequest),
      handler: (request) => firstFrame(request),
    })

    /** What a socket would say first, to who asks without one: sooner by its handshake, or where none gets through. */
    function firstFrame(request: LiveRequest): Promise<SnapshotFrame> {
      const { view, eventId, key, actor, programmeId, packs } = admitted.get(request) as Admitted
      return readSnapshot(db, programmeId, async (tx, { seq, at }) => {
        const data = await view.read(tx, actor, eventId, key)
        const whole = packs ? packed(data) : { data }
        return { type: 'snapshot', epoch: services.epoch, prev: null, seq, at, ...whole }
      })
    }

    /** A refusal is an ordinary problem+json answer, given before the socket exists. */
    async function admit(request: LiveRequest): Promise<void> {
      const { origin } = request.headers
      if (origin !== undefined && !sameOrigin(origin, publicUrl, request))
        throw new DomainError('wrong-origin')
      // A page that asks here in vain is sent on at once: another node may be in touch.
      if (app.ending.begun) throw new DomainError('unavailable')
      if (!heart.readsFresh()) throw new DomainError('database-down')
      const { event: eventId, view: name, key = null, packed: packs } = request.query
      const view = views.find((candidate) => candidate.name === name)
      if (!view) throw notFound()
      const credentials = request.credentials as Credentials
      const asking = { view, eventId, key, credentials, actor: request.actor }
      const opened = await open(asking)
      if (opened instanceof DomainError) throw opened
      const { programmeId, topics } = opened
      admitted.set(request, { ...asking, programmeId, topics: new Set(topics), packs: packs === '1' })
    }

    // Nothing is awaited before the handlers are attached: a frame sent at once must not be lost.
    function follow(socket: WebSocket, request: LiveRequest): void {
      const follower = followerOf(socket, request)
      socket.on('error', () => socket.terminate())
      socket.on('close', () => leave(follower))
      socket.on('pong', () => (follower.unanswered = 0))
      socket.on('message', (raw, isBinary) => {
        const frame = isBinary ? null : parseResume(String(raw))
        if (!frame) return socket.close(4400, 'invalid-frame')
        if (!ask(follower, frame)) return socket.close(4429, 'too-many-requests')
        void feed.answer(follower).then(() => isBoard(follower) && presence.tell())
      })
      feed.add(follower)
      presence.add(follower)
    }

    function leave(follower: Follower): void {
      feed.remove(follower)
      presence.remove(follower)
    }

    function followerOf(socket: WebSocket, request: LiveRequest): Follower {
      const opened = admitted.get(request) as Admitted
      const fresh = { asked: null, seq: null, held: null, stale: false, company: null, turn: (turns += 1) }
      const counts = { sentAt: Date.now(), cloggedAt: null, unanswered: 0, questions: 0 }
      return { socket, ...opened, ...fresh, ...counts }
    }

    // After a lost connection of the listener nobody knows what was missed: everything is asked again.
    const listening = await Promise.all([
      db.$listen(
        'programme',
        (payload) => void feed.ring(payload.split(':')[0]),
        () => feed.ringAll(),
      ),
      db.$listen(
        'session',
        () => feed.checkRights(),
        () => feed.checkRights(),
      ),
      db.$listen('run', (payload) => {
        const { eventId, ...frame } = JSON.parse(payload) as { eventId: string } & ServerFrame
        feed.relay(eventId, frame)
      }),
      db.$listen('node', (node) => heart.hear(node)),
      db.$listen('presence', (payload) => presence.hear(payload)),
    ])
    const timers = [
      setInterval(() => feed.ringAll(), POLL_MS),
      setInterval(() => void heart.beat(), HEART_MS),
      setInterval(() => presence.forgetSilent(), POLL_MS),
      setInterval(() => presence.beat(), BEAT_MS),
      setInterval(() => feed.tick(), TICK_MS),
    ]

    app.addHook('preClose', async () => {
      for (const timer of timers) clearInterval(timer)
      feed.closeAll()
      const goodbyes = [presence.end(), ...listening.map(({ unlisten }) => unlisten())]
      await Promise.race([Promise.allSettled(goodbyes), setTimeout(GOODBYE_MS, null, { ref: false })])
    })
  },
  { name: 'live', dependencies: ['session'] },
)

const resume = Compile(ResumeFrame)

function parseResume(text: string): ResumeFrame | null {
  try {
    const frame: unknown = JSON.parse(text)
    return resume.Check(frame) ? frame : null
  } catch {
    return null
  }
}

import { and, asc, eq, gt } from 'drizzle-orm'
import '@fastify/websocket'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { WebSocket } from 'ws'
import type { Actor } from '../actor.ts'
import type { Database, Transaction } from '../database/client.ts'
import { changes, installations, programmes } from '../database/schema.ts'
import { DomainError, notFound } from '../errors.ts'
import { LiveQuery, ResumeFrame, type ServerFrame } from '../schemas/live.ts'
import type { View } from '../view.ts'
import { Value } from 'typebox/value'
import { sameOrigin } from './session.ts'

type Options = {
  db: Database
  publicUrl: string
  views: View[]
  identify: (request: FastifyRequest) => Promise<Actor>
}

type Follower = {
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
  alive: boolean
}

const POLL_MS = 1_000
const HEARTBEAT_MS = 10_000
/** A client this far behind is cut; it comes back with a snapshot. */
const MAX_BUFFERED = 4 * 1024 * 1024

/**
 * The numbered feed: sockets follow views, changes wake the views they concern. Notifications are only a
 * doorbell; what is sent is read from the database, so a lost one costs a poll and nothing else.
 */
export default fp(
  async function live(app: FastifyInstance, options: Options) {
    const { db, views, identify, publicUrl } = options
    const followers = new Set<Follower>()
    const reached = new Map<string, number>()
    const epoch = await readEpoch(db)

    const forget = (follower: Follower) => {
      followers.delete(follower)
      if (![...followers].some((other) => other.programmeId === follower.programmeId))
        reached.delete(follower.programmeId)
    }

    const pump = serial(async () => {
      for (const programmeId of new Set([...followers].map((follower) => follower.programmeId))) {
        const last = reached.get(programmeId)
        if (last === undefined) continue
        const news = await readChanges(db, programmeId, last)
        if (news.length === 0) continue
        const woken = [...followers].filter((follower) => concerned(follower, programmeId, news))
        await serve(woken, 'change')
        reached.set(programmeId, news[news.length - 1].seq)
      }
    })

    /** Renders each distinct view once and sends it to all who follow it. */
    async function serve(woken: Follower[], type: 'change' | 'snapshot') {
      for (const group of groups(woken).values()) {
        const allowed = (await Promise.all(group.map(reopen))).filter((follower) => follower !== null)
        if (allowed.length > 0) await serveGroup(allowed, type)
      }
    }

    async function serveGroup(group: Follower[], type: 'change' | 'snapshot') {
      const { view, actor, eventId, key, programmeId } = group[0]
      const { data, seq, at } = await snapshot(db, programmeId, (tx) => view.read(tx, actor, eventId, key))
      for (const follower of group) {
        const prev = follower.seq
        if (type === 'snapshot' || prev === null)
          send(follower, { type: 'snapshot', epoch, prev: null, seq, at, data })
        else if (seq > prev) send(follower, { type: 'change', epoch, prev, seq, at, data })
        follower.seq = Math.max(prev ?? 0, seq)
      }
    }

    /** The right to see is asked for again before each frame, so a lost role or session ends the socket. */
    async function reopen(follower: Follower): Promise<Follower | null> {
      try {
        follower.actor = await identify(follower.request)
        const opened = await follower.view.open(db, follower.actor, follower.eventId, follower.key)
        follower.topics = new Set(opened.topics)
        return follower
      } catch (error) {
        if (!(error instanceof DomainError)) throw error
        close(follower, error.code)
        return null
      }
    }

    function send(follower: Follower, frame: ServerFrame) {
      if (follower.socket.bufferedAmount > MAX_BUFFERED) return follower.socket.terminate()
      follower.sentAt = Date.now()
      follower.socket.send(JSON.stringify(frame))
    }

    function close(follower: Follower, code: string) {
      send(follower, { type: 'bye', code })
      follower.socket.close(4000, code)
      forget(follower)
    }

    const beat = serial(async () => {
      for (const follower of followers) if (!follower.alive) follower.socket.terminate()
      for (const follower of followers) {
        follower.alive = false
        follower.socket.ping()
      }
      for (const follower of await stillAllowed()) {
        const seq = reached.get(follower.programmeId)
        if (follower.seq === null || seq === undefined || Date.now() - follower.sentAt < HEARTBEAT_MS - 500)
          continue
        await advance(follower, Math.max(seq, follower.seq))
      }
    })

    const stillAllowed = async () =>
      (await Promise.all([...followers].map(reopen))).filter((follower) => follower !== null)

    /** A client that says where it is gets what it missed; one that can't, or is ahead of us, the whole view. */
    async function resume(follower: Follower, frame: ResumeFrame) {
      if (!(await reopen(follower))) return
      const current = await readSeq(db, follower.programmeId)
      if (!reached.has(follower.programmeId)) reached.set(follower.programmeId, current)
      const known = frame.epoch === epoch && frame.seq !== null && frame.seq <= current
      if (known) follower.seq = frame.seq
      else await serve([follower], 'snapshot')
      await catchUp(follower, known)
    }

    /** Also closes the gap between reading a snapshot and being counted as a follower that has it. */
    async function catchUp(follower: Follower, answer: boolean) {
      const { programmeId, seq } = follower
      if (seq === null) return
      const news = await readChanges(db, programmeId, seq)
      if (concerned(follower, programmeId, news)) await serve([follower], 'change')
      else if (answer) await advance(follower, news.at(-1)?.seq ?? seq)
    }

    /** An empty frame: nothing for this page, but the feed is alive and this far. */
    async function advance(follower: Follower, seq: number) {
      const at = new Date(Date.now() + (await offsetOf(db, follower.programmeId))).toISOString()
      if (follower.seq === null || follower.seq > seq) return
      send(follower, { type: 'change', epoch, prev: follower.seq, seq, at, data: null })
      follower.seq = seq
    }

    app.get<{ Querystring: LiveQuery }>(
      '/api/v1/live',
      {
        websocket: true,
        schema: { querystring: LiveQuery },
        // A refused upgrade answers with problem+json before the socket exists.
        preHandler: async (request) => {
          const { origin } = request.headers
          if (origin !== undefined && !sameOrigin(origin, publicUrl, request))
            throw new DomainError('wrong-origin')
          await openView(db, views, request)
        },
      },
      (socket, request) => {
        const { event, view: name, key = null } = request.query
        const view = views.find((candidate) => candidate.name === name) as View
        let follower: Follower | null = null
        let ready: Promise<Follower> | null = null
        socket.on('error', () => socket.terminate())
        socket.on('close', () => follower && forget(follower))
        socket.on('pong', () => {
          if (follower) follower.alive = true
        })
        socket.on('message', (raw) => {
          const frame = parseResume(String(raw))
          if (!frame) return socket.close(4400, 'invalid-frame')
          ready ??= attach()
          ready.then((one) => resume(one, frame)).catch((error) => fail(socket, error, request))
        })
        async function attach(): Promise<Follower> {
          const { programmeId, topics } = await view.open(db, request.actor, event, key)
          follower = {
            socket,
            request,
            view,
            key,
            programmeId,
            actor: request.actor,
            eventId: event,
            topics: new Set(topics),
            seq: null,
            sentAt: 0,
            alive: true,
          }
          if (socket.readyState === socket.OPEN) followers.add(follower)
          return follower
        }
      },
    )

    const report = (error: unknown) => app.log.warn({ err: error }, 'live feed')
    const ring = () => void pump().catch(report)
    const doorbell = await db.$client.listen('programme', ring, ring)
    const progress = await db.$client.listen('run', (payload) => relay(payload))
    const revoked = await db.$client.listen('session', () => void stillAllowed().catch(report))
    const poll = setInterval(ring, POLL_MS)
    const heart = setInterval(() => void beat().catch(report), HEARTBEAT_MS)

    /** Progress of a run is ephemeral: passed on to those who watch the event's runs, never stored. */
    function relay(payload: string) {
      const { eventId, ...frame } = JSON.parse(payload) as { eventId: string } & Extract<
        ServerFrame,
        { type: 'run' }
      >
      for (const follower of followers)
        if (follower.view.name === 'runs' && follower.eventId === eventId) send(follower, frame)
    }

    app.addHook('preClose', async () => {
      clearInterval(poll)
      clearInterval(heart)
      await Promise.all([doorbell.unlisten(), progress.unlisten(), revoked.unlisten()])
      for (const follower of [...followers]) follower.socket.close(1012, 'restart')
    })
  },
  { name: 'live', dependencies: ['session'] },
)

async function openView(db: Database, views: View[], request: FastifyRequest): Promise<void> {
  const { event, view: name, key = null } = request.query as LiveQuery
  const view = views.find((candidate) => candidate.name === name)
  if (!view) throw notFound()
  await view.open(db, request.actor, event, key)
}

function parseResume(text: string): ResumeFrame | null {
  try {
    const frame: unknown = JSON.parse(text)
    return Value.Check(ResumeFrame, frame) ? frame : null
  } catch {
    return null
  }
}

function fail(socket: WebSocket, error: unknown, request: FastifyRequest) {
  if (!(error instanceof DomainError)) request.log.error({ err: error }, 'live socket')
  socket.close(
    error instanceof DomainError ? 4000 : 1011,
    error instanceof DomainError ? error.code : 'internal',
  )
}

type News = { seq: number; eventId: string | null; audience: string[] }[]

const readChanges = (db: Database, programmeId: string, after: number): Promise<News> =>
  db
    .select({ seq: changes.seq, eventId: changes.eventId, audience: changes.audience })
    .from(changes)
    .where(and(eq(changes.programmeId, programmeId), gt(changes.seq, after)))
    .orderBy(asc(changes.seq))

const concerned = (follower: Follower, programmeId: string, news: News): boolean =>
  follower.programmeId === programmeId &&
  follower.seq !== null &&
  news.some(
    (change) =>
      change.seq > (follower.seq as number) &&
      (change.eventId === null || change.eventId === follower.eventId) &&
      change.audience.some((topic) => topic === 'everyone' || follower.topics.has(topic)),
  )

/** Followers who see the very same thing: same view, event, key and, for what depends on it, same person. */
function groups(woken: Follower[]): Map<string, Follower[]> {
  return Map.groupBy(woken, ({ view, eventId, key, actor }) =>
    [view.name, eventId, key, actor.kind, actor.locale, actor.kind === 'user' ? actor.userId : ''].join(' '),
  )
}

/** A view and the seq it stands for, from one snapshot of the database. */
function snapshot<T>(db: Database, programmeId: string, read: (tx: Transaction) => Promise<T>) {
  return db.transaction(
    async (tx) => {
      const [row] = await tx
        .select({ seq: programmes.seq, offset: programmes.clockOffsetMs })
        .from(programmes)
        .where(eq(programmes.id, programmeId))
      return { data: await read(tx), seq: row.seq, at: new Date(Date.now() + row.offset).toISOString() }
    },
    { isolationLevel: 'repeatable read', accessMode: 'read only' },
  )
}

async function readEpoch(db: Database): Promise<string> {
  const [row] = await db.select({ epoch: installations.epoch }).from(installations)
  return row.epoch
}

async function readSeq(db: Database, programmeId: string): Promise<number> {
  const [row] = await db
    .select({ seq: programmes.seq })
    .from(programmes)
    .where(eq(programmes.id, programmeId))
  return row?.seq ?? 0
}

async function offsetOf(db: Database, programmeId: string): Promise<number> {
  const [row] = await db
    .select({ offset: programmes.clockOffsetMs })
    .from(programmes)
    .where(eq(programmes.id, programmeId))
  return row?.offset ?? 0
}

/** One at a time; calls that come meanwhile are folded into one more round. */
function serial(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null
  let again = false
  return () => {
    if (running) {
      again = true
      return running
    }
    running = (async () => {
      do {
        again = false
        await work()
      } while (again)
    })().finally(() => {
      running = null
    })
    return running
  }
}

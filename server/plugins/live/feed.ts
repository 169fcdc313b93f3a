import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import type { Database } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { ResumeFrame, ServerFrame } from '../../schemas/live.ts'
import { alike, concerned, send, sendText, type Follower } from './follower.ts'
import { readChanges, readPosition, readSnapshot } from './reading.ts'
import { serial } from './serial.ts'

export const HEARTBEAT_MS = 10_000
export const PULSE_MS = 3_000
const PULSE = JSON.stringify({ type: 'pulse' } satisfies ServerFrame)

const isBoard = ({ topics }: Follower) => topics.has(topic.organisers)

/**
 * Who follows what, and how far each has come. What is sent is always read from the database, so a lost
 * notification costs one poll and nothing else.
 */
export class Feed {
  #db: Database
  #epoch: string
  #identify: (request: FastifyRequest) => Promise<Actor>
  #followers = new Set<Follower>()
  /** Per programme with followers: the change up to which all of them have been served. */
  #reached = new Map<string, number>()

  constructor(db: Database, epoch: string, identify: (request: FastifyRequest) => Promise<Actor>) {
    this.#db = db
    this.#epoch = epoch
    this.#identify = identify
  }

  add(follower: Follower): void {
    this.#followers.add(follower)
  }

  remove(follower: Follower): void {
    this.#followers.delete(follower)
    if (!this.#of(follower.programmeId).length) this.#reached.delete(follower.programmeId)
  }

  /** Serves what has changed since the last round to those whom it concerns. */
  pump = serial(async () => {
    for (const [programmeId, last] of [...this.#reached]) {
      const news = await readChanges(this.#db, programmeId, last)
      if (news.length === 0) continue
      await this.#serve(this.#of(programmeId).filter((follower) => concerned(follower, news)))
      if (this.#reached.has(programmeId)) this.#reached.set(programmeId, news[news.length - 1].seq)
    }
  })

  /** A client that says where it is gets what it missed; one that can't, or is ahead of us, the whole view. */
  async resume(follower: Follower, frame: ResumeFrame): Promise<void> {
    if (!(await this.#reopen([follower]))) return
    const { programmeId } = follower
    const { seq } = await readPosition(this.#db, programmeId)
    if (!this.#reached.has(programmeId)) this.#reached.set(programmeId, seq)
    const known = frame.epoch === this.#epoch && frame.seq !== null && frame.seq <= seq
    follower.seq = known ? frame.seq : null
    if (!known) await this.#serve([follower])
    await this.#catchUp(follower, known)
  }

  /** Pings everyone, ends the silent and the no longer allowed, and moves the idle forward. */
  beat = serial(async () => {
    for (const follower of this.#followers) {
      if (!follower.alive) follower.socket.terminate()
      follower.alive = false
      follower.socket.ping()
    }
    for (const follower of await this.checkRights()) {
      const idle = Date.now() - follower.sentAt >= HEARTBEAT_MS - 500
      if (idle) await this.#advance(follower, this.#reached.get(follower.programmeId) ?? 0)
    }
  })

  /** A word to the idle that asks nothing of the database: browsers show no pings, and a cut must be noticed soon. */
  pulse(): void {
    for (const { socket, seq, sentAt } of this.#followers)
      if (seq !== null && Date.now() - sentAt >= PULSE_MS - 500) socket.send(PULSE)
  }

  /** Closes the sockets of those who may no longer see what they follow; answers who may. */
  async checkRights(): Promise<Follower[]> {
    const allowed: Follower[] = []
    for (const group of alike(this.#followers)) if (await this.#reopen(group)) allowed.push(...group)
    return allowed
  }

  /** Progress of a run is ephemeral: passed on to those who watch the event's runs, never stored. */
  relay(eventId: string, frame: ServerFrame): void {
    for (const follower of this.#followers)
      if (follower.view.name === 'runs' && follower.eventId === eventId) send(follower, frame)
  }

  closeAll(): void {
    for (const follower of [...this.#followers]) follower.socket.close(1012, 'restart')
  }

  #of = (programmeId: string) =>
    [...this.#followers].filter((follower) => follower.programmeId === programmeId)

  /** The right to see is asked for again before each frame, so a lost role or session ends the socket. */
  async #reopen(group: Follower[]): Promise<boolean> {
    const [{ request, view, eventId, key }] = group
    try {
      const actor = await this.#identify(request)
      const opened = await view.open(this.#db, actor, eventId, key)
      for (const follower of group) Object.assign(follower, { actor, topics: new Set(opened.topics) })
      return true
    } catch (error) {
      if (!(error instanceof DomainError)) throw error
      for (const follower of group) this.#dismiss(follower, error.code)
      return false
    }
  }

  #dismiss(follower: Follower, code: string): void {
    send(follower, { type: 'bye', code })
    follower.socket.close(4000, code)
    this.remove(follower)
  }

  /** People's own pages and the room's screen first: an organiser's whole board must not keep them waiting. */
  async #serve(woken: Follower[]): Promise<void> {
    const [boards, own] = [woken.filter(isBoard), woken.filter((follower) => !isBoard(follower))]
    for (const wave of [own, boards])
      await Promise.all(
        alike(wave).map(async (group) => {
          if (await this.#reopen(group)) await this.#serveAlike(group)
        }),
      )
  }

  async #serveAlike(group: Follower[]): Promise<void> {
    const { view, actor, eventId, key, programmeId } = group[0]
    const { seq, at, data } = await readSnapshot(this.#db, programmeId, (tx) =>
      view.read(tx, actor, eventId, key),
    )
    // A page of many followers is put into words once.
    const rest = `"epoch":${JSON.stringify(this.#epoch)},"seq":${seq},"at":${JSON.stringify(at)},"data":${JSON.stringify(data)}}`
    for (const follower of group) {
      const prev = follower.seq
      if (prev === null) sendText(follower, `{"type":"snapshot","prev":null,${rest}`)
      else if (seq > prev) sendText(follower, `{"type":"change","prev":${prev},${rest}`)
      follower.seq = Math.max(prev ?? 0, seq)
    }
  }

  /** Closes the gap between reading a snapshot and being counted among those who have it. */
  async #catchUp(follower: Follower, answer: boolean): Promise<void> {
    if (follower.seq === null) return
    const news = await readChanges(this.#db, follower.programmeId, follower.seq)
    if (concerned(follower, news)) await this.#serve([follower])
    else if (answer) await this.#advance(follower, news.at(-1)?.seq ?? follower.seq)
  }

  /** An empty frame: nothing for this page, but the feed is alive and this far. */
  async #advance(follower: Follower, seq: number): Promise<void> {
    const { at } = await readPosition(this.#db, follower.programmeId)
    const prev = follower.seq
    if (prev === null) return
    follower.seq = Math.max(prev, seq)
    send(follower, { type: 'change', epoch: this.#epoch, prev, seq: follower.seq, at, data: null })
  }
}

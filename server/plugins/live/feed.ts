import { setTimeout } from 'node:timers/promises'
import type { ServerFrame } from '../../schemas/live.ts'
import { isBoard, isClogged, isOpen, send, type Follower } from './follower.ts'
import { Lane } from './lane.ts'
import type { LiveServices } from './serving.ts'

export const TICK_MS = 200
const HEARTBEAT_TICKS = 50
const PULSE_TICKS = 15
const IDLE_MS = 2_500
const PULSE = JSON.stringify({ type: 'pulse' } satisfies ServerFrame)
const MOST_UNANSWERED = 2
const MOST_QUESTIONS = 30
/** Pages of a node that ends are let go so many milliseconds apart, a whole hall within some seconds. */
const A_SOCKET_MS = 10
const SPREAD_MS = 4_000
const RESTART = [1012, 'restart'] as const

type Board = 'own' | 'boards'

/**
 * Everybody who follows something on this node. Two lanes a programme: people's own pages and the room's screen
 * go first, and never wait for an organiser's whole board.
 */
export class Feed {
  #services: LiveServices
  #report: (error: unknown) => void
  #lanes = new Map<string, Record<Board, Lane>>()
  #ticks = 0
  /** By lane that is being checked, whose turn came meanwhile. */
  #overdue = new Map<Lane, Set<Follower>>()

  constructor(services: LiveServices, report: (error: unknown) => void) {
    this.#services = services
    this.#report = report
  }

  add(follower: Follower): void {
    const { programmeId } = follower
    const make = () => new Lane(this.#services, programmeId)
    if (!this.#lanes.has(programmeId)) this.#lanes.set(programmeId, { own: make(), boards: make() })
    this.#laneOf(follower)?.followers.add(follower)
  }

  remove(follower: Follower): void {
    const lanes = this.#lanes.get(follower.programmeId)
    if (!lanes) return
    lanes.own.followers.delete(follower)
    lanes.boards.followers.delete(follower)
    if (lanes.own.followers.size + lanes.boards.followers.size === 0) this.#lanes.delete(follower.programmeId)
  }

  /** Somebody has asked. */
  async answer(follower: Follower): Promise<void> {
    await this.#laneOf(follower)?.round().catch(this.#report)
  }

  /** Something has changed in a programme. */
  async ring(programmeId: string): Promise<void> {
    const lanes = this.#lanes.get(programmeId)
    await lanes?.own.round().catch(this.#report)
    await lanes?.boards.round().catch(this.#report)
  }

  ringAll(): void {
    for (const programmeId of this.#lanes.keys()) void this.ring(programmeId)
  }

  /** Closes the sockets of those who may no longer see what they follow. */
  checkRights(): void {
    for (const lane of this.#all()) void lane.checkAll().catch(this.#report)
  }

  /** At each tick a few pages have their turn, so that no change waits until a whole hall has been asked. */
  tick(): void {
    this.#ticks += 1
    for (const lane of this.#all()) {
      const due = (ticks: number) =>
        [...lane.followers].filter(({ turn }) => turn % ticks === this.#ticks % ticks)
      this.#beat(lane, due(HEARTBEAT_TICKS))
      if (lane.isFresh()) pulse(due(PULSE_TICKS))
    }
  }

  /** Pings them, ends the silent and the no longer allowed, and moves the idle forward. */
  #beat(lane: Lane, followers: Follower[]): void {
    if (followers.length === 0) return
    for (const follower of followers) knock(follower)
    const overdue = this.#overdue.get(lane)
    if (overdue) for (const follower of followers) overdue.add(follower)
    else void this.#check(lane, followers)
  }

  /** One check of a lane at a time: a database that is slow is not asked again by every tick. */
  async #check(lane: Lane, followers: Follower[]): Promise<void> {
    const overdue = new Set<Follower>()
    this.#overdue.set(lane, overdue)
    await lane
      .check(followers)
      .then(() => lane.advanceIdle(followers.filter(isIdle)))
      .catch(this.#report)
    this.#overdue.delete(lane)
    const open = [...overdue].filter(isOpen)
    if (open.length > 0) await this.#check(lane, open)
  }

  /** Progress of a run is ephemeral: passed on to those who watch the event's runs, never stored. */
  relay(eventId: string, frame: ServerFrame): void {
    for (const { followers } of this.#all())
      for (const follower of followers)
        if (follower.view.name === 'runs' && follower.eventId === eventId && !isClogged(follower))
          send(follower, frame)
  }

  /** What was read so far is of another history: everybody comes again and asks for the whole. */
  async startOver(): Promise<void> {
    const left = this.#all()
    this.#lanes.clear()
    await this.#letGo(left)
  }

  letGo = (): Promise<void> => this.#letGo(this.#all())

  /** One after the other: a hall that comes back at one moment would be a storm for whoever takes over. */
  async #letGo(lanes: Lane[]): Promise<void> {
    const sockets = lanes.flatMap(({ followers }) => [...followers].map(({ socket }) => socket))
    const begun = performance.now()
    for (const [index, socket] of sockets.entries()) {
      const due = begun + index * Math.min(A_SOCKET_MS, SPREAD_MS / sockets.length)
      if (due > performance.now()) await setTimeout(due - performance.now())
      socket.close(...RESTART)
    }
  }

  closeAll(): void {
    for (const { followers } of this.#all()) for (const { socket } of followers) socket.close(...RESTART)
  }

  #laneOf = (follower: Follower) =>
    this.#lanes.get(follower.programmeId)?.[isBoard(follower) ? 'boards' : 'own']

  #all = () => [...this.#lanes.values()].flatMap(({ own, boards }) => [own, boards])
}

const isIdle = ({ seq, sentAt }: Follower) => seq !== null && Date.now() - sentAt >= IDLE_MS

/**
 * A word to the idle, since browsers show no pings and a cut must be noticed soon. It stands for what has just been
 * read: a node that is cut off from the database falls silent, and so does one that cannot show what it has read.
 */
function pulse(followers: Follower[]): void {
  for (const follower of followers)
    if (isIdle(follower) && !follower.stale && !isClogged(follower)) follower.socket.send(PULSE)
}

function knock(follower: Follower): void {
  if (follower.unanswered >= MOST_UNANSWERED) follower.socket.terminate()
  follower.unanswered += 1
  follower.questions = 0
  follower.socket.ping()
}

/** Notes where a client says it is; false for one that asks without end. */
export function ask(follower: Follower, asked: Follower['asked']): boolean {
  follower.asked = asked
  follower.questions += 1
  return follower.questions <= MOST_QUESTIONS
}

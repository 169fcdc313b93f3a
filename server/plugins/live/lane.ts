import { setTimeout } from 'node:timers/promises'
import { batches, concerned, isClogged, isOpen, type Follower } from './follower.ts'
import { readNewChanges, readPosition } from './reading.ts'
import { serial } from './serial.ts'
import { advance, reopen, serve, type LiveServices } from './serving.ts'

/** Rounds begin so many milliseconds apart at least: whoever comes meanwhile, a whole hall maybe, is served together. */
const PACE_MS = 15

/** A pulse says that nothing happened: so long ago at most that must have been read. */
const FRESH_MS = 1_500

/** A client that is further behind than this is not worth reading the log for: it gets the whole view. */
const MOST_BEHIND = 1_000

/**
 * Followers of one programme who are served together, one round after the other: so the frames of a socket are
 * in order by themselves. What is sent is always read from the database; a lost notification costs one poll.
 */
export class Lane {
  followers = new Set<Follower>()
  #services: LiveServices
  #programmeId: string
  /** The change up to which everybody has been served or marked as stale; null before the first round. */
  #reached: number | null = null
  #lastRound = -Infinity
  /** When the last read that has been answered was begun. */
  #readAt = -Infinity

  constructor(services: LiveServices, programmeId: string) {
    this.#services = services
    this.#programmeId = programmeId
  }

  /** Serves those who came or asked, and those whom news concern. */
  round = serial(async () => {
    if (this.followers.size === 0) return
    await this.#pace()
    const { db } = this.#services
    const position = await this.#readPosition()
    this.#reached ??= position.seq
    const asking = [...this.followers].filter(({ asked }) => asked)
    const oldest = this.#oldest(asking)
    const news = oldest < position.seq ? await readNewChanges(db, this.#programmeId, oldest) : []
    this.#reached = Math.max(this.#reached, news.at(-1)?.seq ?? 0)
    for (const follower of asking) this.#resume(follower)
    for (const follower of news.length > 0 ? this.followers : []) follower.stale ||= concerned(follower, news)
    await this.#serveStale()
    for (const follower of asking) advance(this.#services, follower, this.#reached, position.at)
  })

  async #pace(): Promise<void> {
    const wait = this.#lastRound + PACE_MS - performance.now()
    if (wait > 0) await setTimeout(wait)
    this.#lastRound = performance.now()
  }

  /** Ends the sockets of those who may no longer see what they follow. */
  async check(followers: Follower[]): Promise<void> {
    for (const batch of batches(followers.filter(isOpen)))
      await reopen(this.#services, this.#services.db, batch)
  }

  checkAll = serial(() => this.check([...this.followers]))

  /** Moves those forward who have heard nothing for a while. */
  async advanceIdle(idle: Follower[]): Promise<void> {
    if (idle.length === 0 || this.#reached === null) return
    const reached = this.#reached
    const { at } = await this.#readPosition()
    for (const follower of idle) advance(this.#services, follower, reached, at)
  }

  /** Whether it knows what the log says now. */
  isFresh = (): boolean => performance.now() - this.#readAt < FRESH_MS

  async #readPosition() {
    const asked = performance.now()
    const position = await readPosition(this.#services.db, this.#programmeId)
    this.#readAt = asked
    return position
  }

  #oldest(asking: Follower[]): number {
    const reached = this.#reached as number
    return Math.min(reached, ...asking.flatMap(({ asked }) => (this.#knows(asked) ? [asked.seq] : [])))
  }

  #knows(asked: Follower['asked']): asked is { epoch: string; seq: number } {
    const reached = this.#reached as number
    if (asked?.epoch !== this.#services.epoch || asked.seq === null) return false
    return asked.seq <= reached && asked.seq >= reached - MOST_BEHIND
  }

  /** Who is where this feed has been goes on from there; who is elsewhere, or ahead of it, gets the whole view. */
  #resume(follower: Follower): void {
    const known = this.#knows(follower.asked)
    follower.seq = known ? (follower.asked?.seq as number) : null
    follower.stale = !known
    follower.held = null
    follower.asked = null
  }

  async #serveStale(): Promise<void> {
    const stale = [...this.followers].filter((one) => one.stale && isOpen(one) && !isClogged(one))
    const served = await Promise.allSettled(batches(stale).map((batch) => serve(this.#services, batch)))
    // Those of a batch that could not be read are still stale: the next round tries again.
    const failed = served.find(({ status }) => status === 'rejected')
    if (failed) throw (failed as PromiseRejectedResult).reason
  }
}

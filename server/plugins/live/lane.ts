import { batches, concerned, isClogged, isOpen, type Follower } from './follower.ts'
import { readChanges, readPosition } from './reading.ts'
import { serial } from './serial.ts'
import { advance, reopen, serve, type Services } from './serving.ts'

/** A client that is further behind than this is not worth reading the log for: it gets the whole view. */
const MOST_BEHIND = 1_000

/**
 * Followers of one programme who are served together, one round after the other: so the frames of a socket are
 * in order by themselves. What is sent is always read from the database; a lost notification costs one poll.
 */
export class Lane {
  followers = new Set<Follower>()
  #services: Services
  #programmeId: string
  /** The change up to which everybody has been served or marked as stale; null before the first round. */
  #reached: number | null = null

  constructor(services: Services, programmeId: string) {
    this.#services = services
    this.#programmeId = programmeId
  }

  /** Serves those who came or asked, and those whom news concern. */
  round = serial(async () => {
    const { db } = this.#services
    this.#reached ??= (await readPosition(db, this.#programmeId)).seq
    const asking = [...this.followers].filter(({ asked }) => asked)
    const news = await readChanges(db, this.#programmeId, this.#oldest(asking))
    this.#reached = Math.max(this.#reached, news.at(-1)?.seq ?? 0)
    for (const follower of asking) this.#place(follower)
    for (const follower of this.followers) follower.stale ||= concerned(follower, news)
    await this.#serveStale()
    await this.#advance(asking)
  })

  /** Ends the sockets of those who may no longer see what they follow. */
  check = serial(async () => {
    for (const batch of batches([...this.followers].filter(isOpen)))
      await reopen(this.#services, this.#services.db, batch)
  })

  /** Moves those forward who have heard nothing for so long. */
  async advanceIdle(ms: number): Promise<void> {
    await this.#advance([...this.followers].filter(({ sentAt }) => Date.now() - sentAt >= ms))
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
  #place(follower: Follower): void {
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

  async #advance(followers: Follower[]): Promise<void> {
    if (followers.length === 0 || this.#reached === null) return
    const reached = this.#reached
    const { at } = await readPosition(this.#services.db, this.#programmeId)
    for (const follower of followers) advance(this.#services, follower, reached, at)
  }
}

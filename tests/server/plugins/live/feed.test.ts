import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Database } from '../../../../server/database/client.ts'
import { Feed, TICK_MS } from '../../../../server/plugins/live/feed.ts'
import type { Follower } from '../../../../server/plugins/live/follower.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Pages of which the database tells in one look, that takes so long, whether they may be seen. */
function openPages(count: number, slowMs: number) {
  const checks = new Map<string, number>()
  const open = async (_reader: unknown, _eventId: string, batch: { key: string }[]) => {
    await new Promise((resolve) => setTimeout(resolve, slowMs))
    for (const { key } of batch) checks.set(key, (checks.get(key) ?? 0) + 1)
    return batch.map(() => ({ programmeId: 'camp', topics: [] }))
  }
  const view = { name: 'agenda', many: { open } }
  const socket = { readyState: 1, OPEN: 1, bufferedAmount: 0, ping() {}, send() {}, terminate() {} }
  const followers = Array.from({ length: count }, (_, turn) => ({
    ...{ socket, credentials: {}, actor: {}, view, eventId: 'camp', key: `${turn}`, programmeId: 'camp' },
    ...{
      topics: new Set(),
      asked: null,
      seq: null,
      held: null,
      stale: false,
      company: null,
      sentAt: 0,
      turn,
    },
    ...{ cloggedAt: null, unanswered: -1000, questions: 0 },
  })) as unknown as Follower[]
  return { followers, checks }
}

test.each([0, 90, 250, 450, 650, 5_000])(
  'every page has its turn where a look at the database takes %i ms',
  async (slowMs) => {
    const services = { db: {} as Database, epoch: 'a', actorsOf: async () => [] }
    const feed = new Feed(services, (error) => {
      throw error
    })
    const { followers, checks } = openPages(100, slowMs)
    for (const follower of followers) feed.add(follower)
    for (let passed = 0; passed < 30_000; passed += TICK_MS) {
      feed.tick()
      await vi.advanceTimersByTimeAsync(TICK_MS)
    }
    const times = followers.map(({ key }) => checks.get(key as string) ?? 0)
    expect(Math.min(...times)).toBeGreaterThanOrEqual(slowMs < 1_000 ? 2 : 1)
    // Three rounds of ten seconds: nobody is asked more often than it is his turn.
    expect(Math.max(...times)).toBeLessThanOrEqual(3)
  },
)

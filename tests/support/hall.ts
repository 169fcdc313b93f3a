import { isDeepStrictEqual } from 'node:util'
import { eq } from 'drizzle-orm'
import { connect, type Database } from '../../server/database/client.ts'
import { programmes } from '../../server/database/schema.ts'
import type { DayView } from '../../server/schemas/day.ts'
import { until } from './client.ts'
import { plantCrowd, type Crowd, type Size } from './crowd.ts'
import { createTestDatabase } from './database.ts'
import { sendUntilAnswered } from './faults.ts'
import { kill, startNodes, type Node } from './nodes.ts'
import { post } from './operations.ts'
import { asLoaded, Page, withoutClock } from './page.ts'

/** A camp on its day: the service as a process of its own, on a database of its own, with everybody's sessions. */
export type Hall = {
  db: Database
  databaseUrl: string
  crowd: Crowd
  node: Node
  base: string
  /** The sessions' owner publishes one draft or the other, which moves every meeting. */
  publish(draft: 0 | 1): Promise<void>
  close(): Promise<void>
}

export async function openHall(size: Size): Promise<Hall> {
  const place = await createTestDatabase()
  const db = connect(place.url, 4)
  const crowd = await plantCrowd(db, size)
  const [node] = await startNodes(place.url, { webs: 1, workers: 0 })
  const base = `http://localhost:${node.port}`
  return {
    ...{ db, databaseUrl: place.url, crowd, node, base },
    async publish(draft) {
      const operation = post(`/schedules/${crowd.drafts[draft]}/publish`, {}, 1)
      const { status } = await sendUntilAnswered(base, crowd.organiser, operation)
      if (status !== 200) throw new Error(`publishing: ${status}`)
    },
    async close() {
      await kill(node, 'SIGTERM')
      await db.$client.end()
      await place.drop()
    },
  }
}

/** The pages of the crowd, and of the organisers each board; all of them show what they hear. */
export function pagesOf({ crowd, base }: Pick<Hall, 'crowd' | 'base'>, through = base): Page[] {
  const boards = crowd.visitors.filter(({ view }) => view === 'plan')
  const others = boards.flatMap(({ cookie }) =>
    (['day', 'desk'] as const).map((view) => ({ cookie, view, key: null })),
  )
  return [...crowd.visitors, ...others].map((visitor) => {
    const page = new Page(through, crowd.eventId, visitor)
    page.shows = true
    return page
  })
}

/** The organisers' board, as it is now. */
export async function boardOf({ base, crowd }: Pick<Hall, 'base' | 'crowd'>): Promise<DayView> {
  const headers = { cookie: crowd.organiser }
  const response = await fetch(`${base}/api/v1/events/${crowd.eventId}/day`, { headers })
  if (!response.ok) throw new Error(`the board: ${response.status}`)
  return (await response.json()) as DayView
}

/** Waits until every page has all that was committed, and answers where one shows something else than a fresh one. */
export async function differing({ db, base, crowd }: Pick<Hall, 'db' | 'base' | 'crowd'>, pages: Page[]) {
  const [{ seq }] = await db
    .select({ seq: programmes.seq })
    .from(programmes)
    .where(eq(programmes.id, crowd.programmeId))
  await until('the pages', () => pages.every((page) => page.live && (page.seq ?? 0) >= seq), 60_000)
  const wrong: string[] = []
  for (const { shown, visitor } of pages) {
    const fresh = withoutClock(await asLoaded(base, crowd.eventId, visitor))
    wrong.push(...differences(withoutClock(shown), fresh, visitor.view))
  }
  return wrong
}

/** Where two views are not the same: a path with both values. */
function differences(shown: unknown, fresh: unknown, path: string): string[] {
  if (isDeepStrictEqual(shown, fresh)) return []
  if (!isObject(shown) || !isObject(fresh))
    return [`${path}: ${JSON.stringify(shown)} ≠ ${JSON.stringify(fresh)}`]
  const members = new Set([...Object.keys(shown), ...Object.keys(fresh)])
  return [...members].flatMap((member) => differences(shown[member], fresh[member], `${path}/${member}`))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

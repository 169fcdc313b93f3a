import { afterAll, beforeAll, expect, test } from 'vitest'
import { projects } from '../../server/database/schema.ts'
import type { DayView } from '../../server/schemas/day.ts'
import { announceSeed, brokenRules, FULL, NONE, send, times, within, violations } from '../support/faults.ts'
import { boardOf, differing, openHall, pagesOf, type Hall } from '../support/hall.ts'
import { EVERYTHING, nextOperation, type Place } from '../support/operations.ts'

/** Everything that can be done on the day, by twenty people at once who don't know of each other. */
const PEOPLE = 20
const OPERATIONS = times(600, 100_000)
const A_BATCH = FULL ? 2_000 : 300
/** What is asked of a board from a moment ago may be refused; nothing else may happen. */
const SENSIBLE = [200, 404, 409, 412]
let hall: Hall
let place: Place

beforeAll(async () => {
  hall = await openHall({ slots: 5, tables: 8, agendas: 12, plans: 1, screens: 1 })
  const { programmeId, eventId, drafts } = hall.crowd
  const newcomers = Array.from({ length: 12 }, (_, n) => ({
    programmeId,
    code: `N${n}`,
    name: `Arrivo ${n}`,
  }))
  const made = await hall.db.insert(projects).values(newcomers).returning({ id: projects.id })
  place = { programmeId, eventId, drafts, spare: made.map(({ id }) => id) }
}, 120_000)
afterAll(() => hall?.close(), 60_000)

test(
  'whatever is asked at the same time, nobody is in two places and every page shows what is so',
  async () => {
    const random = announceSeed('mixed operations')
    await hall.publish(0)
    const pages = pagesOf(hall)
    await Promise.all(pages.map((page) => page.open()))
    const counts: Record<string, number> = {}
    const wrong: string[] = []
    let left = 0
    const someone = async (_: unknown, person: number) => {
      let board: DayView | null = null
      for (let n = 0; left-- > 0; n++) {
        if (!board || n % 10 === 0) board = await boardOf(hall)
        const operation = nextOperation(board, random, place, EVERYTHING)
        const answer = await send(hall.base, hall.crowd.organisers[person], operation)
        const status = answer?.status ?? 0
        counts[status] = (counts[status] ?? 0) + 1
        if (!SENSIBLE.includes(status))
          wrong.push(`${status} ${answer?.body.code} ${operation.path} ${JSON.stringify(operation.body)}`)
      }
    }
    for (let done = 0; done < OPERATIONS; done += A_BATCH) {
      left = Math.min(A_BATCH, OPERATIONS - done)
      await Promise.all(Array.from({ length: PEOPLE }, someone))
      expect(wrong).toEqual([])
      expect(await violations(hall.db)).toEqual(NONE)
      expect(await brokenRules(hall.db, place.eventId)).toEqual([])
      expect(await differing(hall, pages)).toEqual([])
    }
    console.log(`answers by status: ${JSON.stringify(counts)}`)
    expect(pages.reduce((sum, { gaps }) => sum + gaps, 0)).toBe(0)
    for (const page of pages) page.close()
  },
  within(300_000, 7_200_000),
)

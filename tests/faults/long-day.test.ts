import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  announceSeed,
  FULL,
  NONE,
  pause,
  sendUntilAnswered,
  times,
  violations,
  within,
} from '../support/faults.ts'
import { boardOf, differing, openHall, pagesOf, type Hall } from '../support/hall.ts'
import { EVERYTHING, nextOperation } from '../support/operations.ts'
import type { Page } from '../support/page.ts'
import type { Random } from '../../solver/model/random.ts'

/**
 * A day of twelve hours at ten times its speed, with five hundred phones that are put away and looked at again: in the
 * evening everything shown is right, and the service has not grown since the morning.
 */
const DAY_MS = times(6_000, 72 * 60_000)
const PAGES = times(40, 500)
/** Every five seconds of the day somebody writes something; every phone is looked at anew each hour and a half. */
const WRITE_MS = 500
const LOOK_MS = times(3_000, 9 * 60_000)
const SAMPLES = 40
/** What it may have grown by between the second quarter of the day and the last. */
const MOST_GROWN = 32
let hall: Hall

beforeAll(async () => {
  if (FULL) hall = await openHall({ slots: 7, tables: 40, agendas: PAGES - 20, plans: 4, screens: 8 })
}, 120_000)
afterAll(() => hall?.close(), 60_000)

// A day of seconds is over before it could tell anything.
test.skipIf(!FULL)(
  'a long day leaves every page right and the service as small as it was',
  async () => {
    const random = announceSeed('a long day')
    await hall.publish(0)
    const pages = pagesOf(hall)
    await Promise.all(pages.map((page) => page.open()))
    const evening = performance.now() + DAY_MS
    const sizes: number[] = []
    const isDay = () => performance.now() < evening
    const measure = async () => {
      for (; isDay(); await pause(DAY_MS / SAMPLES)) sizes.push(sizeOf(hall.node.process.pid!))
    }
    const [written, looked] = await Promise.all([write(random, isDay), lookAnew(pages, isDay), measure()])
    expect(await differing(hall, pages)).toEqual([])
    expect(await violations(hall.db)).toEqual(NONE)
    expect(pages.reduce((sum, { gaps }) => sum + gaps, 0)).toBe(0)
    for (const page of pages) page.close()
    const quarter = (nth: number) =>
      median(sizes.slice((nth * sizes.length) / 4, ((nth + 1) * sizes.length) / 4))
    console.log(
      `${pages.length} pages opened again ${looked} times, ${written} writes; MB by quarter of the day: ${[0, 1, 2, 3].map((nth) => quarter(nth).toFixed(0)).join(', ')}`,
    )
    expect(quarter(3) - quarter(1)).toBeLessThan(MOST_GROWN)
  },
  within(120_000, 3 * 60 * 60_000),
)

async function write(random: Random, isDay: () => boolean): Promise<number> {
  let written = 0
  for (; isDay(); await pause(WRITE_MS)) {
    const operation = nextOperation(await boardOf(hall), random, { ...hall.crowd, spare: [] }, HABITS)
    const { status } = await sendUntilAnswered(hall.base, hall.crowd.organiser, operation)
    expect([200, 404, 409, 412]).toContain(status)
    written += 1
  }
  return written
}

/** What a day is made of, but for people who were not expected. */
const HABITS = { ...EVERYTHING, walkIn: 0 }

async function lookAnew(pages: Page[], isDay: () => boolean): Promise<number> {
  let looked = 0
  for (; isDay(); await pause(LOOK_MS / pages.length)) {
    pages[looked % pages.length].lookAgain()
    looked += 1
  }
  return looked
}

const sizeOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

const median = (of: number[]): number => of.toSorted((a, b) => a - b)[Math.floor(of.length / 2)] ?? 0

import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AgendaView } from '../../server/schemas/agenda.ts'
import type { DayView } from '../../server/schemas/day.ts'
import { until } from '../support/client.ts'
import { sendUntilAnswered, times, within } from '../support/faults.ts'
import { boardOf, openHall, type Hall } from '../support/hall.ts'
import { post } from '../support/operations.ts'
import { Page } from '../support/page.ts'

/**
 * Each change is looked for on the pages it is about before the next one is made there: a later one would show it too.
 * So many of them that a feed which loses one in a hundred fails with a chance of 99 in a hundred.
 */
const CHANGES = Math.max(460, times(460, 10_000))
const SEEN_MS = 20_000
let hall: Hall

beforeAll(async () => {
  hall = await openHall({ slots: 4, tables: 8, agendas: 32, plans: 0, screens: 0 })
}, 120_000)
afterAll(() => hall?.close(), 60_000)

test(
  'each of many changes is shown by both pages it is about',
  async () => {
    await hall.publish(0)
    const { base, crowd } = hall
    const pages = new Map(
      crowd.visitors.map((visitor) => {
        const page = new Page(base, crowd.eventId, visitor)
        page.shows = true
        return [visitor.key, page]
      }),
    )
    await Promise.all([...pages.values()].map((page) => page.open()))
    const board = await boardOf(hall)
    const moved = board.meetings.filter(({ slotId }) => slotId === board.slots[0].id)
    const each = Math.ceil(CHANGES / moved.length)
    const seen = await Promise.all(
      moved.map((meeting) => {
        const both = meeting.participants.map((id) => pages.get(id))
        if (!both.every((page) => page !== undefined)) throw new Error('somebody has no page open')
        return moveToAndFro(meeting, board.slots, both, each)
      }),
    )
    console.log(
      `${seen.flat().length} changes, each seen by two pages, ${Math.max(...seen.flat())} ms at worst`,
    )
    expect(seen.flat().length).toBeGreaterThanOrEqual(CHANGES)
    expect([...pages.values()].reduce((sum, { gaps }) => sum + gaps, 0)).toBe(0)
    for (const page of pages.values()) page.close()
  },
  within(300_000, 1_800_000),
)

/** The milliseconds until both pages showed it, of each move. */
async function moveToAndFro(
  { id, participants, slotId, tableId, version }: DayView['meetings'][number],
  slots: DayView['slots'],
  pages: Page[],
  count: number,
): Promise<number[]> {
  const seen: number[] = []
  for (let n = 0; n < count; n++) {
    const to = n % 2 === 0 ? slots.at(-1)!.id : slotId
    const asked = performance.now()
    const operation = post(`/meetings/${id}/move`, { slotId: to, tableId }, version + n)
    const { status, refused } = await sendUntilAnswered(hall.base, hall.crowd.organiser, operation)
    expect({ status, refused }).toEqual({ status: 200, refused: 0 })
    await until('both pages', () => pages.every((page) => slotOf(page, participants) === to), SEEN_MS)
    seen.push(Math.round(performance.now() - asked))
  }
  return seen
}

/** Where a page shows the meeting of the two, one of whom it belongs to. */
const slotOf = ({ shown }: Page, both: string[]) =>
  (shown as AgendaView).slots.find(({ meeting }) => meeting && both.includes(meeting.with.participantId))?.id

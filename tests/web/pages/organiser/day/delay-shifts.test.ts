import { describe, expect, test } from 'vitest'
import { breaksChanged, shiftsOf } from '../../../../../web/pages/organiser/day/delay-shifts.ts'

const MINUTE = 60_000

/** Two blocks of two turns of twenty minutes, with a break of an hour between them; each so many minutes later. */
const slotsLater = (...minutes: number[]) =>
  [0, 25, 105, 130].map((start, position) => ({
    id: `slot ${position}`,
    position,
    block: position < 2 ? 0 : 1,
    startsAt: new Date((start + minutes[position]!) * MINUTE).toISOString(),
    endsAt: new Date((start + minutes[position]! + 20) * MINUTE).toISOString(),
  }))
const planned = slotsLater(0, 0, 0, 0)

describe('the preview of a delay', () => {
  test('pairs each slot that moves with the one it was', () => {
    const [, ...moved] = slotsLater(0, 10, 10, 10)
    expect(shiftsOf(planned, moved).map(({ before, after, block }) => [block, before, after])).toEqual([
      [0, { startsAt: 25 * MINUTE, endsAt: 45 * MINUTE }, { startsAt: 35 * MINUTE, endsAt: 55 * MINUTE }],
      [1, { startsAt: 105 * MINUTE, endsAt: 125 * MINUTE }, { startsAt: 115 * MINUTE, endsAt: 135 * MINUTE }],
      [1, { startsAt: 130 * MINUTE, endsAt: 150 * MINUTE }, { startsAt: 140 * MINUTE, endsAt: 160 * MINUTE }],
    ])
  })

  test('names the break that becomes shorter, and no other', () => {
    const shortened = shiftsOf(planned, slotsLater(0, 10, 0, 0).slice(1))
    expect(breaksChanged(shortened)).toEqual([{ at: 55 * MINUTE, before: 60, after: 50 }])
    expect(breaksChanged(shiftsOf(planned, slotsLater(0, 10, 10, 10).slice(1)))).toEqual([])
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shiftSlots } from '../../../../../server/features/day/propagate.ts'
import { breaksChanged, shiftOf } from '../../../../../web/pages/organiser/day/delay-preview.ts'

const MINUTE = 60_000

/** Two blocks of two turns of twenty minutes, with so long a break between them. */
const slotsWith = (pause: number) =>
  [0, 25, 45 + pause, 70 + pause].map((start, position) => ({
    id: `slot ${position}`,
    position,
    block: position < 2 ? 0 : 1,
    startsAt: new Date(start * MINUTE).toISOString(),
    endsAt: new Date((start + 20) * MINUTE).toISOString(),
  }))

describe('the preview of a delay', () => {
  test('says the times that the server will set', () => {
    const some = fc.record({
      pause: fc.integer({ min: 10, max: 90 }),
      from: fc.integer({ min: 0, max: 3 }),
      minutes: fc.integer({ min: -60, max: 120 }),
      give: fc.boolean(),
    })
    fc.assert(
      fc.property(some, ({ pause, from, minutes, give }) => {
        const slots = slotsWith(pause)
        const onServer = slots.map((one) => ({
          ...one,
          startsAt: new Date(one.startsAt),
          endsAt: new Date(one.endsAt),
        }))
        const set = shiftSlots(onServer, `slot ${from}`, minutes, give)
        const said = shiftOf(slots, `slot ${from}`, minutes, give)
        expect(said.map(({ after }) => after)).toEqual(
          set.map(({ startsAt, endsAt }) => ({ startsAt: startsAt.getTime(), endsAt: endsAt.getTime() })),
        )
      }),
    )
  })

  test('names the break that becomes shorter, and no other', () => {
    const shifts = shiftOf(slotsWith(60), 'slot 1', 10, true)
    expect(breaksChanged(shifts)).toEqual([{ at: 55 * MINUTE, before: 60, after: 50 }])
    expect(breaksChanged(shiftOf(slotsWith(60), 'slot 1', 10, false))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { mostBusySlots, type SlotLimit } from '../../../solver/model/slot-limits.ts'
import { mostInSlots } from '../../../solver/verify/room.ts'
import { randomEvent } from '../events.ts'
import { people, tiny } from '../tiny.ts'

const SLOTS = 6
const all = [...Array(SLOTS).keys()]
const sets = Array.from({ length: 2 ** SLOTS }, (_, bits) => all.filter((slot) => bits & (1 << slot)))

describe('the limits of meetings in some slots', () => {
  test('are those that forbid something, by index', () => {
    const limits = [
      { slots: ['s2', 's4'], max: 1 },
      { slots: ['s1', 's2'], max: 2 },
      { slots: [], max: 0 },
      { slots: ['s3'], max: 0 },
    ]
    const { limits: compiled } = compile(tiny({ participants: people({ id: 'p1', limits }) }))
    expect(compiled).toEqual([
      [
        { isIn: Uint8Array.of(0, 1, 0, 1), max: 1 },
        { isIn: Uint8Array.of(0, 0, 1, 0), max: 0 },
      ],
      [],
      [],
      [],
    ])
  })

  test('leave as many meetings as the busiest day without too many, where their slots follow each other', () => {
    let [exact, loose] = [0, 0]
    for (let seed = 1; seed <= 150; seed++) {
      const random = seededRandom(seed)
      const instance = randomEvent(seed, { slots: SLOTS, limits: true, days: true })
      const { limits, block, maxConsecutive } = compile(instance)
      for (const [p, own] of limits.entries()) {
        const free = Uint8Array.from(all, () => (random.below(4) > 0 ? 1 : 0))
        const open = all.filter((slot) => free[slot])
        const isTooMany =
          (day: number[]) =>
          ({ isIn, max }: SlotLimit) =>
            day.filter((slot) => isIn[slot]).length > max
        const isTooLong = (day: number[]) =>
          day.some((_, index) => {
            const row = day.slice(index, index + maxConsecutive[p] + 1)
            const [first, last] = [row[0], row[maxConsecutive[p]]]
            return last - first === maxConsecutive[p] && block[last] === block[first]
          })
        const good = sets.filter(
          (day) => day.every((slot) => free[slot]) && !own.some(isTooMany(day)) && !isTooLong(day),
        )
        const most = Math.max(...good.map((day) => day.length))
        const told = mostBusySlots(free, block, maxConsecutive[p], own)
        expect([seed, p, told >= most]).toEqual([seed, p, true])
        expect(mostInSlots(instance, instance.participants[p], open)).toBe(told)
        const isRun = ({ isIn }: SlotLimit) => {
          const places = open.flatMap((slot, place) => (isIn[slot] ? [place] : []))
          return places.every((place, index) => place === places[0] + index)
        }
        if (own.every(isRun)) expect([seed, p, told]).toEqual([seed, p, most])
        if (own.every(isRun) && own.length > 0) exact++
        else if (told > most) loose++
      }
    }
    expect(exact).toBeGreaterThan(100)
    expect(loose).toBeLessThan(20)
  })
})

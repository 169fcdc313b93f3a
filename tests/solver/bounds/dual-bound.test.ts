import { describe, expect, test } from 'vitest'
import { dualBound, excessOf, priceOfSlot, type Prices } from '../../../solver/bounds/dual-bound.ts'
import { boundOf } from '../../../solver/bounds/level-bound.ts'
import { compile } from '../../../solver/model/problem.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

const prices = (parts: Partial<Prices> = {}): Prices => ({
  participants: new Float64Array(4),
  tables: 0,
  shortfall: 0,
  quotas: new Float64Array(2),
  days: null,
  ...parts,
})
const of = (...numbers: number[]) => Float64Array.from(numbers)

describe('a bound by prices', () => {
  const bound = (event: ReturnType<typeof tiny>, parts: Partial<Prices> = {}) => {
    const problem = compile(event)
    return dualBound(problem, prices(parts), problem.value)
  }

  test('is all there is where nothing has a price', () => {
    expect(bound(tiny())).toBe(14)
  })

  test('counts what must be held even at a loss, and what can never be held not at all', () => {
    const participants = { participants: of(9, 0, 0, 0) }
    // 2 and 4 for p2, and p1 pays 9 twice.
    expect(bound(tiny(), participants)).toBe(24)
    expect(bound(changed({ c11: { required: true } }), participants)).toBe(20)
    expect(bound(changed({ c11: { slots: [] } }))).toBe(9)
  })

  test('has a place at the tables for the price of a table', () => {
    expect(bound(tiny(), { tables: 2 })).toBe(3 + 1 + 2 + 16)
    expect(bound(tiny({ tables: undefined }), { tables: 0 })).toBe(14)
    expect(bound(tiny(), { tables: -1 })).toBe(18)
  })

  test('has for everybody the number of meetings that pays most', () => {
    const owed = (minMeetings: number, more: object = {}) =>
      tiny({ participants: people({ id: 'p1', minMeetings, ...more }) })
    // Meetings at 5 + 1 and 3 + 1, and p1 would rather have none.
    expect(bound(tiny(), { participants: of(-1, 0, 0, 0) })).toBe(16)
    // Two meetings are worth a missing one less each.
    expect(bound(owed(2), { participants: of(-1, 0, 0, 0), shortfall: 3 })).toBe(16 - 2)
    expect(bound(owed(1), { participants: of(-1, 0, 0, 0), shortfall: 3 })).toBe(16 - 1)
    expect(bound(owed(4), { participants: of(-1, 0, 0, 0), shortfall: 3 })).toBe(16 - 2 - 6)
    expect(bound(owed(2), { participants: of(-4, 0, 0, 0), shortfall: 3 })).toBe(22 - 6)
    expect(bound(owed(2, { maxMeetings: 1 }), { participants: of(1, 0, 0, 0), shortfall: 3 })).toBe(
      12 + 1 - 3,
    )
    expect(bound(owed(2), { participants: of(-1, 0, 0, 0) })).toBe(16)
  })

  test('has the most of a quota at its price, and the least at a negative one', () => {
    const quotas = [
      { id: 'q', candidates: ['c11', 'c12'], min: 1, max: 1 },
      { id: 'r', candidates: ['c11', 'c22'], min: 0 },
    ]
    expect(bound(tiny({ quotas }), { quotas: of(2, 0) })).toBe(3 + 1 + 2 + 4 + 2)
    expect(bound(tiny({ quotas }), { quotas: of(-2, 0) })).toBe(7 + 5 + 2 + 4 - 2)
    expect(bound(tiny({ quotas }), { quotas: of(2, 3) })).toBe(0 + 1 + 2 + 1 + 2 + 6)
  })

  test('has the cheapest slot of a meeting and the dearest day of everybody', () => {
    const event = tiny({ participants: people({ id: 'p1', maxConsecutive: 1 }) })
    const problem = compile(event)
    const busy = new Float64Array(16)
    busy.set([1, 5, 2, 0])
    busy.set([0, 1, 1, 3], 8)
    const days = { busy, tables: of(1, 0, 0, 2) }
    expect([0, 1, 2, 3].map((c) => priceOfSlot(problem, days, c))).toEqual([
      { slot: 0, price: 2 },
      { slot: 0, price: 2 },
      { slot: 0, price: 1 },
      { slot: 1, price: 0 },
    ])
    const all = prices({ days })
    expect([0, 1, 2, 3].map((c) => excessOf(problem, all, problem.value, c))).toEqual([3, 1, 1, 4])
    // Of p1 the second slot, or the first and the third, all four of h1, two tables at 1 and two at 2.
    expect(dualBound(problem, all, problem.value)).toBe(9 + 5 + 5 + 6)
    const none = compile(changed({ c11: { slots: [] } }))
    expect(priceOfSlot(none, days, 0)).toEqual({ slot: -1, price: Infinity })
    const some = compile(changed({ c11: { slots: ['s2', 's4'] } }))
    expect(priceOfSlot(some, days, 0)).toEqual({ slot: 3, price: 5 })
  })

  test('of a level is whole', () => {
    const problem = compile(tiny({ participants: people({ id: 'p1', minMeetings: 4 }) }))
    const own = { participants: of(-1, 0, 0, 0), shortfall: 1 }
    expect(boundOf(problem, 'shortfall', prices(own), 7)).toBe(2)
    expect(boundOf(problem, 'shortfall', prices({ ...own, participants: of(-0.75, 0, 0, 0) }), 0)).toBe(2)
    expect(boundOf(problem, 'shortfall', prices(), 0)).toBe(0)
    expect(boundOf(problem, 'value', prices(), 3)).toBe(14)
    expect(boundOf(problem, 'value', prices({ shortfall: 2 }), 3)).toBe(14 - 8 + 6 + 4)
    expect(boundOf(problem, 'value', prices({ participants: of(0.25, 0, 0, 0) }), 0)).toBe(14)
    expect(boundOf(problem, 'value', prices({ participants: of(0, 0, 0, 0), tables: 0.3 }), 0)).toBe(15)
  })
})

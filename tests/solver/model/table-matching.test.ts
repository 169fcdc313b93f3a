import { describe, expect, test } from 'vitest'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { Seating } from '../../../solver/model/table-matching.ts'
import { tiny } from '../tiny.ts'

/** Six pairs of people of their own, each with some of four tables; some tables are out in some slots. */
function someEvent(seed: number) {
  const random = seededRandom(seed)
  const tables = ['t0', 't1', 't2', 't3']
  const part = (share: number, list: string[]) => list.filter(() => random.unit() < share)
  const pairs = Array.from({ length: 6 }, (_, i) => [`a${i}`, `b${i}`])
  return tiny({
    slots: [{ id: 's1' }, { id: 's2' }],
    tables: tables.map((id) => ({ id, unavailable: part(0.2, ['s1', 's2']) })),
    participants: pairs.flatMap(([a, b]) => [
      { id: a, ...(random.below(4) ? { tables: part(0.6, tables) } : {}) },
      { id: b },
    ]),
    candidates: pairs.map((participants, i) => ({ id: `c${i}`, participants })),
  })
}

describe('a seating', () => {
  test('has a table for as many as there are tables for, whoever has to move', () => {
    const seen = { seated: 0, refused: 0, moved: 0, rivals: 0 }
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed)
      const problem = compile(someEvent(seed))
      const { suitable, tableOut } = problem
      const seating = new Seating(problem, [[], []])
      const slotOf = new Int32Array(6).fill(-1)
      const may = (c: number, slot: number) =>
        [0, 1, 2, 3].filter(
          (table) => (suitable[c]?.includes(table) ?? true) && !tableOut?.[slot * 4 + table],
        )
      const canSit = (list: number[], slot: number, taken: number[] = []): boolean =>
        list.length === 0 ||
        may(list[0], slot).some(
          (table) => !taken.includes(table) && canSit(list.slice(1), slot, [...taken, table]),
        )
      const inSlot = (slot: number) => [...slotOf.keys()].filter((c) => slotOf[c] === slot)
      for (let step = 0; step < 25; step++) {
        const [c, slot, table] = [random.below(6), random.below(2), random.below(4)]
        if (slotOf[c] >= 0) {
          seating.unseat(c, slotOf[c])
          slotOf[c] = -1
          continue
        }
        const others = inSlot(slot)
        const before = seating.tableOf.slice()
        const free = may(c, slot).filter((one) => others.every((other) => before[other] !== one))
        const isAsked = random.below(3) === 0
        const rivals = seating.rivals(c, slot, [])
        const isPossible = canSit([c, ...others], slot)
        expect(rivals.length > 0).toBe(!isPossible && may(c, slot).length > 0)
        const helps = others.filter((other) => canSit([c, ...others.filter((one) => one !== other)], slot))
        expect(rivals.toSorted()).toEqual(isPossible ? [] : helps.toSorted())
        for (const other of helps) expect(seating.rivals(c, slot, [other])).toEqual([])
        expect(seating.tableOf).toEqual(before)
        const isSeated = isAsked ? seating.sit(c, slot, table) : seating.seat(c, slot)
        expect(isSeated).toBe(isAsked ? free.includes(table) : isPossible)
        if (isSeated) slotOf[c] = slot
        else expect(seating.tableOf).toEqual(before)
        if (isSeated && isAsked) expect(seating.tableOf[c]).toBe(table)
        if (isSeated && !isAsked && free.length > 0) {
          expect(seating.tableOf[c]).toBe(free[0])
          expect(others.every((other) => seating.tableOf[other] === before[other])).toBe(true)
        } else if (isSeated && !isAsked) seen.moved++
        seen[isSeated ? 'seated' : 'refused']++
        if (rivals.length > 0) seen.rivals++
        for (const at of [0, 1]) {
          const tables = inSlot(at).map((one) => seating.tableOf[one])
          expect(new Set(tables).size).toBe(tables.length)
          for (const one of inSlot(at)) expect(may(one, at)).toContain(seating.tableOf[one])
        }
        expect([...seating.tableOf].map((one) => one >= 0)).toEqual([...slotOf].map((one) => one >= 0))
      }
    }
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(10)
  })

  test('has nobody to move for whom no table suits, and nothing to take from who does not sit', () => {
    const event = tiny({ participants: [{ id: 'p1', tables: [] }, { id: 'p2' }, { id: 'h1' }, { id: 'h2' }] })
    const seating = new Seating(compile(event), [[], [], [], []])
    expect([seating.seat(0, 0), seating.rivals(0, 0, [])]).toEqual([false, []])
    seating.unseat(0, 0)
    expect(seating.tableOf).toEqual(Int32Array.of(-1, -1, -1, -1))
    expect([seating.seat(2, 3), seating.seat(3, 3), seating.rivals(2, 3, [])]).toEqual([true, true, [2, 3]])
  })
})

import { describe, expect, test } from 'vitest'
import { Incumbent } from '../../../solver/model/incumbent.ts'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { compile } from '../../../solver/model/problem.ts'
import { tiny, tinyJson } from '../tiny.ts'

const candidates = tinyJson().candidates.map((one) => ({ ...one, required: one.id === 'c22' }))

describe('the best schedule that was offered', () => {
  test('is the first of the best that keep all rules, whoever is seated where', () => {
    const problem = compile(tiny({ candidates }))
    const [agenda, incumbent] = [new Agenda(problem), new Incumbent(problem)]
    const offer = (...held: [c: number, slot: number][]) => {
      agenda.restore(new Int32Array(4).fill(-1))
      for (const [c, slot] of held) agenda.put(c, slot)
      incumbent.offer(agenda)
      incumbent.handOver(agenda)
      return [...agenda.slotOf]
    }
    expect(offer([0, 1])).toEqual([1, -1, -1, -1])
    expect(incumbent.isFound).toBe(false)
    expect(offer([3, 0])).toEqual([-1, -1, -1, 0])
    expect(incumbent.isFound).toBe(true)
    expect(offer([3, 1], [2, 3])).toEqual([-1, -1, 3, 1])
    expect(offer([3, 2], [2, 3])).toEqual([-1, -1, 3, 1])
    expect(offer([0, 0], [1, 1])).toEqual([-1, -1, 3, 1])
    expect(offer([3, 2])).toEqual([-1, -1, 3, 1])
  })
})

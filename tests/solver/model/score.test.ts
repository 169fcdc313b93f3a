import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { compile } from '../../../solver/model/problem.ts'
import { gainOf, scoreOf, shortfallOf, weighLevels, worthOf } from '../../../solver/model/score.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

describe('the worth of a meeting', () => {
  const owed = people({ id: 'p1', minMeetings: 2 }, { id: 'h1', minMeetings: 1 })
  const weigh = (...objective: string[]) =>
    weighLevels(compile(tiny({ participants: owed, rules: { objective } })))

  test('is weighed so that the earlier level outweighs the later', () => {
    expect(weigh('shortfall', 'value')).toEqual({ value: 1, shortfall: 15, mandatory: 2 * (15 + 15 * 8) })
    expect(weigh('value', 'shortfall')).toEqual({ value: 4, shortfall: 1, mandatory: 2 * (60 + 8) })
    expect(weigh('value')).toEqual({ value: 4, shortfall: 0, mandatory: 120 })
    expect(weigh('shortfall')).toEqual({ value: 0, shortfall: 1, mandatory: 16 })
    expect(weigh('breaks')).toEqual({ value: 0, shortfall: 0, mandatory: 0 })
  })

  test('is what is lost without it and won with it', () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c22'], min: 1 }]
    const problem = compile(changed({ c12: { required: true } }, { participants: owed, quotas }))
    const agenda = new Agenda(problem)
    const worth = { value: 1, shortfall: 10, mandatory: 100 }
    const gains = () => [0, 1, 2, 3].map((c) => gainOf(agenda, worth, c))
    expect(gains()).toEqual([5 + 20 + 100, 3 + 10 + 100, 2 + 10, 4 + 100])
    expect(scoreOf(agenda, worth)).toBe(-30 - 200)
    agenda.put(0, 0)
    expect(gains().slice(1)).toEqual([3 + 10 + 100, 2, 4])
    expect(worthOf(agenda, worth, 0)).toBe(5 + 20 + 100)
    expect(scoreOf(agenda, worth)).toBe(5 - 10 - 100)
    agenda.put(3, 0)
    expect([worthOf(agenda, worth, 0), worthOf(agenda, worth, 3)]).toEqual([25, 4])
    agenda.put(1, 1)
    agenda.put(2, 1)
    expect([0, 1, 2].map((c) => worthOf(agenda, worth, c))).toEqual([15, 113, 2])
    expect(scoreOf(agenda, worth)).toBe(14)
    expect(shortfallOf(agenda)).toBe(0)
    agenda.remove(0)
    agenda.remove(2)
    expect(shortfallOf(agenda)).toBe(2)
  })
})

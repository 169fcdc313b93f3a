import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { evenOut } from '../../../solver/compact/break-spread.ts'
import { checkRules, type Meeting } from '../../../solver/index.ts'
import { agendas, pauses } from '../../../solver/spec/objective.ts'
import { place } from '../../../solver/place/insertion.ts'
import { compile, type Problem } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { rescue } from '../../../solver/place/threshold-exchange.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { scoreOf, weighLevels } from '../../../solver/model/score.ts'
import {
  bestScore,
  canBeHeld,
  filledAgenda,
  heldIn,
  KINDS,
  randomEvent,
  schedules,
  square,
} from '../events.ts'
import { tiny, tinyJson } from '../tiny.ts'

const LEVELS = ['shortfall', 'value']

const everything = ({ possible }: Problem) => [...possible.keys()].filter((c) => possible[c])

describe('placing meetings', () => {
  test('finds a slot for all of a full round, whatever the seed', () => {
    for (let seed = 1; seed <= 5; seed++) {
      const instance = square(5, { tables: 5 })
      const agenda = new Agenda(compile(instance))
      const search = startSearch({ seed }, 1e9)
      expect(place(agenda, everything(agenda.problem), search, 20_000)).toEqual([])
      expect(checkRules(instance, heldIn(agenda))).toEqual([])
      expect(heldIn(agenda)).toHaveLength(25)
      expect(search.iterations).toBeLessThan(20_000)
    }
  })

  test('tells what it could not place', () => {
    const instance = square(3, { tables: 1 })
    const agenda = new Agenda(compile(instance))
    const left = place(agenda, everything(agenda.problem), startSearch({}, 1e9), 100)
    expect(left.length).toBeGreaterThanOrEqual(6)
    expect(heldIn(agenda)).toHaveLength(3)
    const held = [...agenda.slotOf.keys()].filter((c) => agenda.slotOf[c] >= 0)
    expect(new Set([...left, ...held]).size).toBe(9)
  })

  test('ends with the limit, and with the search', () => {
    const problem = compile(square(4))
    const wanted = everything(problem)
    const few = new Agenda(problem)
    const search = startSearch({}, 1e9)
    expect(place(few, wanted, search, 3)).toHaveLength(13)
    expect([search.iterations, heldIn(few).length]).toEqual([3, 3])
    expect(place(new Agenda(problem), wanted, startSearch({ maxIterations: 0 }, 0), 100)).toHaveLength(16)
    expect(place(new Agenda(problem), [], startSearch({}, 9), 100)).toEqual([])
  })

  test.each(KINDS)('keeps the rules, and what is locked where it is, in an event with %s', (_, options) => {
    for (let seed = 1; seed <= 10; seed++) {
      const instance = randomEvent(seed, { ...options, slots: 3, candidates: 5, people: 4 })
      const agenda = new Agenda(compile(instance))
      const { problem } = agenda
      const wanted = everything(problem)
      const left = place(agenda, wanted, startSearch({ seed }, 1e9), 200)
      expect(canBeHeld(instance, heldIn(agenda))).toBe(true)
      for (const c of wanted) expect(agenda.slotOf[c] >= 0 || left.includes(c)).toBe(true)
      const best = [...schedules(instance)].some((held) => held.length === wanted.length)
      if (best) expect([seed, left]).toEqual([seed, []])
    }
  })

  test('has nowhere for what only locked meetings leave no room for', () => {
    const candidates = tinyJson().candidates.map((one) =>
      one.id === 'c11'
        ? { ...one, lock: { slot: 's1' } }
        : one.id === 'c22'
          ? { ...one, slots: ['s1'] }
          : one,
    )
    const agenda = new Agenda(compile(tiny({ candidates, tables: 1 })))
    expect(place(agenda, [3, 0], startSearch({}, 99), 99)).toEqual([3])
    expect(agenda.slotOf).toEqual(Int32Array.of(0, -1, -1, -1))
  })
})

describe('exchanging meetings', () => {
  test.each(KINDS)('comes to the best of all schedules in an event with %s', (_, options) => {
    let reached = 0
    for (let seed = 1; seed <= 8; seed++) {
      const given = { ...options, slots: 3, candidates: 5, people: 4, required: 0.1, objective: LEVELS }
      const instance = randomEvent(seed, given)
      const best = bestScore(instance)
      if (best === -Infinity) continue
      const agenda = filledAgenda(instance, seededRandom(seed))
      const before = scoreOf(agenda, weighLevels(agenda.problem))
      const search = startSearch({ seed }, 1e9)
      rescue(agenda, search, 1_500)
      const score = scoreOf(agenda, weighLevels(agenda.problem))
      expect(canBeHeld(instance, heldIn(agenda))).toBe(true)
      expect(score).toBeLessThanOrEqual(best)
      expect(score).toBeGreaterThanOrEqual(before)
      expect(search.iterations).toBeLessThanOrEqual(1_500)
      expect([seed, score]).toEqual([seed, best])
      reached++
    }
    expect(reached).toBeGreaterThan(2)
  })

  test('ends with its limit, with the search and where nothing is left', () => {
    const steps = (limit: number, maxIterations: number, tables: number) => {
      const search = startSearch({ maxIterations }, 0)
      const agenda = new Agenda(compile(square(2, { tables })))
      rescue(agenda, search, limit)
      return [search.iterations, heldIn(agenda).length]
    }
    expect(steps(0, 99, 2)).toEqual([0, 0])
    expect(steps(99, 0, 2)).toEqual([0, 0])
    expect(steps(50, 1e9, 1)).toEqual([49, 2])
    expect(steps(1e6, 1e9, 2)[1]).toBe(4)
    expect(steps(1e6, 1e9, 2)[0]).toBeLessThan(1_000)
  })

  test('leaves what is locked where it is', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const instance = randomEvent(seed, { locks: true, slots: 3, candidates: 6, people: 4 })
      const agenda = new Agenda(compile(instance))
      const { pinned } = agenda.problem
      place(agenda, everything(agenda.problem), startSearch({}, 1e9), 100)
      const before = agenda.slotOf.slice()
      rescue(agenda, startSearch({ seed }, 1e9), 300)
      pinned.forEach((one, c) => one && before[c] >= 0 && expect(agenda.slotOf[c]).toBe(before[c]))
    }
  })
})

describe('breaks that may not differ', () => {
  test.each([
    ['few rules', { tables: 'none' as const }],
    ['required meetings', { tables: 'none' as const, required: 0.4 }],
    ['limits and quotas', { limits: true, quotas: true }],
  ])(
    'are evened out by giving up meetings, and as many come in as can, in an event with %s',
    (_, options) => {
      const seen = [0, 0]
      for (let seed = 1; seed <= 30; seed++) {
        const rules = { maxBreakSpread: seed % 2, breakScope: seed % 3 ? 'block' : 'event' }
        const instance = randomEvent(seed, { ...options, slots: 5, candidates: 8, rules })
        const agenda = filledAgenda(instance, seededRandom(seed))
        const before = heldIn(agenda)
        const isEven = evenOut(agenda)
        const after = heldIn(agenda)
        const ids = after.map(({ candidate }) => candidate)
        seen[isEven ? 1 : 0]++
        if (!isEven) {
          expect(after).toEqual(before)
          continue
        }
        const spread = (held: Meeting[]) => {
          const breaks = [...agendas(instance, held).values()].map((stops) => pauses(instance, stops).length)
          return Math.max(...breaks) - Math.min(...breaks)
        }
        expect(spread(after)).toBeLessThanOrEqual(seed % 2)
        expect(canBeHeld(instance, after)).toBe(true)
        for (const { candidate } of before)
          if (instance.candidates.find(({ id }) => id === candidate)!.required)
            expect(ids).toContain(candidate)
        for (const { id } of instance.candidates)
          for (const slot of instance.slots) {
            const more = [...after, { candidate: id, slot: slot.id }]
            if (!ids.includes(id) && canBeHeld(instance, more))
              expect(spread(more) > seed % 2 || more.length < after.length + 2).toBe(true)
          }
      }
      expect(seen[1]).toBeGreaterThan(10)
    },
  )
})

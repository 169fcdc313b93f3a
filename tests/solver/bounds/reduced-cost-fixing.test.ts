import { describe, expect, test } from 'vitest'
import { findCertain, type Certain } from '../../../solver/bounds/reduced-cost-fixing.ts'
import { isDayLevel, lowerBounds, slackFor } from '../../../solver/bounds/day-level-bounds.ts'
import { dualBound, excessOf, type Prices } from '../../../solver/bounds/dual-bound.ts'
import { measure, type Level } from '../../../solver/index.ts'
import { compile, type Problem } from '../../../solver/model/problem.ts'
import { seededRandom, type Random } from '../../../solver/model/random.ts'
import { randomEvent, schedules } from '../events.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

const somePrices = (random: Random, length: number) =>
  Float64Array.from({ length }, () => random.below(7) - 2)

const prices = (problem: Problem, parts: Partial<Prices> = {}): Prices => ({
  participants: new Float64Array(problem.participantCount),
  tables: 0,
  shortfall: 0,
  quotas: new Float64Array(problem.quotas.length),
  days: null,
  ...parts,
})

describe('what is certain', () => {
  test('by the rules alone is what must be held and what cannot be', () => {
    const event = changed({ c11: { required: true, slots: ['s2'] }, c22: { slots: [] } })
    const { state, low, high, full, allowed } = findCertain(compile(event), null)
    expect(state).toEqual(Uint8Array.of(2, 1, 1, 0))
    expect([low, high]).toEqual([Int32Array.of(1, 0, 1, 0), Int32Array.of(2, 1, 2, 1)])
    expect(full).toBe(false)
    // p1 and h1 are taken in s2.
    const open = (c: number) => [...allowed.subarray(c * 4, c * 4 + 4)].join('')
    expect([0, 1, 2, 3].map(open)).toEqual(['0100', '1011', '1011', '0000'])
  })

  test('goes on where a meeting has one slot left', () => {
    const slots = ['s1', 's2', 's3'].map((id) => ({ id }))
    const chain = { c11: { slots: ['s1'] }, c12: { slots: ['s1', 's2'] }, c22: { slots: ['s2', 's3'] } }
    const required = Object.fromEntries(
      Object.entries(chain).map(([id, one]) => [id, { ...one, required: true }]),
    )
    const open = (event: ReturnType<typeof tiny>) => {
      const { allowed } = findCertain(compile(event), null)
      return [0, 1, 2, 3].map((c) => [...allowed.subarray(c * 3, c * 3 + 3)].join(''))
    }
    expect(open(changed(required, { slots }))).toEqual(['100', '010', '010', '001'])
    expect(open(changed({ ...required, c12: chain.c12 }, { slots }))).toEqual(['100', '010', '011', '011'])
    expect(open(changed(chain, { slots }))).toEqual(['100', '110', '111', '011'])
  })

  test('by prices is what nobody can do without at this gap', () => {
    const problem = compile(tiny({ participants: people({ id: 'p1', minMeetings: 2 }) }))
    const find = (gap: number, parts: Partial<Prices> = {}) =>
      findCertain(problem, { prices: prices(problem, parts), gap })
    expect(find(2).state).toEqual(Uint8Array.of(2, 2, 1, 2))
    expect(find(1.5).state).toEqual(Uint8Array.of(2, 2, 2, 2))
    expect(find(5).state).toEqual(Uint8Array.of(1, 1, 1, 1))
    const dear = { participants: Float64Array.of(6, 0, 0, 0) }
    expect(find(0.5, dear).state).toEqual(Uint8Array.of(0, 0, 2, 2))
    expect(find(1, dear).state).toEqual(Uint8Array.of(1, 0, 2, 2))
    expect(find(3, dear).state).toEqual(Uint8Array.of(1, 1, 1, 2))
    // p1 gets 6 for each of two meetings.
    const numbers = ({ low, high }: Certain) => [low[0], high[0]]
    expect(numbers(find(5, { participants: Float64Array.of(4, 0, 0, 0) }))).toEqual([1, 2])
    expect(numbers(find(3, { participants: Float64Array.of(4, 0, 0, 0) }))).toEqual([2, 2])
    expect(numbers(find(9, { participants: Float64Array.of(4, 0, 0, 0) }))).toEqual([0, 2])
    expect(numbers(find(7, { participants: Float64Array.of(-4, 0, 0, 0) }))).toEqual([1, 1])
    const owed = { participants: Float64Array.of(-4, 0, 0, 0), shortfall: 9 }
    expect(numbers(find(9, owed))).toEqual([1, 2])
    expect([find(3, { tables: 3 }).full, find(2.9, { tables: 3 }).full, find(0).full]).toEqual([
      false,
      true,
      false,
    ])
  })

  test('holds for every schedule that is good enough', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed)
      const instance = randomEvent(seed, {
        slots: 3,
        people: 4,
        candidates: 5,
        limits: true,
        required: 0.2,
        objective: ['shortfall', 'value'],
      })
      const problem = compile(instance)
      const given = prices(problem, {
        participants: somePrices(random, problem.participantCount),
        tables: random.below(3),
        shortfall: random.below(4),
      })
      const gap = random.below(8)
      const bound = dualBound(problem, given, problem.value)
      const good = [...schedules(instance)].filter((held) => {
        const { value, shortfall } = measure(instance, held) as { value: number; shortfall: number }
        return value - given.shortfall * shortfall >= bound - gap
      })
      const { state, low, high, full, allowed } = findCertain(problem, { prices: given, gap })
      for (let c = 0; c < problem.candidateCount; c++) {
        const excess = excessOf(problem, given, problem.value, c)
        const truth = !problem.possible[c]
          ? 0
          : problem.mandatory[c] || excess > gap
            ? 2
            : excess < -gap
              ? 0
              : 1
        expect(state[c]).toBe(truth)
      }
      for (let p = 0; p < problem.participantCount; p++) {
        const own = (least: number) => problem.incident[p].filter((c) => state[c] >= least).length
        const pays = (n: number) =>
          given.participants[p] * n - given.shortfall * Math.max(0, problem.guarantee[p] - n)
        const numbers = [0, 1, 2, 3, 4].filter((n) => n >= problem.fewest[p] && n <= problem.capacity[p])
        const most = Math.max(...numbers.map(pays))
        const good = numbers.filter((n) => pays(n) >= most - gap)
        if (good.length > 0) expect(low[p]).toBe(Math.max(own(2), good[0]))
        if (good.length > 0) expect(high[p]).toBe(Math.min(own(1), problem.capacity[p], good.at(-1)!))
      }
      expect(problem.allowed).toEqual(compile(instance).allowed)
      for (const held of good) {
        const ids = held.map(({ candidate }) => Number(candidate.slice(1)))
        state.forEach((one, c) => expect(one === 1 || ids.includes(c) === (one === 2)).toBe(true))
        for (const { candidate, slot } of held)
          expect(allowed[Number(candidate.slice(1)) * 3 + Number(slot.slice(1)) - 1]).toBe(1)
        for (let p = 0; p < 4; p++) {
          const own = problem.incident[p].filter((c) => ids.includes(c)).length
          expect(own >= low[p] && own <= high[p]).toBe(true)
        }
        if (full) expect(held.length).toBe(problem.places)
      }
    }
  })
})

describe('bounds of levels of the day', () => {
  const level = {
    shortfall: 0,
    changes: 0,
    value: 14,
    fairness: [],
    breaks: 0,
    idle: 0,
    seatedMoves: 0,
    tableMoves: 0,
  }

  test('are those of breaks, idle slots and moves', () => {
    const all = ['shortfall', 'changes', 'value', 'fairness', 'breaks', 'idle', 'tableMoves'] as const
    expect(all.filter(isDayLevel)).toEqual(['breaks', 'idle', 'tableMoves'])
  })

  test('know the value where it comes before them and nothing is given back', () => {
    const slack = (rules: object, parts: Partial<Prices> | null, measured: object = {}) => {
      const problem = compile(tiny({ rules, participants: people({ id: 'p1', minMeetings: 2 }) }))
      return slackFor(problem, 'breaks', { ...level, ...measured }, parts && prices(problem, parts))
    }
    expect(slack({}, null)).toBe(null)
    expect(slack({}, {})).toMatchObject({ gap: 0 })
    expect(slack({}, {}, { value: 9 })).toMatchObject({ gap: 5 })
    expect(slack({}, { shortfall: 2 }, { shortfall: 1 })).toMatchObject({ gap: 2 })
    expect(slack({ objective: ['breaks', 'value'] }, {})).toBe(null)
    expect(slack({ objective: ['breaks'] }, {})).toBe(null)
    expect(slack({ objective: ['value'] }, {})).toMatchObject({ gap: 0 })
    expect(slack({ tolerance: { value: 0.1 } }, {})).toBe(null)
    expect(slack({ tolerance: { value: 0 } }, {})).toMatchObject({ gap: 0 })
    expect(slack({ objective: ['value', 'breaks'], tolerance: { shortfall: 0.1 } }, {})).toMatchObject({
      gap: 0,
    })
  })

  const bounds = (
    event: ReturnType<typeof tiny>,
    parts: Partial<Prices> | null = null,
    measured: object = {},
  ) => {
    const problem = compile(event)
    const given = parts && prices(problem, parts)
    const of = lowerBounds(problem, { ...level, ...measured }, () => given, null)
    return { breaks: of('breaks'), idle: of('idle'), moves: of('tableMoves') }
  }
  const all = (more: Record<string, object> = {}) =>
    Object.fromEntries(['c11', 'c12', 'c21', 'c22'].map((id) => [id, { required: true, ...more[id] }]))
  const three = { slots: ['s1', 's2', 's3'].map((id) => ({ id })) }

  test('of breaks and idle slots are the breaks of all', () => {
    const ends = all({ c11: { slots: ['s1'] }, c12: { slots: ['s3'] } })
    expect(bounds(changed(ends, three))).toMatchObject({ breaks: 1, idle: 1 })
    const open = changed({ c11: { slots: ['s1'] }, c12: { slots: ['s3'] } }, three)
    expect(bounds(open)).toMatchObject({ breaks: 0, idle: 0 })
    expect(bounds(open, {})).toMatchObject({ breaks: 1, idle: 1 })
    expect(
      bounds({ ...open, rules: { ...open.rules, objective: ['breaks', 'value', 'idle'] } }, {}),
    ).toMatchObject({
      breaks: 0,
      idle: 1,
    })
  })

  test('of breaks are sharper by prices by slot', () => {
    const event = changed(all(), three)
    const problem = compile(event)
    const busy = new Float64Array(12)
    const at = (days: { busy: Float64Array; tables: Float64Array }) =>
      lowerBounds(problem, level, () => null, days)('breaks')
    expect(at({ busy, tables: new Float64Array(3) })).toBe(0)
    const impossible = compile(changed(all({ c11: { slots: ['s1'] }, c12: { slots: ['s1'] } }), three))
    expect(lowerBounds(impossible, level, () => null, { busy, tables: new Float64Array(3) })('breaks')).toBe(
      0,
    )
  })

  test('of moves count who goes on at a table where nobody else does', () => {
    const full = changed(all(), { slots: [{ id: 's1' }, { id: 's2' }] })
    // Four meetings of two people each, four people who begin, and two tables that one meeting each can stay at.
    expect(bounds(full).moves).toBe(8 - 4 - 2)
    expect(bounds(full, null, { breaks: 1 }).moves).toBe(1)
    expect(bounds(full, null, { breaks: 9 }).moves).toBe(0)
    const blocks = changed(all(), { slots: [{ id: 's1' }, { id: 's2', block: 1 }] })
    expect(bounds(blocks).moves).toBe(0)
    expect(bounds({ ...blocks, rules: { ...blocks.rules, breakScope: 'event' } }).moves).toBe(2)
    expect(bounds(changed(all(), { slots: [{ id: 's1' }, { id: 's2' }], tables: 2 })).moves).toBe(0)
    const ordered = (...objective: Level[]) => ({ ...full, rules: { ...full.rules, objective } })
    const without = ordered('value', 'tableMoves')
    expect(bounds(without).moves).toBe(0)
    const late = ordered('tableMoves', 'breaks')
    expect(bounds(late).moves).toBe(0)
    expect(bounds({ ...full, rules: { ...full.rules, tolerance: { value: 0.1 } } }).moves).toBe(0)
    expect(bounds(tiny({ slots: [], candidates: [] })).moves).toBe(0)
    const some = tiny({ slots: [{ id: 's1' }, { id: 's2' }] })
    expect([bounds(some).moves, bounds(some, {}).moves]).toEqual([0, 2])
    expect(bounds(some, { tables: 1 }, { value: 14 }).moves).toBe(2)
  })

  test('of moves let a pair that meets again stay where it is', () => {
    const pairs = (...list: string[]) =>
      list.map((pair, i) => {
        const [one, other] = pair.split(' ')
        return { id: `c${i}`, participants: [one, other], required: true }
      })
    const moves = (...list: string[]) => bounds(tiny({ ...three, candidates: pairs(...list) })).moves
    expect(moves('p1 h1', 'p1 h2', 'p2 h1', 'p2 h2')).toBe(2)
    expect(moves('p1 h1', 'h1 p1', 'p1 h2', 'p2 h2')).toBe(1)
    expect(moves('p1 h1', 'h1 p1', 'p2 h2', 'p2 h2')).toBe(0)
  })
})

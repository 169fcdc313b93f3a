import { describe, expect, test } from 'vitest'
import { BreakPricing } from '../../../solver/bounds/break-relaxation.ts'
import { findCertain, type Certain } from '../../../solver/bounds/reduced-cost-fixing.ts'
import { fewestBreaks } from '../../../solver/bounds/min-breaks.ts'
import { DayPatterns } from '../../../solver/bounds/break-dp.ts'
import { DearestDay } from '../../../solver/bounds/day-dp.ts'
import { measure, parseInstance } from '../../../solver/index.ts'
import { pauses } from '../../../solver/spec/objective.ts'
import { compile, type Problem } from '../../../solver/model/problem.ts'
import { mostBusySlots, type SlotLimit } from '../../../solver/model/slot-limits.ts'
import { seededRandom, type Random } from '../../../solver/model/random.ts'
import { randomEvent, schedules, type EventOptions } from '../events.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

/** Every set of slots. */
const days = (slotCount: number): number[][] =>
  Array.from({ length: 2 ** slotCount }, (_, bits) =>
    [...Array(slotCount).keys()].filter((slot) => bits & (1 << slot)),
  )

const breaksOf = ({ instance }: Problem, day: number[]): number =>
  pauses(
    instance,
    day.map((slot) => ({ slot, candidate: '', table: null })),
  ).length

/** The longest row of meetings inside a block. */
function longestRow({ block }: Problem, day: number[]): number {
  let [row, longest] = [0, 0]
  day.forEach((slot, index) => {
    const continues = index > 0 && day[index - 1] === slot - 1 && block[slot] === block[slot - 1]
    row = continues ? row + 1 : 1
    longest = Math.max(longest, row)
  })
  return longest
}

const someEvent = (seed: number, options: EventOptions = {}) =>
  randomEvent(seed, { slots: 5, people: 4, tables: 'none', limits: true, required: 0.5, ...options })

const somePrices = (random: Random, length: number) =>
  Float64Array.from({ length }, () => random.below(7) - 2)

describe('the dearest day of a participant', () => {
  test('is the one of all days without too many meetings in a row', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed)
      const problem = compile(someEvent(seed))
      const { slotCount, participantCount, maxConsecutive } = problem
      const prices = somePrices(random, participantCount * slotCount)
      const must = Uint8Array.from(prices, () => (random.below(5) === 0 ? 1 : 0))
      const day = new DearestDay(problem)
      for (let p = 0; p < participantCount; p++) {
        if (maxConsecutive[p] >= slotCount) continue
        for (const sure of [null, must]) {
          const isSure = (slot: number) => sure?.[p * slotCount + slot] === 1
          const cost = (list: number[]) =>
            list.reduce((sum, slot) => sum + (isSure(slot) ? 0 : prices[p * slotCount + slot]), 0)
          const allowed = days(slotCount).filter(
            (list) =>
              longestRow(problem, list) <= maxConsecutive[p] &&
              [...Array(slotCount).keys()].every((slot) => !isSure(slot) || list.includes(slot)),
          )
          const slope = new Float64Array(prices.length)
          const found = day.find(p, prices, sure, slope)
          expect(found).toBe(Math.max(...allowed.map(cost)))
          expect(day.find(p, prices, sure, null)).toBe(found)
          if (allowed.length === 0) continue
          const own = [...slope.subarray(p * slotCount, (p + 1) * slotCount)]
          expect(own.reduce((sum, one, slot) => sum - one * prices[p * slotCount + slot], 0)).toBe(found)
          const busy = [...own.keys()].filter((slot) => own[slot] < 0 || isSure(slot))
          expect(allowed.map(String)).toContain(String(busy))
          expect(slope.filter((one) => one !== 0)).toHaveLength(own.filter((one) => one !== 0).length)
        }
      }
    }
  })

  test('is the busier of two that cost the same', () => {
    const problem = compile(tiny({ participants: people({ id: 'p1', maxConsecutive: 1 }) }))
    const slope = new Float64Array(16)
    expect(
      new DearestDay(problem).find(0, Float64Array.of(3, 3, 0, 0, ...new Array(12).fill(0)), null, slope),
    ).toBe(3)
    expect([...slope.subarray(0, 4)]).toEqual([-1, 0, -1, -1])
  })

  test('has as many meetings as fit beside each other', () => {
    const most = (free: number[], block: number[], row: number) =>
      mostBusySlots(Uint8Array.from(free), Int32Array.from(block), row)
    expect(most([1, 1, 1, 1, 1], [0, 0, 0, 0, 0], 2)).toBe(4)
    expect(most([1, 1, 1, 1, 1], [0, 0, 1, 1, 1], 2)).toBe(4)
    expect(most([1, 1, 1, 1, 1], [0, 0, 1, 1, 1], 1)).toBe(3)
    expect(most([1, 0, 1, 1, 0], [0, 0, 0, 0, 0], 1)).toBe(2)
    expect(most([0, 0, 0], [0, 0, 0], 1)).toBe(0)
    expect(most([1, 1, 1], [0, 0, 0], 3)).toBe(3)
  })
})

/** What is certain by the rules alone. */
const ruled = (problem: Problem): Certain => findCertain(problem, null)

/** Fewest breaks of p with any choice of different slots for these meetings; −1 if there is none. */
function leastBreaks(
  problem: Problem,
  certain: Certain,
  p: number,
  held: number[],
  day: number[] = [],
): number {
  if (held.length === 0) {
    const isTooMany = ({ isIn, max }: SlotLimit) => day.filter((slot) => isIn[slot]).length > max
    if (problem.limits[p].some(isTooMany)) return -1
    return breaksOf(
      problem,
      day.toSorted((one, other) => one - other),
    )
  }
  const [c, ...rest] = held
  const found = [...Array(problem.slotCount).keys()]
    .filter((slot) => certain.allowed[c * problem.slotCount + slot] && !day.includes(slot))
    .map((slot) => leastBreaks(problem, certain, p, rest, [...day, slot]))
    .filter((breaks) => breaks >= 0)
  return found.length > 0 ? Math.min(...found) : -1
}

describe('the breaks that somebody cannot avoid', () => {
  test.each([false, true])('are those of the best slots for meetings that are certain, days: %s', (days) => {
    const seen = new Map<number, number>()
    for (let seed = 1; seed <= 60; seed++) {
      const breakScope = seed % 2 ? 'block' : 'event'
      const options = {
        required: 0.9,
        candidates: 6,
        limits: false,
        days,
        people: 4,
        slots: 6,
        rules: { breakScope },
      }
      const problem = compile(someEvent(seed, options))
      const certain = ruled(problem)
      const fewest = fewestBreaks(problem, certain)
      for (let p = 0; p < problem.participantCount; p++) {
        const held = problem.incident[p].filter((c) => certain.state[c] === 2)
        const isSure = certain.low[p] === held.length && certain.high[p] === held.length
        const truth = isSure && held.length > 1 ? leastBreaks(problem, certain, p, held) : 0
        const open = (c: number) => certain.allowed.subarray(c * 6, c * 6 + 6).filter((one) => one).length
        // Of days that are fixed only the breaks are counted.
        if (truth < 0 && held.every((c) => open(c) < 2)) continue
        seen.set(truth, (seen.get(truth) ?? 0) + 1)
        expect([seed, p, fewest[p]]).toEqual([seed, p, truth])
      }
    }
    expect([...seen.keys()].sort()).toEqual([-1, 0, 1, 2].filter((one) => seen.has(one)))
    expect(seen.get(1)! > 3 && seen.get(-1)! > 0).toBe(true)
  })

  test('are not known where it is not certain who is met', () => {
    const slots = ['s1', 's2', 's3'].map((id) => ({ id }))
    const ends = { c11: { slots: ['s1'] }, c12: { slots: ['s3'] } }
    const breaks = (parts: Record<string, object>) => {
      const problem = compile(changed({ ...ends, ...parts }, { slots }))
      return fewestBreaks(problem, ruled(problem))[0]
    }
    expect(breaks({})).toBe(0)
    const must = { c11: { slots: ['s1'], required: true }, c12: { slots: ['s3'], required: true } }
    expect(breaks(must)).toBe(1)
    expect(breaks({ ...must, c12: { slots: ['s3'] } })).toBe(0)
  })

  test('of days that are fixed are counted as they are', () => {
    const slots = [0, 0, 0, 0, 1, 1].map((block, i) => ({ id: `s${i + 1}`, block }))
    const locked = (...list: string[]) => {
      const candidates = list.map((slot, i) => ({
        id: `c${i}`,
        participants: ['p1', i % 2 ? 'h1' : 'h2'],
        lock: { slot },
      }))
      return (breakScope: string) => {
        const problem = compile(tiny({ slots, candidates, tables: 9, rules: { breakScope } }))
        return fewestBreaks(problem, ruled(problem))[0]
      }
    }
    expect(locked('s1', 's3')('block')).toBe(1)
    expect(locked('s4', 's2', 's1')('block')).toBe(1)
    expect(locked('s1', 's2', 's3')('block')).toBe(0)
    expect(locked('s3', 's5', 's6')('block')).toBe(0)
    expect(locked('s3', 's5', 's6')('event')).toBe(1)
    expect(locked('s1', 's3', 's6')('event')).toBe(2)
  })
})

describe('the cheapest day of a participant', () => {
  test('is the one of all days with a number of meetings it may have', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const random = seededRandom(seed)
      const breakScope = seed % 3 ? 'block' : 'event'
      const problem = compile(
        someEvent(seed, { candidates: 6, limits: seed % 2 === 0, rules: { breakScope } }),
      )
      const { slotCount, participantCount, incident } = problem
      const certain = ruled(problem)
      const fewest = fewestBreaks(problem, certain)
      if (fewest.includes(-1)) continue
      const prices = somePrices(random, participantCount * slotCount)
      const patterns = new DayPatterns(problem, certain, fewest)
      for (let p = 0; p < participantCount; p++) {
        const own = incident[p].filter((c) => certain.state[c] > 0)
        const open = (c: number) =>
          [...Array(slotCount).keys()].filter((slot) => certain.allowed[c * slotCount + slot])
        const free = new Set(own.flatMap(open))
        const must = own.filter((c) => certain.state[c] === 2 && open(c).length === 1).map((c) => open(c)[0])
        const cost = (day: number[]) =>
          day.reduce((sum, slot) => sum + prices[p * slotCount + slot], 0) +
          Math.max(fewest[p], breaksOf(problem, day))
        const possible = days(slotCount).filter(
          (day) =>
            day.length >= certain.low[p] &&
            day.length <= certain.high[p] &&
            day.every((slot) => free.has(slot)) &&
            must.every((slot) => day.includes(slot)),
        )
        const busy = new Float64Array(participantCount * slotCount)
        const truth = certain.high[p] === 0 ? 0 : Math.min(...possible.map(cost))
        expect([seed, p, patterns.cheapest(p, prices, busy)]).toEqual([seed, p, truth])
        const day = [...busy.subarray(p * slotCount, (p + 1) * slotCount)]
        const chosen = [...day.keys()].filter((slot) => day[slot] === 1)
        if (truth < Infinity && certain.high[p] > 0) expect(cost(chosen)).toBe(truth)
        expect(busy.reduce((sum, one) => sum + one, 0)).toBe(chosen.length)
      }
    }
  })
})

describe('a bound of breaks by prices', () => {
  const priced = (seed: number, options: EventOptions) => {
    const problem = compile(someEvent(seed, { candidates: 5, limits: false, required: 0.9, ...options }))
    const certain = ruled(problem)
    const fewest = fewestBreaks(problem, certain)
    return { problem, certain, fewest }
  }

  test('is what everybody and every meeting takes at its cheapest', () => {
    let counted = 0
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      const tables = seed % 2 ? ('none' as const) : ('counted' as const)
      const { problem, certain, fewest } = priced(seed, { tables })
      if (fewest.includes(-1)) continue
      const { slotCount, participantCount, candidateCount, first, second, tablesPerSlot } = problem
      const busy = somePrices(random, participantCount * slotCount).map((one) => one / 4)
      const places = new Float64Array(slotCount).map(() => (tables === 'none' ? 0 : random.below(3) / 4))
      const pattern = new DayPatterns(problem, certain, fewest)
      let sum = 0
      for (let p = 0; p < participantCount; p++)
        sum += pattern.cheapest(p, busy, new Float64Array(busy.length))
      for (let c = 0; c < candidateCount; c++) {
        if (certain.state[c] === 0) continue
        const costs = [...Array(slotCount).keys()]
          .filter((slot) => certain.allowed[c * slotCount + slot])
          .map(
            (slot) => places[slot] - busy[first[c] * slotCount + slot] - busy[second[c] * slotCount + slot],
          )
        sum += Math.min(...costs, certain.state[c] === 2 ? Infinity : 0)
      }
      if (tables !== 'none') sum -= places.reduce((all, one) => all + one * tablesPerSlot, 0)
      const pricing = new BreakPricing(problem, certain, fewest)
      expect(pricing.evaluate({ busy, tables: places })).toBeCloseTo(sum, 9)
      counted++
      const truth = Math.min(
        ...[...schedules(problem.instance)].map((held) => measure(problem.instance, held).breaks as number),
      )
      expect(Math.ceil(sum - 1e-9)).toBeLessThanOrEqual(truth)
      expect(pricing.improve(40, 3)).toBeLessThanOrEqual(truth)
      expect(pricing.best.bound).toBe(Math.max(0, Math.ceil(pricing.evaluate(pricing.best.prices))))
    }
    expect(counted).toBeGreaterThan(8)
  })

  test('has no price of tables where they have no limit, and none below 0', () => {
    const none = priced(1, {})
    const tables = new Float64Array(5)
    const busy = new Float64Array(none.problem.participantCount * 5)
    const evaluate = ({ problem, certain, fewest }: typeof none, price: number) =>
      new BreakPricing(problem, certain, fewest).evaluate({ busy, tables: tables.with(2, price) })
    expect([evaluate(none, 0), evaluate(none, 1), evaluate(none, -1)]).toEqual([0, -Infinity, -Infinity])
    const counted = priced(2, { tables: 'counted' })
    expect(evaluate(counted, -1)).toBe(-Infinity)
    expect(evaluate(counted, 1)).toBe(-counted.problem.tablesPerSlot)
  })

  test('comes to what meetings at the ends of the day cost those in between', () => {
    // Everybody meets everybody of three in three slots, but b and c only at the ends: one has a break.
    const slots = ['s1', 's2', 's3'].map((id) => ({ id }))
    const meet = (id: string, list?: string[]) => ({
      id,
      participants: [id[0], id[1]],
      required: true,
      slots: list,
    })
    const instance = parseInstance({
      format: 'incontro/instance',
      version: 1,
      slots,
      participants: [...'abcd'].map((id) => ({ id })),
      candidates: [meet('ab', ['s1', 's3']), meet('cd', ['s1', 's3']), meet('ac'), meet('bd', ['s1', 's3'])],
    })
    const problem = compile(instance)
    const certain = ruled(problem)
    const fewest = fewestBreaks(problem, certain)
    const truth = Math.min(
      ...[...schedules(instance)].map((held) => measure(instance, held).breaks as number),
    )
    expect([...fewest]).toEqual([0, 1, 0, 1])
    const pricing = new BreakPricing(problem, certain, fewest)
    expect(pricing.improve(100, 9)).toBe(truth)
    expect(truth).toBeGreaterThanOrEqual(2)
    expect(pricing.best.prices.busy.every((price) => Number.isInteger(price * 1024))).toBe(true)
    const lazy = new BreakPricing(problem, certain, fewest)
    expect([lazy.improve(0, 9), lazy.improve(100, 0)]).toEqual([0, 0])
  })
})

import { describe, expect, test } from 'vitest'
import { compact } from '../../../solver/compact/annealing.ts'
import { DayCosts } from '../../../solver/compact/break-costs.ts'
import { measure, type Instance, type Meeting } from '../../../solver/index.ts'
import { findChain, newChain, swap } from '../../../solver/compact/kempe-chain.ts'
import { agendas, pauses } from '../../../solver/spec/objective.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, schedules, type EventOptions } from '../events.ts'
import { tiny } from '../tiny.ts'

const KINDS: [string, EventOptions][] = [
  ['few rules', { tables: 'none' }],
  ['few tables', { tables: 'counted' }],
  ['limits', { limits: true, tables: 'none' }],
  ['an order', { order: true }],
  ['locks', { locks: true, limits: true }],
  ['tables that differ', { tables: 'listed', limits: true }],
  ['several days', { days: true, tables: 'none' }],
]

const withoutRows = (instance: Instance): Instance => ({
  ...instance,
  participants: instance.participants.map((one) => ({ ...one, maxConsecutive: 99, limits: [] })),
})

/** The meetings of two slots that hang together with one, in each other's slot. */
function swapped({ candidates }: Instance, held: Meeting[], start: string, to: string): Meeting[] {
  const people = new Map(candidates.map((one) => [one.id, one.participants]))
  const from = held.find(({ candidate }) => candidate === start)!.slot
  const chain = new Set([start])
  const near = held.filter(({ slot }) => slot === from || slot === to)
  for (const id of chain)
    for (const { candidate } of near)
      if (people.get(candidate)!.some((p) => people.get(id)!.includes(p))) chain.add(candidate)
  const other = (slot: string) => (slot === from ? to : from)
  return held.map(({ candidate, slot }) => ({ candidate, slot: chain.has(candidate) ? other(slot) : slot }))
}

/** The cost of agendas as `DayCosts` counts it: levels in their order, breaks beyond the spread at 40 each. */
function costOf(instance: Instance, held: Meeting[]): number {
  const { objective, maxBreakSpread } = instance.rules
  const [breaks, idle] = [objective.indexOf('breaks'), objective.indexOf('idle')]
  const isFirst = (one: number, other: number) => other < 0 || one < other
  const weights = [
    breaks < 0 ? 0 : isFirst(breaks, idle) ? 10 : 2,
    idle < 0 ? 1 : isFirst(idle, breaks) ? 10 : 2,
  ]
  const measured = measure(instance, held)
  const excess = [...agendas(instance, held).values()].reduce(
    (sum, stops) => sum + Math.max(0, pauses(instance, stops).length - (maxBreakSpread ?? Infinity)),
    0,
  )
  return weights[0] * (measured.breaks as number) + weights[1] * (measured.idle as number) + 40 * excess
}

const OBJECTIVES = [['breaks', 'idle'], ['idle', 'breaks'], ['breaks'], ['idle'], ['value']]
const rulesOf = (seed: number) => ({
  breakScope: seed % 2 ? 'block' : 'event',
  ...(seed % 3 ? {} : { maxBreakSpread: seed % 2 }),
})

describe('a chain of two slots', () => {
  test.each(KINDS)('is found where all of it may be in the other slot, in an event with %s', (_, options) => {
    let [swaps, refusals] = [0, 0]
    for (let seed = 1; seed <= 14; seed++) {
      const given = {
        ...options,
        slots: 5,
        candidates: 9,
        objective: OBJECTIVES[seed % 5],
        rules: rulesOf(seed),
      }
      const instance = randomEvent(seed, given)
      const agenda = filledAgenda(instance, seededRandom(seed))
      const bare = () => heldIn(agenda).map(({ candidate, slot }) => ({ candidate, slot }))
      const chain = newChain()
      const { allowed } = agenda.problem
      const isAllowed = (list: Meeting[]) =>
        list.every(
          ({ candidate, slot }) => allowed[Number(candidate.slice(1)) * 5 + Number(slot.slice(1)) - 1],
        )
      const costs = new DayCosts(agenda)
      for (let c = 0; c < instance.candidates.length; c++)
        for (let to = 0; to < 5; to++) {
          const before = agenda.slotOf.slice()
          if (before[c] < 0 || before[c] === to) continue
          const then = swapped(instance, bare(), `c${c}`, `s${to + 1}`)
          const isFound = findChain(agenda, c, to, chain)
          // Where tables differ, only trying to sit down tells.
          if (!agenda.seating) expect(isFound).toBe(isAllowed(then) && canBeHeld(withoutRows(instance), then))
          if (!isFound) continue
          const total = costs.reset()
          expect(total).toBe(costOf(instance, bare()))
          const change = costs.changeOf(chain)
          expect(costs.changeOf(chain)).toBe(change)
          const keepsLimits = costs.keepsLimits(chain)
          const isSwapped = swap(agenda, chain)
          expect(isSwapped).toBe(canBeHeld(withoutRows(instance), then))
          if (!isSwapped) {
            expect(agenda.slotOf).toEqual(before)
            refusals++
            continue
          }
          expect(bare()).toEqual(then)
          expect(keepsLimits).toBe(canBeHeld(instance, then))
          expect(total + change).toBe(costOf(instance, then))
          costs.accept(chain)
          const { breaks } = measure(instance, then)
          const days = [...agendas(instance, then).values()].map((stops) => pauses(instance, stops).length)
          const isUneven = Math.max(...days) - Math.min(...days) > (instance.rules.maxBreakSpread ?? Infinity)
          expect(costs.breaksInAll()).toBe(isUneven ? Infinity : breaks)
          expect(findChain(agenda, c, before[c], chain) && swap(agenda, chain)).toBe(true)
          expect(agenda.slotOf).toEqual(before)
          swaps++
        }
    }
    expect(swaps).toBeGreaterThan(20)
    if (options.tables === 'listed') expect(refusals).toBeGreaterThan(0)
  })
})

describe('the cost of agendas', () => {
  const agendaOf = (rules: object, ...held: [number, number][]) => {
    const slots = ['s1', 's2', 's3', 's4'].map((id) => ({ id }))
    const agenda = filledAgenda(tiny({ slots, rules }), seededRandom(1), 0)
    for (const [c, slot] of held) agenda.put(c, slot)
    return agenda
  }
  const least = (rules: object, lower: number, ...held: [number, number][]) => {
    const costs = new DayCosts(agendaOf(rules, ...held))
    costs.reset()
    return costs.isLeast(lower)
  }
  const gap: [number, number][] = [
    [0, 0],
    [1, 3],
  ]

  test('is wanted where breaks, idle slots or a spread are', () => {
    const isWanted = (rules: object) => new DayCosts(agendaOf(rules)).isWanted
    expect(isWanted({ objective: ['value'] })).toBe(false)
    for (const rules of [
      { objective: ['breaks'] },
      { objective: ['idle'] },
      { objective: [], maxBreakSpread: 0 },
    ])
      expect(isWanted(rules)).toBe(true)
  })

  test('is least where breaks and idle slots are as few as they have to be', () => {
    const both = { objective: ['breaks', 'idle'] }
    expect([least(both, 0), least(both, 0, [0, 0], [1, 1])]).toEqual([true, true])
    expect([least(both, 0, ...gap), least(both, 1, ...gap), least(both, 2, ...gap)]).toEqual([
      false,
      false,
      true,
    ])
    expect(least({ objective: ['breaks'] }, 1, ...gap)).toBe(true)
    expect(least({ objective: ['breaks'] }, 0, ...gap)).toBe(false)
    expect(least({ objective: ['idle'] }, 1, ...gap)).toBe(false)
    expect(least({ objective: ['idle'] }, 2, ...gap)).toBe(true)
    expect(least({ objective: ['value'] }, 0, ...gap)).toBe(true)
    expect(least({ objective: ['value'], maxBreakSpread: 0 }, 0, ...gap)).toBe(false)
    expect(least({ objective: ['value'], maxBreakSpread: 1 }, 0, ...gap)).toBe(true)
  })

  test('names somebody with breaks', () => {
    const some = (...held: [number, number][]) =>
      new DayCosts(agendaOf({}, ...held)).someWithBreaks(seededRandom(1))
    expect(some()).toBe(undefined)
    expect(some(...gap)).toBe(0)
    expect(some([3, 0], [2, 2])).toBe(1)
  })
})

describe('tidying agendas', () => {
  const isSame = (one: Meeting[], other: Meeting[]) =>
    String(one.map(({ candidate }) => candidate)) === String(other.map(({ candidate }) => candidate))

  test('comes to as few breaks as the meetings allow, and holds the same meetings', async () => {
    let tidied = 0
    for (let seed = 1; seed <= 10; seed++) {
      const options = {
        slots: 4,
        candidates: 5,
        limits: seed % 2 === 0,
        objective: ['breaks', 'idle'],
        rules: rulesOf(seed),
      }
      const instance = randomEvent(seed, options)
      const agenda = filledAgenda(instance, seededRandom(seed), 0.7)
      const before = heldIn(agenda)
      const first = costOf(instance, before)
      const same = [...schedules({ ...instance, rules: { ...instance.rules, maxBreakSpread: null } })].filter(
        (one) => isSame(one, before),
      )
      if (same.length === 0) continue
      const truth = Math.min(...same.map((one) => costOf(instance, one)))
      const best = same.find((one) => costOf(instance, one) === truth)!
      const search = startSearch({ seed }, 4_000)
      let rounds = 0
      await compact(
        agenda,
        search,
        { lower: measure(instance, best).breaks as number, steps: 3_000 },
        () => rounds++,
      )
      const after = heldIn(agenda)
      expect(isSame(after, before)).toBe(true)
      expect(canBeHeld(instance, after)).toBe(true)
      // Chains alone cannot reach every schedule.
      expect(costOf(instance, after)).toBeLessThanOrEqual(first)
      if (first > truth && costOf(instance, after) === truth) tidied++
      expect(search.iterations).toBeLessThanOrEqual(3_000)
    }
    expect(tidied).toBeGreaterThanOrEqual(3)
  })

  test('asks nothing where nothing can be better', async () => {
    const quiet = async (rules: object, steps: number, limit = 5_000) => {
      const slots = ['s1', 's2', 's3', 's4'].map((id) => ({ id }))
      const agenda = filledAgenda(tiny({ slots, rules }), seededRandom(1), 0)
      agenda.put(0, 0)
      agenda.put(1, 2)
      const search = startSearch({ maxIterations: limit }, 0)
      let rounds = 0
      await compact(agenda, search, { lower: 0, steps }, () => rounds++)
      return [search.iterations > 0, rounds > 0, agenda.slotOf[1] - agenda.slotOf[0]]
    }
    expect(await quiet({ objective: ['value'] }, 1_000)).toEqual([false, false, 2])
    expect(await quiet({ objective: ['breaks'] }, 0)).toEqual([false, false, 2])
    expect(await quiet({ objective: ['breaks'] }, 1_000, 0)).toEqual([false, false, 2])
    const [hasTried, hasTold, distance] = await quiet({ objective: ['breaks'] }, 1_000)
    expect([hasTried, hasTold, Math.abs(distance as number)]).toEqual([true, true, 1])
  })

  test('asks nothing where nothing is held, or there is but one slot', async () => {
    const one = { slots: [{ id: 's1' }] }
    for (const [parts, held] of [
      [{}, []],
      [one, []],
      [one, [0]],
    ] as [object, number[]][]) {
      const agenda = filledAgenda(tiny({ ...parts, rules: { objective: ['breaks'] } }), seededRandom(1), 0)
      for (const c of held) agenda.put(c, 0)
      const search = startSearch({}, 5_000)
      // Fewer breaks than none cannot be asked for: that alone must not keep it busy.
      await compact(agenda, search, { lower: -1, steps: 1_000 }, () => {})
      expect(search.iterations).toBe(0)
    }
  })

  test('never leaves agendas worse than they were, however short it is', async () => {
    let kept = 0
    for (let seed = 1; seed <= 60; seed++) {
      const options = { slots: 6, candidates: 10, people: 6, objective: ['breaks', 'idle'] }
      const instance = randomEvent(seed, { ...options, tables: 'none' })
      const agenda = filledAgenda(instance, seededRandom(seed))
      const before = costOf(instance, heldIn(agenda))
      await compact(agenda, startSearch({ seed }, 6), { lower: 0, steps: 6 }, () => {})
      const after = costOf(instance, heldIn(agenda))
      expect(after).toBeLessThanOrEqual(before)
      if (after === before) kept++
    }
    expect(kept).toBeGreaterThan(5)
  })

  test('leaves what is locked where it is', async () => {
    const slots = ['s1', 's2', 's3'].map((id) => ({ id }))
    const candidates = [
      { id: 'a', participants: ['p1', 'h1'], lock: { slot: 's1' } },
      { id: 'b', participants: ['p1', 'h2'] },
    ]
    const agenda = filledAgenda(tiny({ slots, candidates }), seededRandom(1), 0)
    agenda.put(0, 0)
    agenda.put(1, 2)
    await compact(agenda, startSearch({}, 2_000), { lower: 0, steps: 2_000 }, () => {})
    expect(agenda.slotOf).toEqual(Int32Array.of(0, 1))
  })

  test('is the same for the same seed', async () => {
    const run = async () => {
      const agenda = filledAgenda(
        randomEvent(4, { slots: 6, candidates: 14, people: 7, tables: 'none' }),
        seededRandom(4),
      )
      await compact(agenda, startSearch({ seed: 5 }, 3_000), { lower: 0, steps: 3_000 }, () => {})
      return agenda.slotOf
    }
    expect(await run()).toEqual(await run())
  })
})

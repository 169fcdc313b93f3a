import { describe, expect, test } from 'vitest'
import { measure, parseInstance, type Instance } from '../../../solver/index.ts'
import { Circulation, type Network } from '../../../solver/engines/network-simplex.ts'
import { boundOf } from '../../../solver/bounds/level-bound.ts'
import { compile, type Problem } from '../../../solver/model/problem.ts'
import { seededRandom, type Random } from '../../../solver/model/random.ts'
import { select } from '../../../solver/select/flow-selection.ts'
import { randomEvent, type EventOptions } from '../events.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

/** A random network with costs of two levels, some of them with arcs side by side and against each other. */
function someNetwork(random: Random, nodeCount: number, arcs: number) {
  const from = Array.from({ length: arcs }, () => random.below(nodeCount))
  const to = from.map((node) => (node + 1 + random.below(nodeCount - 1)) % nodeCount)
  const capacity = from.map(() => random.below(4))
  const costs = [0, 1].map(() => from.map(() => random.below(11) - 5))
  return { network: { nodeCount, from, to, capacity }, costs }
}

/** Whether some circle of arcs with room, forwards or backwards, costs less than 0. */
function isImprovable(
  { nodeCount, from, to, capacity }: Network,
  cost: number[],
  flow: ArrayLike<number>,
): boolean {
  const distance = new Array(nodeCount).fill(0)
  for (let round = 0; ; round++) {
    let isShorter = false
    const relax = (one: number, other: number, length: number) => {
      if (distance[one] + length >= distance[other]) return
      distance[other] = distance[one] + length
      isShorter = true
    }
    from.forEach((node, arc) => {
      if (flow[arc] < capacity[arc]) relax(node, to[arc], cost[arc])
      if (flow[arc] > 0) relax(to[arc], node, -cost[arc])
    })
    if (!isShorter) return false
    if (round > nodeCount) return true
  }
}

function expectFlow({ nodeCount, from, to, capacity }: Network, flow: ArrayLike<number>): void {
  const balance = new Array(nodeCount).fill(0)
  from.forEach((node, arc) => {
    expect(flow[arc] >= 0 && flow[arc] <= capacity[arc] && Number.isInteger(flow[arc])).toBe(true)
    balance[node] -= flow[arc]
    balance[to[arc]] += flow[arc]
  })
  expect(balance).toEqual(new Array(nodeCount).fill(0))
}

describe('a circulation', () => {
  test('is the cheapest, level after level, with prices that prove it', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seededRandom(seed)
      const { network, costs } = someNetwork(random, 3 + random.below(6), 4 + random.below(40))
      const circulation = new Circulation(network)
      const total = (cost: number[]) => cost.reduce((sum, one, arc) => sum + one * circulation.flow[arc], 0)
      circulation.optimise((arc) => costs[0][arc])
      expectFlow(network, circulation.flow)
      expect(isImprovable(network, costs[0], circulation.flow)).toBe(false)
      network.from.forEach((_, arc) => {
        const reduced = circulation.reducedCost(arc)
        const { from, to, capacity } = network
        const { potential } = circulation
        expect(reduced).toBe(costs[0][arc] + potential[from[arc]] - potential[to[arc]])
        if (reduced > 0) expect(circulation.flow[arc]).toBe(0)
        if (reduced < 0) expect(circulation.flow[arc]).toBe(capacity[arc])
      })
      const first = total(costs[0])
      circulation.freeze()
      circulation.optimise((arc) => costs[1][arc])
      expectFlow(network, circulation.flow)
      expect(total(costs[0])).toBe(first)
      const both = costs[0].map((cost, arc) => 10_000 * cost + costs[1][arc])
      expect(isImprovable(network, both, circulation.flow)).toBe(false)
    }
  })

  test('goes on from where it was for new costs', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const { network, costs } = someNetwork(seededRandom(seed), 6, 24)
      const circulation = new Circulation(network)
      for (const cost of [...costs, costs[0].map((one) => -one), costs[0]]) {
        circulation.optimise((arc) => cost[arc])
        expectFlow(network, circulation.flow)
        expect(isImprovable(network, cost, circulation.flow)).toBe(false)
      }
    }
  })

  test('of nothing is nothing', () => {
    const none = new Circulation({ nodeCount: 2, from: [], to: [], capacity: [] })
    none.optimise(() => -1)
    none.freeze()
    expect([none.flow.length, none.cost.length]).toEqual([2, 2])
    const one = new Circulation({ nodeCount: 2, from: [0, 1], to: [1, 0], capacity: [3, Infinity] })
    one.optimise((arc) => (arc === 0 ? -2 : 1))
    expect([...one.flow.subarray(0, 2)]).toEqual([3, 3])
    one.optimise((arc) => (arc === 0 ? -2 : 2))
    expect(one.flow[0]).toBe(3)
    one.optimise((arc) => (arc === 0 ? -2 : 3))
    expect([...one.flow.subarray(0, 2)]).toEqual([0, 0])
  })
})

/** Every choice of meetings that keeps the numbers: what is required, of participants, of places and of quotas. */
function choices(problem: Problem): number[][] {
  const { candidateCount, possible, mandatory, first, second, capacity, places, quotas } = problem
  const fits = (held: number[]) => {
    const count = new Int32Array(problem.participantCount)
    for (const c of held) {
      count[first[c]]++
      count[second[c]]++
    }
    return (
      held.length <= places &&
      count.every((one, p) => one <= capacity[p]) &&
      quotas.every(({ members, min, max }) => {
        const own = members.filter((c) => held.includes(c)).length
        return own >= min && own <= max
      })
    )
  }
  const all: number[][] = []
  for (let bits = 0; bits < 2 ** candidateCount; bits++) {
    const held = [...Array(candidateCount).keys()].filter((c) => bits & (1 << c))
    const isAllowed = held.every((c) => possible[c]) && mandatory.every((one, c) => !one || held.includes(c))
    if (isAllowed && fits(held)) all.push(held)
  }
  return all
}

function levelsOf(instance: Instance, held: number[]) {
  const { shortfall, value, fairness } = measure(
    instance,
    held.map((c) => ({ candidate: instance.candidates[c].id, slot: 's1' })),
  )
  return { shortfall: shortfall as number, value: value as number, fairness: fairness as number[] }
}

const isLeximinBetter = (one: number[], other: number[]) => {
  const at = one.findIndex((number, index) => number !== other[index])
  return at >= 0 && one[at] > other[at]
}

/** An event of two sides, so that the selection is whole; with `asks`, one of each asks for one of two meetings. */
const twoSided = (seed: number, options: EventOptions, asks = false) => {
  const instance = randomEvent(seed, { people: 6, candidates: 8, slots: 3, ...options })
  const side = (id: string) => instance.participants.findIndex((one) => one.id === id) < 3
  const candidates = instance.candidates.filter(({ participants: [one, other] }) => side(one) !== side(other))
  const own = (p: string) =>
    candidates.filter(({ participants }) => participants.includes(p)).map(({ id }) => id)
  const first = own('a').slice(0, 2)
  const last = own('f')
    .filter((id) => !first.includes(id))
    .slice(0, 2)
  const quotas = [first, last].map((list, q) => ({ id: `q${q}`, candidates: list, min: 1, max: 1 }))
  return { ...instance, candidates, quotas: asks && first.length * last.length > 0 ? quotas : [] }
}

describe('the selection', () => {
  const ORDERS = [
    ['shortfall', 'value', 'fairness'],
    ['value', 'shortfall', 'fairness'],
    ['fairness', 'value'],
    ['shortfall', 'fairness'],
  ] as const

  test.each(ORDERS.map((levels) => [levels.join(', then '), levels] as const))(
    'is the best of all by %s',
    (_, levels) => {
      let counted = 0
      for (let seed = 1; seed <= 25; seed++) {
        const instance = twoSided(
          seed,
          { limits: seed % 2 === 0, required: seed % 3 ? 0 : 0.2 },
          seed % 4 > 1,
        )
        const problem = compile(instance)
        const all = choices(problem).map((held) => levelsOf(instance, held))
        if (all.length === 0) continue
        counted++
        const selection = select(problem, levels)
        const held = [...selection.share.keys()].filter((c) => selection.share[c] === 1)
        expect(selection.share.every((one) => one === 0 || one === 1)).toBe(true)
        expect(selection).toMatchObject({ whole: true, looseQuotas: [], unmetQuotas: [], sharp: {} })
        let left = all
        for (const level of levels) {
          const best = left.reduce((top, one) => {
            if (level === 'fairness') return isLeximinBetter(one.fairness, top.fairness) ? one : top
            return (level === 'value' ? one.value > top.value : one.shortfall < top.shortfall) ? one : top
          })
          left = left.filter((one) => String(one[level]) === String(best[level]))
        }
        expect(left.length).toBeGreaterThan(0)
        const own = levelsOf(instance, held)
        for (const level of levels) expect([seed, level, own[level]]).toEqual([seed, level, left[0][level]])
        if (levels.includes('fairness')) expect(selection.fairness).toEqual(left[0].fairness)
        else expect(selection.fairness).toBe(null)
        // Prices prove each level in its place.
        const { shortfall, value } = selection.prices
        const first = levels[0]
        if (first === 'shortfall')
          expect(boundOf(problem, 'shortfall', shortfall!, 0)).toBe(left[0].shortfall)
        if (first === 'value' || (first === 'shortfall' && value))
          expect(boundOf(problem, 'value', value!, left[0].shortfall)).toBe(left[0].value)
      }
      expect(counted).toBeGreaterThan(12)
    },
  )

  test('chooses again at equal value what is not to be avoided', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const random = seededRandom(seed)
      const instance = twoSided(seed, { limits: seed % 2 === 0 })
      const problem = compile(instance)
      const selection = select(problem, ['value'])
      const all = choices(problem)
      const most = Math.max(...all.map((held) => levelsOf(instance, held).value))
      const best = all.filter((held) => levelsOf(instance, held).value === most)
      const penalty = problem.value.map(() => random.below(5) - 1)
      const price = (held: number[]) => held.reduce((sum, c) => sum + penalty[c], 0)
      const share = selection.reselect(penalty)
      const held = [...share.keys()].filter((c) => share[c] === 1)
      expect(best.map(String)).toContain(String(held))
      expect(price(held)).toBe(Math.min(...best.map(price)))
    }
  })

  test('keeps quotas of one participant, and tells which are loose or cannot be met', () => {
    const quota = (id: string, candidates: string[], min = 0, max = 9) => ({ id, candidates, min, max })
    const chosen = (quotas: object[], event: object = {}, levels = ['value'] as const) => {
      const problem = compile(tiny({ quotas, ...event }))
      const { share, prices, looseQuotas, unmetQuotas } = select(problem, levels)
      const held = [...share.keys()].filter((c) => share[c] === 1)
      return { held, value: boundOf(problem, 'value', prices.value!, 0), looseQuotas, unmetQuotas }
    }
    expect(chosen([quota('q', ['c11', 'c12'], 0, 1)])).toEqual({
      held: [0, 2, 3],
      value: 11,
      looseQuotas: [],
      unmetQuotas: [],
    })
    expect(chosen([quota('q', ['c11', 'c21'], 0, 1), quota('r', ['c12', 'c22'], 0, 1)])).toMatchObject({
      held: [0, 3],
      value: 9,
    })
    const one = people({ id: 'h1', maxMeetings: 1 })
    expect(chosen([quota('q', ['c21'], 1)], { participants: one })).toMatchObject({
      held: [1, 2, 3],
      value: 9,
      unmetQuotas: [],
    })
    expect(chosen([quota('q', ['c11', 'c21'], 2)], { participants: one })).toMatchObject({ unmetQuotas: [0] })
    expect(chosen([quota('q', ['c11', 'c22'], 0, 1)])).toMatchObject({ looseQuotas: [0], held: [0, 1, 2, 3] })
    expect(chosen([quota('q', [], 0, 1)])).toMatchObject({ looseQuotas: [0] })
    expect(chosen([quota('q', ['c11', 'c12'], 0, 1), quota('r', ['c11'], 0, 0)])).toMatchObject({
      looseQuotas: [1],
    })
    const required = tinyJson().candidates.map((candidate) => ({
      ...candidate,
      required: candidate.id === 'c11',
    }))
    expect(chosen([quota('q', ['c11', 'c12'], 1, 1)], { candidates: required })).toMatchObject({
      held: [0, 2, 3],
      value: 11,
    })
  })

  test('takes halves where pairs go around in odd circles', () => {
    const candidates = ['ab', 'bc', 'ca'].map((pair) => ({
      id: pair,
      participants: [pair[0], pair[1]],
      value: 3,
    }))
    const participants = [...'abc'].map((id) => ({ id, maxMeetings: 1, fairnessGroup: 'x' }))
    const problem = compile(tiny({ participants, candidates }))
    const { share, whole, fairness, prices } = select(problem, ['value', 'fairness'])
    expect([[...share], whole]).toEqual([[0.5, 0.5, 0.5], false])
    expect(boundOf(problem, 'value', prices.value!, 0)).toBe(4)
    expect(fairness).toEqual([1, 1, 1])
    const even = compile(tiny({ participants: [...'abc'].map((id) => ({ id })), candidates }))
    expect(select(even, ['value'])).toMatchObject({ whole: true, share: Float64Array.of(1, 1, 1) })
    const quotas = [{ id: 'q', candidates: ['ab', 'ca'], max: 1 }]
    const few = compile(tiny({ participants: [...'abc'].map((id) => ({ id })), candidates, quotas }))
    const chosen = select(few, ['value'])
    expect([boundOf(few, 'value', chosen.prices.value!, 0), chosen.share[1]]).toEqual([6, 1])
    expect(chosen.share[0] + chosen.share[2]).toBe(1)
  })
})

describe('an event by index', () => {
  test('is read by the flow without candidates', () => {
    const empty = compile(
      parseInstance({ format: 'incontro/instance', version: 1, slots: [], participants: [], candidates: [] }),
    )
    expect(select(empty, ['shortfall', 'value', 'fairness'])).toMatchObject({ fairness: [], whole: true })
  })
})

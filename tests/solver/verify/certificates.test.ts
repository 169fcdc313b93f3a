import { describe, expect, test } from 'vitest'
import { BreakPricing } from '../../../solver/bounds/break-relaxation.ts'
import { lowerBounds } from '../../../solver/bounds/day-level-bounds.ts'
import { dualBound, type Prices } from '../../../solver/bounds/dual-bound.ts'
import { boundOf } from '../../../solver/bounds/level-bound.ts'
import { fewestBreaks } from '../../../solver/bounds/min-breaks.ts'
import { findCertain, type Slack } from '../../../solver/bounds/reduced-cost-fixing.ts'
import { writeSlotPrices } from '../../../solver/bounds/slot-prices.ts'
import type { Certificate } from '../../../solver/format/solution.ts'
import { checkRules, measure, parseInstance, type Instance } from '../../../solver/index.ts'
import { compile, type Problem } from '../../../solver/model/problem.ts'
import { seededRandom, shuffle, type Random } from '../../../solver/model/random.ts'
import { findContradiction } from '../../../solver/presolve/presolve.ts'
import { select } from '../../../solver/select/flow-selection.ts'
import * as breaks from '../../../solver/verify/breaks.ts'
import { findProofs } from '../../../solver/verify/certificates.ts'
import * as certain from '../../../solver/verify/certain.ts'
import { factsOf, type Facts } from '../../../solver/verify/facts.ts'
import * as proven from '../../../solver/verify/prices.ts'
import { filledAgenda, heldIn, randomEvent, type EventOptions } from '../events.ts'
import { claimless, people, tiny } from '../tiny.ts'

const ORDERS = [
  ['shortfall', 'value', 'fairness', 'breaks', 'idle', 'seatedMoves', 'tableMoves'],
  ['value', 'breaks', 'tableMoves', 'shortfall', 'seatedMoves'],
  ['breaks', 'tableMoves', 'idle', 'value'],
]

/** Events with rules of every kind, of which nothing shows that they cannot be. */
const events = Array.from({ length: 1_000 }, (_, seed): Instance => {
  const options: EventOptions = {
    slots: 2 + (seed % 6),
    people: 3 + (seed % 6),
    candidates: 3 + (seed % 16),
    tables: (['counted', 'listed', 'none'] as const)[seed % 3],
    limits: seed % 2 === 0,
    quotas: seed % 5 < 2,
    locks: seed % 7 < 2,
    days: seed % 11 < 4,
    required: [0, 0.2, 1][seed % 3],
    objective: ORDERS[seed % 4] ?? ORDERS[0],
    rules: {
      breakScope: seed % 8 < 4 ? 'block' : 'event',
      seated: [['host'], [], ['host', 'project']][seed % 3],
      ...(seed % 5 ? {} : { tolerance: { value: 0.1 } }),
    },
  }
  return withNothingFor(seed, randomEvent(seed, options))
}).filter((instance) => findContradiction(compile(instance)) === null)

/** Now and then somebody may have no meetings at all, or a quota allows none. */
function withNothingFor(seed: number, instance: Instance): Instance {
  const [first, ...others] = instance.participants
  const [quota, ...quotas] = instance.quotas
  if (seed % 9 === 0) return { ...instance, participants: [{ ...first, maxMeetings: 0 }, ...others] }
  return quota && seed % 4 === 0
    ? { ...instance, quotas: [{ ...quota, min: 0, max: 0 }, ...quotas] }
    : instance
}

/** Prices in the grain in which the search writes them. */
const someOf = (random: Random, count: number, from: number, to: number) =>
  Float64Array.from({ length: count }, () =>
    random.below(2) ? 0 : from + random.below((to - from) * 1024 + 1) / 1024,
  )

function randomPrices({ instance, participantCount, slotCount, places }: Problem, random: Random): Prices {
  const days = {
    busy: someOf(random, participantCount * slotCount, 0, 2),
    tables: places < Infinity ? someOf(random, slotCount, 0, 1) : new Float64Array(slotCount),
  }
  return {
    participants: someOf(random, participantCount, -3, 3),
    tables: places < Infinity ? random.below(3) : 0,
    shortfall: random.below(3),
    quotas: someOf(random, instance.quotas.length, -2, 2),
    days: random.below(2) ? days : null,
  }
}

const breakPrices = ({ participantCount, slotCount, places }: Problem, random: Random) => ({
  busy: someOf(random, participantCount * slotCount, -1, 1),
  tables: places < Infinity ? someOf(random, slotCount, 0, 0.5) : new Float64Array(slotCount),
})

/** The same prices as a file has them. */
function written({ instance }: Problem, prices: Prices): Certificate {
  const named = (list: { id: string }[], of: Float64Array) =>
    Object.fromEntries(list.map(({ id }, index) => [id, of[index]]))
  return {
    participants: named(instance.participants, prices.participants),
    tables: prices.tables,
    shortfall: prices.shortfall,
    quotas: named(instance.quotas, prices.quotas),
    ...(prices.days ? { days: writeSlotPrices(instance, prices.days) } : {}),
  }
}

const read = (facts: Facts, { instance }: Problem, prices: Prices): proven.Prices =>
  proven.readPrices(facts, written({ instance } as Problem, prices), prices.shortfall)

/** Those in which a schedule is found, with prices that are as sharp as can be or just any. */
const cases = events.flatMap((instance, seed) => {
  const random = seededRandom(seed)
  const problem = compile(instance)
  const meetings = heldIn(filledAgenda(instance, random))
  if (checkRules(instance, meetings).length > 0) return []
  const best = seed % 2 ? select(problem, ['value']).prices.value : null
  const prices = best ?? randomPrices(problem, random)
  const measured = measure(instance, meetings)
  const gap = dualBound(problem, prices, problem.value) + prices.shortfall * (measured.shortfall as number)
  const slack: Slack = { prices, gap: gap - (measured.value as number) }
  return [{ seed, instance, facts: factsOf(instance), problem, measured, meetings, prices, slack }]
})

const forEach = (check: (one: (typeof cases)[number]) => void) => {
  for (const one of cases) check(one)
}

describe('what the referee reads by itself is what the search goes by', () => {
  test('of when meetings can be held, and how many each can have', () => {
    forEach(({ seed, facts, problem }) => {
      const { slotCount, allowed, fewest, capacity, places, tablesIn } = problem
      const slots = facts.meetings.map((one) =>
        Uint8Array.from({ length: slotCount }, (_, slot) => (one.slots.includes(slot) ? 1 : 0)),
      )
      expect({
        seed,
        slots: slots.flatMap((row) => [...row]),
        numbers: facts.people.map((one) => [one.fewest, one.most]),
        places: [facts.places, ...facts.tablesIn],
      }).toEqual({
        seed,
        slots: [...allowed],
        numbers: facts.people.map((_, p) => [fewest[p], capacity[p]]),
        places: [places, ...tablesIn],
      })
    })
  })

  test('of what prices prove', () => {
    forEach(({ seed, facts, problem, prices }) => {
      const own = read(facts, problem, prices)
      const nothing = new Float64Array(problem.candidateCount)
      expect([
        seed,
        proven.provenMost(facts, own, ({ value }) => value),
        proven.provenMost(facts, own, () => 0),
        proven.mostValue(facts, own, 2),
        proven.leastShortfall(facts, { ...own, missing: 1 }),
      ]).toEqual([
        seed,
        dualBound(problem, prices, problem.value),
        dualBound(problem, prices, nothing),
        boundOf(problem, 'value', prices, 2),
        boundOf(problem, 'shortfall', { ...prices, shortfall: 1 }, 0),
      ])
    })
  })

  test('of what is certain, and of breaks that each person alone cannot do without', () => {
    forEach(({ seed, instance, facts, problem, prices, slack: real }) => {
      for (const gap of [null, real.gap, real.gap + 0.5]) {
        const slack: Slack | null = gap === null ? null : { prices, gap }
        const theirs = findCertain(problem, slack)
        const ours = certain.findCertain(
          facts,
          slack && { prices: read(facts, problem, prices), gap: slack.gap },
        )
        const { slotCount } = problem
        expect({
          seed,
          gap,
          state: facts.meetings.map((one) => (ours.held.has(one) ? 2 : ours.open.has(one) ? 1 : 0)),
          numbers: [ours.low, ours.high],
          isFull: ours.isFull,
          slots: ours.slots,
          breaks: facts.people.map((one) => breaks.fewestBreaks(instance, ours, one) ?? -1),
        }).toEqual({
          seed,
          gap,
          state: [...theirs.state],
          numbers: [[...theirs.low], [...theirs.high]],
          isFull: theirs.full,
          slots: facts.meetings.map((_, c) =>
            [...Array(slotCount).keys()].filter((slot) => theirs.allowed[c * slotCount + slot]),
          ),
          breaks: [...fewestBreaks(problem, theirs)],
        })
      }
    })
  })

  test('of breaks, idle slots and changes of table, with certificates and without', () => {
    forEach(({ seed, instance, problem, measured: real, meetings, prices }) => {
      const { objective } = instance.rules
      // As if there were fewer breaks than none: otherwise few changes of table would be certain in events so small.
      const measured = { ...real, breaks: (real.breaks as number) - 20 }
      const value = seed % 3 ? prices : null
      const days = seed % 2 ? null : breakPrices(problem, seededRandom(seed))
      const theirs = lowerBounds(problem, measured, () => value, days)
      const certificate = {
        ...(value ? { value: written(problem, value) } : {}),
        ...(days ? { breaks: writeSlotPrices(instance, days) } : {}),
      }
      const ours = findProofs(instance, { ...claimless(meetings), certificate }, measured)
      for (const level of ['breaks', 'idle', 'seatedMoves', 'tableMoves'] as const)
        if (objective.includes(level))
          expect([seed, level, ours(level).least(level)]).toEqual([seed, level, theirs(level)])
    })
  })

  test('of what prices prove of breaks', () => {
    forEach(({ seed, facts, problem, prices, slack: real }) => {
      const days = breakPrices(problem, seededRandom(seed))
      const own = proven.readDayPrices(facts, writeSlotPrices(problem.instance, days))
      for (const slack of [null, real]) {
        const theirs = findCertain(problem, slack)
        const ours = certain.findCertain(facts, slack && { ...slack, prices: read(facts, problem, prices) })
        const fewest = fewestBreaks(problem, theirs)
        expect([seed, breaks.provenBreaks(facts, ours, own, [...fewest])]).toEqual([
          seed,
          new BreakPricing(problem, theirs, fewest).evaluate(days),
        ])
      }
    })
  })

  test('of breaks that a limit of meetings asks for', () => {
    const instance = tiny({
      slots: ['s1', 's2', 's3', 's4'].map((id) => ({ id })),
      participants: people({ id: 'p1', limits: [{ slots: ['s2', 's3'], max: 1 }] }),
      candidates: ['h1', 'h2', 'h2'].map((host, c) => ({
        id: `c${c}`,
        participants: ['p1', host],
        required: true,
      })),
    })
    const [facts, problem] = [factsOf(instance), compile(instance)]
    const ours = certain.findCertain(facts, null)
    expect(breaks.fewestBreaks(instance, ours, facts.people[0])).toBe(1)
    expect([...fewestBreaks(problem, findCertain(problem, null))]).toEqual([1, 0, 0, 0])
  })

  test('of breaks in a long day, up to where both give up', () => {
    for (let seed = 0; seed < 12; seed++) {
      const instance = longDay(seededRandom(seed), seed % 3 === 0)
      const problem = compile(instance)
      const facts = factsOf(instance)
      const ours = certain.findCertain(facts, null)
      expect([seed, breaks.fewestBreaks(instance, ours, facts.people[0])]).toEqual([
        seed,
        fewestBreaks(problem, findCertain(problem, null))[0],
      ])
    }
  })
})

/** Somebody with twelve meetings in a day of thirty slots, of which few suit each, or one of its own. */
function longDay(random: Random, isFixed: boolean): Instance {
  const ids = Array.from({ length: 30 }, (_, index) => `s${index}`)
  const others = Array.from({ length: 12 }, (_, index) => `h${index}`)
  const own = shuffle([...ids.keys()], random)
  return parseInstance({
    format: 'incontro/instance',
    version: 1,
    slots: ids.map((id) => ({ id })),
    participants: ['p', ...others].map((id) => ({ id })),
    candidates: others.map((id, index) => ({
      id: `c${id}`,
      participants: ['p', id],
      required: true,
      slots: isFixed ? [ids[own[index]]] : ids.filter(() => random.below(6) === 0),
    })),
  })
}

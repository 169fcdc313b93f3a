import { describe, expect, test } from 'vitest'
import { Agenda } from '../../solver/agenda.ts'
import { approach, chart, isOutOfReach } from '../../solver/approach.ts'
import { dive, openSlots, type Sea } from '../../solver/dive.ts'
import { dualBound } from '../../solver/dual-bound.ts'
import { evenOut } from '../../solver/even.ts'
import { checkRules, measure, parseInstance, type Instance, type Meeting } from '../../solver/index.ts'
import { loosen } from '../../solver/loosen.ts'
import { agendas, pauses } from '../../solver/objective.ts'
import { place } from '../../solver/place.ts'
import { compile, type Problem } from '../../solver/problem.ts'
import { seededRandom } from '../../solver/random.ts'
import { rescue } from '../../solver/rescue.ts'
import { startSearch } from '../../solver/search.ts'
import { select } from '../../solver/select.ts'
import { SlotPricing } from '../../solver/slot-pricing.ts'
import { approximate } from '../../solver/value-bound.ts'
import { scoreOf, weighLevels } from '../../solver/worth.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, schedules, type EventOptions } from './events.ts'
import { tiny, tinyJson } from './tiny.ts'

const KINDS: [string, EventOptions][] = [
  ['few rules', {}],
  ['limits', { limits: true, tables: 'none' }],
  ['an order and quotas', { order: true, quotas: true }],
  ['locks', { locks: true, limits: true }],
  ['tables that differ', { tables: 'listed', limits: true, slots: 3, candidates: 5 }],
]
const LEVELS = ['shortfall', 'value']
const everything = ({ possible }: Problem) => [...possible.keys()].filter((c) => possible[c])

/** Whether one more meeting could be held as things are. */
const hasRoom = (instance: Instance, held: Meeting[]) =>
  instance.candidates.some(
    ({ id }) =>
      !held.some(({ candidate }) => candidate === id) &&
      instance.slots.some((slot) => canBeHeld(instance, [...held, { candidate: id, slot: slot.id }])),
  )

/** A round of meetings between two sides of as many people as there are slots: everybody is always busy. */
const square = (size: number, parts: object = {}) => {
  const ids = Array.from({ length: size }, (_, index) => index)
  return parseInstance({
    format: 'incontro/instance',
    version: 1,
    slots: ids.map((i) => ({ id: `s${i}` })),
    participants: [...ids.map((i) => ({ id: `p${i}` })), ...ids.map((i) => ({ id: `h${i}` }))],
    candidates: ids.flatMap((i) => ids.map((j) => ({ id: `c${i}${j}`, participants: [`p${i}`, `h${j}`] }))),
    ...parts,
  })
}

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

/** The best score of all schedules by weights of the levels. */
function bestScore(instance: Instance): number {
  const problem = compile(instance)
  const worth = weighLevels(problem)
  let best = -Infinity
  for (const held of schedules(instance)) {
    const agenda = new Agenda(problem)
    for (const { candidate, slot } of held) agenda.put(Number(candidate.slice(1)), Number(slot.slice(1)) - 1)
    best = Math.max(best, scoreOf(agenda, worth))
  }
  return best
}

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

  test('gives back of the guarantee what the tolerance allows, for value', () => {
    let gained = 0
    for (let seed = 1; seed <= 10; seed++) {
      const rules = { tolerance: { shortfall: 0.5 } }
      const options = { slots: 3, candidates: 6, people: 5, limits: true, objective: LEVELS, rules }
      const instance = randomEvent(seed, options)
      const all = [...schedules(instance)].map(
        (held) => measure(instance, held) as { shortfall: number; value: number },
      )
      const agenda = new Agenda(compile(instance))
      rescue(agenda, startSearch({ seed }, 1e9), 1_500)
      const before = measure(instance, heldIn(agenda))
      const most = Math.floor((before.shortfall as number) * 1.5)
      const best = Math.max(...all.filter(({ shortfall }) => shortfall <= most).map(({ value }) => value))
      loosen(agenda, startSearch({ seed }, 1e9), 500)
      const after = measure(instance, heldIn(agenda))
      expect(after.shortfall).toBeLessThanOrEqual(most)
      expect([seed, after.value]).toEqual([seed, best])
      if (after.value > before.value) gained++
    }
    expect(gained).toBeGreaterThan(0)
    for (const objective of [['value', 'shortfall'], ['value'], ['shortfall']]) {
      const instance = randomEvent(2, { limits: true, objective, rules: { tolerance: { shortfall: 1 } } })
      const agenda = filledAgenda(instance, seededRandom(1), 0.3)
      const [before, search] = [agenda.slotOf.slice(), startSearch({}, 1e9)]
      loosen(agenda, search, 100)
      expect([agenda.slotOf, search.iterations]).toEqual([before, 0])
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

/** Prices of the value by slot, near the linear program. */
function seaOf(instance: Instance): { agenda: Agenda; sea: Sea } {
  const problem = compile(instance)
  const agenda = new Agenda(problem)
  return { agenda, sea: chart(agenda, select(problem, problem.instance.rules.objective)) }
}

describe('diving for a schedule', () => {
  test.each(KINDS)('fills it until nothing more fits, in an event with %s', (_, options) => {
    for (let seed = 1; seed <= 8; seed++) {
      const instance = randomEvent(seed, { ...options, objective: LEVELS })
      const { agenda, sea } = seaOf(instance)
      const search = startSearch({ seed }, 1e9)
      dive(agenda, sea, openSlots(agenda.problem, sea, Infinity), search, search.isOver)
      expect(canBeHeld(instance, heldIn(agenda))).toBe(true)
      expect(hasRoom(instance, heldIn(agenda))).toBe(false)
      const again = new Agenda(agenda.problem)
      const other = startSearch({ seed }, 1e9)
      dive(again, sea, openSlots(agenda.problem, sea, Infinity), other, other.isOver)
      expect([again.slotOf, other.iterations]).toEqual([agenda.slotOf, search.iterations])
      expect(search.iterations % 30).toBe(0)
    }
  })

  test('adds what fits even if it is over at once', () => {
    const { agenda, sea } = seaOf(square(3))
    const search = startSearch({}, 1e9)
    dive(agenda, sea, openSlots(agenda.problem, sea, Infinity), search, () => true)
    expect(search.iterations).toBe(0)
    expect(heldIn(agenda).length).toBeGreaterThan(4)
    expect(hasRoom(agenda.problem.instance, heldIn(agenda))).toBe(false)
  })

  test('looks at slots in which a meeting loses no more than the gap', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed)
      const instance = randomEvent(seed, { quotas: true, required: 0.3, objective: LEVELS })
      const problem = compile(instance)
      const { slotCount, participantCount, first, second, allowed, quotasOf, mandatory, possible } = problem
      const any = (length: number) => Float64Array.from({ length }, () => random.below(4))
      const [busy, tables] = [any(participantCount * slotCount), any(slotCount)]
      const prices = {
        participants: any(participantCount),
        tables: 1,
        shortfall: 0,
        quotas: any(2),
        days: { busy, tables },
      }
      const sea = { prices, worth: problem.value, shortfall: 0, bound: 0 }
      for (const gap of [0, 1.5, Infinity]) {
        const truth: number[] = []
        for (let c = 0; c < problem.candidateCount; c++) {
          if (!possible[c]) continue
          const costs = Array.from({ length: slotCount }, (_, slot) =>
            allowed[c * slotCount + slot]
              ? busy[first[c] * slotCount + slot] + busy[second[c] * slotCount + slot] + tables[slot]
              : Infinity,
          )
          const paid = [first[c], second[c]]
            .map((p) => prices.participants[p])
            .concat(quotasOf[c].map((q) => prices.quotas[q]))
          const excess = problem.value[c] - 1 - paid.reduce((sum, one) => sum + one, 0)
          const least = Math.min(...costs)
          const most = gap + (mandatory[c] ? least : Math.min(least, excess))
          costs.forEach((cost, slot) => cost < Infinity && cost <= most && truth.push(c * slotCount + slot))
        }
        expect([...openSlots(problem, sea, gap)]).toEqual(truth)
      }
    }
  })

  test.each(KINDS.slice(0, 2))(
    'again and again comes to the best of an event with %s',
    async (_, options) => {
      let reached = 0
      for (let seed = 1; seed <= 5; seed++) {
        const instance = randomEvent(seed, {
          ...options,
          slots: 3,
          candidates: 6,
          people: 4,
          objective: LEVELS,
        })
        const best = bestScore(instance)
        const { agenda, sea } = seaOf(instance)
        const search = startSearch({ seed }, 1e9)
        await approach(agenda, sea, { rounds: 20, patience: 10 }, search, search.isOver)
        const score = scoreOf(agenda, weighLevels(agenda.problem))
        expect(canBeHeld(instance, heldIn(agenda))).toBe(true)
        expect(score).toBeLessThanOrEqual(best)
        if (score === best) reached++
      }
      expect(reached).toBeGreaterThanOrEqual(4)
    },
  )

  test('ends when it is over, and leaves what there was if nothing is better', async () => {
    const { agenda, sea } = seaOf(square(3))
    const search = startSearch({}, 1e9)
    await approach(agenda, sea, { rounds: 9, patience: 9 }, search, () => true)
    expect([heldIn(agenda).length, search.iterations]).toEqual([0, 0])
    await approach(agenda, sea, { rounds: 0, patience: 9 }, search, () => false)
    await approach(agenda, sea, { rounds: 9, patience: 0 }, search, () => false)
    expect([heldIn(agenda).length, search.iterations]).toEqual([0, 0])
    await approach(agenda, { ...sea, bound: 0.5 }, { rounds: 9, patience: 9 }, search, () => false)
    expect(heldIn(agenda)).toEqual([])
    await approach(agenda, sea, { rounds: 30, patience: 30 }, search, () => false)
    expect(heldIn(agenda)).toHaveLength(9)
    const steps = search.iterations
    await approach(agenda, sea, { rounds: 30, patience: 30 }, search, () => false)
    expect(search.iterations).toBe(steps)
  })
})

describe('prices by slot of an agenda', () => {
  // p1 is there for three meetings, of which two could only be in the first slot.
  const crowded = (parts: object = {}) => {
    const only = (id: string, slots?: string[]) => ({
      id,
      participants: ['p1', `h${id[2]}`],
      value: Number(id[1]),
      slots,
    })
    const candidates = [only('c51', ['s1']), only('c32', ['s1']), only('c23', ['s2', 's3'])]
    const participants = ['p1', 'h1', 'h2', 'h3'].map((id) => ({ id }))
    return tiny({ candidates, participants, rules: { objective: LEVELS }, ...parts })
  }

  test('prove that what the flow selects cannot be placed', () => {
    const problem = compile(crowded())
    const selection = select(problem, problem.instance.rules.objective)
    const agenda = new Agenda(problem)
    agenda.put(0, 0)
    agenda.put(2, 1)
    const sea = chart(agenda, selection)
    expect(Math.floor(sea.bound + 1e-6)).toBe(7)
    expect(sea).toMatchObject({ shortfall: 0, worth: problem.value })
    expect(sea.bound).toBeCloseTo(dualBound(problem, sea.prices, problem.value), 9)
    expect(isOutOfReach(problem, selection, sea)).toBe(true)
    expect(isOutOfReach(problem, selection, { ...sea, bound: 10 })).toBe(false)
    expect(isOutOfReach(problem, selection, { ...sea, bound: 9.9 })).toBe(true)
    expect(selection.sharp.value).toBe(sea.prices)
  })

  test('speak of the shortfall where that comes first', () => {
    const participants = ['p1', 'h1', 'h2', 'h3'].map((id) => ({
      id,
      ...(id === 'p1' ? { minMeetings: 3 } : {}),
    }))
    const problem = compile(crowded({ participants }))
    const selection = select(problem, problem.instance.rules.objective)
    const agenda = new Agenda(problem)
    const sea = chart(agenda, selection)
    expect(sea.shortfall).toBe(1)
    const alone = compile(crowded({ participants, rules: { objective: ['shortfall'] } }))
    const other = chart(new Agenda(alone), select(alone, ['shortfall']))
    expect([other.shortfall, [...other.worth]]).toEqual([1, [0, 0, 0]])
    expect(isOutOfReach(problem, selection, { ...sea, bound: 99 })).toBe(true)
    expect(isOutOfReach(problem, selection, { ...sea, bound: 99, shortfall: 0 })).toBe(false)
  })
})

describe('prices by slot near the linear program', () => {
  test.each(KINDS)('prove the same bound wherever they are taken, in an event with %s', (_, options) => {
    for (let seed = 1; seed <= 12; seed++) {
      const instance = randomEvent(seed, {
        ...options,
        required: 0.2,
        slots: 3,
        candidates: 5,
        objective: LEVELS,
      })
      const problem = compile(instance)
      const all = [...schedules(instance)]
      if (all.length === 0) continue
      const { value } = select(problem, problem.instance.rules.objective).prices
      const pricing = new SlotPricing(problem, value!, problem.value, 2)
      const start = dualBound(problem, value!, problem.value) + value!.shortfall * 2
      const isRowed = problem.maxConsecutive.some((one) => one < problem.slotCount)
      const first = pricing.evaluate()
      const isSharper = isRowed || problem.tableOut !== null || problem.quotas.length > 0
      expect(first).toBeLessThanOrEqual(start + 1e-9)
      if (!isSharper) expect(first).toBeCloseTo(start, 9)
      for (let step = 0; step < 20; step++) {
        pricing.follow(2, 0.3)
        pricing.evaluate()
      }
      const best = pricing.read()
      pricing.goBack()
      const bound = pricing.evaluate()
      expect(bound).toBeLessThanOrEqual(first + 1e-9)
      // What is written down proves as much, but for quotas that allow more than they have members.
      if (problem.quotas.length === 0)
        expect(dualBound(problem, best, problem.value) + best.shortfall * 2).toBeLessThanOrEqual(bound + 1e-6)
      for (const held of all) {
        const { value: worth, shortfall } = measure(instance, held) as { value: number; shortfall: number }
        expect(worth - best.shortfall * shortfall).toBeLessThanOrEqual(bound - best.shortfall * 2 + 1e-6)
      }
    }
  })

  test('are never below the best, nor much above those of the flow', () => {
    for (let seed = 1; seed <= 8; seed++) {
      const instance = randomEvent(seed, {
        slots: 3,
        candidates: 6,
        people: 4,
        limits: true,
        objective: ['value'],
      })
      const problem = compile(instance)
      const flow = select(problem, ['value']).prices.value!
      const best = Math.max(
        ...[...schedules(instance)].map((held) => measure(instance, held).value as number),
      )
      const aim = { worth: problem.value, target: best, shortfall: 0 }
      const [before, after] = [flow, approximate(problem, flow, aim)].map((prices) =>
        dualBound(problem, prices, problem.value),
      )
      expect(after).toBeGreaterThanOrEqual(best - 1e-9)
      expect(after).toBeLessThan(before + 0.1)
    }
  })
})

import { describe, expect, test } from 'vitest'
import { FULL_EFFORT } from '../../../solver/model/effort.ts'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { approach, chart, isOutOfReach } from '../../../solver/place/large-neighbourhood.ts'
import { dive, openSlots, type Sea } from '../../../solver/place/lp-diving.ts'
import { dualBound } from '../../../solver/bounds/dual-bound.ts'
import { measure, type Instance, type Meeting } from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { select } from '../../../solver/select/flow-selection.ts'
import { SlotPricing } from '../../../solver/bounds/time-indexed-relaxation.ts'
import { approximate } from '../../../solver/bounds/sharper-prices.ts'
import { scoreOf, weighLevels } from '../../../solver/model/score.ts'
import { bestScore, canBeHeld, heldIn, KINDS, randomEvent, schedules, square } from '../events.ts'
import { tiny } from '../tiny.ts'

const LEVELS = ['shortfall', 'value']

/** Whether one more meeting could be held as things are. */
const hasRoom = (instance: Instance, held: Meeting[]) =>
  instance.candidates.some(
    ({ id }) =>
      !held.some(({ candidate }) => candidate === id) &&
      instance.slots.some((slot) => canBeHeld(instance, [...held, { candidate: id, slot: slot.id }])),
  )

/** Prices of the value by slot, near the linear program. */
function seaOf(instance: Instance): { agenda: Agenda; sea: Sea } {
  const problem = compile(instance)
  const agenda = new Agenda(problem)
  return { agenda, sea: chart(agenda, select(problem, problem.instance.rules.objective), FULL_EFFORT) }
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
    const sea = chart(agenda, selection, FULL_EFFORT)
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
    const sea = chart(agenda, selection, FULL_EFFORT)
    expect(sea.shortfall).toBe(1)
    const alone = compile(crowded({ participants, rules: { objective: ['shortfall'] } }))
    const other = chart(new Agenda(alone), select(alone, ['shortfall']), FULL_EFFORT)
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
      const [before, after] = [flow, approximate(problem, flow, aim, FULL_EFFORT)].map((prices) =>
        dualBound(problem, prices, problem.value),
      )
      expect(after).toBeGreaterThanOrEqual(best - 1e-9)
      expect(after).toBeLessThan(before + 0.1)
    }
  })
})

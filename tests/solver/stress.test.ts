import { describe, expect, test } from 'vitest'
import {
  measure,
  parseInstance,
  solve,
  stress,
  type Instance,
  type Meeting,
  type Outcome,
  type Stress,
} from '../../solver/index.ts'
import { compile } from '../../solver/model/problem.ts'
import { withoutPeople } from '../../solver/repair/absent-people.ts'
import { isBetter, isSame } from '../../solver/spec/level-order.ts'
import { anyEventOrDays } from './any-event.ts'
import { generateCamp } from './generate.ts'
import { allSeated } from './seated.ts'
import { claimless, meetings, people, tiny } from './tiny.ts'

/** More events with `EVENTS=5000 npm test -- tests/solver/stress`. */
const EVENTS = Number(process.env.EVENTS ?? 150)
const SCENARIOS = 3

/** What the sentence of an outcome says of these meetings, counted anew. */
function told(instance: Instance, plan: Meeting[], absent: string[], held: Meeting[]) {
  const ids = new Set(held.map(({ candidate }) => candidate))
  const count = (id: string) =>
    instance.candidates.filter((one) => ids.has(one.id) && one.participants.includes(id)).length
  const come = instance.participants.filter(({ id }) => !absent.includes(id))
  return {
    kept: plan.filter(({ candidate }) => ids.has(candidate)).length,
    held: held.length,
    value: instance.candidates.reduce((sum, { id, value }) => sum + (ids.has(id) ? value : 0), 0),
    broken: come.filter(({ id, minMeetings }) => count(id) < minMeetings).length,
  }
}

/** What does not hold of an outcome, beside all the schedules there are. */
function faults(event: Instance, plan: Meeting[], outcome: Outcome | null, absent: string[]): string[] {
  const indices = absent.map((id) => event.participants.findIndex((one) => one.id === id))
  const { instance } = withoutPeople(compile({ ...event, base: plan }), new Set(indices))
  const all = [...allSeated(instance)].map((held) => ({ held, levels: measure(instance, held) }))
  if (!outcome) return []
  const { objective } = event.rules
  const before = objective.slice(0, objective.indexOf('shortfall') + 1)
  const levels = [...before, 'changes' as const]
  const best = all.reduce((one, other) => (isBetter(levels, other.levels, one.levels) ? other : one)).levels
  const { absent: _, changes, ...sums } = outcome
  const like = all.filter(
    ({ held, levels }) =>
      levels.changes === changes.value &&
      Object.entries(told(event, plan, absent, held)).every(([key, sum]) => sums[key as 'kept'] === sum),
  )
  const isBest = like.some((one) => levels.every((level) => isSame(one.levels[level], best[level])))
  return [
    ...(like.length === 0 ? ['there is no such schedule'] : []),
    ...(changes.proven && !isBest ? [`${changes.value} changes are not the fewest`] : []),
    ...(changes.proven && changes.bound !== changes.value ? ['it is proven without its bound'] : []),
  ]
}

describe('a schedule under stress', () => {
  test('is repaired in each scenario as well as it says, beside all schedules', async () => {
    let [seen, proven] = [0, 0]
    for (let seed = 1; seed <= EVENTS; seed++) {
      const { instance } = anyEventOrDays(seed)
      const { meetings: plan } = await solve(instance, { maxIterations: 300 })
      if (plan.length === 0) continue
      const found = await stress(instance, claimless(plan), { absence: 0.3, scenarios: SCENARIOS, seed })
      for (const outcome of found.outcomes)
        expect([seed, faults(instance, plan, outcome, outcome?.absent ?? [])]).toEqual([seed, []])
      seen += found.scenarios - found.unsolved
      proven += found.proven
    }
    expect(proven / seen).toBeGreaterThan(0.8)
  })
})

const plan = claimless(meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2'))

describe('a stress test', () => {
  test('draws everybody by their own chance, or the one for all', async () => {
    const event = tiny({ participants: people({ id: 'p1', absence: 1 }, { id: 'h1', absence: 0 }) })
    const absentIn = ({ outcomes }: Stress) => outcomes.map((one) => one!.absent.join(' '))
    expect(absentIn(await stress(event, plan, { scenarios: 2 }))).toEqual(['p1', 'p1'])
    const all = await stress(event, plan, { scenarios: 2, absence: 1 })
    expect(absentIn(all)).toEqual(['p1 p2 h2', 'p1 p2 h2'])
    expect(await stress(tiny(), plan, { scenarios: 3 })).toMatchObject({
      kept: { min: 4, max: 4 },
      proven: 3,
    })
  })

  test('tells what is kept, what is broken and who is exposed', async () => {
    const event = tiny({ participants: people({ id: 'p1', absence: 1 }, { id: 'h1', minMeetings: 2 }) })
    const { kept, held, value, broken, participants, plan: before, ...rest } = await stress(event, plan)
    expect(before).toEqual({ held: 4, value: 14, broken: 0 })
    const always = (number: number) => ({
      min: number,
      p5: number,
      median: number,
      max: number,
      mean: number,
    })
    expect([kept, held, value, broken]).toMatchObject([always(2), always(2), always(6), always(1)])
    expect(rest).toMatchObject({ seed: 1, scenarios: 200, unsolved: 0, proven: 200 })
    expect(participants.slice(0, 2)).toEqual([
      { participant: 'h1', absent: 0, planned: 2, lost: 1, worst: 1, broken: 1 },
      { participant: 'h2', absent: 0, planned: 2, lost: 1, worst: 1, broken: 0 },
    ])
    expect(participants.at(-1)).toEqual({
      participant: 'p2',
      absent: 0,
      planned: 2,
      lost: 0,
      worst: 0,
      broken: 0,
    })
  })

  test('fills what becomes free, which keeps no more of the plan', async () => {
    const event = tiny({ slots: [{ id: 's1' }], tables: 1, participants: people({ id: 'h1', absence: 1 }) })
    const { kept, held } = await stress(event, claimless(meetings('c11 s1')), { scenarios: 1 })
    expect([kept!.max, held!.max]).toEqual([0, 1])
  })

  test('is the same for the same seed, and begins the same however long it is', async () => {
    const event = parseInstance(
      generateCamp(3, { projects: 8, hosts: 8, slots: 6, tables: 5, wishes: [3, 6] }),
    )
    const solution = await solve(event)
    const run = (scenarios: number, seed = 4) => stress(event, solution, { absence: 0.2, scenarios, seed })
    const [one, same, longer, other] = [await run(12), await run(12), await run(20), await run(12, 5)]
    expect(JSON.stringify(same)).toBe(JSON.stringify(one))
    expect(longer.outcomes.slice(0, 12)).toEqual(one.outcomes)
    expect(other.outcomes).not.toEqual(one.outcomes)
  })

  test('tells how far it is, and ends when it is told to with what there is', async () => {
    const told: object[] = []
    let clock = 100
    const options = { scenarios: 9, absence: 0.5, now: () => clock++ }
    const found = await stress(tiny(), plan, {
      ...options,
      stop: () => told.length === 2,
      onProgress: (progress) => told.push(progress),
    })
    expect(found.scenarios).toBe(2)
    expect(told).toMatchObject([
      { done: 1, of: 9, elapsedMs: 1 },
      { done: 2, of: 9 },
    ])
    const none = await stress(tiny(), plan, { ...options, stop: () => true })
    expect(none).toMatchObject({ scenarios: 0, kept: null, outcomes: [] })
  })

  test('counts days for which no schedule was found, and nothing else of them', async () => {
    const quotas = [
      { id: 'q', candidates: ['c12'], min: 1 },
      { id: 'r', candidates: ['c22'], min: 1, max: 1 },
    ]
    const rules = { maxBreakSpread: 0 }
    const people2 = people({ id: 'p1', absence: 1 }, { id: 'h2', unavailable: ['s1', 's2', 's4'] })
    const event = tiny({ quotas, rules, participants: people2 })
    const found = await stress(event, claimless(meetings('c12 s3 t1')), { scenarios: 2 })
    expect(found.scenarios).toBe(2)
    expect(found.outcomes.every((one) => one === null || one.held > 0)).toBe(true)
  })

  test.each([
    [{ absence: 1.2 }, 'absence must be a number from 0 to 1, not 1.2'],
    [{ absence: NaN }, 'absence must be a number from 0 to 1, not NaN'],
    [{ scenarios: 1.5 }, 'scenarios must be a whole number, not 1.5'],
    [{ scenarios: -1 }, 'scenarios must be a whole number, not -1'],
  ])('refuses %j', async (options, message) => {
    await expect(stress(tiny(), plan, options)).rejects.toThrow(new RangeError(message))
  })
})

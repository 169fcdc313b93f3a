import { describe, expect, test } from 'vitest'
import {
  frontier,
  measure,
  parseInstance,
  VARIED,
  vary,
  type Instance,
  type Level,
  type LevelValue,
  type Point,
  type Variation,
} from '../../solver/index.ts'
import type { Random } from '../../solver/model/random.ts'
import { isBetterOrEqual } from '../../solver/spec/level-order.ts'
import { anyEventOrDays, pick } from './any-event.ts'
import { generateCamp } from './generate.ts'
import { allSeated } from './seated.ts'
import { meetings, people, tiny, tinyJson } from './tiny.ts'

/** More events with `EVENTS=5000 npm test -- tests/solver/frontier`. */
const EVENTS = Number(process.env.EVENTS ?? 200)

type Measured = Record<Level, LevelValue>

/** The schedules that count as good on the levels before the value, and the best value among them. */
function bestOf({ rules }: Instance, all: Measured[]): Measured {
  const before = rules.objective.slice(0, rules.objective.indexOf('value'))
  const left = before.reduce((good, level) => {
    const best = good.reduce(
      (one, { [level]: other }) => (isBetterOrEqual(level, one, other) ? one : other),
      good[0][level],
    )
    const within =
      typeof best === 'number' ? Math.floor(best * (1 + (rules.tolerance[level] ?? 0)) + 1e-9) : best
    return good.filter((one) => isBetterOrEqual(level, one[level], within))
  }, all)
  return left.reduce((one, other) => (other.value > one.value ? other : one))
}

/** What does not hold of a point, beside all the schedules of its event. */
function faults(event: Instance, { value, bound, proven, shortfall, meetings }: Point): string[] {
  const held = [...allSeated(event)]
  const all = held.map((one) => measure(event, one))
  if (value === null) return proven && all.length > 0 ? ['there is a schedule'] : []
  if (all.length === 0) return ['there is no schedule']
  const best = bestOf(event, all)
  const isThere = all.some(
    (one, index) =>
      one.value === value &&
      held[index].length === meetings &&
      (shortfall === null || one.shortfall === shortfall.value),
  )
  return [
    ...(isThere ? [] : ['there is no such schedule']),
    ...(Number(best.value) > bound! ? [`the value can be ${best.value}`] : []),
    ...(shortfall && Number(best.shortfall) < shortfall.bound
      ? [`the shortfall can be ${best.shortfall}`]
      : []),
    ...(proven && best.value !== value ? [`the best is ${best.value}, which is proven to be ${value}`] : []),
  ]
}

function anyVariation(random: Random, { participants, quotas, rules }: Instance): Variation | null {
  const rule = pick(random, VARIED)
  const ids = participants.map(({ id }) => id)
  const some = ids.filter(() => random.below(2) === 0)
  switch (rule) {
    case 'minMeetings':
    case 'maxMeetings':
    case 'maxConsecutive':
    case 'limits':
      return some.length > 0 ? { rule, participants: some } : { rule }
    case 'quotaMin':
    case 'quotaMax':
      return quotas.length > 0 ? { rule, quota: quotas[0].id } : null
    case 'tolerance':
      return rules.objective.includes('shortfall')
        ? { rule, level: pick(random, ['shortfall', 'value']) }
        : null
    case 'people':
      return { rule, like: pick(random, ids) }
    case 'hours':
      return null
    default:
      return { rule }
  }
}

const stepsOf = ({ rule }: Variation): number[] => {
  if (rule === 'tolerance') return [0, 0.5, 1]
  return rule === 'maxConsecutive' ? [2, 1, 3] : rule === 'people' ? [1, 0] : [0, 2, 1]
}

async function tryEvent(seed: number): Promise<string[]> {
  const { random, instance } = anyEventOrDays(seed)
  const variation = anyVariation(random, instance)
  if (!variation || !instance.rules.objective.includes('value')) return []
  const maxIterations = pick(random, [300, 3000])
  const points = await frontier(instance, variation, stepsOf(variation), { seed, maxIterations }).catch(
    (error) => {
      if (error instanceof RangeError && /^(quota|nobody of them)/.test(error.message)) return []
      throw error
    },
  )
  return points.flatMap((point) =>
    faults(vary(instance, variation, point.step), point).map(
      (fault) => `${variation.rule} ${point.step}: ${fault}`,
    ),
  )
}

describe('the frontier of an event with any rules', () => {
  test('claims nothing that does not hold, beside all schedules', async () => {
    for (let seed = 1; seed <= EVENTS; seed++) expect([seed, await tryEvent(seed)]).toEqual([seed, []])
  })
})

const STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8]

describe('the frontier of a guarantee', () => {
  test.each([1, 2, 3])('of a camp is proven at every step, camp %i', async (seed) => {
    const camp = parseInstance(generateCamp(seed, { tables: 8 }))
    const points = await frontier(camp, { rule: 'minMeetings', fairnessGroup: 'not-financed' }, STEPS)
    expect(points.map(({ step }) => step)).toEqual(STEPS)
    expect(points.every(({ proven, shortfall }) => proven && shortfall!.value === 0)).toBe(true)
    const values = points.map(({ value }) => value!)
    expect(values.toSorted((one, other) => other - one)).toEqual(values)
    expect(values[8]).toBeLessThan(values[0])
  })

  test('is the same for the same seed', async () => {
    const camp = parseInstance(generateCamp(2, { availability: 0.6, projects: 10, hosts: 12 }))
    const run = () => frontier(camp, { rule: 'minMeetings', side: 'project' }, STEPS, { seed: 3 })
    expect(JSON.stringify(await run())).toBe(JSON.stringify(await run()))
  })
})

const event = () => tiny({ tables: 1, slots: [{ id: 's1' }, { id: 's2' }] })
const values = async (instance: Instance, variation: Variation, steps: number[]) =>
  (await frontier(instance, variation, steps)).map(({ value }) => value)

describe('a frontier', () => {
  test('has a point for each step, in the order asked for', async () => {
    expect(await frontier(event(), { rule: 'tables' }, [1, 0])).toEqual([
      { step: 1, value: 14, bound: 14, proven: true, shortfall: { value: 0, bound: 0 }, meetings: 4 },
      { step: 0, value: 9, bound: 9, proven: true, shortfall: { value: 0, bound: 0 }, meetings: 2 },
    ])
  })

  test.each<[Variation, number[], (number | null)[]]>([
    [{ rule: 'minMeetings', participants: ['p2', 'h2'] }, [0, 1, 2], [9, 9, 7]],
    [{ rule: 'maxMeetings' }, [0, 1, 2], [0, 9, 9]],
    [{ rule: 'maxConsecutive', side: 'host' }, [1], [9]],
    [{ rule: 'limits', participants: ['h1'] }, [0, 1, 2], [7, 9, 9]],
    [{ rule: 'tables' }, [-1, 0, 1, 2], [0, 9, 14, 14]],
    [{ rule: 'slots' }, [0, 1, 2], [9, 12, 14]],
    [{ rule: 'people', like: 'h1' }, [0, 1], [9, 10]],
  ])('of %j', async (variation, steps, expected) => {
    const hosts = people(
      { id: 'h1', side: 'host', limits: [{ slots: ['s1', 's2'], max: 2 }] },
      { id: 'h2', side: 'host' },
    )
    const instance = tiny({ tables: 1, slots: [{ id: 's1' }, { id: 's2' }], participants: hosts })
    expect(await values(instance, variation, steps)).toEqual(expected)
  })

  test('knows hours where slots have times', async () => {
    const at = (id: string, from: string, to: string) => ({
      id,
      start: `2026-11-22T${from}:00Z`,
      end: `2026-11-22T${to}:00Z`,
    })
    const slots = [at('s1', '09:00', '09:20'), at('s2', '09:30', '09:50')]
    const longer = vary(tiny({ slots }), { rule: 'hours' }, 2)
    expect(longer.slots.map(({ id, start }) => [id, start]).slice(2)).toEqual(
      ['slot', 'slot 2', 'slot 3', 'slot 4'].map((id) => [`one more ${id}`, null]),
    )
    expect(vary(tiny({ slots: slots.slice(0, 1) }), { rule: 'hours' }, 1).slots).toHaveLength(4)
    expect(() => vary(tiny(), { rule: 'hours' }, 1)).toThrow('slots without times have no hours')
  })

  test('tells what a tolerance gives to the value, and to what comes after', async () => {
    const owed = tiny({
      slots: [{ id: 's1' }],
      tables: 1,
      participants: people({ id: 'p2', minMeetings: 2 }),
    })
    expect(await values(owed, { rule: 'tolerance', level: 'shortfall' }, [0, 1])).toEqual([4, 5])
    const fair = tiny({
      slots: [{ id: 's1' }],
      tables: 1,
      participants: ['p1', 'p2', 'h1', 'h2'].map((id) => ({ id, fairnessGroup: 'x' })),
      rules: { objective: ['value', 'breaks'] },
    })
    const [strict, given] = await frontier(fair, { rule: 'tolerance', level: 'value' }, [0, 1])
    expect(strict).toMatchObject({ value: 5, bound: 5, proven: true })
    expect(given.bound).toBe(5)
  })

  test('seeks the value far from a base whose changes come after it', async () => {
    const candidates = [
      { id: 'c11', participants: ['p1', 'h1'], value: 1 },
      { id: 'c12', participants: ['p1', 'h2'], value: 10 },
    ]
    const base = meetings('c11 s1 t1')
    const after = (repair: string) => tiny({ slots: [{ id: 's1' }], candidates, base, rules: { repair } })
    const [point] = await frontier(after('fewest-losses'), { rule: 'maxMeetings' }, [1])
    expect(point).toMatchObject({ value: 10, bound: 10, proven: true })
    const [near] = await frontier(after('fewest-changes'), { rule: 'maxMeetings' }, [1])
    expect(near).toMatchObject({ value: 1 })
  })

  test('takes away no table of a base', async () => {
    const parts = { base: meetings('c11 s1 t2'), rules: { repair: 'fewest-losses' } }
    await expect(frontier(tiny(parts), { rule: 'tables' }, [-2])).rejects.toThrow('only 1 tables are named')
  })

  test('says why there is no schedule at a step', async () => {
    const candidates = tinyJson().candidates.map((one) => ({ ...one, required: true }))
    const [point] = await frontier(tiny({ candidates }), { rule: 'maxMeetings', participants: ['p1'] }, [1])
    expect(point).toMatchObject({ value: null, bound: null, proven: true, shortfall: null, meetings: null })
    expect(point.infeasible!.reason).toMatchObject({ code: 'tooManyMeetings', participants: ['p1'] })
  })

  test('tells each point as it comes, and ends when it is told to', async () => {
    const told: object[] = []
    let clock = 50
    const points = await frontier(event(), { rule: 'tables' }, [0, 1, 2], {
      now: () => clock++,
      stop: () => told.length === 2,
      onProgress: (progress) => told.push(progress),
    })
    expect(told).toMatchObject([
      { done: 1, of: 3, point: { step: 0, value: 9 }, elapsedMs: 1 },
      { done: 2, of: 3, point: { step: 2, value: 14 }, elapsedMs: 2 },
    ])
    expect(points.map(({ step }) => step)).toEqual([0, 2])
    expect(await frontier(event(), { rule: 'tables' }, [])).toEqual([])
  })

  test.each<[Variation, number, string]>([
    [{ rule: 'maxMeetings' }, 1.5, 'a step of maxMeetings must be a whole number from 0, not 1.5'],
    [{ rule: 'maxConsecutive' }, 0, 'a step of maxConsecutive must be a whole number from 1, not 0'],
    [{ rule: 'tables' }, 0.5, 'a step of tables must be a whole number, not 0.5'],
    [{ rule: 'tolerance', level: 'value' }, 2, 'a step of tolerance must be a number from 0 to 1, not 2'],
    [{ rule: 'tolerance', level: 'fairness' }, 0, 'there is no tolerance of “fairness”'],
    [{ rule: 'minMeetings', participants: ['x'] }, 0, 'there is no participant “x”'],
    [{ rule: 'minMeetings', side: 'x' }, 0, 'there is nobody whom that is about'],
    [{ rule: 'quotaMax', quota: 'x' }, 0, 'there is no quota “x”'],
    [{ rule: 'quotaMin', quota: 'q' }, 2, 'quota “q” cannot ask for 2 and allow 1'],
    [{ rule: 'limits' }, 1, 'nobody of them has limits'],
    [{ rule: 'people', like: 'x' }, 1, 'there is no participant “x”'],
    [{ rule: 'tables' }, -2, 'only 1 tables are named nowhere'],
  ])('refuses %j at %d', async (variation, step, message) => {
    const named = people({ id: 'p1', tables: ['t1'] })
    const instance = tiny({ participants: named, quotas: [{ id: 'q', candidates: ['c11'] }] })
    await expect(frontier(instance, variation, [step])).rejects.toThrow(new RangeError(message))
  })

  test('needs a value', async () => {
    const instance = tiny({ rules: { objective: ['breaks'] } })
    await expect(frontier(instance, { rule: 'tables' }, [0])).rejects.toThrow('no level “value”')
  })

  test('names what it adds as nothing else is named', () => {
    const tables = [
      { id: 'one more table', features: ['ramp'] },
      { id: 't2', features: ['quiet'] },
    ]
    const added = vary(tiny({ tables }), { rule: 'tables' }, 1).tables
    expect(added).toMatchObject([{}, {}, { id: 'one more table 2', features: ['ramp', 'quiet'] }])
    expect(vary(tiny({ tables }), { rule: 'tables' }, -1).tables).toMatchObject([{ id: 'one more table' }])
    const twins = vary(tiny(), { rule: 'people', like: 'h1' }, 2)
    expect(twins.participants).toHaveLength(6)
    expect(new Set(twins.candidates.map(({ id }) => id)).size).toBe(8)
  })
})

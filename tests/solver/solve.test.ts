import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkRules,
  measure,
  parseInstance,
  parseSolution,
  solve,
  validate,
  verify,
  type Instance,
  type Meeting,
  type Solution,
} from '../../solver/index.ts'
import { generateCamp, type CampOptions } from './generate.ts'
import { people, tiny, tinyJson } from './tiny.ts'

const camp = (seed: number, options: CampOptions = {}) => parseInstance(generateCamp(seed, options))
const few = { maxIterations: 5_000 }

const CAMPS: [string, CampOptions][] = [
  ['plain', {}],
  ['with guarantees', { guarantee: 10 }],
  ['with scarce tables', { tables: 8, guarantee: 6 }],
  ['with hosts for half of the day', { halfDay: 0.4 }],
  ['with gaps in availability', { availability: 0.6 }],
  ['with short rows', { maxConsecutive: 3 }],
]

describe('a camp', () => {
  test.each(CAMPS)('%s is solved, and the validator agrees with every claim', async (_, options) => {
    const instance = camp(1, options)
    const solution = await solve(instance, few)
    expect(await verify(instance, solution)).toMatchObject({ valid: true, violations: [] })
    expect(Object.keys(solution.objective)).toEqual(instance.rules.objective)
    expect([
      solution.objective.shortfall!.proven,
      solution.objective.value!.proven,
      solution.objective.fairness!.proven,
    ]).toEqual([true, true, true])
  })

  test('gives the same bytes for the same seed', async () => {
    const [one, other] = await Promise.all([
      solve(camp(2), { ...few, seed: 7 }),
      solve(camp(2), { ...few, seed: 7 }),
    ])
    expect(JSON.stringify(one)).toBe(JSON.stringify(other))
  })

  test('survives being written to a file', async () => {
    const solution = await solve(camp(1), few)
    expect(parseSolution(JSON.parse(JSON.stringify(solution)))).toEqual(solution)
  })

  test('that is stopped at once still gives a schedule that holds', async () => {
    const instance = camp(1)
    const solution = await solve(instance, { stop: () => true })
    expect(validate(instance, solution).violations).toEqual([])
  })
})

describe('a tolerance', () => {
  const base = generateCamp(5, {
    projects: 6,
    hosts: 8,
    slots: 6,
    tables: 5,
    wishes: [2, 5],
    availability: 0.7,
  })
  const solved = (tolerance: object) => {
    const instance = parseInstance({ ...base, rules: { tolerance } })
    return solve(instance, { maxIterations: 3_000 }).then((solution) => ({ instance, solution }))
  }

  test('lets later levels take from value, whose bound and proof are about the value before', async () => {
    const { solution: strict } = await solved({})
    const { instance, solution: loose } = await solved({ value: 0.1 })
    expect(await verify(instance, loose)).toMatchObject({ valid: true, violations: [] })
    const [full, given] = [strict.objective, loose.objective]
    expect(given.value).toMatchObject({ bound: full.value!.bound, proven: full.value!.proven })
    expect(given.value!.value).toBeGreaterThanOrEqual((full.value!.value as number) * 0.9)
    const ranks = (one: Solution) => [
      ...(one.objective.fairness!.value as number[]),
      -(one.objective.breaks!.value as number),
    ]
    const [before, after] = [ranks(strict), ranks(loose)]
    const at = after.findIndex((number, index) => number !== before[index])
    expect(at).toBeGreaterThanOrEqual(0)
    expect(after[at]).toBeGreaterThan(before[at])
  })

  test('is not exceeded unnoticed', async () => {
    const plain = generateCamp(3, { projects: 6, hosts: 8, slots: 6, tables: 5, wishes: [2, 5] })
    const instance = parseInstance({ ...plain, rules: { tolerance: { value: 0.02 } } })
    const solution = await solve(instance, { maxIterations: 3_000 })
    expect(solution.objective.value!.proven).toBe(true)
    const lowest = solution.meetings.slice(0, -4)
    const wrong = {
      ...solution,
      meetings: lowest,
      objective: {
        ...solution.objective,
        value: { ...solution.objective.value!, value: measure(instance, lowest).value },
      },
    }
    const messages = validate(instance, wrong as Solution).violations.map(({ message }) => message)
    expect(messages).toContain('value is not proven: its bound is not reached.')
  })
})

/** Every feasible set of meetings of a tiny instance, tables aside. */
function* schedules(instance: Instance, from = 0, held: Meeting[] = []): Generator<Meeting[]> {
  if (from === instance.candidates.length) {
    if (checkRules(instance, held).length === 0) yield held
    return
  }
  yield* schedules(instance, from + 1, held)
  for (const { id } of instance.slots)
    yield* schedules(instance, from + 1, [...held, { candidate: instance.candidates[from].id, slot: id }])
}

const isBetter = (one: Meeting[], other: Meeting[] | null, instance: Instance): boolean => {
  if (!other) return true
  const [left, right] = [measure(instance, one), measure(instance, other)]
  if (left.shortfall !== right.shortfall) return left.shortfall < right.shortfall
  return left.value > right.value
}

const person = (id: string) =>
  fc.record({
    id: fc.constant(id),
    minMeetings: fc.integer({ min: 0, max: 2 }),
    maxMeetings: fc.integer({ min: 0, max: 3 }),
    maxConsecutive: fc.integer({ min: 1, max: 2 }),
    unavailable: fc.subarray(['s1', 's2', 's3']),
  })

const PAIRS = [
  ['a', 'b'],
  ['b', 'c'],
  ['a', 'c'],
  ['c', 'd'],
  ['a', 'd'],
]

const tinyEvents = fc.record({
  people: fc.tuple(person('a'), person('b'), person('c'), person('d')),
  values: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }),
  required: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }),
  tables: fc.integer({ min: 1, max: 2 }),
  quota: fc.option(
    fc.record({
      candidates: fc.subarray(['c0', 'c1', 'c2', 'c3', 'c4'], { minLength: 1 }),
      min: fc.integer({ min: 0, max: 1 }),
      max: fc.integer({ min: 1, max: 2 }),
    }),
  ),
  after: fc.boolean(),
})

describe('a tiny event', () => {
  test('is solved as well as by trying everything, and bounds are never better than the truth', async () => {
    await fc.assert(
      fc.asyncProperty(tinyEvents, async ({ people, values, required, tables, quota, after }) => {
        const candidates = PAIRS.map((participants, index) => ({
          id: `c${index}`,
          participants,
          value: values[index],
          required: required[index] === 0,
          after: after && index === 3 ? ['c0'] : [],
        }))
        const quotas = quota ? [{ id: 'q', ...quota }] : []
        const json = {
          format: 'incontro/instance',
          version: 1,
          slots: [{ id: 's1' }, { id: 's2' }, { id: 's3', block: 1 }],
          tables,
          participants: people,
          candidates,
          quotas,
        }
        await compareWithAll(parseInstance(json))
      }),
      { seed: 1, numRuns: 60 },
    )
  })

  async function compareWithAll(instance: Instance): Promise<void> {
    let best: Meeting[] | null = null
    for (const held of schedules(instance)) if (isBetter(held, best, instance)) best = held
    const solution = await solve(instance, { maxIterations: 30_000 })
    expect(validate(instance, solution).violations).toEqual([])
    if (!best) return expect(['infeasible', 'unknown']).toContain(solution.status)
    const truth = measure(instance, best)
    expect(solution.objective).toMatchObject({
      shortfall: { value: truth.shortfall },
      value: { value: truth.value },
    })
    expect(solution.objective.shortfall!.bound).toBeLessThanOrEqual(truth.shortfall as number)
    expect(solution.objective.value!.bound).toBeGreaterThanOrEqual(truth.value as number)
  }
})

describe('a tolerance of the shortfall', () => {
  const anybody = (id: string) =>
    fc.record({
      id: fc.constant(id),
      minMeetings: fc.integer({ min: 0, max: 3 }),
      unavailable: fc.subarray(['s1', 's2', 's3']),
    })
  const crowded = fc.record({
    participants: fc.tuple(anybody('a'), anybody('b'), anybody('c'), anybody('d')),
    values: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 5, maxLength: 5 }),
    share: fc.constantFrom(0.25, 0.5, 1),
  })

  test('gives the value as much as trying everything does, and its bound is never better than the truth', async () => {
    await fc.assert(
      fc.asyncProperty(crowded, async ({ participants, values, share }) => {
        const instance = parseInstance({
          format: 'incontro/instance',
          version: 1,
          slots: [{ id: 's1' }, { id: 's2' }, { id: 's3' }],
          tables: 1,
          participants,
          candidates: PAIRS.map((pair, index) => ({
            id: `c${index}`,
            participants: pair,
            value: values[index],
          })),
          rules: { objective: ['shortfall', 'value'], tolerance: { shortfall: share } },
        })
        const all = [...schedules(instance)].map((held) => measure(instance, held))
        const fewest = Math.min(...all.map(({ shortfall }) => shortfall as number))
        const within = all.filter(({ shortfall }) => (shortfall as number) <= fewest * (1 + share))
        const most = Math.max(...within.map(({ value }) => value as number))
        const solution = await solve(instance, { maxIterations: 30_000 })
        const { shortfall, value } = solution.objective
        expect(validate(instance, solution).violations).toEqual([])
        expect(shortfall!.value).toBeLessThanOrEqual(fewest * (1 + share))
        expect(shortfall!.bound).toBeLessThanOrEqual(fewest)
        expect(value!.value).toBe(most)
        expect(value!.bound).toBeGreaterThanOrEqual(most)
      }),
      { seed: 2, numRuns: 60 },
    )
  })
})

describe('an impossible event', () => {
  const require = (...ids: string[]) =>
    tinyJson().candidates.map((one) => ({ ...one, required: ids.includes(one.id) }))

  test('says which participant must have more meetings than it can', async () => {
    const instance = tiny({
      participants: people({ id: 'p1', maxMeetings: 1 }),
      candidates: require('c11', 'c12'),
    })
    const solution = await solve(instance)
    expect(solution).toMatchObject({
      status: 'infeasible',
      meetings: [],
      infeasible: {
        reason: {
          code: 'tooManyMeetings',
          participants: ['p1'],
          candidates: ['c11', 'c12'],
          count: 2,
          most: 1,
        },
        core: ['p1', 'c11', 'c12'],
      },
    })
    expect(validate(instance, solution).valid).toBe(true)
  })

  test('says which locks clash', async () => {
    const candidates = tinyJson().candidates.map((one) =>
      one.id.startsWith('c1') ? { ...one, lock: { slot: 's1' } } : one,
    )
    expect((await solve(tiny({ candidates }))).infeasible).toEqual({
      reason: {
        code: 'personLockedTwice',
        participants: ['p1'],
        slots: ['s1'],
        candidates: ['c11', 'c12'],
      },
      core: ['p1', 'c11', 'c12'],
    })
  })
})

describe('a solution that was tampered with', () => {
  const instance = camp(1, { guarantee: 13, tables: 18 })
  const copy = (solution: Solution): Solution => JSON.parse(JSON.stringify(solution))

  const changes: [string, (solution: Solution) => void][] = [
    ['a meeting twice', (s) => s.meetings.push(s.meetings[0])],
    ['somebody in two places', (s) => (s.meetings[1].slot = s.meetings[0].slot)],
    ['an unknown slot', (s) => (s.meetings[0].slot = 'never')],
    ['an unknown candidate', (s) => (s.meetings[0].candidate = 'nobody')],
    ['a missing table', (s) => delete s.meetings[0].table],
    ['a missing meeting', (s) => s.meetings.pop()],
    ['a greater value', (s) => (s.objective.value!.value = (s.objective.value!.value as number) + 1)],
    [
      'a greater value and bound',
      (s) => {
        s.objective.value!.value = s.objective.value!.bound = (s.objective.value!.value as number) + 1
      },
    ],
    ['a greater bound', (s) => (s.objective.value!.bound = (s.objective.value!.bound as number) + 1)],
    ['a smaller shortfall', (s) => (s.objective.shortfall!.value = 0)],
    [
      'a greater lower bound',
      (s) => (s.objective.shortfall!.bound = (s.objective.shortfall!.bound as number) + 1),
    ],
    ['other prices', (s) => (s.certificate.value!.tables += 1)],
    ['an unproven level called proven', (s) => (s.objective.tableMoves!.proven = true)],
    ['the status optimal', (s) => (s.status = 'optimal')],
    ['no levels', (s) => (s.objective = {})],
    ['the status infeasible', (s) => (s.status = 'infeasible')],
  ]

  test('is refused', async () => {
    const solution = await solve(instance, few)
    expect(validate(instance, solution).violations).toEqual([])
    for (const [name, change] of changes) {
      const tampered = copy(solution)
      change(tampered)
      expect([name, validate(instance, tampered).valid]).toEqual([name, false])
    }
  })

  test('is refused for another instance', async () => {
    const solution = await solve(instance, few)
    expect((await verify(camp(2, { guarantee: 13, tables: 18 }), solution)).violations[0].path).toBe(
      '/instance',
    )
  })
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { convertDzn } from '../../../solver/format/dzn.ts'
import {
  checkRules,
  measure,
  parseInstance,
  solve,
  validate,
  type Instance,
  type Meeting,
} from '../../../solver/index.ts'
import { seededRandom } from '../../../solver/model/random.ts'

const SLOTS = ['s1', 's2', 's3', 's4', 's5']
const PAIRS = [
  ['a', 'b'],
  ['b', 'c'],
  ['a', 'c'],
  ['c', 'd'],
  ['a', 'd'],
]

const person = (id: string) =>
  fc.record({
    id: fc.constant(id),
    unavailable: fc.subarray(SLOTS, { maxLength: 2 }),
    maxConsecutive: fc.integer({ min: 1, max: 5 }),
  })

const events = fc.record({
  participants: fc.tuple(person('a'), person('b'), person('c'), person('d')),
  required: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
  values: fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 5, maxLength: 5 }),
  locked: fc.option(fc.constantFrom(...SLOTS)),
  after: fc.boolean(),
  tables: fc.integer({ min: 1, max: 2 }),
  breakScope: fc.constantFrom('block', 'event'),
  maxBreakSpread: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
})

/** A tiny event; with `all`, every meeting must be held and only the days can be chosen. */
function build(event: typeof events extends fc.Arbitrary<infer T> ? T : never, all: boolean): Instance {
  const { participants, required, values, locked, after, tables, breakScope, maxBreakSpread } = event
  const candidates = PAIRS.map((pair, index) => ({
    id: `c${index}`,
    participants: pair,
    value: values[index],
    required: all || (required[index] && index < 2),
    after: after && index === 3 ? ['c0'] : [],
    ...(locked && all && index === 1 ? { lock: { slot: locked } } : {}),
  }))
  return parseInstance({
    format: 'incontro/instance',
    version: 1,
    slots: SLOTS.map((id, index) => ({ id, block: index < 3 ? 0 : 1 })),
    tables: all ? tables : 2,
    participants,
    candidates,
    rules: {
      objective: all ? ['breaks', 'idle'] : ['value', 'breaks', 'idle'],
      breakScope,
      ...(maxBreakSpread === undefined ? {} : { maxBreakSpread }),
    },
  })
}

/** Every set of meetings that respects the rules, built up so that clashes are seen early. */
function* schedules(instance: Instance, from = 0, held: Meeting[] = []): Generator<Meeting[]> {
  if (from === instance.candidates.length) {
    if (checkRules(instance, held).length === 0) yield held
    return
  }
  const { id, participants, required } = instance.candidates[from]
  const people = new Map(instance.candidates.map((one) => [one.id, one.participants]))
  if (!required) yield* schedules(instance, from + 1, held)
  for (const slot of instance.slots) {
    const isBusy = (one: Meeting) =>
      one.slot === slot.id && people.get(one.candidate)!.some((p) => participants.includes(p))
    if (!held.some(isBusy)) yield* schedules(instance, from + 1, [...held, { candidate: id, slot: slot.id }])
  }
}

/** The best values of the levels of the objective, in their order; null if nothing can be held as required. */
function truth(instance: Instance): number[] | null {
  const key = (held: Meeting[]) => {
    const measured = measure(instance, held)
    return instance.rules.objective.map((level) => (measured[level] as number) * (level === 'value' ? -1 : 1))
  }
  let best: number[] | null = null
  for (const held of schedules(instance)) {
    const one = key(held)
    const at = best ? one.findIndex((number, index) => number !== best![index]) : 0
    if (at >= 0 && (!best || one[at] < best[at])) best = one
  }
  return best
}

describe('breaks of a tiny event', () => {
  test('are as few as can be where all meetings are required, proven or found impossible', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        const instance = build(event, true)
        const best = truth(instance)
        const solution = await solve(instance, { maxIterations: 400_000 })
        expect(validate(instance, solution).violations).toEqual([])
        expect(solution.status === 'infeasible').toBe(best === null)
        if (!best) return
        expect(solution.objective.breaks).toEqual({ value: best[0], bound: best[0], proven: true })
        expect(solution.objective.idle!.bound).toBeLessThanOrEqual(best[1])
      }),
      { seed: 3, numRuns: 40 },
    )
  })

  test('have bounds that no schedule of the best value goes below', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (event) => {
        const instance = build(event, false)
        const best = truth(instance)
        const solution = await solve(instance, { maxIterations: 60_000 })
        expect(validate(instance, solution).violations).toEqual([])
        if (!best || solution.objective.value?.value !== -best[0]) return
        expect(solution.objective.breaks!.bound).toBeLessThanOrEqual(best[1])
        if (solution.objective.breaks!.value === best[1])
          expect(solution.objective.idle!.bound).toBeLessThanOrEqual(best[2])
      }),
      { seed: 4, numRuns: 30 },
    )
  })
})

/** A made-up event in the published format: a full day of meetings between people of one kind. */
function lookAlike(seed: number, { people = 12, slots = 8, tables = 5, meetings = 30 } = {}): string {
  const random = seededRandom(seed)
  const degree = new Int32Array(people + 1)
  const pairs = new Set<string>()
  while (pairs.size < meetings) {
    const [a, b] = [1 + random.below(people), 1 + random.below(people)]
    if (a >= b || degree[a] >= slots || degree[b] >= slots || pairs.has(`${a}, ${b}`)) continue
    pairs.add(`${a}, ${b}`)
    degree[a]++
    degree[b]++
  }
  return [
    `nBusiness = ${people};\nnMeetings = ${meetings};\nnTables = ${tables};`,
    `nTotalSlots = ${slots};\nnMorningSlots = ${slots >> 1};`,
    `requested = [${[...pairs].map((pair, index) => `|${pair},${index % 9 === 0 ? 1 : 3}, `).join('\n')}|];`,
    `forbidden = [${Array.from({ length: people }, (_, p) => (p === 0 ? '{0,1}' : '{0}')).join(',\n')}];`,
    `fixed = [${Array.from({ length: meetings }, (_, m) => (m === 4 ? 3 : 0)).join(',')}];`,
    `precedences = [${Array.from({ length: meetings }, (_, m) => (m === 7 ? '{1}' : '{}')).join(',\n')}];`,
  ].join('\n\n')
}

describe('an event in the published format', () => {
  test('becomes an instance with everything required', () => {
    const json = convertDzn(lookAlike(1)) as Record<string, never>
    const instance = parseInstance(json)
    expect(instance.rules).toMatchObject({ objective: ['breaks'], breakScope: 'event', maxBreakSpread: 2 })
    expect(instance).toMatchObject({ tables: 5 })
    expect(instance.slots.map(({ block }) => block)).toEqual([0, 0, 0, 0, 1, 1, 1, 1])
    expect(instance.participants[0].unavailable).toEqual(['s1'])
    expect(instance.candidates.every(({ required }) => required)).toBe(true)
    expect(instance.candidates[0].slots).toEqual(['s1', 's2', 's3', 's4'])
    expect(instance.candidates[1].slots).toBe(null)
    expect(instance.candidates[4].lock).toEqual({ slot: 's3', table: null })
    expect(instance.candidates[7].after).toEqual(['m1'])
  })

  test('that is none is refused in plain words', () => {
    expect(() => convertDzn('{}')).toThrow('nTotalSlots must be given as one whole number')
    expect(() => convertDzn(lookAlike(1).replace(/\|(\d+), (\d+),\d, /, '|$1, $2, '))).toThrow(
      'requested, row 1: two participants and a session are expected.',
    )
  })

  test.each([1, 2, 3])('is solved to a proven end (%i)', async (seed) => {
    const instance = parseInstance(convertDzn(lookAlike(seed)))
    const solution = await solve(instance, { maxIterations: 4_000_000 })
    expect(validate(instance, solution).violations).toEqual([])
    expect(['optimal', 'infeasible']).toContain(solution.status)
  })

  test('with more meetings than fit is refused with the meetings that clash', async () => {
    const text = lookAlike(1).replace('nTables = 5', 'nTables = 3')
    const solution = await solve(parseInstance(convertDzn(text)))
    expect(solution).toMatchObject({ status: 'infeasible', meetings: [] })
    expect(solution.infeasible!.core).toHaveLength(30)
  })

  test('gives the same bytes for the same seed', async () => {
    const instance = parseInstance(convertDzn(lookAlike(5, { tables: 4, meetings: 32 })))
    const [one, other] = [
      await solve(instance, { maxIterations: 400_000 }),
      await solve(instance, { maxIterations: 400_000 }),
    ]
    expect(JSON.stringify(one)).toBe(JSON.stringify(other))
  })
})

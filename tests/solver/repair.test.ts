import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  checkRules,
  FormatError,
  measure,
  parseDisruption,
  parseInstance,
  repair,
  solve,
  verify,
  type Instance,
  type Meeting,
  type Solution,
} from '../../solver/index.ts'
import { generateCamp } from './generate.ts'
import { claimless, meetings, tiny, tinyJson } from './tiny.ts'

const wrap = (parts: object) => ({ format: 'incontro/disruption', version: 1, ...parts })
const mend = (
  instance: Instance,
  solution: Solution,
  parts: object,
  order?: 'fewest-changes' | 'fewest-losses',
) => repair(instance, solution, parseDisruption(wrap(parts), instance), order ? { order } : {})
const lines = (list: Meeting[]) =>
  list.map(({ candidate, slot, table }) => `${candidate} ${slot} ${table}`).sort()

describe('a disruption', () => {
  const base = claimless(meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2'))
  const held = async (parts: object, instance = tiny()) =>
    lines((await mend(instance, base, parts)).solution.meetings)

  test('that changes nothing leaves the schedule as it is', async () => {
    expect(await held({})).toEqual(lines(base.meetings))
  })

  test('takes the meetings of an absent participant out and leaves the others alone', async () => {
    expect(await held({ absent: [{ participant: 'h1' }] })).toEqual(['c12 s2 t1', 'c22 s1 t2'])
  })

  test('moves the meetings of a late participant to when it is there', async () => {
    const { solution, instance } = await mend(tiny(), base, { absent: [{ participant: 'h1', to: 's1' }] })
    expect(solution.meetings.map(({ candidate }) => candidate).sort()).toEqual(['c11', 'c12', 'c21', 'c22'])
    expect(solution.objective.changes).toEqual({ value: 0, bound: 0, proven: true })
    expect(instance.participants.find(({ id }) => id === 'h1')!.unavailable).toEqual(['s1'])
  })

  test('that leaves a meeting only where a limit is 0 takes that one out alone', async () => {
    const limits = [{ slots: ['s3'], max: 0 }]
    const candidates = tinyJson().candidates.map((one) =>
      one.id === 'c11' ? { ...one, required: true, slots: ['s1', 's3'] } : one,
    )
    const participants = [{ id: 'p1', limits }, { id: 'p2' }, { id: 'h1' }, { id: 'h2' }]
    const parts = { absent: [{ participant: 'p1', to: 's1' }] }
    expect(await held(parts, tiny({ candidates, participants }))).toEqual([
      'c12 s2 t1',
      'c21 s2 t2',
      'c22 s1 t2',
    ])
  })

  test('keeps what has passed, whatever happens afterwards', async () => {
    const parts = { now: 's2', absent: [{ participant: 'h1', from: 's1' }] }
    expect(await held(parts)).toEqual(['c11 s1 t1', 'c12 s2 t1', 'c22 s1 t2'])
  })

  test('puts nothing new in slots that have passed', async () => {
    const before = claimless(meetings('c22 s2 t2'))
    const { solution } = await mend(tiny(), before, { now: 's4' })
    expect(solution.meetings.filter(({ slot }) => slot !== 's4')).toEqual(before.meetings)
  })

  test('seats a meeting at another table in the same slot when its own is out', async () => {
    const three = tiny({ tables: [{ id: 't1' }, { id: 't2' }, { id: 't3' }] })
    const parts = { tablesOut: [{ table: 't1', from: 's2' }] }
    expect(await held(parts, three)).toEqual(['c11 s1 t1', 'c12 s2 t3', 'c21 s2 t2', 'c22 s1 t2'])
  })

  test('clears a lost slot', async () => {
    const { solution } = await mend(tiny(), base, { slotsLost: ['s1'] })
    expect(solution.meetings.some(({ slot }) => slot === 's1')).toBe(false)
    expect(solution.meetings).toHaveLength(4)
    expect(solution.objective.changes).toEqual({ value: 0, bound: 0, proven: true })
  })

  test('brings in new participants where there is room', async () => {
    const parts = {
      newParticipants: [{ id: 'h3' }],
      newCandidates: [{ id: 'c13', participants: ['p1', 'h3'], value: 9 }],
    }
    const { solution } = await mend(tiny(), base, parts)
    expect(solution.meetings).toHaveLength(5)
    expect(solution.objective.changes!.value).toBe(0)
  })

  test('puts a locked meeting where it is asked and moves only what is in its way', async () => {
    const { solution } = await mend(tiny(), base, { locks: [{ candidate: 'c12', slot: 's1' }] })
    expect(solution.meetings.find(({ candidate }) => candidate === 'c12')!.slot).toBe('s1')
    expect(solution.meetings).toHaveLength(4)
    expect(solution.objective.changes).toEqual({ value: 4, bound: 4, proven: true })
  })

  test('lets go of a lock that it makes impossible', async () => {
    const candidates = tinyJson().candidates.map((one) =>
      one.id === 'c11' ? { ...one, required: true, lock: { slot: 's1' } } : one,
    )
    const { instance, solution } = await mend(tiny({ candidates }), base, { slotsLost: ['s1'] })
    expect(instance.candidates[0]).toMatchObject({ required: true, lock: null })
    expect(solution.meetings.some(({ candidate }) => candidate === 'c11')).toBe(true)
  })

  test('no longer asks for the least number of a quota that cannot be reached', async () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c21'], min: 1 }]
    const { instance, solution } = await mend(tiny({ quotas }), base, { absent: [{ participant: 'h1' }] })
    expect(instance.quotas[0].min).toBe(0)
    expect(solution.meetings).toHaveLength(2)
  })

  test('that asks for the impossible is answered with the reason', async () => {
    const locks = [
      { candidate: 'c11', slot: 's1' },
      { candidate: 'c12', slot: 's1' },
    ]
    const { solution } = await mend(tiny(), base, { locks })
    expect(solution).toMatchObject({
      status: 'infeasible',
      infeasible: { reason: { code: 'personLockedTwice', candidates: ['c11', 'c12'] } },
    })
  })

  test.each([
    [{ now: 'sx' }, '/now: there is no slot “sx”'],
    [{ absent: [{ participant: 'px' }] }, '/absent/0/participant: there is no participant “px”'],
    [
      { absent: [{ participant: 'p1', from: 's3', to: 's2' }] },
      '/absent/0/to: must not be earlier than from',
    ],
    [
      { newCandidates: [{ id: 'c11', participants: ['p1', 'h1'] }] },
      '/newCandidates/0/id: “c11” is there already',
    ],
    [{ tablesOut: [{ table: 'tx' }] }, '/tablesOut/0/table: there is no table “tx”'],
    [{ more: 1 }, '/more: is not a known key'],
  ])('is refused with the path of what is wrong: %j', (parts, expected) => {
    const refused = (): string => {
      try {
        parseDisruption(wrap(parts), tiny())
        return ''
      } catch (error) {
        return (error as FormatError).message
      }
    }
    expect(refused()).toContain(expected)
  })
})

describe('a repair that saves meetings', () => {
  const line = ['s1', 's2'].map((id) => ({ id }))
  const instance = parseInstance({
    format: 'incontro/instance',
    version: 1,
    slots: line,
    tables: 2,
    participants: [{ id: 'a', unavailable: ['s2'] }, { id: 'b' }, { id: 'c' }],
    candidates: [
      { id: 'ab', participants: ['a', 'b'], value: 5 },
      { id: 'bc', participants: ['b', 'c'], value: 3 },
    ],
  })
  const base = claimless(meetings('bc s1'))

  test('moves one for the sake of another, or does not, as it is told', async () => {
    const few = await mend(instance, base, {}, 'fewest-changes')
    const more = await mend(instance, base, {}, 'fewest-losses')
    expect(lines(few.solution.meetings)).toEqual(['bc s1 undefined'])
    expect(lines(more.solution.meetings)).toEqual(['ab s1 undefined', 'bc s2 undefined'])
    expect(more.solution.objective.changes).toEqual({ value: 2, bound: 2, proven: true })
  })
})

describe('a camp in which much goes wrong', () => {
  const camp = parseInstance(generateCamp(1, { guarantee: 6, tables: 17 }))
  let base: Solution
  beforeAll(async () => {
    base = await solve(camp, { maxIterations: 50_000 })
  })
  const everything = {
    now: 's3',
    absent: [
      { participant: 'h4', from: 's5' },
      { participant: 'p2', from: 's4', to: 's6' },
    ],
    tablesOut: [{ table: 't3', from: 's5' }],
    slotsLost: ['s7'],
    newParticipants: [{ id: 'h99', side: 'host' }],
    newCandidates: [{ id: 'new', participants: ['p7', 'h99'], value: 16 }],
  }

  test.each(['fewest-changes', 'fewest-losses'] as const)(
    'is repaired with %s, as verified',
    async (order) => {
      const one = await mend(camp, base, everything, order)
      expect(await verify(one.instance, one.solution)).toMatchObject({ valid: true, violations: [] })
      const past = (list: Meeting[]) => lines(list.filter(({ slot }) => ['s1', 's2'].includes(slot)))
      expect(past(one.solution.meetings)).toEqual(past(base.meetings))
      const again = await mend(camp, base, everything, order)
      expect(JSON.stringify(again)).toBe(JSON.stringify(one))
    },
  )

  test('can be repaired again and again', async () => {
    const first = await mend(camp, base, { now: 's3', absent: [{ participant: 'h4' }] })
    const second = await mend(first.instance, first.solution, { now: 's6', slotsLost: ['s8'] })
    const third = await mend(second.instance, second.solution, { now: 's9', tablesOut: [{ table: 't1' }] })
    expect(await verify(third.instance, third.solution)).toMatchObject({ valid: true, violations: [] })
    expect(third.solution.objective.changes!.value).toBeLessThan(40)
  })
})

/** Every schedule of a tiny instance whose tables are only counted. */
function* schedules(instance: Instance, from = 0, held: Meeting[] = []): Generator<Meeting[]> {
  if (from === instance.candidates.length) {
    if (checkRules(instance, held).length === 0) yield held
    return
  }
  yield* schedules(instance, from + 1, held)
  for (const { id } of instance.slots)
    yield* schedules(instance, from + 1, [...held, { candidate: instance.candidates[from].id, slot: id }])
}

const SLOTS = ['s1', 's2', 's3']
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
    minMeetings: fc.constantFrom(0, 0, 0, 1, 2),
    maxMeetings: fc.integer({ min: 1, max: 3 }),
    maxConsecutive: fc.constantFrom(2, 3),
    unavailable: fc.subarray(SLOTS, { maxLength: 1 }),
  })
const troubles = fc.record({
  people: fc.tuple(person('a'), person('b'), person('c'), person('d')),
  values: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 5, maxLength: 5 }),
  tables: fc.integer({ min: 1, max: 2 }),
  now: fc.constantFrom('s1', 's1', 's2'),
  absent: fc.option(
    fc.record({ participant: fc.constantFrom('a', 'b', 'c'), from: fc.constantFrom(...SLOTS) }),
  ),
  slotsLost: fc.subarray(SLOTS, { maxLength: 1 }),
  lock: fc.option(fc.record({ candidate: fc.constantFrom('c0', 'c3'), slot: fc.constantFrom('s2', 's3') })),
  order: fc.constantFrom('fewest-changes' as const, 'fewest-losses' as const),
})

describe('a tiny event', () => {
  test('is repaired as well as by trying everything, and bounds are never better than the truth', async () => {
    let [best, seen, proven] = [0, 0, 0]
    await fc.assert(
      fc.asyncProperty(troubles, async ({ people, values, tables, now, absent, slotsLost, lock, order }) => {
        const candidates = PAIRS.map((participants, c) => ({ id: `c${c}`, participants, value: values[c] }))
        const slots = SLOTS.map((id) => ({ id }))
        const rules = { objective: ['shortfall', 'value'] }
        const json = {
          format: 'incontro/instance',
          version: 1,
          slots,
          tables,
          participants: people,
          candidates,
          rules,
        }
        const instance = parseInstance(json)
        const base = await solve(instance, { maxIterations: 5_000 })
        const parts = { now, slotsLost, absent: absent ? [absent] : [], locks: lock ? [lock] : [] }
        const found = await mend(instance, base, parts, order)
        const all = [...schedules(found.instance)].map((one) => measure(found.instance, one))
        if (all.length === 0) {
          expect(['infeasible', 'unknown']).toContain(found.solution.status)
          return
        }
        expect((await verify(found.instance, found.solution)).violations).toEqual([])
        const truth = bestOf(all, order)
        const { shortfall, changes, value } = found.solution.objective
        expect(shortfall!.bound).toBeLessThanOrEqual(truth.shortfall)
        const isFirst = order === 'fewest-changes' || value!.value === truth.value
        if (shortfall!.value === truth.shortfall && isFirst)
          expect(changes!.bound).toBeLessThanOrEqual(truth.changes)
        const reached = shortfall!.value === truth.shortfall && changes!.value === truth.changes
        seen++
        best += reached && value!.value === truth.value ? 1 : 0
        proven += changes!.proven ? 1 : 0
        if (changes!.proven)
          expect([shortfall!.value, changes!.value]).toEqual([truth.shortfall, truth.changes])
      }),
      { seed: 1, numRuns: 70 },
    )
    expect(best / seen).toBeGreaterThan(0.97)
    expect(proven / seen).toBeGreaterThan(0.85)
  })
})

type Levels = { shortfall: number; changes: number; value: number }

function bestOf(all: ReturnType<typeof measure>[], order: string): Levels {
  const keys =
    order === 'fewest-changes' ? ['shortfall', 'changes', 'value'] : ['shortfall', 'value', 'changes']
  const rank = (one: Levels) => keys.map((key) => (key === 'value' ? -one.value : one[key as keyof Levels]))
  const list = all as unknown as Levels[]
  return list.reduce((best, one) => {
    const [left, right] = [rank(one), rank(best)]
    const at = left.findIndex((number, index) => number !== right[index])
    return at >= 0 && left[at] < right[at] ? one : best
  })
}

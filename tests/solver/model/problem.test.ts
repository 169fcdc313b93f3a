import { describe, expect, test } from 'vitest'
import { findContradiction } from '../../../solver/presolve/presolve.ts'
import { compile, type Problem } from '../../../solver/model/problem.ts'
import { randomEvent, schedules } from '../events.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  compile(tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) }))
const one = (limits: object) => ({ participants: people({ id: 'p1', ...limits }) })
const open = ({ allowed, slotCount, candidateCount }: Problem) =>
  Array.from({ length: candidateCount }, (_, c) =>
    [...allowed.subarray(c * slotCount, (c + 1) * slotCount)].join(''),
  )

describe('an event by index', () => {
  test('has everything that follows from its rules', () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c21'], min: 1 }]
    const event = tiny({ quotas })
    const { instance, ...problem } = compile(event)
    expect(instance).toBe(event)
    expect(problem).toEqual({
      slotCount: 4,
      participantCount: 4,
      candidateCount: 4,
      day: Int32Array.of(0, 0, 0, 0),
      block: Int32Array.of(0, 0, 0, 1),
      stretch: Int32Array.of(0, 0, 0, 1),
      first: Int32Array.of(0, 0, 1, 1),
      second: Int32Array.of(2, 3, 2, 3),
      value: Float64Array.of(5, 3, 2, 4),
      allowed: new Uint8Array(16).fill(1),
      possible: Uint8Array.of(1, 1, 1, 1),
      mandatory: new Uint8Array(4),
      pinned: new Uint8Array(4),
      capacity: Int32Array.of(2, 2, 2, 2),
      fewest: new Int32Array(4),
      guarantee: new Int32Array(4),
      fair: new Uint8Array(4),
      maxConsecutive: Int32Array.of(4, 4, 4, 4),
      limits: [[], [], [], []],
      incident: [
        [0, 1],
        [2, 3],
        [0, 2],
        [1, 3],
      ],
      tablesPerSlot: 2,
      tablesIn: Float64Array.of(2, 2, 2, 2),
      tableOut: null,
      places: 8,
      suitable: [null, null, null, null],
      earlier: [[], [], [], []],
      later: [[], [], [], []],
      isOrdered: false,
      quotas: [{ members: [0, 2], min: 1, max: 2 }],
      quotasOf: [[0], [], [0], []],
    })
  })

  test('allows slots in which both are there and that are its own', () => {
    const problem = changed(
      { c11: { slots: ['s1', 's2', 's3'] }, c12: { slots: [] }, c22: { required: true } },
      {
        participants: people({ id: 'p1', unavailable: ['s2'] }, { id: 'h1', unavailable: ['s3', 's4'] }),
      },
    )
    expect(open(problem)).toEqual(['1000', '0000', '1100', '1111'])
    expect(problem).toMatchObject({
      possible: Uint8Array.of(1, 0, 1, 1),
      mandatory: Uint8Array.of(0, 0, 0, 1),
      capacity: Int32Array.of(1, 2, 2, 1),
      fewest: Int32Array.of(0, 1, 0, 1),
    })
  })

  test('allows slots that locked meetings leave', () => {
    const locked = changed({ c11: { lock: { slot: 's1' } }, c22: { lock: { table: 't1' } } })
    expect(open(locked)).toEqual(['1000', '0111', '0111', '1111'])
    expect([[...locked.pinned], [...locked.mandatory], [...locked.fewest]]).toEqual([
      [1, 0, 0, 0],
      [1, 0, 0, 1],
      [1, 1, 1, 1],
    ])
    expect(open(changed({ c11: { lock: { slot: 's1' } } }, { tables: 1 }))).toEqual([
      '1000',
      '0111',
      '0111',
      '0111',
    ])
    const away = one({ unavailable: ['s1'] })
    expect(open(changed({ c11: { lock: { slot: 's1' } } }, away))).toEqual(['0000', '0111', '1111', '1111'])
    const elsewhere = { c11: { lock: { slot: 's1' }, slots: ['s2'] } }
    expect(open(changed(elsewhere))).toEqual(['0000', '1111', '1111', '1111'])
    const both = { c11: { lock: { slot: 's1' } }, c12: { lock: { slot: 's1' } } }
    expect(open(changed(both))).toEqual(['1000', '1000', '0111', '0111'])
  })

  test('allows nothing to whoever may have no meetings, to a quota of none, or without tables', () => {
    expect(open(changed({}, one({ maxMeetings: 0 })))).toEqual(['0000', '0000', '1111', '1111'])
    expect(open(changed({}, { participants: people({ id: 'h2', maxMeetings: 0 }) }))).toEqual([
      '1111',
      '0000',
      '1111',
      '0000',
    ])
    const quotas = [
      { id: 'q', candidates: ['c21'], max: 0 },
      { id: 'r', candidates: ['c11'], max: 1 },
    ]
    expect(open(changed({}, { quotas }))).toEqual(['1111', '1111', '0000', '1111'])
    expect(open(changed({}, { tables: 0 }))).toEqual(['0000', '0000', '0000', '0000'])
    expect(open(changed({}, { tables: [] }))).toEqual(['0000', '0000', '0000', '0000'])
    expect(open(changed({}, { tables: undefined }))).toEqual(['1111', '1111', '1111', '1111'])
  })

  test('knows which tables suit', () => {
    const tables = [{ id: 'a', features: ['x', 'y'] }, { id: 'b', features: ['x'] }, { id: 'c' }]
    const suits = (limits: object[], lock: object = {}) =>
      changed({ c22: lock }, { tables, participants: people(...(limits as { id: string }[])) }).suitable
    expect(suits([])).toEqual([null, null, null, null])
    expect(suits([{ id: 'p1', needs: ['x'] }])).toEqual([[0, 1], [0, 1], null, null])
    expect(
      suits([
        { id: 'p1', needs: ['x'] },
        { id: 'h1', tables: ['c', 'b'] },
      ]),
    ).toEqual([[1], [0, 1], [1, 2], null])
    expect(suits([{ id: 'p1', needs: ['x', 'y'], tables: ['a', 'b'] }])).toEqual([[0], [0], null, null])
    expect(suits([{ id: 'p1', needs: ['z'] }])).toEqual([[], [], null, null])
    expect(suits([{ id: 'p2', needs: ['x'] }], { lock: { table: 'b' } })).toEqual([null, null, [0, 1], [1]])
    expect(suits([{ id: 'h2', needs: ['y'] }], { lock: { table: 'b' } })).toEqual([null, [0], null, []])
    expect(suits([], { lock: { table: 'c' } })).toEqual([null, null, null, [2]])
    expect(suits([{ id: 'p1', tables: [] }])).toEqual([[], [], null, null])
    expect(changed({}, { tables: [] }).suitable).toEqual([[], [], [], []])
    expect(changed({}, { tables: 2 }).suitable).toEqual([null, null, null, null])
  })

  test('knows which tables can be used', () => {
    const tables = [
      { id: 'a', unavailable: ['s1', 's2'] },
      { id: 'b', unavailable: ['s2'] },
    ]
    const problem = changed({ c11: { lock: { table: 'a' } } }, { tables })
    expect(problem.tableOut).toEqual(Uint8Array.of(1, 0, 1, 1, 0, 0, 0, 0))
    expect([[...problem.tablesIn], problem.places]).toEqual([[1, 0, 2, 2], 5])
    expect(open(problem)).toEqual(['0011', '1011', '1011', '1011'])
    expect(changed({}, { tables: [{ id: 'a' }] }).tableOut).toBe(null)
    const unlimited = changed({}, { tables: undefined })
    expect([unlimited.tablesPerSlot, unlimited.places, unlimited.tablesIn[0]]).toEqual([
      Infinity,
      Infinity,
      Infinity,
    ])
    const counted = changed(
      { c11: { slots: ['s1'] }, c12: { slots: ['s1'] }, c21: { slots: ['s2'] }, c22: { slots: [] } },
      { tables: 3 },
    )
    expect([counted.tablesPerSlot, counted.places]).toEqual([3, 6])
  })

  test('knows the order, the guarantee and who is treated fairly', () => {
    const problem = changed(
      { c12: { after: ['c11', 'c22'] }, c21: { after: ['c11'] } },
      { participants: people({ id: 'p1', minMeetings: 3, fairnessGroup: 'x', maxConsecutive: 2 }) },
    )
    expect(problem).toMatchObject({
      earlier: [[], [0, 3], [0], []],
      later: [[1, 2], [], [], [1]],
      isOrdered: true,
      guarantee: Int32Array.of(3, 0, 0, 0),
      fair: Uint8Array.of(1, 0, 0, 0),
      maxConsecutive: Int32Array.of(2, 4, 4, 4),
    })
  })

  test('knows how many meetings somebody can have', () => {
    const many = Array.from({ length: 6 }, (_, i) => ({
      id: `c${i}`,
      participants: ['p1', i % 2 ? 'h1' : 'h2'],
    }))
    const most = (limits: object, candidates: object[] = many) =>
      compile(tiny({ ...one(limits), candidates })).capacity[0]
    expect([
      most({}),
      most({ maxMeetings: 2 }),
      most({ maxConsecutive: 1 }),
      most({ maxConsecutive: 2 }),
    ]).toEqual([4, 2, 3, 3])
    expect(most({ unavailable: ['s2'] })).toBe(3)
    expect(most({ unavailable: ['s2'], maxConsecutive: 1 })).toBe(3)
    expect(most({}, many.slice(0, 1))).toBe(1)
    expect(
      most(
        {},
        many.map((candidate, i) => (i > 2 ? { ...candidate, slots: [] } : candidate)),
      ),
    ).toBe(3)
    expect(most({}, [])).toBe(0)
  })
})

describe('an event that cannot be', () => {
  test('is never suspected where there is a schedule', () => {
    const seen = [0, 0]
    for (let seed = 1; seed <= 60; seed++) {
      const kind = { limits: true, order: true, quotas: true, locks: true, required: 0.4 }
      const instance = randomEvent(seed, {
        ...kind,
        slots: 3,
        candidates: 5,
        tables: seed % 2 ? 'listed' : 'counted',
      })
      const exists = schedules(instance).next().done === false
      seen[exists ? 1 : 0]++
      if (exists) expect([seed, findContradiction(compile(instance))]).toEqual([seed, null])
    }
    expect(Math.min(...seen)).toBeGreaterThan(5)
  })

  const code = (problem: Problem) => findContradiction(problem)?.reason ?? null
  const locked = (slot: string, table?: string) => ({ lock: { slot, ...(table ? { table } : {}) } })

  test('has two locked meetings that need the same, of whatever there are', () => {
    expect(code(changed({ c11: locked('s1'), c22: locked('s1') }))).toBe(null)
    expect(code(changed({ c11: locked('s1', 't1'), c22: locked('s1', 't2') }))).toBe(null)
    expect(code(changed({ c11: locked('s1', 't1'), c22: locked('s2', 't1') }))).toBe(null)
    expect(code(changed({ c11: locked('s1', 't1'), c21: locked('s1', 't1') }))).toMatchObject({
      code: 'personLockedTwice',
      participants: ['h1'],
    })
    expect(code(changed({ c12: locked('s2', 't1'), c21: locked('s2', 't1') }))).toEqual({
      code: 'tableLockedTwice',
      tables: ['t1'],
      slots: ['s2'],
      candidates: ['c12', 'c21'],
    })
    // An id may be a number in words: a participant's index is not a table.
    const tables = [{ id: '2' }, { id: '3' }]
    expect(code(changed({ c11: locked('s1', '3'), c22: locked('s1', '2') }, { tables }))).toBe(null)
  })

  test('has a meeting locked where it may not be, or a quota with too many that must be held', () => {
    expect(code(changed({ c11: { ...locked('s1'), slots: ['s2'] } }))).toEqual({
      code: 'noSlot',
      participants: ['p1', 'h1'],
      candidates: ['c11'],
    })
    const quotas = [{ id: 'q', candidates: ['c11', 'c22'], max: 1 }]
    expect(code(changed({ c11: { required: true } }, { quotas }))).toBe(null)
    expect(code(changed({ c11: { required: true }, c22: { required: true } }, { quotas }))).toMatchObject({
      code: 'quotaTooLow',
      candidates: ['c11', 'c22'],
    })
  })

  test('has more locked meetings than tables in a slot in which some are out', () => {
    const tables = [{ id: 't1', unavailable: ['s2'] }, { id: 't2' }]
    expect(code(changed({ c11: locked('s1'), c22: locked('s1') }, { tables }))).toBe(null)
    expect(code(changed({ c11: locked('s2'), c22: locked('s2') }, { tables }))).toEqual({
      code: 'slotOverfull',
      slots: ['s2'],
      candidates: ['c11', 'c22'],
      count: 2,
      most: 1,
    })
  })

  test('has somebody with more meetings than slots only if no other meetings could move', () => {
    const needed = (c11: string[], c12: string[]) => ({
      c11: { required: true, slots: c11 },
      c12: { required: true, slots: c12 },
    })
    expect(code(changed(needed(['s1'], ['s1', 's2'])))).toBe(null)
    expect(code(changed(needed(['s1', 's2'], ['s1'])))).toBe(null)
    expect(code(changed(needed(['s3'], ['s3'])))).toEqual({
      code: 'tooFewSlots',
      participants: ['p1'],
      candidates: ['c12', 'c11'],
      slots: ['s3'],
      count: 2,
      most: 1,
    })
  })
})

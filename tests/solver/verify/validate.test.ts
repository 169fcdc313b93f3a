import { describe, expect, test } from 'vitest'
import { checkRules, measure, validate, type Instance } from '../../../solver/index.ts'
import { claimless, meetings, people, tiny, tinyJson } from '../tiny.ts'

const broken = (instance: Instance, ...lines: string[]) =>
  checkRules(instance, meetings(...lines)).map(({ rule, ids }) => [rule, ...ids])

const withCandidate = (change: { id: string; [member: string]: unknown }) =>
  tinyJson().candidates.map((one) => (one.id === change.id ? { ...one, ...change } : one))

describe('a schedule', () => {
  test('without conflicts breaks no rule', () => {
    expect(broken(tiny(), 'c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2')).toEqual([])
  })

  test('gives nobody two meetings in one slot', () => {
    expect(broken(tiny(), 'c11 s1 t1', 'c12 s1 t2')).toEqual([['slot-conflict', 'p1', 's1', 'c11', 'c12']])
  })

  test('gives no table two meetings in one slot', () => {
    expect(broken(tiny(), 'c11 s1 t1', 'c22 s1 t1')).toEqual([['table-conflict', 't1', 's1', 'c11', 'c22']])
  })

  test('has no more meetings in a slot than tables that are only counted', () => {
    expect(broken(tiny({ tables: 1 }), 'c11 s1', 'c22 s1')).toEqual([['table-conflict', 's1']])
  })

  test('keeps slots free in which somebody is unavailable', () => {
    const instance = tiny({ participants: people({ id: 'p1', unavailable: ['s1'] }) })
    expect(broken(instance, 'c11 s1 t1')).toEqual([['unavailable', 'p1', 's1']])
  })

  test('respects the most meetings of a participant', () => {
    const instance = tiny({ participants: people({ id: 'p1', maxMeetings: 1 }) })
    expect(broken(instance, 'c11 s1 t1', 'c12 s2 t1')).toEqual([['maxMeetings', 'p1']])
  })

  test('has no longer rows of meetings inside a block than allowed', () => {
    const candidates = [...tinyJson().candidates, { id: 'again', participants: ['p1', 'h1'] }]
    const instance = tiny({ candidates, participants: people({ id: 'p1', maxConsecutive: 2 }) })
    expect(broken(instance, 'c11 s1 t1', 'c12 s2 t1', 'again s3 t1')).toEqual([
      ['maxConsecutive', 'p1', 's3'],
    ])
    expect(broken(instance, 'c11 s2 t1', 'c12 s3 t1', 'again s4 t1')).toEqual([])
  })

  test('holds a candidate only in its own slots', () => {
    const instance = tiny({ candidates: withCandidate({ id: 'c11', slots: ['s2'] }) })
    expect(broken(instance, 'c11 s1 t1')).toEqual([['slots', 'c11', 's1']])
  })

  test('holds a candidate strictly after those it comes after, if both are held', () => {
    const instance = tiny({ candidates: withCandidate({ id: 'c11', after: ['c22'] }) })
    expect(broken(instance, 'c11 s1 t1', 'c22 s1 t2')).toEqual([['after', 'c11', 'c22']])
    expect(broken(instance, 'c22 s1 t1', 'c11 s2 t2')).toEqual([])
    expect(broken(instance, 'c11 s1 t1')).toEqual([])
  })

  test('holds what is locked, in its slot and at its table', () => {
    const instance = tiny({
      candidates: withCandidate({ id: 'c11', lock: { slot: 's2', table: 't2' } }),
    })
    expect(broken(instance)).toEqual([['lock', 'c11']])
    expect(broken(instance, 'c11 s1 t2')).toEqual([['lock', 'c11', 's2', 's1']])
    expect(broken(instance, 'c11 s2 t1')).toEqual([['lock', 'c11', 't2']])
  })

  test('holds every required candidate', () => {
    expect(broken(tiny({ candidates: withCandidate({ id: 'c11', required: true }) }))).toEqual([
      ['required', 'c11'],
    ])
  })

  test('seats people where the table has what they need', () => {
    const instance = tiny({ participants: people({ id: 'p1', needs: ['step-free'] }) })
    expect(broken(instance, 'c11 s1 t2')).toEqual([['needs', 'p1', 't2']])
    expect(broken(instance, 'c11 s1 t1')).toEqual([])
  })

  test('seats people at their own tables', () => {
    const instance = tiny({ participants: people({ id: 'h1', tables: ['t1'] }) })
    expect(broken(instance, 'c11 s1 t2')).toEqual([['tables', 'h1', 't2']])
  })

  test('leaves tables alone in slots in which they cannot be used', () => {
    const instance = tiny({ tables: [{ id: 't1', unavailable: ['s2'] }, { id: 't2' }] })
    expect(broken(instance, 'c11 s1 t1', 'c22 s2 t1')).toEqual([['tables', 't1', 's2']])
  })

  test('keeps quotas between their least and most', () => {
    const quota = { id: 'q', candidates: ['c11', 'c12', 'c21'], min: 1, max: 1 }
    expect(broken(tiny({ quotas: [quota] }))).toEqual([['quotas', 'q']])
    expect(broken(tiny({ quotas: [quota] }), 'c11 s1 t1', 'c12 s2 t1')).toEqual([['quotas', 'q']])
  })

  test('spreads breaks evenly where that is asked', () => {
    const instance = tiny({ rules: { maxBreakSpread: 0 } })
    expect(broken(instance, 'c11 s1 t1', 'c12 s3 t1')).toEqual([['maxBreakSpread', 'p1', 'p2']])
  })
})

describe('the levels of the objective', () => {
  const list = meetings('c11 s1 t1', 'c12 s3 t2', 'c21 s4 t2')
  const instance = tiny({
    participants: people({ id: 'p1', minMeetings: 3, fairnessGroup: 'a' }, { id: 'p2', fairnessGroup: 'b' }),
  })

  test('are computed from the meetings, breaks inside blocks', () => {
    expect(measure(instance, list)).toEqual({
      shortfall: 1,
      changes: 0,
      value: 10,
      fairness: [1, 2],
      breaks: 1,
      idle: 1,
      seatedMoves: 0,
      tableMoves: 2,
    })
  })

  test('count 1 for another table, 2 for another time and 3 for a meeting that is gone', () => {
    const base = (...lines: string[]) => tiny({ base: meetings(...lines) })
    const changes = (...lines: string[]) => measure(base(...lines), list).changes
    expect(changes('c11 s1 t1', 'c12 s3 t2')).toBe(0)
    expect(changes('c11 s1 t2')).toBe(1)
    expect(changes('c11 s1')).toBe(0)
    expect(changes('c11 s2 t2', 'c22 s1 t1')).toBe(5)
  })

  test('count breaks across blocks when the scope is the event', () => {
    const wide = { ...instance, rules: { ...instance.rules, breakScope: 'event' as const } }
    expect(measure(wide, list)).toMatchObject({ breaks: 2, idle: 3 })
  })
})

describe('a solution', () => {
  test('with unknown ids is refused in words, without a crash', () => {
    const report = validate(tiny(), claimless(meetings('nobody s1 t1', 'c11 never t1', 'c22 s1 nowhere')))
    expect(report.violations.map(({ rule, path }) => [rule, path])).toEqual([
      ['unknown', '/meetings/0/candidate'],
      ['unknown', '/meetings/1/slot'],
      ['unknown', '/meetings/2/table'],
    ])
  })

  test('that reports no levels is refused', () => {
    expect(validate(tiny(), claimless([])).violations[0].message).toBe('The level shortfall is not reported.')
  })
})

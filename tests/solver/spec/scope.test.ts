import { describe, expect, test } from 'vitest'
import { isInKept, keepMeetings, scopeOf, shortfallWithin } from '../../../solver/spec/scope.ts'
import { meetings, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

describe('meetings that are kept', () => {
  const base = meetings('c11 s1 t2', 'c12 s2')

  test('are locked where they are', () => {
    const event = changed({ c12: { lock: { table: 't1' } }, c22: { lock: { slot: 's3' } } }, { base })
    const locks = (instance: ReturnType<typeof tiny>) => instance.candidates.map(({ lock }) => lock)
    const kept = [{ slot: 's1', table: 't2' }, { slot: 's2', table: 't1' }, null, { slot: 's3', table: null }]
    expect(locks(keepMeetings(event, base))).toEqual(kept)
    expect(locks(scopeOf(event, 'value', 0))).toEqual(kept)
    expect(scopeOf(event, 'value', 1)).toBe(event)
    expect(scopeOf(event, 'shortfall', 0)).toBe(event)
    expect(locks(keepMeetings(tiny({ base }), base))[1]).toEqual({ slot: 's2', table: null })
  })

  test('are what later levels speak of', () => {
    const event = tiny({ base })
    expect(
      (['shortfall', 'changes', 'value', 'tableMoves'] as const).map((level) => isInKept(event, level, 0)),
    ).toEqual([false, false, true, true])
    expect(isInKept(tiny(), 'value', 0)).toBe(false)
    expect(isInKept(event, 'value', 3)).toBe(false)
  })
})

describe('a bound', () => {
  test('speaks of as much shortfall as there is or as the tolerance leaves', () => {
    const within = (share: number, measured: number, bound: number) =>
      shortfallWithin(tiny({ rules: { tolerance: { shortfall: share } } }), measured, bound)
    expect([within(0.5, 2, 4), within(0.5, 7, 4), within(0.5, 0, 3), within(0, 2, 4)]).toEqual([6, 7, 4, 4])
    expect(shortfallWithin(tiny(), 1, 3)).toBe(3)
  })
})

import { describe, expect, test } from 'vitest'
import { isBetter, isBetterOrEqual, isSame } from '../../../solver/spec/level-order.ts'
import { measure } from '../../../solver/spec/objective.ts'
import { tiny } from '../tiny.ts'

describe('values of a level', () => {
  test('are the same or better by the first difference', () => {
    expect([isSame(1, 1), isSame([1, 2], [1, 2]), isSame(1, 2), isSame([1], [1, 2]), isSame(1, [1])]).toEqual(
      [true, true, false, false, true],
    )
    expect(isBetterOrEqual('fairness', [1, 2], [1])).toBe(true)
    expect(isBetterOrEqual('fairness', [1], [1, 2])).toBe(false)
    expect(isBetterOrEqual('fairness', [2], [1, 9])).toBe(true)
    expect(isBetterOrEqual('value', 2, 2)).toBe(true)
    expect(isBetterOrEqual('value', 1, 2)).toBe(false)
    expect([
      isBetterOrEqual('idle', 1, 2),
      isBetterOrEqual('idle', 2, 2),
      isBetterOrEqual('idle', 3, 2),
    ]).toEqual([true, true, false])
    const nothing = measure(tiny(), [])
    const all = (value: number, idle: number) => ({ ...nothing, value, idle })
    expect(isBetter(['value', 'idle'], all(2, 9), all(1, 0))).toBe(true)
    expect(isBetter(['value', 'idle'], all(1, 9), all(1, 0))).toBe(false)
    expect(isBetter(['value', 'idle'], all(1, 0), all(1, 9))).toBe(true)
    expect(isBetter(['value', 'idle'], all(1, 1), all(1, 1))).toBe(false)
  })
})

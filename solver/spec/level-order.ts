import type { Level } from '../format/instance.ts'
import type { LevelValue } from '../format/solution.ts'

const list = (value: LevelValue): number[] => (Array.isArray(value) ? value : [value])

export const isSame = (one: LevelValue, other: LevelValue): boolean => compare(one, other) === 0

/** Orders by the first difference; a longer list wins over its own beginning. */
function compare(one: LevelValue, other: LevelValue): number {
  const [left, right] = [list(one), list(other)]
  const at = left.findIndex((number, index) => number !== right[index])
  return at < 0 ? left.length - right.length : left[at] - (right[at] ?? -Infinity)
}

const GROWS: readonly Level[] = ['value', 'fairness']

/** Whether `one` is at least as good as `other` on the level. */
export const isBetterOrEqual = (level: Level, one: LevelValue, other: LevelValue): boolean =>
  GROWS.includes(level) ? compare(one, other) >= 0 : compare(one, other) <= 0

/** Whether the first difference in the order of the levels is in favour of `one`. */
export function isBetter(
  levels: readonly Level[],
  one: Record<Level, LevelValue>,
  other: Record<Level, LevelValue>,
): boolean {
  const level = levels.find((level) => !isSame(one[level], other[level]))
  return level !== undefined && isBetterOrEqual(level, one[level], other[level])
}

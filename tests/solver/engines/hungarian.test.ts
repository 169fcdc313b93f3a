import { expect, test } from 'vitest'
import { Assignment } from '../../../solver/engines/hungarian.ts'
import { seededRandom } from '../../../solver/model/random.ts'

/** Every way to give each of so many rows a column of its own. */
const permutations = (size: number): number[][] =>
  size === 0
    ? [[]]
    : permutations(size - 1).flatMap((list) =>
        Array.from({ length: size }, (_, place) => list.toSpliced(place, 0, size - 1)),
      )

test('an assignment costs no more than any other, and takes no pair that does not go together', () => {
  const random = seededRandom(1)
  const assignment = new Assignment(6)
  const { cost, columnOf } = assignment
  for (let trial = 0; trial < 300; trial++) {
    const size = 1 + random.below(5)
    for (let at = 0; at < size * size; at++)
      cost[at] = at % (size + 1) > 0 && random.below(4) === 0 ? Infinity : random.below(9) - 4
    const costOf = (columns: readonly number[]) =>
      columns.reduce((sum, column, row) => sum + cost[row * size + column], 0)
    assignment.solve(size)
    const found = [...columnOf.subarray(0, size)]
    expect(found.toSorted()).toEqual([...found.keys()])
    expect([trial, costOf(found)]).toEqual([trial, Math.min(...permutations(size).map(costOf))])
  }
})

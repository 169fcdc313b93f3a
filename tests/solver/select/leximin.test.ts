import { expect, test } from 'vitest'
import { seededRandom } from '../../../solver/model/random.ts'
import { raiseAndFreeze } from '../../../solver/select/leximin.ts'
import { isBetterOrEqual } from '../../../solver/spec/level-order.ts'

const [PEOPLE, MOST] = [4, 5]
const ascending = (list: number[]) => list.toSorted((one, other) => one - other)
const atLeast = (list: number[], n: number) => list.filter((one) => one >= n).length

test('raising one meeting after the other ends at the fairest of all choices', () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed)
    let choices = Array.from({ length: 20 }, () =>
      Array.from({ length: PEOPLE }, () => random.below(MOST + 1)),
    )
    const fairest = choices
      .map(ascending)
      .reduce((best, one) => (isBetterOrEqual('fairness', one, best) ? one : best))
    const found = raiseAndFreeze(PEOPLE, MOST, (n) => {
      const best = Math.max(...choices.map((one) => atLeast(one, n)))
      choices = choices.filter((one) => atLeast(one, n) === best)
      return best
    })
    expect(found).toEqual(fairest)
  }
})

test('where a maximum is not whole, the rest counts as having the most', () => {
  expect(raiseAndFreeze(3, 4, (n) => (n === 1 ? 3 : 1.5))).toEqual([1, 1, 4])
  expect(raiseAndFreeze(0, 0, () => 1)).toEqual([])
  expect(raiseAndFreeze(2, 0, () => 1)).toEqual([0, 0])
})

test('it ends with nothing where the raising stops', () => {
  expect(raiseAndFreeze(2, 4, (n) => (n < 3 ? 2 : null))).toBe(null)
})

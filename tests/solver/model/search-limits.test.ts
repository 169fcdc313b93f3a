import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../solver/model/random.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'

describe('a search', () => {
  test('ends after its steps, or when it is told to', () => {
    const few = startSearch({ maxIterations: 2 }, 100)
    expect([few.maxIterations, few.iterations, few.isOver(), few.isStopped()]).toEqual([2, 0, false, false])
    few.iterations = 2
    expect([few.isOver(), few.isStopped()]).toEqual([true, false])
    expect(startSearch({}, 100).maxIterations).toBe(100)
    let isTold = false
    const told = startSearch({ stop: () => isTold }, 100)
    expect([told.maxIterations, told.isOver(), told.isStopped()]).toEqual([Infinity, false, false])
    isTold = true
    expect([told.isOver(), told.isStopped()]).toEqual([true, true])
    expect(startSearch({ stop: () => false, maxIterations: 7 }, 1).maxIterations).toBe(7)
    expect(startSearch({}, 1).random.unit()).toBe(seededRandom(1).unit())
    expect(startSearch({ seed: 9 }, 1).random.unit()).toBe(seededRandom(9).unit())
  })
})

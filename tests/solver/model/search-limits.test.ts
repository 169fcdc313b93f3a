import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../solver/model/random.ts'
import { NEAR_BASE_EFFORT } from '../../../solver/model/effort.ts'
import { forkOf, startSearch } from '../../../solver/model/search-limits.ts'

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

  test('has no end but the one by time, whether no limit is set or an infinite one', () => {
    const stop = () => false
    for (const limit of [{}, { maxIterations: Infinity }]) {
      const { maxIterations, horizon } = startSearch({ stop, ...limit }, 100)
      expect([maxIterations, horizon]).toEqual([Infinity, Infinity])
    }
    expect(startSearch({ stop, maxIterations: 7 }, 100).horizon).toBe(100)
  })

  test('near a base has its steps even where it could be stopped', () => {
    expect(startSearch({ stop: () => false }, 100, NEAR_BASE_EFFORT).maxIterations).toBe(100)
    expect(startSearch({ stop: () => false, maxIterations: 7 }, 100, NEAR_BASE_EFFORT).maxIterations).toBe(7)
  })

  test('goes on by itself with the same chance and no more steps', () => {
    let isTold = false
    const whole = startSearch({ maxIterations: 100, stop: () => isTold }, 1)
    whole.iterations = 40
    const [fork, few] = [forkOf(whole), forkOf(whole, 5)]
    expect([fork.iterations, fork.maxIterations, few.maxIterations]).toEqual([0, 60, 5])
    few.iterations = 5
    expect([few.isOver(), fork.isOver(), whole.isOver(), whole.iterations]).toEqual([true, false, false, 45])
    const first = fork.random.unit()
    expect([first, few.random.unit()]).toEqual([first, whole.random.unit()].toReversed())
    isTold = true
    expect([fork.isOver(), fork.isStopped()]).toEqual([true, true])
  })
})

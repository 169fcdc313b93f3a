import { describe, expect, test } from 'vitest'
import { seededRandom, shuffle } from '../../../solver/model/random.ts'

describe('chance', () => {
  test('is the same for the same seed', () => {
    const random = seededRandom(1)
    expect([random.unit(), random.unit(), random.below(1000), random.below(7)]).toEqual([
      0.6270739405881613, 0.002735721180215478, 527, 6,
    ])
    expect(shuffle([1, 2, 3, 4, 5, 6, 7, 8], seededRandom(3))).toEqual([8, 5, 2, 4, 7, 3, 1, 6])
    expect(seededRandom(-1).unit()).toBe(seededRandom(4294967295).unit())
    const fork = random.fork()
    expect([fork.unit(), fork.below(1000)]).toEqual([random.unit(), random.below(1000)])
  })

  test('is drawn from all numbers alike', () => {
    const [random, counts] = [seededRandom(5), new Array(6).fill(0)]
    for (let i = 0; i < 6000; i++) counts[random.below(6)]++
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120)
    const list = Array.from({ length: 50 }, (_, index) => index)
    expect(shuffle([...list], random).toSorted((one, other) => one - other)).toEqual(list)
    expect(shuffle([], random)).toEqual([])
  })
})

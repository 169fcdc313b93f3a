import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../solver/model/random.ts'
import { StepLength, Subgradient } from '../../../solver/bounds/subgradient.ts'

/**
 * The dual of choosing things of different worth that share rooms: everything that is worth more than its price is
 * taken, and rooms are paid for; of such bounds the least is the most that can be had.
 */
class Rooms extends Subgradient {
  private readonly things: { worth: number; room: number }[]
  private readonly places: number

  constructor(
    things: { worth: number; room: number }[],
    rooms: number,
    places: number,
    stopsAtKinks: boolean,
  ) {
    super(rooms, stopsAtKinks)
    this.things = things
    this.places = places
  }

  evaluate(): number {
    this.slope.fill(-this.places)
    let bound = this.at.reduce((sum, price) => sum + price * this.places, 0)
    for (const { worth, room } of this.things) {
      if (worth <= this.at[room]) continue
      bound += worth - this.at[room]
      this.slope[room]++
    }
    this.remember(bound)
    return bound
  }

  get prices(): number[] {
    return [...this.at]
  }
}

describe('prices that follow their slopes', () => {
  test.each([true, false])('come to the best bound, never below their lowest (kinks: %s)', (stopsAtKinks) => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      const things = Array.from({ length: 12 }, () => ({ worth: 1 + random.below(9), room: random.below(3) }))
      const worthsIn = (room: number) =>
        things
          .filter((one) => one.room === room)
          .map(({ worth }) => worth)
          .sort((one, other) => other - one)
      const truth = [0, 1, 2].flatMap((room) => worthsIn(room).slice(0, 2)).reduce((sum, one) => sum + one, 0)
      const rooms = new Rooms(things, 3, 2, stopsAtKinks)
      const length = new StepLength(1, 10)
      let best = Infinity
      for (let step = 0; step < 400; step++) {
        const bound = rooms.evaluate()
        expect(bound).toBeGreaterThanOrEqual(truth - 1e-9)
        if (length.heed(bound < best)) rooms.goBack()
        best = Math.min(best, bound)
        rooms.follow(length.share * Math.max(0.01, best - truth), 0.5)
        expect(Math.min(...rooms.prices)).toBeGreaterThanOrEqual(0)
      }
      expect(best).toBeCloseTo(truth, 1)
      rooms.goBack()
      expect(rooms.evaluate()).toBeCloseTo(best, 9)
    }
  })

  test('stay where nothing slopes', () => {
    const rooms = new Rooms([{ worth: 5, room: 0 }], 1, 1, true)
    rooms.evaluate()
    rooms.follow(3, 1)
    expect(rooms.prices).toEqual([0])
  })
})

test('steps become shorter by a fifth after so many in a row that were no better', () => {
  const length = new StepLength(1, 3)
  const answers = [false, false, true, false, false, false, false].map((isBetter) => length.heed(isBetter))
  expect(answers).toEqual([false, false, false, false, false, true, false])
  expect(length.share).toBe(0.8)
})

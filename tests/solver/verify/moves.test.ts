import { expect, test } from 'vitest'
import { parseInstance, type Instance } from '../../../solver/index.ts'
import { findCertain } from '../../../solver/verify/certain.ts'
import { factsOf } from '../../../solver/verify/facts.ts'
import { leastMoves } from '../../../solver/verify/moves.ts'
import { generateCamp } from '../generate.ts'

/** The same event, which tells how often the days of its slots are asked for. */
function counting(instance: Instance) {
  let asked = 0
  const slots = instance.slots.map((slot) =>
    Object.defineProperty({ ...slot }, 'day', {
      get: () => {
        asked++
        return slot.day
      },
    }),
  )
  return { instance: { ...instance, slots }, asked: () => asked }
}

test('the fewest changes of table ask once for the stretch of each slot, however many people there are', () => {
  const rules = { objective: ['value', 'breaks', 'tableMoves'] }
  const camp = parseInstance({ ...generateCamp(1, { tables: 8 }), rules })
  const facts = factsOf(camp)
  const { instance, asked } = counting(camp)
  leastMoves({ ...facts, instance }, findCertain(facts, null), 0)
  expect(Array.isArray(camp.tables) && camp.participants.length).toBeGreaterThan(10)
  expect(asked()).toBeGreaterThan(0)
  expect(asked()).toBeLessThanOrEqual(2 * camp.slots.length)
})

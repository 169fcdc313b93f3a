import { expect, test, vi } from 'vitest'
import { findCertain } from '../../../solver/verify/certain.ts'
import { factsOf } from '../../../solver/verify/facts.ts'
import { movesOfTimes } from '../../../solver/verify/stays.ts'
import { tiny } from '../tiny.ts'

/** Pairs that meet in each of two slots: nobody need change. */
function pairs(count: number) {
  const ids = [...Array(count).keys()]
  const slots = [{ id: 's1' }, { id: 's2' }]
  return tiny({
    slots,
    participants: ids.flatMap((id) => [{ id: `p${id}` }, { id: `h${id}` }]),
    candidates: slots.flatMap(({ id: slot }) =>
      ids.map((id) => ({ id: `${slot} ${id}`, participants: [`p${id}`, `h${id}`], lock: { slot } })),
    ),
  })
}

/** The changes of table of so many pairs, and how often a list was searched for them. */
function movesOf(count: number) {
  const facts = factsOf(pairs(count))
  const certain = findCertain(facts, null)
  const includes = vi.spyOn(Array.prototype, 'includes')
  const moves = movesOfTimes(facts, certain, 'tableMoves')
  const searched = includes.mock.calls.length
  includes.mockRestore()
  return { moves, searched }
}

test('the changes of table that times leave take twice the work for twice the people', () => {
  const [some, twice] = [movesOf(20), movesOf(40)]
  expect([some.moves, twice.moves]).toEqual([0, 0])
  expect(some.searched).toBeGreaterThan(0)
  expect(twice.searched).toBeLessThanOrEqual(2 * some.searched)
})

import { expect, test } from 'vitest'
import { countBreaks } from '../../../solver/model/breaks.ts'
import { compile, onlySlot } from '../../../solver/model/problem.ts'
import { pauses } from '../../../solver/spec/objective.ts'
import { tiny } from '../tiny.ts'

/** The slots of each set of seven, in three blocks. */
const days = Array.from({ length: 2 ** 7 }, (_, bits) =>
  [...Array(7).keys()].filter((slot) => bits & (1 << slot)),
)
const slots = [0, 0, 0, 1, 2, 2, 2].map((block, index) => ({ id: `s${index}`, block }))

test.each(['block', 'event'])('the breaks of every day are those of the definition, by %s', (breakScope) => {
  const problem = compile(tiny({ slots, rules: { breakScope } }))
  for (const day of days) {
    // Two other days stand around it.
    const at = new Int32Array(21).fill(8, 0, 7).fill(-1, 7, 14).fill(9, 14)
    for (const slot of day) at[7 + slot] = slot
    const lengths = pauses(
      problem.instance,
      day.map((slot) => ({ slot, candidate: '', table: null })),
    )
    const idle = lengths.reduce((sum, one) => sum + one, 0)
    expect(countBreaks(problem, at, 7)).toEqual({ breaks: lengths.length, idle })
  }
})

test('the only slot of a candidate is told if there is just one', () => {
  const allowed = Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0)
  expect([0, 1, 2, 3].map((c) => onlySlot(allowed, 3, c))).toEqual([-1, -1, 2, 0])
})

import { expect, test } from 'vitest'
import type { ObjectiveLevel } from '../../../../server/schemas/run.ts'
import '../../../support/device.ts'
import { movesOfSides } from '../../../../web/pages/organiser/objective-words.ts'

const level = (name: ObjectiveLevel['level'], value: number): ObjectiveLevel => ({
  level: name,
  value,
  bound: 0,
  proven: false,
})

test('the changes of table are told of each side by itself, where those of hosts are known', () => {
  const all = level('tableMoves', 250)
  expect(movesOfSides([level('seatedMoves', 12), all])).toMatch(/12.*238/)
  expect(movesOfSides([all])).toBe(null)
  expect(movesOfSides([])).toBe(null)
})

import { expect, test } from 'vitest'
import { LEVELS, REPAIR_ORDERS } from '../../solver/index.ts'
import { REPAIR_ORDERS as OFFERED_ORDERS } from '../../server/schemas/day.ts'
import { OBJECTIVES } from '../../server/schemas/run.ts'

test('the wire has the names of the file format', () => {
  expect(OBJECTIVES).toEqual(LEVELS.filter((level) => level !== 'changes'))
  expect(OFFERED_ORDERS).toEqual(REPAIR_ORDERS)
})

import { describe, expect, test } from 'vitest'
import { compile } from '../../../solver/model/problem.ts'
import { emptyPrices, readSlotPrices, toGrain, writeSlotPrices } from '../../../solver/bounds/slot-prices.ts'
import { tiny } from '../tiny.ts'

describe('prices by slot', () => {
  const event = tiny()

  test('are written by id without those that are 0, and read again', () => {
    const days = emptyPrices(compile(event))
    expect([days.busy.length, days.tables.length]).toEqual([16, 4])
    days.busy[1] = 0.5
    days.busy[11] = -2
    days.tables[3] = 1
    const written = { participants: { p1: { s2: 0.5 }, h1: { s4: -2 } }, tables: { s4: 1 } }
    expect(writeSlotPrices(event, days)).toEqual(written)
    expect(readSlotPrices(event, written)).toEqual(days)
    expect(
      readSlotPrices(event, { participants: { px: { s1: 1 }, p1: { sx: 1 } }, tables: { sx: 1 } }),
    ).toEqual(emptyPrices(compile(event)))
  })

  test('are multiples of 1/1024', () => {
    expect([toGrain(1 / 3), toGrain(-0.7), toGrain(2)]).toEqual([341 / 1024, -717 / 1024, 2])
  })
})

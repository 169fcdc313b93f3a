import { expect, test } from 'vitest'
import { nearestFirst } from '../../../web/lib/nearest-day.ts'

const day = (date: string, lastDate = date) => ({ date, lastDate })

test('what is on or comes next stands first, then what is over, the latest first', () => {
  const [weeksAgo, yesterday, next, later] = ['2026-10-30', '2026-11-21', '2026-11-23', '2026-12-05'].map(
    (date) => day(date),
  )
  const on = day('2026-11-21', '2026-11-22')
  const sorted = nearestFirst([weeksAgo, later, yesterday, next, on], '2026-11-22')
  expect(sorted).toEqual([on, next, later, yesterday, weeksAgo])
})

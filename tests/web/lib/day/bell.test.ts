import { expect, test } from 'vitest'
import { strokesBetween } from '../../../../web/lib/day/bell.ts'

const at = (time: string) => Date.parse(`2031-05-10T${time}Z`)
const turn = (from: string, to: string) => ({
  ...{ startsAt: `2031-05-10T${from}Z`, endsAt: `2031-05-10T${to}Z` },
})
const turns = [turn('09:00:00', '09:20:00'), turn('09:25:00', '09:29:00')]
const strokes = (before: string, now: string) => strokesBetween(turns, at(before), at(now))

test('the bell strikes once at five minutes left and twice at the end', () => {
  expect(strokes('09:14:59', '09:15:00')).toBe(1)
  expect(strokes('09:15:00', '09:15:01')).toBe(0)
  expect(strokes('09:19:59', '09:20:00')).toBe(2)
  expect(strokes('09:28:59', '09:29:00')).toBe(2)
})

test('not before a turn that is shorter than that, nor for what went by while the page slept', () => {
  expect(strokes('09:23:59', '09:24:00')).toBe(0)
  expect(strokes('09:10:00', '09:16:00')).toBe(0)
  expect(strokesBetween(turns, Infinity, at('09:15:00'))).toBe(0)
})

import { expect, test } from 'vitest'
import { matchSlots } from '../../../../server/features/arrangement/matching.ts'
import type { SlotGrid } from '../../../../server/schemas/event.ts'
import { makeSlots, type SlotTime } from '../../../../server/schemas/slot-times.ts'

const ROME = 'Europe/Rome'
type Block = SlotGrid['blocks'][number]
function made(blocks: Block[], slotMinutes = 20): SlotTime[] {
  const slots = makeSlots({ slotMinutes, changeoverMinutes: 5, blocks }, '2030-05-10', ROME)
  if (!Array.isArray(slots)) throw new Error(slots.reason)
  return slots
}
const before = (blocks: Block[]) => made(blocks).map((slot, index) => ({ ...slot, id: String(index) }))
/** `0→09:00`: which slot stays and when it is; `+` one that is new, `-` one that goes. */
function change(old: Block[], next: Block[], slotMinutes = 20) {
  const clock = ({ startsAt }: SlotTime) =>
    startsAt.toLocaleTimeString('it', { timeZone: ROME, hour: '2-digit', minute: '2-digit' })
  const { kept, added, removed } = matchSlots(before(old), made(next, slotMinutes))
  return [
    ...kept.map((one) => `${one.id}→${one.next.day.slice(8)} ${clock(one.next)}`),
    ...added.map((slot) => `+${slot.day.slice(8)} ${clock(slot)}`),
    ...removed.map(({ id }) => `-${id}`),
  ]
}
const morning = { start: '09:00', slots: 2 }
const noon = { start: '14:00', slots: 1 }

test('slots that only move stay, by as much as a slot too', () => {
  expect(change([morning, noon], [{ ...morning, start: '09:25' }, noon])).toEqual([
    ...['0→10 09:25', '1→10 09:50', '2→10 14:00'],
  ])
  expect(change([morning], [morning], 40)).toEqual(['0→10 09:00', '1→10 09:45'])
})

test('where slots come or go those stay that have the same time, then those that share some', () => {
  expect(change([morning, noon], [{ start: '08:35', slots: 3 }, noon])).toEqual([
    ...['0→10 09:00', '1→10 09:25', '2→10 14:00', '+10 08:35'],
  ])
  expect(change([morning, noon], [morning])).toEqual(['0→10 09:00', '1→10 09:25', '-2'])
  expect(change([{ start: '09:00', slots: 3 }], [{ start: '09:10', slots: 2 }])).toEqual([
    ...['0→10 09:10', '1→10 09:35', '-2'],
  ])
})

test('days go together by their date', () => {
  const tomorrow = { ...morning, date: '2030-05-11' }
  expect(change([morning], [morning, tomorrow])).toEqual([
    ...['0→10 09:00', '1→10 09:25', '+11 09:00', '+11 09:25'],
  ])
  expect(change([morning, tomorrow], [tomorrow])).toEqual(['2→11 09:00', '3→11 09:25', '-0', '-1'])
  expect(change([morning, tomorrow], [morning, { ...morning, date: '2030-05-20' }])).toEqual([
    ...['0→10 09:00', '1→10 09:25', '2→20 09:00', '3→20 09:25'],
  ])
})

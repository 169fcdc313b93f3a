import { expect, test } from 'vitest'
import type { DayView } from '../../server/schemas/day.ts'
import { UndoStack } from '../../web/pages/organiser/day/undo-stack.ts'

const entry = (seq: number, type: string, actor = 'me'): DayView['log'][number] => ({
  ...{ seq, type, actor, text: type, eventId: null, undoable: true },
  at: '2026-11-22T09:00:00Z',
})

test('each step finds the entry it made, in the order of doing, and never one of somebody else', () => {
  const stack = new UndoStack()
  const first = stack.push('attendance.here', 10)
  const second = stack.push('attendance.here', 10)
  const log = [13, 12, 11].map((seq) => entry(seq, 'attendance.here', seq === 12 ? 'somebody' : 'me'))
  expect(stack.find(second, log, 'me')).toBe(13)
  expect(stack.find(first, log, 'me')).toBe(11)
})

test('a step whose entry is no longer in the log is not taken for another one', () => {
  const stack = new UndoStack()
  const step = stack.push('room.delayed', 10)
  expect(stack.find(step, [entry(40, 'attendance.here'), entry(9, 'room.delayed')], 'me')).toBeNull()
})

test('what was taken back is no longer on top', () => {
  const stack = new UndoStack()
  const first = stack.push('meeting.called', 1)
  stack.drop(stack.push('meeting.done', 2))
  expect(stack.last()).toBe(first)
})

import { describe, expect, test } from 'vitest'
import {
  advance,
  patience,
  reconnectDelay,
  unknownPosition,
  worthAsking,
  type Change,
  type Snapshot,
} from '../../../web/lib/live-frames.ts'

const at = '2026-11-22T09:30:00Z'
const snapshot = (seq: number, data: string): Snapshot<string> => ({
  type: 'snapshot',
  epoch: 'a',
  prev: null,
  seq,
  at,
  data,
})
const change = (prev: number, seq: number, data: string | null, epoch = 'a'): Change<string> => ({
  type: 'change',
  epoch,
  prev,
  seq,
  at,
  data,
})
const held = { epoch: 'a', seq: 7 }

describe('a numbered frame', () => {
  test('a snapshot is taken whatever was held', () => {
    expect(advance(held, null, snapshot(3, 'view'))).toEqual({
      position: { epoch: 'a', seq: 3 },
      data: 'view',
      resync: false,
    })
  })

  test('a change that follows the last one replaces the view', () => {
    expect(advance(held, 'old', change(7, 9, 'view'))).toEqual({
      position: { epoch: 'a', seq: 9 },
      data: 'view',
      resync: false,
    })
  })

  test('an empty change only moves the number on', () => {
    expect(advance(held, 'old', change(7, 8, null))).toEqual({
      position: { epoch: 'a', seq: 8 },
      resync: false,
    })
  })

  test('a gap asks for a snapshot and shows nothing of the frame', () => {
    expect(advance(held, 'old', change(8, 9, 'view'))).toEqual({ position: unknownPosition, resync: true })
  })

  test('another epoch asks for a snapshot even where the numbers fit', () => {
    expect(advance(held, 'old', change(7, 8, 'view', 'b'))).toEqual({
      position: unknownPosition,
      resync: true,
    })
  })
})

type Board = { title: string; rows: { id: string; at: string }[] }
const board: Board = {
  title: 'Camp',
  rows: [
    { id: 'a', at: '9:00' },
    { id: 'b', at: '9:20' },
  ],
}
const changed = (members: Change<Board>['changed']): Change<Board> => ({
  ...{ type: 'change', epoch: 'a', prev: 7, seq: 8, at, data: null },
  changed: members,
})

describe('a change of some members', () => {
  test('replaces values and rows, and leaves everything else the same object', () => {
    const { data } = advance(held, board, changed({ rows: { rows: [{ id: 'b', at: '10:00' }] as never } }))
    expect(data).toEqual({ title: 'Camp', rows: [board.rows[0], { id: 'b', at: '10:00' }] })
    expect(data?.rows[0]).toBe(board.rows[0])
    expect(advance(held, board, changed({ title: { value: 'Day' } })).data?.rows).toBe(board.rows)
  })

  test('adds, removes and reorders rows', () => {
    const order = ['c', 'a']
    const { data } = advance(
      held,
      board,
      changed({ rows: { rows: [{ id: 'c', at: '11:00' }] as never, order } }),
    )
    expect(data?.rows).toEqual([{ id: 'c', at: '11:00' }, board.rows[0]])
  })

  test('of what is not held asks for a snapshot', () => {
    expect(advance<Board>(held, null, changed({}))).toEqual({ position: unknownPosition, resync: true })
  })
})

describe('reconnecting', () => {
  test('waits at most a quarter of a second first, then two seconds, and eight after many tries', () => {
    expect([0, 1, 2, 7, 8, 19, 20, 50].map((attempt) => reconnectDelay(attempt, 1))).toEqual([
      250, 500, 1000, 1000, 2000, 2000, 8000, 8000,
    ])
  })

  test('spreads over the whole wait, so that a full room does not return at once', () => {
    expect([0, 0.5].map((random) => reconnectDelay(5, random))).toEqual([0, 500])
  })

  test('asks over HTTP soon where there is nothing to show, else calmly', () => {
    const since = [0, 3_000, 10_000, Infinity]
    expect(since.map((ms) => [worthAsking(ms, true), worthAsking(ms, false)])).toEqual([
      [false, false],
      [true, false],
      [true, true],
      [true, true],
    ])
  })
})

test('a silence is called offline within ten seconds', () => {
  expect(patience.quiet + patience.answer).toBeLessThan(10_000)
})

import { describe, expect, test, vi } from 'vitest'
import { fromLocal, toLocal } from '../../../../../web/pages/organiser/setup/local-time.ts'
import { mergeForms } from '../../../../../web/pages/organiser/merge.ts'
import {
  breaksOf,
  draftOf,
  gridOf,
  gridProblem,
  knownBy,
  nextBlock,
  toGrid,
  turnsOf,
  valuesOf,
  type GridDraft,
} from '../../../../../web/pages/organiser/setup/slot-grid.ts'
import { withTables } from '../../../../../web/pages/organiser/setup/tables.ts'

// The app writes its language on the page, and there is none here.
vi.hoisted(() => Object.assign(globalThis, { document: { cookie: '', documentElement: { lang: '' } } }))

const grid = {
  slotMinutes: 20,
  changeoverMinutes: 5,
  blocks: [
    { start: '09:30', slots: 2 },
    { start: '14:00', slots: 1 },
  ],
}

describe('the grid of turns', () => {
  test('shows each turn by the clock', () => {
    expect(turnsOf(grid)).toEqual([
      [
        { start: '09:30', end: '09:50' },
        { start: '09:55', end: '10:15' },
      ],
      [{ start: '14:00', end: '14:20' }],
    ])
    expect(breaksOf(grid)).toEqual([null, 225])
  })

  test('waits until every field makes sense', () => {
    expect(toGrid({ ...grid, changeoverMinutes: null })).toBe(null)
    expect(toGrid({ ...grid, blocks: [{ start: '', slots: 3 }] })).toBe(null)
    expect(toGrid({ ...grid, changeoverMinutes: 0 })).toEqual({ ...grid, changeoverMinutes: 0 })
  })

  test('says why it cannot be a day', () => {
    const blocks = (start: string, slots: number) => [grid.blocks[0]!, { start, slots }]
    expect(gridProblem(grid)).toBe(null)
    expect(gridProblem({ ...grid, blocks: blocks('10:00', 1) })).toBe('overlap')
    expect(gridProblem({ ...grid, blocks: blocks('23:30', 2) })).toBe('midnight')
  })

  test('offers the next block an hour after the last', () => {
    expect(nextBlock(grid)).toEqual({ start: '15:20', slots: 4 })
  })

  test('is read back from the slots it made', () => {
    const slot = (position: number, block: number, from: string, to: string) => ({
      id: String(position),
      position,
      block,
      startsAt: `2026-11-22T${from}:00+01:00`,
      endsAt: `2026-11-22T${to}:00+01:00`,
    })
    const slots = [slot(0, 0, '09:30', '09:50'), slot(1, 0, '09:55', '10:15'), slot(2, 1, '14:00', '14:20')]
    expect(gridOf(slots, 'Europe/Rome')).toEqual(grid)
    expect(gridOf([], 'Europe/Rome')).toBe(null)
  })
})

describe('a time on the event’s own clock', () => {
  test('keeps its hour in summer, in winter and across the change', () => {
    for (const local of ['2026-07-01T18:00', '2026-12-01T18:00', '2026-10-25T04:30', '2026-03-29T03:30'])
      expect(toLocal(fromLocal(local, 'Europe/Rome'), 'Europe/Rome')).toBe(local)
    expect(fromLocal('2026-12-01T18:00', 'Europe/Rome')).toBe('2026-12-01T17:00:00.000Z')
    expect(fromLocal('', 'Europe/Rome')).toBe(null)
  })
})

test('added tables take the free numbers and the last room', () => {
  const tables = [{ name: '2', room: 'Sala', features: ['step-free'] }]
  expect(withTables(tables, 2)).toEqual([
    ...tables,
    { name: '1', room: 'Sala', features: [] },
    { name: '3', room: 'Sala', features: [] },
  ])
})

describe('a grid that two people change', () => {
  const was = valuesOf(grid)
  const opened = draftOf(was)
  const [morning, afternoon] = opened.blocks as [GridDraft['blocks'][number], GridDraft['blocks'][number]]
  const evening = { start: '18:00', slots: 1 }
  const merged = (mine: GridDraft['blocks'], theirs: GridDraft['blocks']) => {
    const now = valuesOf(
      knownBy({ ...grid, blocks: theirs.map(({ start, slots }) => ({ start, slots })) }, was.blocks),
    )
    const { value, conflicts } = mergeForms(was, valuesOf({ ...opened, blocks: mine }), now)
    const blocks = draftOf(value).blocks.map(({ start, slots }) => `${start} ${slots}`)
    return { blocks, conflicts: conflicts.map(({ path }) => path.join(' ')) }
  }

  test('keeps what each of them did to another block, in the order of the day', () => {
    const theirs = [{ ...morning, start: '08:30' }, afternoon]
    expect(merged([morning, afternoon, evening], theirs)).toEqual({
      blocks: ['08:30 2', '14:00 1', '18:00 1'],
      conflicts: [],
    })
    expect(merged([{ ...afternoon, slots: 5 }], [morning, afternoon])).toEqual({
      blocks: ['14:00 5'],
      conflicts: [],
    })
    expect(merged([morning, { ...afternoon, slots: 5 }], [afternoon])).toEqual({
      blocks: ['14:00 5'],
      conflicts: [],
    })
  })

  test('asks of one block’s field, and of a block that both have added', () => {
    expect(
      merged([{ ...morning, slots: 4 }, afternoon], [{ ...morning, slots: 3 }, afternoon]).conflicts,
    ).toEqual(['blocks new 0 slots'])
    expect(
      merged([...opened.blocks, evening], [...opened.blocks, { ...evening, slots: 2 }]).conflicts,
    ).toEqual(['blocks new 2'])
    expect(merged([...opened.blocks, evening], [...opened.blocks, evening]).conflicts).toEqual([])
  })

  test('knows a new block from one that was taken out', () => {
    expect(Object.values(valuesOf({ ...opened, blocks: [afternoon, evening] }).blocks)).toEqual([
      { start: '14:00', slots: 1 },
      evening,
    ])
  })
})

import { describe, expect, test, vi } from 'vitest'
import { fromLocal, toLocal } from '../../../../../web/pages/organiser/setup/local-time.ts'
import { mergeForms } from '../../../../../web/pages/organiser/merge.ts'
import {
  daysOf,
  draftOf,
  gridOf,
  gridProblem,
  knownBy,
  nextBlock,
  previewOf,
  toGrid,
  valuesOf,
  withNextDay,
  withoutDay,
  withSameHours,
  type GridDraft,
} from '../../../../../web/pages/organiser/setup/slot-grid.ts'
import { withTables } from '../../../../../web/pages/organiser/setup/tables.ts'

// The app writes its language on the page, and there is none here.
vi.hoisted(() => Object.assign(globalThis, { document: { cookie: '', documentElement: { lang: '' } } }))

const date = '2026-11-22'
const zone = 'Europe/Rome'
const grid = {
  slotMinutes: 20,
  changeoverMinutes: 5,
  blocks: [
    { date, start: '09:30', slots: 2 },
    { date, start: '14:00', slots: 1 },
  ],
}

describe('the grid of turns', () => {
  test('shows each turn by the clock', () => {
    expect(previewOf(grid, zone)).toEqual([
      {
        date,
        blocks: [
          {
            pause: 0,
            turns: [
              { start: '09:30', end: '09:50' },
              { start: '09:55', end: '10:15' },
            ],
          },
          { pause: 225, turns: [{ start: '14:00', end: '14:20' }] },
        ],
      },
    ])
  })

  test('waits until every field makes sense', () => {
    expect(toGrid({ ...grid, changeoverMinutes: null })).toBe(null)
    expect(toGrid({ ...grid, blocks: [{ date, start: '', slots: 3 }] })).toBe(null)
    expect(toGrid({ ...grid, blocks: [...grid.blocks, { ...grid.blocks[0]!, day: 1, date: '' }] })).toBe(null)
    expect(toGrid({ ...grid, changeoverMinutes: 0 })).toEqual({ ...grid, changeoverMinutes: 0 })
    expect(toGrid({ ...grid, blocks: [{ date: '', start: '10:00', slots: 1 }] }, date)?.blocks).toEqual([
      { date, start: '10:00', slots: 1 },
    ])
  })

  test('says why it cannot be, up to midnight and not over it', () => {
    const problem = (start: string, slots: number, day = date) =>
      gridProblem({ ...grid, blocks: [grid.blocks[0]!, { date: day, start, slots }] }, zone)
    expect(gridProblem(grid, zone)).toBe(null)
    expect(problem('10:00', 1)).toBe('field_overlap')
    expect([problem('23:40', 1), problem('23:41', 1)]).toEqual([null, 'field_midnight'])
    expect([problem('00:00', 1, '2026-11-23'), problem('00:00', 1)]).toEqual([null, 'field_overlap'])
    expect(gridProblem({ ...grid, blocks: [{ date: '2026-03-29', start: '02:30', slots: 1 }] }, zone)).toBe(
      'field_noSuchTime',
    )
  })

  test('shows real minutes on the night when the clocks change', () => {
    const night = { ...grid, blocks: [{ date: '2026-03-29', start: '01:30', slots: 3 }] }
    const made = previewOf(night, zone)
    expect(Array.isArray(made) && made[0]!.blocks[0]!.turns.map(({ start }) => start)).toEqual([
      ...['01:30', '01:55', '03:20'],
    ])
  })

  test('offers the next block an hour after the last of its day', () => {
    const [day] = daysOf(grid)
    expect(nextBlock(grid, day!)).toEqual({ day: 0, date, start: '15:20', slots: 4 })
  })

  test('takes another day, with the hours of the one before for as long as that is wished', () => {
    const two = withNextDay(draftOf(valuesOf(grid)), '')
    const hours = (draft: GridDraft) =>
      daysOf(draft).map((day) => [day.date, ...day.blocks.map(({ block }) => block.start)].join(' '))
    expect(hours(two)).toEqual(['2026-11-22 09:30 14:00', '2026-11-23 09:30 14:00'])
    const later = two.blocks.map((block) => ({ ...block, start: block.start.replace('09:', '10:') }))
    const first = { ...two, blocks: [later[0]!, ...two.blocks.slice(1)] }
    expect(hours(withSameHours(first))).toEqual(['2026-11-22 10:30 14:00', '2026-11-23 10:30 14:00'])
    expect(hours(withSameHours({ ...first, same: [] }))[1]).toBe('2026-11-23 09:30 14:00')
    expect(hours(withoutDay(two, 0))).toEqual(['2026-11-23 09:30 14:00'])
    expect(daysOf(draftOf(valuesOf(two))).map(({ same }) => same)).toEqual([false, true])
  })

  test('is read back from the slots it made', () => {
    const slot = (position: number, block: number, from: string, to: string) => ({
      id: String(position),
      position,
      day: date,
      block,
      startsAt: `2026-11-22T${from}:00+01:00`,
      endsAt: `2026-11-22T${to}:00+01:00`,
    })
    const slots = [slot(0, 0, '09:30', '09:50'), slot(1, 0, '09:55', '10:15'), slot(2, 1, '14:00', '14:20')]
    expect(gridOf(slots, 'Europe/Rome')).toEqual(grid)
    expect(gridOf([], 'Europe/Rome')).toBe(null)
    // Twenty minutes late from the second turn on: it stays where it is when the form is saved.
    const late = [
      slot(0, 0, '09:30', '09:50'),
      slot(1, 0, '10:15', '10:35'),
      slot(2, 0, '10:40', '11:00'),
      slot(3, 0, '11:05', '11:25'),
    ]
    expect(gridOf(late, 'Europe/Rome')).toEqual({
      ...{ slotMinutes: 20, changeoverMinutes: 5 },
      blocks: [
        { date, start: '09:30', slots: 1 },
        { date, start: '10:15', slots: 3 },
      ],
    })
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

test('added tables take the free numbers, in the room they are for', () => {
  const tables = [{ name: '2', room: 'Sala', features: ['step-free'] }]
  expect(withTables(tables, 2, 'Sala', [])).toEqual([
    ...tables,
    { name: '1', room: 'Sala', features: [] },
    { name: '3', room: 'Sala', features: [] },
  ])
})

describe('a grid that two people change', () => {
  const was = valuesOf(grid)
  const opened = draftOf(was)
  const [morning, afternoon] = opened.blocks as [GridDraft['blocks'][number], GridDraft['blocks'][number]]
  const evening = { date, start: '18:00', slots: 1 }
  const merged = (mine: GridDraft['blocks'], theirs: GridDraft['blocks']) => {
    const now = valuesOf(
      knownBy({ ...grid, blocks: theirs.map(({ start, slots }) => ({ date, start, slots })) }, was.blocks),
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
      { date, start: '14:00', slots: 1 },
      evening,
    ])
  })
})

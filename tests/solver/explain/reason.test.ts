import { describe, expect, test } from 'vitest'
import { explain, measure, type Instance } from '../../../solver/index.ts'
import { schedules } from '../events.ts'
import { claimless, meetings, people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

const persons = (...limits: object[]) => ({ participants: people(...(limits as { id: string }[])) })

describe('a reason', () => {
  const why = (instance: Instance, id: string, ...lines: string[]) =>
    explain(instance, claimless(meetings(...lines)), id)

  test('comes with what each change costs on every level', async () => {
    const guaranteed = persons({ id: 'p1', maxMeetings: 1, minMeetings: 2 })
    expect(await why(changed({}, guaranteed), 'c11', 'c12 s1 t1')).toEqual({
      candidate: 'c11',
      kind: 'maxMeetings',
      ids: ['p1'],
      words: 'p1 has as many meetings as allowed.',
      remedy: {
        change: { kind: 'maxMeetings', participant: 'p1', to: 2 },
        words: 'Allow p1 2 meetings; 5 more in value.',
        cost: { shortfall: -1, value: 5 },
        moved: 0,
        meetings: meetings('c11 s2 t1', 'c12 s1 t1'),
      },
      instead: {
        change: { kind: 'instead', candidates: ['c12'] },
        words: 'Give up c12; 2 more in value.',
        cost: { value: 2 },
        moved: 0,
        meetings: meetings('c11 s1 t1'),
      },
    })
  })

  test('is the change that moves fewest, and of equals the first', async () => {
    // One more meeting allowed would take a move, one more table none.
    const instance = tiny({ slots: [{ id: 's1' }, { id: 's2' }], tables: [{ id: 't1' }] })
    expect(await why(instance, 'c11', 'c22 s1 t1', 'c12 s2 t1')).toMatchObject({
      kind: 'tables',
      remedy: {
        change: { kind: 'table', table: 'one more table' },
        moved: 0,
        meetings: [
          { candidate: 'c11', slot: 's1', table: 'one more table' },
          ...meetings('c12 s2 t1', 'c22 s1 t1'),
        ],
      },
      instead: { change: { candidates: ['c12'] }, cost: { value: 2 } },
    })
  })

  test('is a later change if an earlier one moves more', async () => {
    const tight = { c11: { slots: ['s1'] }, c12: { slots: ['s2'] }, c22: { slots: ['s1', 's3'] } }
    const rows = (limits: object = {}) =>
      changed(tight, { tables: [{ id: 't1' }], ...persons({ id: 'p1', maxConsecutive: 1, ...limits }) })
    // Two in a row would have c22 move, the fourth slot nobody.
    expect(await why(rows(), 'c11', 'c12 s2 t1', 'c22 s1 t1')).toMatchObject({
      kind: 'slots',
      remedy: { change: { kind: 'slot', candidate: 'c11', slot: 's4' }, moved: 0, cost: { value: 5 } },
      instead: { change: { kind: 'instead', candidates: ['c12'] }, moved: 1, cost: { value: 2 } },
    })
    expect(await why(rows({ unavailable: ['s4'] }), 'c11', 'c12 s2 t1', 'c22 s1 t1')).toMatchObject({
      kind: 'maxConsecutive',
      ids: ['p1'],
      remedy: { change: { kind: 'maxConsecutive', to: 2 }, moved: 1 },
    })
  })

  test('is that nothing keeps them from meeting', async () => {
    expect(await why(tiny(), 'c11', 'c12 s1 t1')).toEqual({
      candidate: 'c11',
      kind: 'possible',
      ids: [],
      words: 'Nothing keeps p1 and h1 from meeting: this schedule just does not hold it.',
      remedy: {
        change: { kind: 'none' },
        words: 'It can be held as things are; 5 more in value.',
        cost: { value: 5 },
        moved: 0,
        meetings: meetings('c11 s2 t1', 'c12 s1 t1'),
      },
      instead: null,
    })
  })

  test('has no remedy where not even one change helps', async () => {
    const participants = people({ id: 'p1', maxMeetings: 0, unavailable: ['s1', 's2', 's3', 's4'] })
    expect(await why(tiny({ participants }), 'c11')).toMatchObject({
      kind: 'maxMeetings',
      ids: ['p1'],
      remedy: null,
      instead: null,
    })
    const full = tiny({
      slots: [{ id: 's1' }],
      tables: 1,
      participants: persons({ id: 'h2', maxMeetings: 1 }).participants,
    })
    expect(await why(full, 'c11', 'c12 s1')).toMatchObject({
      kind: 'lowerValue',
      ids: ['c12'],
      words: 'It would take the place of c12.',
      remedy: null,
    })
  })

  test('speaks of the schedule as it is, even if it does not fit the event', async () => {
    expect(await why(tiny(), 'c11', 'c12 sx t1')).toMatchObject({
      kind: 'lowerValue',
      ids: [],
      words: 'There is no room for it.',
      remedy: null,
      instead: null,
    })
    expect(await why(tiny(), 'c11', 'c11 s1 t1')).toEqual({
      candidate: 'c11',
      kind: 'held',
      ids: [],
      words: 'c11 is held.',
      remedy: null,
      instead: null,
    })
    await expect(why(tiny(), 'cx')).rejects.toThrow(new RangeError('There is no candidate “cx”.'))
  })

  test('lets a lock give way', async () => {
    const event = changed(
      { c12: { lock: { slot: 's1', table: 't1' } }, c11: { slots: ['s1'] } },
      persons({ id: 'h1', unavailable: ['s2', 's3', 's4'] }),
    )
    const found = await why(event, 'c11', 'c12 s1 t1')
    expect(found).toMatchObject({
      kind: 'locked',
      ids: ['c12'],
      words: 'c12 is locked when p1 and h1 could meet.',
      instead: null,
    })
    expect(found.remedy!.meetings.find(({ candidate }) => candidate === 'c11')!.slot).toBe('s1')
    expect(found.remedy!.cost.value).toBe(5)
    expect(measure(event, found.remedy!.meetings).value).toBe(8)
    expect(schedules(event).next().done).toBe(false)
  })
})

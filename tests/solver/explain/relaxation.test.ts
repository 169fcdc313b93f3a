import { describe, expect, test } from 'vitest'
import { applyChange, parseInstance } from '../../../solver/index.ts'
import type { EventChange } from '../../../solver/explain/relaxation.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })
const persons = (...limits: object[]) => ({ participants: people(...(limits as { id: string }[])) })

describe('an event with a change', () => {
  const event = changed(
    { c11: { slots: ['s1', 's3'], lock: { slot: 's1' } } },
    {
      ...persons({ id: 'p1', unavailable: ['s1', 's2'], maxMeetings: 1 }),
      quotas: [
        { id: 'q', candidates: ['c11'], max: 0 },
        { id: 'r', candidates: ['c12'] },
      ],
    },
  )
  type Source = { participants: unknown[]; candidates: unknown[]; quotas: unknown[]; tables: unknown }
  const both = (change: EventChange, instance = event) => {
    const after = applyChange(instance, change)
    // The file says the same as the event.
    expect({ ...parseInstance(JSON.parse(JSON.stringify(after.source))), source: null }).toEqual({
      ...after,
      source: null,
    })
    return { after, source: after.source as Source }
  }

  test('is the same where nothing changes', () => {
    expect(applyChange(event, { kind: 'none' })).toBe(event)
    expect(applyChange(event, { kind: 'instead', candidates: ['c11'] })).toBe(event)
  })

  test('has one limit changed', () => {
    const more = both({ kind: 'maxMeetings', participant: 'p1', to: 2 })
    expect(more.after.participants.map(({ maxMeetings }) => maxMeetings)).toEqual([2, 4, 4, 4])
    expect(more.source.participants[0]).toEqual({ id: 'p1', unavailable: ['s1', 's2'], maxMeetings: 2 })
    expect(more.source.participants[1]).toEqual({ id: 'p2' })
    expect(
      both({ kind: 'maxConsecutive', participant: 'h1', to: 1 }).after.participants.map(
        ({ maxConsecutive }) => maxConsecutive,
      ),
    ).toEqual([4, 4, 1, 4])
    expect(both({ kind: 'quota', quota: 'q', to: 3 }).after.quotas.map(({ max }) => max)).toEqual([3, 1])
  })

  test('promises less, asks for less, or leaves open what is held', () => {
    const promised = tiny({
      ...persons({ id: 'p1', minMeetings: 3 }),
      quotas: [{ id: 'q', candidates: ['c11'], min: 1 }],
    })
    expect(
      both({ kind: 'minMeetings', participant: 'p1', to: 2 }, promised).after.participants[0].minMeetings,
    ).toBe(2)
    expect(both({ kind: 'quotaMin', quota: 'q', to: 0 }, promised).after.quotas[0].min).toBe(0)
    const held = changed({
      c11: { required: true },
      c12: { lock: { slot: 's2' } },
      c21: { after: ['c11', 'c12'] },
    })
    const { after } = both({ kind: 'optional', candidates: ['c11', 'c12'] }, held)
    expect(after.candidates.slice(0, 2)).toMatchObject([
      { required: false, lock: null },
      { required: false, lock: null },
    ])
    const order = both({ kind: 'order', candidate: 'c21', after: 'c11' }, held).after
    expect(order.candidates[2].after).toEqual(['c12'])
  })

  test('has tables with more, for more people, or more of them', () => {
    const seats = tiny({ ...persons({ id: 'p1', tables: ['t1'] }) })
    const features = both({ kind: 'features', table: 't2', features: ['quiet', 'ramp'] }, seats).after.tables
    expect(features).toMatchObject([{ features: ['step-free'] }, { features: ['quiet', 'ramp'] }])
    const own = both({ kind: 'ownTable', participant: 'p1', table: 't2' }, seats).after.participants
    expect(own[0].tables).toEqual(['t1', 't2'])
    expect(both({ kind: 'tables', more: 2 }, seats).after.tables).toMatchObject([
      { id: 't1' },
      { id: 't2' },
      { id: 'one more table', features: ['step-free'] },
      { id: 'one more table 2', features: ['step-free'] },
    ])
    expect(both({ kind: 'tables', more: 2 }, tiny({ tables: 1 })).after.tables).toBe(3)
  })

  test('has one limit of meetings in some slots changed', () => {
    const limits = [
      { slots: ['s1', 's2'], max: 0 },
      { slots: ['s1', 's2'], max: 3 },
      { slots: ['s2', 's1'], max: 0 },
    ]
    const limited = tiny({ ...persons({ id: 'p1', limits }) })
    const { after } = both({ kind: 'limit', participant: 'p1', slots: ['s1', 's2'], to: 1 }, limited)
    expect(after.participants[0].limits.map(({ max }) => max)).toEqual([1, 3, 0])
    expect(after.participants[1].limits).toEqual([])
  })

  test('has somebody there in a slot more', () => {
    const { after } = both({ kind: 'available', participants: ['p1', 'h1'], slot: 's1' })
    expect(after.participants.map(({ unavailable }) => unavailable)).toEqual([['s2'], [], [], []])
  })

  test('has a slot more for a meeting, in the order of slots', () => {
    const { after } = both({ kind: 'slot', candidate: 'c11', slot: 's2' })
    expect(after.candidates[0].slots).toEqual(['s1', 's2', 's3'])
    expect(after.candidates[1].slots).toBe(null)
  })

  test('has a table more, with all that tables have', () => {
    expect(both({ kind: 'table', table: 'x' }, tiny({ tables: 2 })).after.tables).toBe(3)
    const tables = [
      { id: 'a', features: ['x', 'y'], unavailable: ['s1'] },
      { id: 'b', features: ['y', 'z'] },
      { id: 'c' },
    ]
    const { after } = both({ kind: 'table', table: 'new' }, tiny({ tables }))
    expect((after.tables as unknown[]).at(-1)).toEqual({
      id: 'new',
      features: ['x', 'y', 'z'],
      unavailable: [],
    })
    expect(after.tables).toHaveLength(4)
  })

  test('has a lock less, and the meeting required', () => {
    const { after } = both({ kind: 'unlock', candidate: 'c11' })
    expect(after.candidates[0]).toMatchObject({ lock: null, required: true })
    const free = both({ kind: 'unlock', candidate: 'c12' })
    expect(free.after.candidates[1]).toEqual(event.candidates[1])
  })
})

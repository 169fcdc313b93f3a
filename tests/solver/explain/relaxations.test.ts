import { describe, expect, test } from 'vitest'
import { type Instance } from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { likelyChanges } from '../../../solver/explain/relaxations.ts'
import { people, meetings, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })
const persons = (...limits: object[]) => ({ participants: people(...(limits as { id: string }[])) })

describe('what could make room for a meeting', () => {
  const suspects = (instance: Instance, ...lines: string[]) =>
    likelyChanges({ instance, problem: compile(instance), meetings: meetings(...lines), c: 0 }).map(
      ({ kind, ids, change }) => [kind, ids, change],
    )
  const table = (id = 'one more table') => ['tables', [], { kind: 'table', table: id }]

  test('is a table, if they are limited, by a name that is not taken', () => {
    expect(suspects(tiny())).toEqual([table()])
    expect(suspects(tiny({ tables: 3 }))).toEqual([table()])
    expect(suspects(tiny({ tables: undefined }))).toEqual([])
    const taken = ['one more table', 'one more table more'].map((id) => ({ id }))
    expect(suspects(tiny({ tables: taken }))).toEqual([table('one more table more more')])
  })

  test('is one meeting more, or one more in a row', () => {
    const limited = changed(
      {},
      {
        ...persons(
          { id: 'p1', maxMeetings: 1, maxConsecutive: 2 },
          { id: 'h1', maxMeetings: 2, maxConsecutive: 4 },
        ),
        tables: undefined,
      },
    )
    const row = ['maxConsecutive', ['p1'], { kind: 'maxConsecutive', participant: 'p1', to: 3 }]
    expect(suspects(limited)).toEqual([row])
    expect(suspects(limited, 'c12 s1')).toEqual([
      ['maxMeetings', ['p1'], { kind: 'maxMeetings', participant: 'p1', to: 2 }],
      row,
    ])
    expect(suspects(limited, 'c12 s1', 'c21 s2', 'c22 s3').map(([kind]) => kind)).toEqual([
      'maxMeetings',
      'maxConsecutive',
    ])
  })

  test('is one meeting more in the slots of a limit that has no room left', () => {
    const limits = [
      { slots: ['s1', 's2'], max: 1 },
      { slots: ['s2', 's3', 's4'], max: 1 },
      { slots: ['s4'], max: 0 },
    ]
    const event = tiny({ ...persons({ id: 'p1', limits }), tables: undefined })
    const more = (to: number, ...slots: string[]) => [
      'limits',
      ['p1'],
      { kind: 'limit', participant: 'p1', slots, to },
    ]
    expect(suspects(event)).toEqual([more(1, 's4')])
    expect(suspects(event, 'c12 s1', 'c22 s2')).toEqual([more(2, 's1', 's2'), more(1, 's4')])
    expect(suspects(event, 'c12 s3')).toEqual([more(2, 's2', 's3', 's4'), more(1, 's4')])
  })

  test('is one more of a quota that is used up', () => {
    const quotas = [
      { id: 'q', candidates: ['c11', 'c12', 'c22'], max: 2 },
      { id: 'r', candidates: ['c12'], max: 1 },
      { id: 's', candidates: ['c11', 'c12'], max: 2 },
    ]
    const more = ['quotas', ['q'], { kind: 'quota', quota: 'q', to: 3 }]
    expect(suspects(tiny({ quotas, tables: undefined }), 'c12 s1')).toEqual([])
    expect(suspects(tiny({ quotas, tables: undefined }), 'c12 s1', 'c22 s1')).toEqual([more])
  })

  test('is somebody who comes in another slot, first where nobody has to move', () => {
    const event = changed(
      {},
      {
        ...persons({ id: 'p1', unavailable: ['s1', 's2'] }, { id: 'h1', unavailable: ['s2', 's4'] }),
        tables: undefined,
      },
    )
    const come = (slot: string, kind: string, ...ids: string[]) => [
      kind,
      ids,
      { kind: 'available', participants: ids, slot },
    ]
    expect(suspects(event)).toEqual([
      come('s1', 'availability', 'p1'),
      come('s4', 'availability', 'h1'),
      come('s2', 'availability', 'p1', 'h1'),
    ])
    expect(suspects(event, 'c21 s1')[0]).toEqual(come('s4', 'availability', 'h1'))
    // h1 is in a meeting whenever it is there.
    expect(suspects(event, 'c21 s1', 'c21 s3')).toEqual([
      come('s4', 'fullAgenda', 'h1'),
      come('s1', 'availability', 'p1'),
      come('s2', 'fullAgenda', 'p1', 'h1'),
    ])
    const away = changed(
      {},
      { ...persons({ id: 'p1', unavailable: ['s1', 's2', 's3', 's4'] }), tables: undefined },
    )
    expect(suspects(away)).toHaveLength(3)
  })

  test('is another slot of its own', () => {
    const event = changed(
      { c11: { slots: ['s2'] } },
      { ...persons({ id: 'h1', unavailable: ['s3'] }), tables: undefined },
    )
    const allow = (slot: string) => ['slots', ['c11'], { kind: 'slot', candidate: 'c11', slot }]
    expect(suspects(event)).toEqual([allow('s1'), allow('s4')])
    expect(suspects(event, 'c12 s1')).toEqual([allow('s4'), allow('s1')])
  })

  test('is a lock that gives way', () => {
    const event = changed({
      c12: { lock: { slot: 's1' } },
      c21: { lock: { table: 't1' } },
      c22: { lock: { slot: 's1' } },
    })
    const unlock = (id: string) => ['locked', [id], { kind: 'unlock', candidate: id }]
    expect(suspects(event)).toEqual([table(), unlock('c12')])
    const many = Array.from({ length: 5 }, (_, i) => ({
      id: `x${i}`,
      participants: ['p1', 'h2'],
      lock: { slot: `s${(i % 4) + 1}` },
    }))
    const found = suspects(tiny({ candidates: [tinyJson().candidates[0], ...many] }))
    expect(found.slice(1)).toEqual(['x0', 'x1', 'x2'].map(unlock))
  })
})

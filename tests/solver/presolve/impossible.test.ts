import { describe, expect, test } from 'vitest'
import { type Instance } from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { whyNever } from '../../../solver/presolve/impossible.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

const persons = (...limits: object[]) => ({ participants: people(...(limits as { id: string }[])) })

const never = (instance: Instance, c = 0) => whyNever(compile(instance), c)

describe('why a meeting can never be held', () => {
  test.each<[string, Instance, ReturnType<typeof never>]>([
    ['is nothing if it can', tiny(), null],
    [
      'is that somebody may have none',
      changed({}, persons({ id: 'h1', maxMeetings: 0 })),
      { kind: 'maxMeetings', ids: ['h1'] },
    ],
    [
      'is a quota of none',
      tiny({
        quotas: [
          { id: 'o', candidates: ['c12'], max: 0 },
          { id: 'r', candidates: ['c11'], max: 1 },
          { id: 'q', candidates: ['c12', 'c11'], max: 0 },
        ],
      }),
      { kind: 'quotas', ids: ['q'] },
    ],
    [
      'is that no table suits',
      changed({}, persons({ id: 'p1', needs: ['quiet'] })),
      { kind: 'tables', ids: ['p1', 'h1'] },
    ],
    ['is that there are no tables', tiny({ tables: 0 }), { kind: 'tables', ids: ['p1', 'h1'] }],
    [
      'is that they are never there together',
      changed({}, persons({ id: 'p1', unavailable: ['s1', 's2'] }, { id: 'h1', unavailable: ['s3', 's4'] })),
      { kind: 'availability', ids: ['p1', 'h1'] },
    ],
    [
      'is what limits allow in the slots it could be in',
      changed(
        { c11: { slots: ['s1', 's2', 's3'] } },
        persons(
          { id: 'p1', unavailable: ['s3'], limits: [{ slots: ['s1', 's4'], max: 0 }] },
          { id: 'h1', limits: [{ slots: ['s2'], max: 0 }] },
        ),
      ),
      { kind: 'limits', ids: ['p1', 'h1'] },
    ],
    [
      'is its own slots',
      changed({ c11: { slots: ['s1'] } }, persons({ id: 'p1', unavailable: ['s1'] })),
      { kind: 'slots', ids: ['c11'] },
    ],
    [
      'is the slot of its lock',
      changed({ c11: { slots: ['s1', 's2'], lock: { slot: 's3' } } }),
      { kind: 'slots', ids: ['c11'] },
    ],
    [
      'is what is locked when it could be',
      changed({
        c11: { slots: ['s1', 's2'] },
        c12: { lock: { slot: 's1' } },
        c21: { lock: { slot: 's2' } },
        c22: { lock: { slot: 's3' } },
      }),
      { kind: 'locked', ids: ['c12', 'c21'] },
    ],
    [
      'is that the tables are out then',
      changed({ c11: { slots: ['s1', 's2'] } }, { tables: [{ id: 't', unavailable: ['s1', 's2'] }] }),
      { kind: 'tables', ids: ['s1', 's2'] },
    ],
    [
      'is that others are locked at the tables then',
      changed({ c11: { slots: ['s1'] }, c22: { lock: { slot: 's1' } } }, { tables: 1 }),
      { kind: 'tables', ids: ['s1'] },
    ],
  ])('%s', (_, instance, ruling) => {
    expect(never(instance)).toEqual(ruling)
  })

  test('names what is locked once, in the order of the file, and looks at no more than the meetings of the pair', () => {
    const others = Array.from({ length: 200 }, (_, index) => ({
      id: `c${index}`,
      participants: [`x${index}`, `y${index}`],
    }))
    const pair = (id: string, parts: object) => ({ id, participants: ['p1', 'h1'], ...parts })
    const more = people().concat(others.flatMap(({ participants }) => participants.map((id) => ({ id }))))
    const event = tiny({
      participants: more,
      candidates: [
        ...others,
        { id: 'before', participants: ['h1', 'h2'], lock: { slot: 's2' } },
        pair('asked', { slots: ['s1', 's2'] }),
        pair('again', { lock: { slot: 's1' } }),
      ],
    })
    const problem = compile(event)
    let asked = 0
    const candidates = new Proxy(event.candidates, {
      get(list, key) {
        asked++
        return Reflect.get(list, key)
      },
    })
    const found = whyNever({ ...problem, instance: { ...event, candidates } }, 201)
    expect(found).toEqual({ kind: 'locked', ids: ['before', 'again'] })
    expect(asked).toBeLessThan(10)
  })
})

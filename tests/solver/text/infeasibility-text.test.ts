import { describe, expect, test } from 'vitest'
import type { Cause } from '../../../solver/format/infeasibility.ts'
import { sayCause } from '../../../solver/text/infeasibility-text.ts'
import { compile } from '../../../solver/model/problem.ts'
import { findContradiction } from '../../../solver/presolve/presolve.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

/** The tiny event with some candidates changed, each by its id. */
const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({
    ...event,
    candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })),
  })
const one = (limits: object) => people({ id: 'p1', ...limits })
const limits = (...list: [slots: string[], max: number][]) => ({
  limits: list.map(([slots, max]) => ({ slots, max })),
})
const required = { required: true }
const all = { c11: required, c12: required, c21: required, c22: required }
const slots = (...ids: string[]) => ({ slots: ids.map((id) => ({ id })) })

type Case = [string, ReturnType<typeof tiny>, object, string[], string]

const CASES: Case[] = [
  [
    'people who are never there together',
    changed(
      { c11: required },
      {
        participants: people(
          { id: 'p1', unavailable: ['s1', 's2'] },
          { id: 'h1', unavailable: ['s3', 's4'] },
        ),
      },
    ),
    { code: 'neverTogether', participants: ['p1', 'h1'], candidates: ['c11'] },
    ['p1', 'h1', 'c11'],
    'p1 and h1 must meet but are never there at the same time.',
  ],
  [
    'somebody who is away in the slot of a lock',
    changed({ c11: { lock: { slot: 's2' } } }, { participants: one({ unavailable: ['s2'] }) }),
    { code: 'lockedAway', participants: ['p1'], candidates: ['c11'], slots: ['s2'] },
    ['p1', 'c11'],
    'p1 and h1 are locked in slot s2, but p1 is not there then.',
  ],
  [
    'slots in which somebody is away',
    changed({ c11: { ...required, slots: ['s2'] } }, { participants: one({ unavailable: ['s2'] }) }),
    { code: 'noSlot', participants: ['p1', 'h1'], candidates: ['c11'] },
    ['p1', 'h1', 'c11'],
    'p1 and h1 must meet, but in none of the slots set for them are both there.',
  ],
  [
    'tables that do not suit',
    changed({ c11: required }, { participants: one({ needs: ['stage'] }) }),
    { code: 'noTable', participants: ['p1', 'h1'], candidates: ['c11'] },
    ['p1', 'h1', 'c11'],
    'p1 and h1 must meet, but no table is left that suits both.',
  ],
  [
    'somebody without meetings',
    changed({ c11: required }, { participants: one({ maxMeetings: 0 }) }),
    { code: 'noMeetings', participants: ['p1'], candidates: ['c11'] },
    ['p1', 'c11'],
    'p1 and h1 must meet, but p1 may have no meetings.',
  ],
  [
    'a locked meeting in the only slot',
    changed({ c11: { ...required, slots: ['s1'] }, c12: { lock: { slot: 's1' } } }),
    { code: 'takenByLocks', participants: ['p1', 'h1'], candidates: ['c11', 'c12'] },
    ['p1', 'h1', 'c11', 'c12'],
    'p1 and h1 must meet, but whenever they could, other meetings are locked: p1 and h2.',
  ],
  [
    'two locks of one person',
    changed({ c11: { lock: { slot: 's1' } }, c12: { lock: { slot: 's1' } } }),
    { code: 'personLockedTwice', participants: ['p1'], slots: ['s1'], candidates: ['c11', 'c12'] },
    ['p1', 'c11', 'c12'],
    'p1 and h1 (c11) and p1 and h2 (c12) are locked in slot s1: p1 cannot be at both.',
  ],
  [
    'two locks at one table',
    changed({ c11: { lock: { slot: 's1', table: 't1' } }, c22: { lock: { slot: 's1', table: 't1' } } }),
    { code: 'tableLockedTwice', tables: ['t1'], slots: ['s1'], candidates: ['c11', 'c22'] },
    ['c11', 'c22', 't1'],
    'p1 and h1 (c11) and p2 and h2 (c22) are locked in slot s1, both at table t1.',
  ],
  [
    'more locks than tables',
    changed({ c11: { lock: { slot: 's1' } }, c22: { lock: { slot: 's1' } } }, { tables: 1 }),
    { code: 'slotOverfull', slots: ['s1'], candidates: ['c11', 'c22'], count: 2, most: 1 },
    ['c11', 'c22'],
    '2 meetings are locked in slot s1, where the tables are 1.',
  ],
  [
    'more meetings than allowed',
    changed(all, { participants: people({ id: 'h2', side: 'host', maxMeetings: 1 }) }),
    { code: 'tooManyMeetings', participants: ['h2'], candidates: ['c12', 'c22'], count: 2, most: 1 },
    ['h2', 'c12', 'c22'],
    'host h2 must have 2 meetings (p1 and p2) but may have 1 at most.',
  ],
  [
    'a limit of none',
    changed({ c11: { ...required, slots: ['s1', 's2'] } }, { participants: one(limits([['s2', 's1'], 0])) }),
    {
      code: 'limitsTooLow',
      participants: ['p1'],
      candidates: ['c11'],
      slots: ['s1', 's2'],
      count: 1,
      most: 0,
    },
    ['p1', 'c11'],
    'p1 must have 1 meetings (h1) in s1 and s2, where 0 at most are allowed.',
  ],
  [
    'more meetings than a limit allows in their slots',
    changed(
      { c11: { ...required, slots: ['s1'] }, c12: { ...required, slots: ['s1', 's3'] } },
      { participants: one(limits([['s1', 's2', 's3'], 1])) },
    ),
    {
      code: 'limitsTooLow',
      participants: ['p1'],
      candidates: ['c11', 'c12'],
      slots: ['s1', 's2', 's3'],
      count: 2,
      most: 1,
    },
    ['p1', 'c11', 'c12'],
    'p1 must have 2 meetings (h1 and h2) in s1, s2 and s3, where 1 at most are allowed.',
  ],
  [
    'more meetings than all limits leave',
    tiny({
      candidates: ['h1', 'h2', 'h2'].map((host, c) => ({
        id: `c${c}`,
        participants: ['p1', host],
        ...required,
      })),
      participants: one(limits([['s1', 's2'], 1], [['s3', 's4'], 1])),
    }),
    { code: 'limitsTooLow', participants: ['p1'], candidates: ['c0', 'c1', 'c2'], count: 3, most: 2 },
    ['p1', 'c0', 'c1', 'c2'],
    'p1 must have 3 meetings (h1, h2 and h2), but the limits on some slots leave 2.',
  ],
  [
    'more meetings than slots',
    changed(
      { c11: { ...required, slots: ['s1', 's2'] }, c12: required },
      { participants: one({ unavailable: ['s1', 's3', 's4'] }) },
    ),
    {
      code: 'tooFewSlots',
      participants: ['p1'],
      candidates: ['c12', 'c11'],
      slots: ['s2'],
      count: 2,
      most: 1,
    },
    ['p1', 'c12', 'c11'],
    'p1 must have 2 meetings (h2 and h1), but they can be in 1 slots only: s2.',
  ],
  [
    'meetings in a row',
    changed(all, { ...slots('s1', 's2'), participants: one({ maxConsecutive: 1 }) }),
    { code: 'tooManyInRow', participants: ['p1'], candidates: ['c11', 'c12'], count: 2, most: 1, row: 1 },
    ['p1', 'c11', 'c12'],
    'p1 must have 2 meetings (h1 and h2) but can have 1, with at most 1 in a row.',
  ],
  [
    'more meetings than places',
    changed(all, { ...slots('s1', 's2', 's3'), tables: 1 }),
    { code: 'tooFewPlaces', candidates: ['c11', 'c12', 'c21', 'c22'], count: 4, most: 3 },
    ['c11', 'c12', 'c21', 'c22'],
    '4 meetings must be held, but the places at the tables are 3 in all.',
  ],
  [
    'a quota with too few allowed',
    changed(all, { quotas: [{ id: 'q', candidates: ['c11', 'c22'], max: 1 }] }),
    { code: 'quotaTooLow', quotas: ['q'], candidates: ['c11', 'c22'], count: 2, most: 1 },
    ['c11', 'c22', 'q'],
    'Quota q allows 1 meetings, but 2 must be held: p1 and h1 (c11) and p2 and h2 (c22).',
  ],
  [
    'a quota of none',
    changed({ c11: required }, { quotas: [{ id: 'q', candidates: ['c11', 'c22'], max: 0 }] }),
    { code: 'quotaTooLow', quotas: ['q'], candidates: ['c11'], count: 1, most: 0 },
    ['c11', 'q'],
    'Quota q allows 0 meetings, but 1 must be held: p1 and h1 (c11).',
  ],
  [
    'a quota with too many asked',
    changed(
      {},
      { participants: one({ maxMeetings: 0 }), quotas: [{ id: 'q', candidates: ['c11', 'c22'], min: 2 }] },
    ),
    { code: 'quotaTooHigh', quotas: ['q'], count: 2, most: 1 },
    ['q'],
    'Quota q asks for 2 meetings, but 1 are possible.',
  ],
  [
    'a chain longer than the slots',
    changed(
      { c11: required, c22: { ...required, after: ['c11'] }, c12: { ...required, after: ['c22'] } },
      slots('s1', 's2'),
    ),
    { code: 'wrongOrder', candidates: ['c11', 'c22', 'c12'] },
    ['c11', 'c22', 'c12'],
    'The slots are too few, or the order goes in a circle, for p1 and h1 (c11), p2 and h2 (c22) and p1 and h2 (c12) one after the other.',
  ],
  [
    'a circle',
    changed({ c11: { ...required, after: ['c22'] }, c22: { ...required, after: ['c11'] } }),
    { code: 'wrongOrder', candidates: ['c11', 'c22'] },
    ['c11', 'c22'],
    'The slots are too few, or the order goes in a circle, for p1 and h1 (c11) and p2 and h2 (c22) one after the other.',
  ],
]

describe('an event that cannot be', () => {
  test.each(CASES)('for %s says so', (_, instance, reason, core, words) => {
    const found = findContradiction(compile(instance))!
    expect(found).toEqual({ reason, core })
    expect(sayCause(instance, found.reason)).toBe(words)
  })

  test('is not suspected where everything fits', () => {
    const participants = one({ unavailable: ['s3', 's4'], maxMeetings: 2 })
    const chain = { c12: { ...required, after: ['c11'] }, c11: required, c22: required, c21: required }
    expect(findContradiction(compile(changed(chain, { participants })))).toBe(null)
  })

  test('waits for meetings listed later, and for none that may be left out', () => {
    const order = {
      c11: { ...required, after: ['c12'] },
      c12: { ...required, after: ['c22'] },
      c22: { after: ['c21'] },
    }
    expect(findContradiction(compile(changed(order, slots('s1', 's2'))))).toBe(null)
    const needed = { ...order, c22: { ...required, slots: ['s2'] } }
    expect(findContradiction(compile(changed(needed, slots('s1', 's2'))))!.reason.code).toBe('wrongOrder')
  })

  test.each<[Cause, string]>([
    [
      { code: 'noTimetable', candidates: ['c11', 'c22'], rules: [], count: 2, minimal: true },
      '2 meetings that must be held do not fit together: p1 and h1 (c11) and p2 and h2 (c22). Without any one of these the others would.',
    ],
    [
      {
        code: 'noTimetable',
        candidates: ['c11'],
        participants: ['p1'],
        quotas: ['q'],
        rules: ['maxConsecutive', 'quotas'],
        count: 1,
        minimal: false,
      },
      '1 meetings that must be held do not fit together: p1 and h1 (c11). Also in the way: their most meetings in a row and the quotas (q) (p1).',
    ],
    [
      { code: 'quotasTogether', quotas: ['q', 'r'] },
      'The fewest meetings that quotas ask for cannot be had together: q and r.',
    ],
  ])('is put into words (%#)', (cause, words) => {
    expect(sayCause(tiny(), cause)).toBe(words)
  })

  test('names eight meetings and counts the others', () => {
    const ids = Array.from({ length: 10 }, (_, index) => `q${index}`)
    expect(sayCause(tiny(), { code: 'quotasTogether', quotas: ids })).toContain('q6, q7 and 2 more.')
  })
})

describe('why no schedule can exist', () => {
  const instance = tiny({ participants: people({ id: 'p1', side: 'project' }) })
  const say = (cause: Cause) => sayCause(instance, cause)
  const both = 'project p1 and h1 (c11) and project p1 and h2 (c12)'
  const person = { participants: ['p1'], candidates: ['c11', 'c12'] }

  test.each<[Cause, string]>([
    [
      { code: 'neverTogether', candidates: ['c11'] },
      'project p1 and h1 must meet but are never there at the same time.',
    ],
    [
      { code: 'lockedAway', participants: ['p1'], candidates: ['c11'], slots: ['s1'] },
      'project p1 and h1 are locked in slot s1, but project p1 is not there then.',
    ],
    [
      { code: 'noSlot', candidates: ['c11'] },
      'project p1 and h1 must meet, but in none of the slots set for them are both there.',
    ],
    [{ code: 'noTable', candidates: ['c22'] }, 'p2 and h2 must meet, but no table is left that suits both.'],
    [
      { code: 'noMeetings', participants: ['h2'], candidates: ['c22'] },
      'p2 and h2 must meet, but h2 may have no meetings.',
    ],
    [
      { code: 'takenByLocks', candidates: ['c11', 'c12', 'c21'] },
      'project p1 and h1 must meet, but whenever they could, other meetings are locked: project p1 and h2 and p2 and h1.',
    ],
    [
      { code: 'personLockedTwice', ...person, slots: ['s1'] },
      `${both} are locked in slot s1: project p1 cannot be at both.`,
    ],
    [
      { code: 'tableLockedTwice', candidates: ['c11', 'c12'], slots: ['s1'], tables: ['t1'] },
      `${both} are locked in slot s1, both at table t1.`,
    ],
    [
      { code: 'slotOverfull', slots: ['s1'], count: 3, most: 2 },
      '3 meetings are locked in slot s1, where the tables are 2.',
    ],
    [
      { code: 'tooManyMeetings', ...person, count: 2, most: 1 },
      'project p1 must have 2 meetings (h1 and h2) but may have 1 at most.',
    ],
    [
      { code: 'tooFewSlots', ...person, slots: ['s1', 's2'], count: 3, most: 2 },
      'project p1 must have 3 meetings (h1 and h2), but they can be in 2 slots only: s1 and s2.',
    ],
    [
      { code: 'tooFewSlots', ...person, slots: [], count: 3, most: 0 },
      'project p1 must have 3 meetings (h1 and h2), but they can be in 0 slots only.',
    ],
    [
      { code: 'tooManyInRow', ...person, count: 2, most: 1, row: 1 },
      'project p1 must have 2 meetings (h1 and h2) but can have 1, with at most 1 in a row.',
    ],
    [
      { code: 'tooFewPlaces', count: 5, most: 4 },
      '5 meetings must be held, but the places at the tables are 4 in all.',
    ],
    [
      { code: 'quotaTooLow', quotas: ['q'], candidates: ['c11', 'c12'], count: 2, most: 1 },
      `Quota q allows 1 meetings, but 2 must be held: ${both}.`,
    ],
    [
      { code: 'quotaTooHigh', quotas: ['q'], count: 2, most: 1 },
      'Quota q asks for 2 meetings, but 1 are possible.',
    ],
    [
      { code: 'quotasTogether', quotas: ['q', 'r', 's'] },
      'The fewest meetings that quotas ask for cannot be had together: q, r and s.',
    ],
    [{ code: 'quotasTogether' }, 'The fewest meetings that quotas ask for cannot be had together: .'],
    [
      { code: 'wrongOrder', candidates: ['c11', 'c12'] },
      `The slots are too few, or the order goes in a circle, for ${both} one after the other.`,
    ],
    [{ code: 'noTimetable', candidates: [], count: 0 }, 'The rules do not fit together.'],
    [
      { code: 'noTimetable', candidates: ['c11', 'c12'], count: 2, minimal: false },
      `2 meetings that must be held do not fit together: ${both}.`,
    ],
    [
      { code: 'noTimetable', candidates: [], count: 0, rules: ['tables', 'ownTables'], minimal: true },
      'The rules do not fit together. Also in the way: the number of tables and the tables they need. Without any one of these the others would.',
    ],
    [
      {
        code: 'noTimetable',
        candidates: [],
        participants: ['p1', 'x'],
        quotas: ['q'],
        count: 0,
        rules: ['maxMeetings', 'maxConsecutive', 'after', 'quotas', 'maxBreakSpread'],
      },
      'The rules do not fit together. Also in the way: their most meetings, their most meetings in a row, the order of meetings, the quotas (q) and how much breaks may differ (project p1 and x).',
    ],
    [{ code: 'neverTogether', candidates: ['gone'] }, 'gone must meet but are never there at the same time.'],
    [{ code: 'neverTogether' }, ' must meet but are never there at the same time.'],
  ])('is said for %j', (cause, words) => {
    expect(say(cause)).toBe(words)
  })

  test('names eight and counts the others', () => {
    const named = (count: number) =>
      say({ code: 'quotasTogether', quotas: Array.from({ length: count }, (_, i) => `q${i}`) }).split(': ')[1]
    expect(named(8)).toBe('q0, q1, q2, q3, q4, q5, q6 and q7.')
    expect(named(9)).toBe('q0, q1, q2, q3, q4, q5, q6, q7 and 1 more.')
  })
})

import { describe, expect, test } from 'vitest'
import { agendas, changeOf, pauses } from '../../../solver/spec/objective.ts'
import { checkRules, measure, validate, type Instance } from '../../../solver/index.ts'
import { claimless, meetings, people, tiny, tinyJson } from '../tiny.ts'

const one = (limits: object) => people({ id: 'p1', ...limits })
const candidates = (parts: Record<string, object>) =>
  tinyJson().candidates.map((other) => ({ ...other, ...parts[other.id] }))

type Found = [rule: string, message: string, ids: string[], path?: string]

/** All that breaks a rule, with the place of the meeting where one is at fault. */
const broken = (instance: Instance, ...lines: string[]): Found[] =>
  checkRules(instance, meetings(...lines)).map(({ rule, message, ids, path }) =>
    path === undefined ? [rule, message, ids] : [rule, message, ids, path],
  )

const slots = tinyJson().slots
const again = { id: 'again', participants: ['p1', 'h1'] }
const third = { id: 'third', participants: ['p1', 'h1'] }
const four = { candidates: [...tinyJson().candidates, again, third] }

describe('a broken rule is told in words', () => {
  test.each<[string, Instance, string[], Found[]]>([
    [
      'of two meetings at once, of one table, and no other',
      tiny(),
      ['c11 s1 t1', 'c22 s2 t1', 'c12 s2 t1'],
      [
        ['slot-conflict', 'h2 has two meetings in slot s2: c22 and c12.', ['h2', 's2', 'c22', 'c12']],
        ['table-conflict', 'Table t1 has two meetings in slot s2: c22 and c12.', ['t1', 's2', 'c22', 'c12']],
      ],
    ],
    [
      'of three meetings at once, pair by pair',
      tiny({ ...four, tables: 9 }),
      ['c11 s1', 'again s1', 'third s1'],
      [
        ['slot-conflict', 'p1 has two meetings in slot s1: c11 and again.', ['p1', 's1', 'c11', 'again']],
        ['slot-conflict', 'p1 has two meetings in slot s1: again and third.', ['p1', 's1', 'again', 'third']],
        ['slot-conflict', 'h1 has two meetings in slot s1: c11 and again.', ['h1', 's1', 'c11', 'again']],
        ['slot-conflict', 'h1 has two meetings in slot s1: again and third.', ['h1', 's1', 'again', 'third']],
      ],
    ],
    [
      'of more meetings than tables, once a slot',
      tiny({ tables: 0 }),
      ['c11 s1', 'c22 s1', 'c12 s2'],
      [
        ['table-conflict', 'Slot s1 has more meetings than the 0 tables.', ['s1']],
        ['table-conflict', 'Slot s2 has more meetings than the 0 tables.', ['s2']],
      ],
    ],
    [
      'of more meetings than listed tables',
      tiny({ tables: [{ id: 't1' }] }),
      ['c11 s1 t1', 'c22 s1 t1'],
      [
        ['table-conflict', 'Slot s1 has more meetings than the 1 tables.', ['s1']],
        ['table-conflict', 'Table t1 has two meetings in slot s1: c11 and c22.', ['t1', 's1', 'c11', 'c22']],
      ],
    ],
    ['of tables without limit, none', tiny({ tables: undefined }), ['c11 s1', 'c22 s1'], []],
    ['of as many meetings as tables, none', tiny({ tables: 2 }), ['c11 s1', 'c22 s1'], []],
    [
      'of somebody who is away',
      tiny({ participants: one({ unavailable: ['s2', 's3'] }) }),
      ['c22 s1 t1', 'c11 s2 t1'],
      [['unavailable', 'p1 is not available in slot s2.', ['p1', 's2'], '/meetings/1']],
    ],
    [
      'of the most meetings',
      tiny({ participants: one({ maxMeetings: 1 }) }),
      ['c11 s1 t1', 'c12 s2 t1'],
      [['maxMeetings', 'p1 has 2 meetings, at most 1 are allowed.', ['p1']]],
    ],
    [
      'of as many meetings as allowed, none',
      tiny({ participants: one({ maxMeetings: 2 }) }),
      ['c11 s1 t1', 'c12 s2 t1'],
      [],
    ],
    [
      'of a row, once for each that is too long',
      tiny({
        ...four,
        slots: ['s1', 's2', 's3', 's4', 's5', 's6', 's7'].map((id, i) => ({ id, block: i < 4 ? 0 : 1 })),
        candidates: [...'abcdef'].map((id) => ({ id, participants: ['p1', 'h1'] })),
        participants: one({ maxConsecutive: 2 }),
      }),
      ['a s1 t1', 'b s2 t1', 'c s3 t1', 'd s4 t1', 'e s5 t1', 'f s6 t1'],
      [['maxConsecutive', 'p1 has more than 2 meetings in a row up to slot s3.', ['p1', 's3']]],
    ],
    [
      'of the most meetings in some slots',
      tiny({
        ...four,
        participants: one({
          limits: [
            { slots: ['s2', 's4'], max: 1 },
            { slots: ['s1', 's2', 's3'], max: 2 },
            { slots: ['s1'], max: 0 },
          ],
        }),
      }),
      ['c11 s1 t1', 'again s2 t1', 'c12 s4 t1'],
      [
        ['limits', 'p1 has 2 meetings in s2, s4, at most 1 are allowed there.', ['p1', 's2', 's4']],
        ['limits', 'p1 has 1 meetings in s1, at most 0 are allowed there.', ['p1', 's1']],
      ],
    ],
    [
      'of a row that the end of a day cuts, none',
      tiny({
        ...four,
        slots: ['s1', 's2', 's3', 's4'].map((id, i) => ({ id, day: i < 2 ? 1 : 0 })),
        participants: one({ maxConsecutive: 2 }),
      }),
      ['c11 s1 t1', 'again s2 t1', 'c12 s3 t1', 'third s4 t1'],
      [],
    ],
    [
      'of a row that begins again',
      tiny({
        slots: ['s1', 's2', 's3', 's4', 's5'].map((id) => ({ id })),
        candidates: [...'abcd'].map((id) => ({ id, participants: ['p1', 'h1'] })),
        participants: one({ maxConsecutive: 1 }),
      }),
      ['d s5 t1', 'a s1 t1', 'b s2 t1', 'c s4 t1'],
      [
        ['maxConsecutive', 'p1 has more than 1 meetings in a row up to slot s2.', ['p1', 's2']],
        ['maxConsecutive', 'p1 has more than 1 meetings in a row up to slot s5.', ['p1', 's5']],
      ],
    ],
    [
      'of a row in which two meetings share a slot',
      tiny({ ...four, participants: one({ maxConsecutive: 2 }), tables: 9 }),
      ['c11 s1', 'again s1', 'c12 s2', 'third s3'],
      [
        ['slot-conflict', 'p1 has two meetings in slot s1: c11 and again.', ['p1', 's1', 'c11', 'again']],
        ['maxConsecutive', 'p1 has more than 2 meetings in a row up to slot s3.', ['p1', 's3']],
        ['slot-conflict', 'h1 has two meetings in slot s1: c11 and again.', ['h1', 's1', 'c11', 'again']],
      ],
    ],
    [
      'of slots that are not its own',
      tiny({ candidates: candidates({ c11: { slots: ['s2'] } }) }),
      ['c11 s1 t1'],
      [['slots', 'c11 is in slot s1, which is not one of its slots.', ['c11', 's1'], '/meetings/0']],
    ],
    [
      'of a lock',
      tiny({ candidates: candidates({ c11: { lock: { slot: 's2', table: 't2' } } }) }),
      ['c11 s1 t1'],
      [
        ['lock', 'c11 is locked in slot s2 but is in s1.', ['c11', 's2', 's1'], '/meetings/0'],
        ['lock', 'c11 is locked at table t2 but is at t1.', ['c11', 't2'], '/meetings/0'],
      ],
    ],
    [
      'of a lock without a table',
      tiny({ candidates: candidates({ c11: { lock: { table: 't2' } } }) }),
      ['c11 s1'],
      [['lock', 'c11 is locked at table t2 but is at none.', ['c11', 't2'], '/meetings/0']],
    ],
    [
      'of a lock that is kept, none',
      tiny({ candidates: candidates({ c11: { lock: { slot: 's1', table: 't2' } } }) }),
      ['c11 s1 t2'],
      [],
    ],
    [
      'of a table that is out',
      tiny({ tables: [{ id: 't1', unavailable: ['s2'] }, { id: 't2' }] }),
      ['c11 s2 t1', 'c22 s1 t1', 'c12 s2'],
      [
        ['tables', 'Table t1 cannot be used in slot s2.', ['t1', 's2'], '/meetings/0'],
        ['slot-conflict', 'p1 has two meetings in slot s2: c11 and c12.', ['p1', 's2', 'c11', 'c12']],
      ],
    ],
    [
      'of what a table has to have',
      tiny({ participants: one({ needs: ['step-free', 'quiet'], tables: ['t1'] }) }),
      ['c11 s1 t1', 'c12 s2 t2'],
      [
        ['needs', 'p1 needs “quiet”, which table t1 does not have.', ['p1', 't1'], '/meetings/0'],
        ['tables', 'p1 may not sit at table t2.', ['p1', 't2'], '/meetings/1'],
        ['needs', 'p1 needs “step-free”, which table t2 does not have.', ['p1', 't2'], '/meetings/1'],
        ['needs', 'p1 needs “quiet”, which table t2 does not have.', ['p1', 't2'], '/meetings/1'],
      ],
    ],
    [
      'of what must be held',
      tiny({ candidates: candidates({ c11: { required: true }, c12: { required: true, lock: {} } }) }),
      [],
      [
        ['required', 'c11 is required but not held.', ['c11']],
        ['lock', 'c12 is locked but not held.', ['c12']],
      ],
    ],
    [
      'of the order',
      tiny({ candidates: candidates({ c11: { after: ['c22', 'c12', 'c21'] } }) }),
      ['c11 s2 t1', 'c22 s2 t2', 'c12 s3 t1', 'c21 s1 t1'],
      [
        ['after', 'c11 must come after c22, which is not earlier.', ['c11', 'c22']],
        ['after', 'c11 must come after c12, which is not earlier.', ['c11', 'c12']],
      ],
    ],
    [
      'of quotas',
      tiny({
        quotas: [
          { id: 'q', candidates: ['c11', 'c12'], min: 2 },
          { id: 'r', candidates: ['c11', 'c22'], max: 1 },
          { id: 's', candidates: ['c11', 'c21'], min: 1, max: 1 },
        ],
      }),
      ['c11 s1 t1', 'c22 s1 t2'],
      [
        ['quotas', 'Quota q has 1 meetings, at least 2 are asked.', ['q']],
        ['quotas', 'Quota r has 2 meetings, at most 1 are asked.', ['r']],
      ],
    ],
    [
      'of breaks that differ',
      tiny({ slots: slots.map(({ id }) => ({ id })), rules: { maxBreakSpread: 0 } }),
      ['c11 s1 t1', 'c12 s3 t1', 'c21 s3 t2'],
      [['maxBreakSpread', 'h1 has 1 breaks and p2 has 0: they may differ by 0.', ['h1', 'p2']]],
    ],
    [
      'of breaks that differ as much as they may, none',
      tiny({ rules: { maxBreakSpread: 1 } }),
      ['c11 s1 t1', 'c12 s3 t1'],
      [],
    ],
    [
      'of breaks without anybody, none',
      tiny({ participants: [], candidates: [], rules: { maxBreakSpread: 0 } }),
      [],
      [],
    ],
    ['of strangers, none', tiny({ tables: undefined }), ['cx s1', 'c11 sx'], []],
  ])('%s', (_, instance, lines, found) => {
    expect(broken(instance, ...lines)).toEqual(found)
  })
})

describe('a solution', () => {
  const said = (instance: Instance, parts: object, ...lines: string[]) =>
    validate(instance, { ...claimless(meetings(...lines)), ...parts })

  test('with strangers is refused with each of their places', () => {
    const report = said(tiny(), {}, 'cx s1 t1', 'c11 sx t1', 'c22 s1 tx', 'c12 s2', 'c12 s3 t1')
    expect(report.violations.filter(({ rule }) => rule === 'unknown')).toEqual([
      { rule: 'unknown', message: 'There is no candidate “cx”.', path: '/meetings/0/candidate', ids: ['cx'] },
      { rule: 'unknown', message: 'There is no slot “sx”.', path: '/meetings/1/slot', ids: ['sx'] },
      { rule: 'unknown', message: 'There is no table “tx”.', path: '/meetings/2/table', ids: ['tx'] },
      {
        rule: 'unknown',
        message: 'The meeting of c12 has no table.',
        path: '/meetings/3/table',
        ids: ['c12'],
      },
      {
        rule: 'unknown',
        message: 'Candidate c12 is held twice.',
        path: '/meetings/4/candidate',
        ids: ['c12'],
      },
    ])
    expect(report).toMatchObject({ valid: false, levels: [] })
    expect(report.violations.some(({ rule }) => rule === 'claim')).toBe(false)
  })

  test('names no tables where they are only counted', () => {
    const counted = tiny({ tables: 2, rules: { objective: [] } })
    expect(said(counted, {}, 'c11 s1 t1').violations.map(({ message }) => message)).toEqual([
      'There is no table “t1”.',
    ])
    expect(said(counted, {}, 'c11 s1')).toMatchObject({ valid: true, violations: [] })
  })

  test('without a schedule has no meetings, and a reason if there can be none', () => {
    const claim = (message: string) => ({ rule: 'claim', message, path: '/status', ids: [] })
    const why = { reason: { code: 'noSlot' }, core: [] }
    const none = 'Infeasible, but no reason is given.'
    const yet = (status: string) => `The status is ${status}, yet there are meetings.`
    const found = (parts: object, ...lines: string[]) => said(tiny(), parts, ...lines).violations
    expect(found({ status: 'infeasible' })).toEqual([claim(none)])
    expect(found({ status: 'infeasible' }, 'c11 s1 t1')).toEqual([claim(yet('infeasible')), claim(none)])
    expect(found({ status: 'unknown' }, 'c11 s1 t1')).toEqual([claim(yet('unknown'))])
    expect(found({ status: 'infeasible', infeasible: why })).toEqual([])
    expect(said(tiny(), { status: 'unknown' })).toMatchObject({ valid: true, violations: [], levels: [] })
  })

  test('is measured even if it does not hold', () => {
    const report = said(tiny(), {}, 'cx s1 t1', 'c11 s1 t1')
    expect(report.objective).toEqual({
      shortfall: 0,
      changes: 0,
      value: 5,
      fairness: [],
      breaks: 0,
      idle: 0,
      seatedMoves: 0,
      tableMoves: 0,
    })
  })
})

describe('the levels', () => {
  test('come from agendas in the order of slots, without strangers', () => {
    const list = meetings('c12 s2 t2', 'cx s1 t1', 'c11 s1 t1', 'c21 sx t1')
    expect([...agendas(tiny(), list)]).toEqual([
      [
        'p1',
        [
          { slot: 0, candidate: 'c11', table: 't1' },
          { slot: 1, candidate: 'c12', table: 't2' },
        ],
      ],
      ['p2', []],
      ['h1', [{ slot: 0, candidate: 'c11', table: 't1' }]],
      ['h2', [{ slot: 1, candidate: 'c12', table: 't2' }]],
    ])
    expect(agendas(tiny(), meetings('c11 s1')).get('p1')).toEqual([
      { slot: 0, candidate: 'c11', table: null },
    ])
  })

  test('count moves between tables, even across blocks, and none without tables', () => {
    const moves = (...lines: string[]) => measure(tiny(four), meetings(...lines)).tableMoves
    expect(moves('c11 s1 t1', 'again s2 t1', 'third s4 t2')).toBe(2)
    expect(moves('c11 s1 t1', 'again s2 t2', 'third s4 t1')).toBe(4)
    expect(moves('c11 s1', 'again s2')).toBe(0)
    expect(moves('c11 s1 t1', 'again s2', 'third s4 t1')).toBe(2)
  })

  test('count moves of those who are seated by their side', () => {
    const participants = people({ id: 'p1', side: 'project' }, { id: 'h1', side: 'host' })
    const moves = (...seated: string[]) => {
      const event = tiny({ participants, rules: { seated } })
      return measure(event, meetings('c11 s1 t1', 'c12 s2 t2', 'c21 s3 t1', 'c22 s4 t1')).seatedMoves
    }
    // The host h2 has no side, and moves as p1 does.
    expect([moves(), moves('host'), moves('project'), moves('project', 'host')]).toEqual([0, 0, 1, 1])
  })

  test('count nothing from one day into another, whatever the blocks and the scope', () => {
    const slots = [0, 0, 1, 1].map((day, i) => ({ id: `s${i + 1}`, day, block: 0 }))
    const levels = (breakScope: string, ...lines: string[]) => {
      const event = tiny({ ...four, slots, rules: { breakScope, maxBreakSpread: 0 } })
      const { breaks, idle, tableMoves } = measure(event, meetings(...lines))
      expect(checkRules(event, meetings(...lines))).toEqual([])
      return [breaks, idle, tableMoves]
    }
    for (const breakScope of ['block', 'event']) {
      expect(levels(breakScope, 'c11 s1 t1', 'again s4 t2')).toEqual([0, 0, 0])
      expect(levels(breakScope, 'c11 s2 t1', 'again s3 t2', 'third s4 t1')).toEqual([0, 0, 2])
    }
  })

  test('count idle slots between meetings', () => {
    const stops = (...list: number[]) => list.map((slot) => ({ slot, candidate: 'c11', table: null }))
    const rules = (breakScope: string) => tiny({ rules: { breakScope } })
    expect(pauses(rules('block'), stops(0, 2, 3))).toEqual([1])
    expect(pauses(rules('event'), stops(0, 3))).toEqual([2])
    expect(pauses(rules('event'), stops(0, 2, 3))).toEqual([1])
    expect(pauses(rules('block'), stops(0, 1, 2))).toEqual([])
    expect(pauses(rules('block'), stops(0, 0, 2))).toEqual([1])
    expect(pauses(rules('block'), stops())).toEqual([])
  })

  test('count missing meetings, and nothing for whoever has more', () => {
    const shortfall = (p1: number, h1: number) =>
      measure(
        tiny({
          participants: people({ id: 'p1', minMeetings: p1 }, { id: 'h1', minMeetings: h1 }),
        }),
        meetings('c11 s1 t1', 'c12 s2 t1'),
      ).shortfall
    expect([shortfall(0, 0), shortfall(1, 1), shortfall(3, 0), shortfall(3, 4)]).toEqual([0, 0, 1, 4])
  })

  test('count fairness for whoever carries a group, from few meetings to many', () => {
    const group = (...ids: string[]) => people(...ids.map((id) => ({ id, fairnessGroup: 'x' })))
    const fairness = (...ids: string[]) =>
      measure(tiny({ participants: group(...ids) }), meetings('c11 s1 t1', 'c12 s2 t1')).fairness
    expect(fairness('p1', 'p2', 'h1')).toEqual([0, 1, 2])
    expect(fairness('h2')).toEqual([1])
    expect(fairness()).toEqual([])
  })

  test('count changes against a base, whatever has come new', () => {
    const [before] = meetings('c11 s1 t1')
    const [elsewhere] = meetings('c11 s1 t2')
    const [later] = meetings('c11 s2 t1')
    const [anywhere] = meetings('c11 s1')
    expect([before, elsewhere, later, anywhere, undefined].map((after) => changeOf(before, after))).toEqual([
      0, 1, 2, 1, 3,
    ])
    expect([before, anywhere].map((after) => changeOf(anywhere, after))).toEqual([0, 0])
    const changes = (...lines: string[]) =>
      measure(tiny({ base: meetings('c11 s1 t1', 'c22 s1 t2') }), meetings(...lines)).changes
    expect([changes(), changes('c11 s1 t1', 'c22 s2 t2'), changes('c12 s1 t1')]).toEqual([6, 2, 6])
  })
})

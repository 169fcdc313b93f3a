import { describe, expect, test } from 'vitest'
import { sayCause } from '../../../solver/text/infeasibility-text.ts'
import type { Cause } from '../../../solver/format/infeasibility.ts'
import type { ReasonKind } from '../../../solver/explain/explain.ts'
import type { Level, Solution } from '../../../solver/index.ts'
import type { Change } from '../../../solver/explain/relaxation.ts'
import {
  describeProgress,
  describeReason,
  describeReport,
  show,
  summarise,
} from '../../../solver/text/report-text.ts'
import { sayReason, sayRemedy } from '../../../solver/explain/reason-text.ts'
import { claimless, meetings, people, tiny } from '../tiny.ts'

const event = tiny()

describe('why a meeting is not held', () => {
  test.each<[ReasonKind, string[], string]>([
    ['held', [], 'c11 is held.'],
    ['possible', [], 'Nothing keeps p1 and h1 from meeting: this schedule just does not hold it.'],
    ['availability', ['p1'], 'p1 and h1 are never both free when the other is there.'],
    ['slots', [], 'c11 may only be held in slots in which that cannot be.'],
    ['tables', [], 'No table is left when p1 and h1 could meet.'],
    ['locked', ['c12'], 'c12 is locked when p1 and h1 could meet.'],
    ['locked', ['c12', 'c21', 'c22'], 'c12, c21 and c22 are locked when p1 and h1 could meet.'],
    ['maxMeetings', ['p1'], 'p1 has as many meetings as allowed.'],
    ['maxConsecutive', ['h1'], 'h1 would have too many meetings in a row.'],
    ['quotas', ['q'], 'Quota q is used up.'],
    ['fullAgenda', ['p1', 'h1'], 'p1 and h1 is in a meeting whenever available.'],
    ['lowerValue', ['c12'], 'It would take the place of c12.'],
    ['lowerValue', [], 'There is no room for it.'],
  ])('is said for %s of %j', (kind, ids, words) => {
    expect(sayReason(event, 0, kind, ids)).toBe(words)
  })
})

describe('what would help', () => {
  const say = (change: Change, moved = 0, cost = {}) => sayRemedy(event, change, moved, cost)

  test.each<[Change, string]>([
    [{ kind: 'none' }, 'It can be held as things are.'],
    [{ kind: 'maxMeetings', participant: 'p1', to: 1 }, 'Allow p1 1 meeting.'],
    [{ kind: 'maxMeetings', participant: 'p1', to: 3 }, 'Allow p1 3 meetings.'],
    [{ kind: 'maxConsecutive', participant: 'h1', to: 4 }, 'Allow h1 4 meetings in a row.'],
    [{ kind: 'available', participants: ['p1'], slot: 's2' }, 'Have p1 come in slot s2.'],
    [{ kind: 'available', participants: ['p1', 'h1'], slot: 's2' }, 'Have p1 and h1 come in slot s2.'],
    [{ kind: 'slot', candidate: 'c11', slot: 's3' }, 'Allow it in slot s3.'],
    [{ kind: 'table', table: 'x' }, 'Add a table (2 in all).'],
    [{ kind: 'quota', quota: 'q', to: 2 }, 'Allow 2 of quota q.'],
    [{ kind: 'unlock', candidate: 'c12' }, 'Let c12 be at another time.'],
    [{ kind: 'instead', candidates: ['c12'] }, 'Give up c12.'],
    [{ kind: 'instead', candidates: ['c12', 'c21', 'c22'] }, 'Give up c12, c21 and c22.'],
    [{ kind: 'instead', candidates: [] }, 'Move others.'],
  ])('is said for %j', (change, words) => {
    expect(say(change)).toBe(words)
  })

  test('counts tables that have no names', () => {
    expect(sayRemedy(tiny({ tables: 7 }), { kind: 'table', table: 'x' }, 0, {})).toBe(
      'Add a table (7 in all).',
    )
  })

  test('is said with what it costs', () => {
    const none: Change = { kind: 'none' }
    const so = 'It can be held as things are'
    expect(say(none, 1)).toBe(`${so}; 1 other meeting would move.`)
    expect(say(none, 2)).toBe(`${so}; 2 other meetings would move.`)
    expect(say(none, 0, { value: 5 })).toBe(`${so}; 5 more in value.`)
    expect(say(none, 0, { value: -5 })).toBe(`${so}; 5 less in value.`)
    expect(say(none, 0, { shortfall: 1 })).toBe(`${so}; 1 guaranteed meeting more would be missing.`)
    expect(say(none, 0, { shortfall: -1, value: 0, breaks: 3 })).toBe(`${so}.`)
    expect(say(none, 3, { shortfall: 2, value: 1 })).toBe(
      `${so}; 3 other meetings would move; 2 guaranteed meetings more would be missing; 1 more in value.`,
    )
  })
})

describe('why no schedule can exist', () => {
  const instance = tiny({ participants: people({ id: 'p1', side: 'project' } as never) })
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

describe('what the command line says', () => {
  const level = (value: number | number[], bound: number | number[], proven: boolean) => ({
    value,
    bound,
    proven,
  })
  const reason = { reason: { code: 'quotaTooHigh' as const, quotas: ['q'], count: 2, most: 1 }, core: ['q'] }
  const quota = 'Quota q asks for 2 meetings, but 1 are possible.'
  const solution = (parts: Partial<Solution>): Solution => ({ ...claimless(meetings('c11 s1 t1')), ...parts })

  test('of numbers of meetings is how many people have how many', () => {
    expect([show(7), show([]), show([10]), show([1, 2, 2, 3, 3, 3])]).toEqual([
      '7',
      'nobody',
      '1 × 10',
      '1 × 1, 2 × 2, 3 × 3',
    ])
  })

  test('of a report is every level, the reason, what is wrong, and whether it holds', () => {
    const levels = [
      { level: 'value' as Level, result: level(3, 4, false), check: 'checked' as const },
      { level: 'fairness' as Level, result: level([1], [2], true), check: 'claimed' as const },
    ]
    const report = { valid: true, violations: [], objective: {} as never, levels }
    const said = [
      'value: 3, bound 4, open, bound checked',
      'fairness: 1 × 1, bound 1 × 2, proven, bound claimed',
    ]
    expect(describeReport(event, report, solution({})).split('\n')).toEqual([
      ...said,
      'The solution holds: feasible.',
    ])
    const violations = [
      { rule: 'claim', message: 'No.', path: '/status', ids: [] },
      { rule: 'quotas', message: 'Two.', ids: [] },
    ]
    const wrong = { ...report, valid: false, violations, levels: [] }
    expect(describeReport(event, wrong, solution({ infeasible: reason })).split('\n')).toEqual([
      `infeasible (claimed): ${quota}`,
      'claim: No. (/status)',
      'quotas: Two.',
      'The solution does not hold: 2 found.',
    ])
  })

  test('of a solution is its status, its size, its time and its levels', () => {
    const objective = { value: level(3, 4, false), fairness: level([1, 1], [1, 1], true) }
    const stats = { ms: 12.6, iterations: 5 }
    expect(summarise(event, solution({ objective, stats })).split('\n')).toEqual([
      'feasible, 1 meetings, 13 ms',
      'value: 3 (bound 4)',
      'fairness: 2 × 1 (proven)',
    ])
    const none = solution({ status: 'infeasible', meetings: [], infeasible: reason })
    expect(summarise(event, none).split('\n')).toEqual(['infeasible, 0 meetings, 0 ms', quota])
  })

  test('of progress is one line with the gaps', () => {
    const line = (incumbent: object, bound: object) =>
      describeProgress({ stage: 'place', incumbent, bound, elapsedMs: 3.4 })
    expect(line({}, {})).toBe('3 ms · place')
    expect(line({ value: 75 }, { value: 100 })).toBe('3 ms · place · value 75 (bound 100, gap 25.00 %)')
    expect(line({ value: 100, breaks: 3 }, { value: 100, idle: 2 })).toBe(
      '3 ms · place · value 100 (bound 100, gap 0 %) · breaks 3 · idle bound 2',
    )
    expect(line({ shortfall: 0, idle: 4 }, { shortfall: 0, idle: 1 })).toBe(
      '3 ms · place · shortfall 0 (bound 0, gap 0 %) · idle 4 (bound 1, gap 75.00 %)',
    )
    expect(line({ fairness: [1] }, { fairness: [2] })).toBe('3 ms · place · fairness 1 × 1 (bound 1 × 2)')
  })

  test('of a reason is the reason, what would help, and what else it takes', () => {
    const remedy = (words: string) => ({ words }) as never
    const said = (parts: object) =>
      describeReason({
        candidate: 'c11',
        kind: 'tables',
        ids: [],
        words: 'No.',
        remedy: null,
        instead: null,
        ...parts,
      })
    expect(said({})).toBe('No.')
    expect(said({ remedy: remedy('A.') })).toBe('No.\nWhat would help: A.')
    expect(said({ instead: remedy('B.') })).toBe('No.\nWhat it takes, with things as they are: B.')
    expect(said({ remedy: remedy('A.'), instead: remedy('B.') })).toBe(
      'No.\nWhat would help: A.\nOr, with things as they are: B.',
    )
  })
})

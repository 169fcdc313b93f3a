import { describe, expect, test } from 'vitest'
import type { ReasonKind } from '../../../solver/explain/reason.ts'
import type { Change } from '../../../solver/explain/relaxation.ts'
import { sayReason, sayRemedy } from '../../../solver/explain/reason-text.ts'
import { tiny } from '../tiny.ts'

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
    ['limits', ['p1', 'h1'], 'p1 and h1 has as many meetings as allowed in some slots.'],
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
    [{ kind: 'limit', participant: 'h1', slots: ['s1', 's2'], to: 2 }, 'Allow h1 2 meetings in s1 and s2.'],
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

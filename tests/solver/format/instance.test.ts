import { describe, expect, test } from 'vitest'
import { FormatError, parseInstance } from '../../../solver/index.ts'
import { errorsOf, stranger, UNLISTED } from '../refused.ts'
import { meetings, tinyJson } from '../tiny.ts'

const ofInstance = (parts: Record<string, unknown>) => errorsOf(() => parseInstance(tinyJson(parts)))

const [c11, c12, ...others] = tinyJson().candidates
const first = (change: object) => ({ candidates: [{ ...c11, ...change }, c12, ...others] })

const person = (change: object) => ({
  participants: [{ id: 'p1', ...change }, { id: 'p2' }, { id: 'h1' }, { id: 'h2' }],
})

const slot = (change: object) => ({ slots: [{ id: 's1', ...change }, { id: 's2' }, { id: 's3' }] })

const TIME = 'must be a date and time with its offset, such as 2026-11-22T09:30:00+01:00'

const KEYS = {
  top: 'format, version, name, slots, tables, participants, candidates, quotas, base, rules',
  slot: 'id, start, end, block',
  table: 'id, features, unavailable',
  participant:
    'id, side, unavailable, minMeetings, maxMeetings, maxConsecutive, needs, tables, fairnessGroup',
  candidate: 'id, participants, value, required, slots, after, lock',
  rules: 'objective, breakScope, maxBreakSpread, tolerance, repair',
}

describe('an instance is refused', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    [
      'another format',
      { format: 'x', version: '1' },
      ['/format: must be “incontro/instance”', '/version: must be 1, the only version there is'],
    ],
    [
      'unknown keys',
      { more: 1, 'a/b~c': 2 },
      [`/more: ${stranger(KEYS.top)}`, `/a~1b~0c: ${stranger(KEYS.top)}`],
    ],
    ['a name that is no text', { name: 3 }, ['/name: must be a text']],
    ['an empty name', { name: '' }, ['/name: must not be empty']],
    ['slots that are no list', { slots: {}, candidates: [] }, ['/slots: must be an array']],
    [
      'a slot that is none',
      { slots: [{ id: 's1' }, 7, { id: 's2' }, null, []] },
      ['/slots/1: must be an object', '/slots/3: must be an object', '/slots/4: must be an object'],
    ],
    ['a slot without an id', { slots: [{}] }, ['/slots/0/id: is missing']],
    ['an unknown key of a slot', slot({ length: 20 }), [`/slots/0/length: ${stranger(KEYS.slot)}`]],
    ['a time without its offset', slot({ start: '2026-11-22T09:30:00' }), [`/slots/0/start: ${TIME}`]],
    ['a time with more after it', slot({ start: '2026-11-22T09:30Z!' }), [`/slots/0/start: ${TIME}`]],
    ['a time with more before it', slot({ end: 'x2026-11-22T09:30Z' }), [`/slots/0/end: ${TIME}`]],
    ['a day that does not exist', slot({ start: '2026-13-45T09:30Z' }), [`/slots/0/start: ${TIME}`]],
    [
      'an end with its start',
      slot({ start: '2026-11-22T09:30Z', end: '2026-11-22T10:30+01:00' }),
      ['/slots/0/end: must be later than start'],
    ],
    ['a block below 0', slot({ block: -1 }), ['/slots/0/block: must be a whole number, 0 to 1000000']],
    [
      'a block that comes twice',
      { slots: [0, 1, 0].map((block, i) => ({ id: `s${i + 1}`, block })) },
      ['/slots/2/block: the slots of block 0 must follow each other'],
    ],
    ['a table that is none', { tables: [{ id: 't1' }, 't2'] }, ['/tables/1: must be an object']],
    [
      'an unknown key of a table',
      { tables: [{ id: 't', size: 4 }] },
      [`/tables/0/size: ${stranger(KEYS.table)}`],
    ],
    [
      'a feature twice',
      { tables: [{ id: 't', features: ['a', 'b', 'a'] }] },
      ['/tables/0/features/2: “a” is there twice'],
    ],
    ['a table twice', { tables: [{ id: 't' }, { id: 't' }] }, ['/tables/1/id: “t” is there twice']],
    ['too many tables', { tables: 1_000_001 }, ['/tables: must be a whole number, 0 to 1000000']],
    ['tables that are no number', { tables: 'many' }, ['/tables: must be a whole number, 0 to 1000000']],
    ['part of a table', { tables: 2.5 }, ['/tables: must be a whole number']],
    [
      'an unknown key of a participant',
      person({ age: 30 }),
      [`/participants/0/age: ${stranger(KEYS.participant)}`],
    ],
    [
      'limits out of range',
      person({ minMeetings: -1, maxMeetings: 1_000_001, maxConsecutive: 0 }),
      [
        '/participants/0/minMeetings: must be a whole number, 0 to 1000000',
        '/participants/0/maxMeetings: must be a whole number, 0 to 1000000',
        '/participants/0/maxConsecutive: must be a whole number, 1 to 1000000',
      ],
    ],
    [
      'limits beyond the other end',
      person({ minMeetings: 1_000_001, maxMeetings: -1, maxConsecutive: 1_000_001 }),
      [
        '/participants/0/minMeetings: must be a whole number, 0 to 1000000',
        '/participants/0/maxMeetings: must be a whole number, 0 to 1000000',
        '/participants/0/maxConsecutive: must be a whole number, 1 to 1000000',
      ],
    ],
    [
      'a side that is no text',
      person({ side: false, fairnessGroup: '' }),
      ['/participants/0/side: must be a text', '/participants/0/fairnessGroup: must not be empty'],
    ],
    [
      'absences that do not exist',
      person({ unavailable: ['s1', 'sx', 's1'] }),
      [
        '/participants/0/unavailable/1: there is no slot “sx”',
        '/participants/0/unavailable/2: “s1” is there twice',
      ],
    ],
    [
      'own tables that do not exist',
      person({ tables: ['tx'] }),
      ['/participants/0/tables/0: there is no table “tx”'],
    ],
    [
      'own tables that are only counted',
      { tables: 2, ...person({ tables: [], needs: ['x'] }) },
      [`/participants/0/needs: ${UNLISTED}`, `/participants/0/tables: ${UNLISTED}`],
    ],
    [
      'a participant twice',
      { participants: [...person({}).participants, { id: 'p2' }] },
      ['/participants/4/id: “p2” is there twice'],
    ],
    [
      'an unknown key of a candidate',
      first({ prio: 1 }),
      [`/candidates/0/prio: ${stranger(KEYS.candidate)}`],
    ],
    ['a candidate twice', first({ id: 'c12' }), ['/candidates/1/id: “c12” is there twice']],
    [
      'a pair of strangers',
      first({ participants: ['px', 'h1'] }),
      ['/candidates/0/participants/0: there is no participant “px”'],
    ],
    [
      'a missing pair',
      first({ participants: undefined }),
      ['/candidates/0/participants: must name two participants'],
    ],
    [
      'a pair that is no list',
      first({ participants: 'p1' }),
      ['/candidates/0/participants: must be an array'],
    ],
    [
      'a pair of three',
      first({ participants: ['p1', 'h1', 'h2'] }),
      ['/candidates/0/participants: must name two participants'],
    ],
    ['a value below 0', first({ value: -1 }), ['/candidates/0/value: must be a whole number, 0 to 1000000']],
    ['required that is no flag', first({ required: 1 }), ['/candidates/0/required: must be true or false']],
    ['slots that do not exist', first({ slots: ['sx'] }), ['/candidates/0/slots/0: there is no slot “sx”']],
    [
      'order after strangers',
      first({ after: ['cx'] }),
      ['/candidates/0/after/0: there is no candidate “cx”'],
    ],
    [
      'order after itself',
      first({ after: ['c12', 'c11'] }),
      ['/candidates/0/after: a candidate cannot come after itself'],
    ],
    [
      'a lock at strangers',
      first({ lock: { slot: 'sx', table: 'tx', day: 1 } }),
      [
        `/candidates/0/lock/day: ${stranger('slot, table')}`,
        '/candidates/0/lock/slot: there is no slot “sx”',
        '/candidates/0/lock/table: there is no table “tx”',
      ],
    ],
    [
      'a locked table that is only counted',
      { tables: 2, ...first({ lock: { table: 't1' } }) },
      [`/candidates/0/lock/table: ${UNLISTED}`],
    ],
    ['a lock that is none', first({ lock: true }), ['/candidates/0/lock: must be an object']],
    [
      'quotas',
      { quotas: [{ id: 'q', candidates: ['cx'], min: -1, max: -1, per: 2 }, { id: 'q' }] },
      [
        '/quotas/1/id: “q” is there twice',
        `/quotas/0/per: ${stranger('id, candidates, min, max')}`,
        '/quotas/0/candidates/0: there is no candidate “cx”',
        '/quotas/0/min: must be a whole number, 0 or more',
        '/quotas/0/max: must be a whole number, 0 or more',
      ],
    ],
    [
      'a quota that asks for more than it allows',
      { quotas: [{ id: 'q', candidates: ['c11'], min: 2, max: 1 }] },
      ['/quotas/0/min: must not be more than max'],
    ],
    [
      'a base of strangers',
      { base: [{ candidate: 'cx', slot: 'sx', table: 'tx', day: 1 }] },
      [
        `/base/0/day: ${stranger('candidate, slot, table')}`,
        '/base/0/candidate: there is no candidate “cx”',
        '/base/0/slot: there is no slot “sx”',
        '/base/0/table: there is no table “tx”',
      ],
    ],
    ['a base that is no list', { base: {} }, ['/base: must be an array']],
    [
      'a base twice',
      { base: meetings('c11 s1 t1', 'c11 s2 t2') },
      ['/base/1/candidate: “c11” is there twice'],
    ],
    [
      'a base at tables that are only counted',
      { tables: 2, base: meetings('c11 s1 t1') },
      [`/base/0/table: ${UNLISTED}`],
    ],
    ['rules that are none', { rules: 3 }, ['/rules: must be an object']],
    ['an unknown rule', { rules: { speed: 1 } }, [`/rules/speed: ${stranger(KEYS.rules)}`]],
    [
      'rules',
      { rules: { objective: ['beauty'], breakScope: 'day', maxBreakSpread: -1, repair: 'none' } },
      [
        '/rules/objective/0: must be one of shortfall, value, fairness, breaks, idle, tableMoves',
        '/rules/breakScope: must be one of block, event',
        '/rules/maxBreakSpread: must be a whole number, 0 to 1000000',
        '/rules/repair: must be one of fewest-changes, fewest-losses',
      ],
    ],
    [
      'levels with a base',
      { base: [], rules: { objective: ['beauty'] } },
      ['/rules/objective/0: must be one of shortfall, changes, value, fairness, breaks, idle, tableMoves'],
    ],
    [
      'tolerances',
      { rules: { tolerance: { value: 1.5, breaks: -0.1, fairness: 0.1, idle: 'x' } } },
      [
        `/rules/tolerance/fairness: ${stranger('shortfall, value, breaks, idle, tableMoves')}`,
        '/rules/tolerance/value: must be a number, 0 to 1',
        '/rules/tolerance/breaks: must be a number, 0 to 1',
        '/rules/tolerance/idle: must be a number, 0 to 1',
      ],
    ],
    ['tolerances that are none', { rules: { tolerance: [] } }, ['/rules/tolerance: must be an object']],
  ])('for %s', (_, parts, errors) => {
    expect(ofInstance(parts)).toEqual(errors)
  })

  test('for parts that are missing', () => {
    const bare = (...keys: string[]) => {
      const json: Record<string, unknown> = tinyJson()
      for (const key of keys) delete json[key]
      return errorsOf(() => parseInstance(json))
    }
    expect(bare('format')).toEqual(['/format: must be “incontro/instance”'])
    expect(bare('version')).toEqual(['/version: must be 1, the only version there is'])
    // Known ids come from them, so that everything else is said as well.
    expect(bare('slots', 'participants', 'candidates')).toEqual(['/slots: is missing'])
    expect(bare('tables', 'participants', 'candidates')).toEqual([])
  })

  test('with at most fifty of its problems', () => {
    const participants = Array.from({ length: 60 }, (_, index) => ({ id: `x${index}`, side: 1 }))
    expect(ofInstance({ participants, candidates: [] })).toHaveLength(50)
  })

  test('for a text that is too long, and not for the longest', () => {
    const name = 'x'.repeat(10_000)
    expect(ofInstance({ name })).toEqual([])
    expect(ofInstance({ name: `${name}x` })).toEqual(['/name: must have at most 10000 characters'])
    expect(ofInstance({ name: '\udc00' })).toEqual(['/name: has half a character (a lone surrogate)'])
  })

  test('as an error with every path in its message', () => {
    const refuse = (json: unknown) => {
      try {
        parseInstance(json)
      } catch (error) {
        return error as FormatError
      }
    }
    expect(refuse(null)).toMatchObject({ name: 'FormatError', message: 'document: must be an object' })
    expect(refuse(undefined)).toMatchObject({ message: 'document: is missing' })
    expect(refuse(tinyJson({ name: 1, tables: -1 }))!.message).toBe(
      '/name: must be a text\n/tables: must be a whole number, 0 to 1000000',
    )
  })
})

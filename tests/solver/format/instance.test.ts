import { describe, expect, test } from 'vitest'
import { parseInstance } from '../../../solver/index.ts'
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
  slot: 'id, start, end, block, day',
  table: 'id, features, unavailable',
  participant:
    'id, side, unavailable, minMeetings, maxMeetings, maxConsecutive, limits, needs, tables, fairnessGroup, absence',
  candidate: 'id, participants, value, required, slots, after, lock',
  rules: 'objective, seated, breakScope, maxBreakSpread, tolerance, repair',
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
    ['a day below 0', slot({ day: -1 }), ['/slots/0/day: must be a whole number, 0 to 1000000']],
    [
      'a day that comes twice',
      { slots: [2, 0, 2, 0].map((day, i) => ({ id: `s${i + 1}`, day, block: day })) },
      [
        '/slots/2/day: the slots of day 2 must follow each other',
        '/slots/3/day: the slots of day 0 must follow each other',
      ],
    ],
    [
      'a block that comes twice in a day',
      { slots: [0, 1, 0, 0, 1, 0].map((block, i) => ({ id: `s${i + 1}`, block, day: i < 3 ? 1 : 0 })) },
      [
        '/slots/2/block: the slots of block 0 must follow each other',
        '/slots/5/block: the slots of block 0 must follow each other',
      ],
    ],
    [
      'limits that are none',
      person({ limits: [{ slots: ['s9'], max: -1 }, { slots: ['s1', 's1'] }, { max: 1 }, 3] }),
      [
        '/participants/0/limits/0/slots/0: there is no slot “s9”',
        '/participants/0/limits/0/max: must be a whole number, 0 to 1000000',
        '/participants/0/limits/1/slots/1: “s1” is there twice',
        '/participants/0/limits/1/max: is missing',
        '/participants/0/limits/2/slots: is missing',
        '/participants/0/limits/3: must be an object',
      ],
    ],
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
      'a chance that is none',
      person({ absence: 1.5 }),
      ['/participants/0/absence: must be a number, 0 to 1'],
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
        '/rules/objective/0: must be one of shortfall, value, fairness, breaks, idle, seatedMoves, tableMoves',
        '/rules/breakScope: must be one of block, event',
        '/rules/maxBreakSpread: must be a whole number, 0 to 1000000',
        '/rules/repair: must be one of fewest-changes, fewest-losses',
      ],
    ],
    [
      'levels with a base',
      { base: [], rules: { objective: ['beauty'] } },
      [
        '/rules/objective/0: must be one of shortfall, changes, value, fairness, breaks, idle, seatedMoves, tableMoves',
      ],
    ],
    [
      'tolerances',
      { rules: { tolerance: { value: 1.5, breaks: -0.1, fairness: 0.1, idle: 'x' } } },
      [
        `/rules/tolerance/fairness: ${stranger('shortfall, value, breaks, idle, seatedMoves, tableMoves')}`,
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

  test.each([
    [{ format: 'x' }, '/format: must be “incontro/instance”'],
    [{ version: 2 }, '/version: must be 1, the only version there is'],
    [{ extra: 1 }, '/extra: is not a known key'],
    [{ slots: [{ id: 's1' }, { id: 's1' }] }, '/slots/1/id: “s1” is there twice'],
    [
      { slots: [{ id: 's1' }, { id: 's2', block: 1 }, { id: 's3' }, { id: 's4' }] },
      '/slots/2/block: the slots of block 0 must follow each other',
    ],
    [{ slots: [{ id: 's1', start: 'noon' }] }, '/slots/0/start: must be a date and time with its offset'],
    [{ tables: -1 }, '/tables: must be a whole number, 0 to 1000000'],
    [{ tables: 1.5 }, '/tables: must be a whole number'],
    [
      { participants: [{ id: 'p1', unavailable: ['sx'] }] },
      '/participants/0/unavailable/0: there is no slot “sx”',
    ],
    [
      { tables: 2, participants: [{ id: 'p1', needs: ['lift'] }] },
      '/participants/0/needs: needs the tables to be listed',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1'] }] },
      '/candidates/0/participants: must name two participants',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'p1'] }] },
      '/candidates/0/participants/1: “p1” is there twice',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'h1'], value: 1.5 }] },
      '/candidates/0/value: must be a whole number',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'h1'], value: 1_000_001 }] },
      '/candidates/0/value: must be a whole number, 0 to 1000000',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'h1'], after: ['c'] }] },
      '/candidates/0/after: a candidate cannot come after itself',
    ],
    [
      { candidates: [{ id: 'c', participants: ['p1', 'h1'], lock: { slot: 'sx' } }] },
      '/candidates/0/lock/slot: there is no slot “sx”',
    ],
    [
      { quotas: [{ id: 'q', candidates: ['c11'], min: 2, max: 1 }] },
      '/quotas/0/min: must not be more than max',
    ],
    [{ rules: { objective: ['value', 'value'] } }, '/rules/objective/1: “value” is there twice'],
    [{ rules: { objective: ['changes'] } }, '/rules/objective/0: must be one of shortfall, value'],
    [{ tables: [{ id: 't', unavailable: ['sx'] }] }, '/tables/0/unavailable/0: there is no slot “sx”'],
    [{ base: [{ candidate: 'c0', slot: 's1' }] }, '/base/0/candidate: there is no candidate “c0”'],
    [
      {
        base: [
          { candidate: 'c11', slot: 's1' },
          { candidate: 'c11', slot: 's2' },
        ],
      },
      '/base/1/candidate: “c11” is there twice',
    ],
    [{ tables: 2, base: [{ candidate: 'c11', slot: 's1', table: 't1' }] }, '/base/0/table: needs the tables'],
    [{ rules: { tolerance: { fairness: 0.1 } } }, '/rules/tolerance/fairness: is not a known key'],
    [{ participants: [{ id: '\ud800' }] }, '/participants/0/id: has half a character'],
  ])('for %j', (parts, expected) => {
    expect(ofInstance(parts).some((error) => error.startsWith(expected))).toBe(true)
  })
})

describe('an instance is read', () => {
  test('with every key as given', () => {
    const time = (hour: string) => `2026-11-22T${hour}+01:00`
    const json = tinyJson({
      name: 'Camp',
      slots: [
        { id: 's1', start: time('09:30'), end: time('09:50:30.250'), block: 4, day: 1_000_000 },
        { id: 's2', start: '2026-11-22T09:30Z', block: 1_000_000 },
      ],
      tables: [{ id: 't1', features: ['b', 'a'], unavailable: ['s2'] }],
      participants: [
        {
          id: 'p1',
          side: 'project',
          unavailable: ['s2', 's1'],
          minMeetings: 1_000_000,
          maxMeetings: 0,
          maxConsecutive: 1_000_000,
          limits: [
            { slots: ['s2', 's1'], max: 0 },
            { slots: [], max: 1_000_000 },
          ],
          needs: ['a'],
          tables: ['t1'],
          fairnessGroup: 'x',
          absence: 0.25,
        },
        { id: 'h1', tables: [], unavailable: [] },
      ],
      candidates: [
        {
          id: 'a',
          participants: ['h1', 'p1'],
          value: 1_000_000,
          required: true,
          slots: ['s2'],
          after: ['b'],
        },
        { id: 'b', participants: ['p1', 'h1'], value: 0, required: false, slots: [], lock: { table: 't1' } },
        { id: 'c', participants: ['p1', 'h1'], lock: { slot: 's1' } },
        { id: 'd', participants: ['p1', 'h1'], lock: {} },
      ],
      quotas: [
        { id: 'q', candidates: ['a', 'b', 'c'], min: 1 },
        { id: 'r', candidates: ['a'], min: 5 },
        { id: 's', min: 2, max: 2 },
      ],
      base: [
        { candidate: 'b', slot: 's1', table: 't1' },
        { candidate: 'a', slot: 's2' },
      ],
      rules: {
        objective: ['value', 'breaks'],
        seated: ['host'],
        breakScope: 'event',
        maxBreakSpread: 1_000_000,
        tolerance: { value: 1, breaks: 0, idle: 0.5 },
        repair: 'fewest-losses',
      },
    })
    const instance = parseInstance(json)
    expect(instance.source).toBe(json)
    expect({ ...instance, source: null }).toEqual({
      name: 'Camp',
      slots: [
        { id: 's1', start: time('09:30'), end: time('09:50:30.250'), block: 4, day: 1_000_000 },
        { id: 's2', start: '2026-11-22T09:30Z', end: null, block: 1_000_000, day: 0 },
      ],
      tables: [{ id: 't1', features: ['b', 'a'], unavailable: ['s2'] }],
      participants: [
        json.participants[0],
        {
          id: 'h1',
          side: null,
          unavailable: [],
          minMeetings: 0,
          maxMeetings: 2,
          maxConsecutive: 2,
          limits: [],
          needs: [],
          tables: [],
          fairnessGroup: null,
          absence: null,
        },
      ],
      candidates: [
        { ...json.candidates[0], lock: null },
        { ...json.candidates[1], after: [], lock: { slot: null, table: 't1' } },
        {
          ...json.candidates[2],
          value: 1,
          required: false,
          slots: null,
          after: [],
          lock: { slot: 's1', table: null },
        },
        {
          ...json.candidates[3],
          value: 1,
          required: false,
          slots: null,
          after: [],
          lock: { slot: null, table: null },
        },
      ],
      quotas: [
        { id: 'q', candidates: ['a', 'b', 'c'], min: 1, max: 3 },
        { id: 'r', candidates: ['a'], min: 5, max: 1 },
        { id: 's', candidates: [], min: 2, max: 2 },
      ],
      base: (json as { base?: unknown }).base,
      rules: { ...(json as { rules?: object }).rules, objective: ['value', 'changes', 'breaks'] },
      source: null,
    })
  })

  test('with what may be left out left out', () => {
    const instance = parseInstance(tinyJson({ slots: [], participants: [], candidates: [], rules: {} }))
    expect(instance.rules).toEqual({
      objective: ['shortfall', 'value', 'fairness', 'breaks', 'idle', 'tableMoves'],
      seated: [],
      breakScope: 'block',
      maxBreakSpread: null,
      tolerance: {},
      repair: 'fewest-changes',
    })
    const alone = parseInstance(tinyJson({ slots: [], participants: [{ id: 'p' }], candidates: [] }))
    expect(alone.participants[0]).toMatchObject({ maxMeetings: 0, maxConsecutive: 1 })
    expect(parseInstance(tinyJson({ tables: 0 })).tables).toBe(0)
    expect(parseInstance(tinyJson({ tables: 1_000_000 })).tables).toBe(1_000_000)
  })

  test('with every default filled in', () => {
    const minimal = {
      format: 'incontro/instance',
      version: 1,
      slots: [{ id: 's' }],
      participants: [{ id: 'a' }, { id: 'b' }],
      candidates: [{ id: 'c', participants: ['a', 'b'] }],
    }
    const person = {
      side: null,
      unavailable: [],
      minMeetings: 0,
      maxMeetings: 1,
      maxConsecutive: 1,
      limits: [],
      needs: [],
      tables: null,
      fairnessGroup: null,
      absence: null,
    }
    expect(parseInstance(minimal)).toEqual({
      name: '',
      slots: [{ id: 's', start: null, end: null, block: 0, day: 0 }],
      tables: null,
      participants: [
        { id: 'a', ...person },
        { id: 'b', ...person },
      ],
      candidates: [
        { id: 'c', participants: ['a', 'b'], value: 1, required: false, slots: null, after: [], lock: null },
      ],
      quotas: [],
      base: null,
      rules: {
        objective: ['shortfall', 'value', 'fairness', 'breaks', 'idle', 'tableMoves'],
        seated: [],
        breakScope: 'block',
        maxBreakSpread: null,
        tolerance: {},
        repair: 'fewest-changes',
      },
      source: minimal,
    })
  })
})

import { describe, expect, test } from 'vitest'
import { digest, validate, verify, type Instance, type Solution } from '../../../solver/index.ts'
import { claimless, meetings, people, tiny, tinyJson } from '../tiny.ts'

type Parts = Partial<Solution>
const level = (value: number | number[], bound = value, proven = true) => ({ value, bound, proven })
const free = { participants: {}, tables: 0 }

/** All four meetings, without a break: 14 in value, which no prices at all prove to be the most. */
const ALL = meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2')
const two = (parts: object = {}, objective = ['shortfall', 'value']) =>
  tiny({ ...parts, rules: { objective, ...((parts as { rules?: object }).rules ?? {}) } })
const claim = (parts: Parts = {}): Solution => ({
  ...claimless(ALL),
  status: 'optimal',
  objective: { shortfall: level(0), value: level(14) },
  certificate: { value: free },
  ...parts,
})
const said = (instance: Instance, parts: Parts = {}) =>
  validate(instance, claim(parts)).violations.map(({ message, path }) => `${path}: ${message}`)
const checks = (instance: Instance, parts: Parts = {}) =>
  Object.fromEntries(validate(instance, claim(parts)).levels.map((one) => [one.level, one.check]))

describe('what a solution claims', () => {
  test('holds, with bounds that are computed again', () => {
    expect(validate(two(), claim())).toEqual({
      valid: true,
      violations: [],
      objective: {
        shortfall: 0,
        changes: 0,
        value: 14,
        fairness: [],
        breaks: 0,
        idle: 0,
        seatedMoves: 0,
        tableMoves: 2,
      },
      levels: [
        { level: 'shortfall', result: level(0), check: 'checked' },
        { level: 'value', result: level(14), check: 'checked' },
      ],
    })
  })

  test('is told as a claim, without ids', () => {
    expect(validate(two(), claim({ objective: { shortfall: level(0) } })).violations).toEqual([
      { rule: 'claim', message: 'The level value is not reported.', path: '/objective', ids: [] },
    ])
  })

  test.each<[string, Parts, string[]]>([
    [
      'a level that is not asked for',
      { objective: { shortfall: level(0), value: level(14), idle: level(0) } },
      ['/objective/idle: idle is not a level of the objective.'],
    ],
    [
      'a level less',
      { objective: { shortfall: level(0) } },
      ['/objective: The level value is not reported.'],
    ],
    [
      'another value',
      { objective: { shortfall: level(1, 0, false), value: level(15, 14, false) }, status: 'feasible' },
      [
        '/objective/shortfall/value: shortfall is 0, not 1.',
        '/objective/value/value: value is 14, not 15.',
        '/objective/value/bound: The bound of value is worse than its value.',
      ],
    ],
    [
      'a bound that the prices do not prove',
      { objective: { shortfall: level(0), value: level(14, 15, false) }, status: 'feasible' },
      ['/objective/value/bound: The prices prove 14 for value, not 15.'],
    ],
    [
      'a price of somebody else',
      { certificate: { value: { participants: { px: 1, p1: 5 }, tables: 0 } } },
      ['/certificate/value/participants: There is no participant “px”.'],
    ],
    [
      'prices of a table, that prove less',
      { certificate: { value: { participants: {}, tables: 1 } } },
      ['/objective/value/bound: The prices prove 18 for value, not 14.'],
    ],
    [
      'prices of people, that prove less',
      { certificate: { value: { participants: { p1: 1, h2: -1 }, tables: 0 } } },
      // 4 + 3 + 2 + 5 for the meetings, 2 for p1, who can have two, and 0 for h2, who can have none.
      ['/objective/value/bound: The prices prove 16 for value, not 14.'],
    ],
    [
      'a proof without its bound',
      { objective: { shortfall: level(0), value: level(14, 16) }, certificate: {} },
      ['/objective/value/proven: value is not proven: its bound is not reached.'],
    ],
    [
      'a proof after an open level',
      { objective: { shortfall: level(0, 0, false), value: level(14) } },
      [
        '/objective/value/proven: value is not proven: an earlier level is open.',
        '/status: The status is optimal, but not every level is proven.',
      ],
    ],
    [
      'an optimum with an open level',
      { objective: { shortfall: level(0), value: level(14, 14, false) } },
      ['/status: The status is optimal, but not every level is proven.'],
    ],
  ])('is refused with %s', (_, parts, messages) => {
    expect(said(two(), parts)).toEqual(messages)
  })

  test('may leave open what it could prove', () => {
    const objective = { shortfall: level(0, 0, false), value: level(14, 14, false) }
    expect(said(two(), { objective, status: 'feasible' })).toEqual([])
  })

  test('needs no prices where a sum is at 0, and has to be believed where nothing proves it', () => {
    expect(checks(two(), { certificate: {} })).toEqual({ shortfall: 'checked', value: 'claimed' })
    const owed = two({ participants: people({ id: 'p1', minMeetings: 3 }) })
    const objective = { shortfall: level(1), value: level(14) }
    expect(checks(owed, { objective })).toEqual({ shortfall: 'claimed', value: 'checked' })
    const prices = { shortfall: { participants: { p1: -1 }, tables: 0 }, value: free }
    expect(checks(owed, { objective, certificate: prices })).toEqual({
      shortfall: 'checked',
      value: 'checked',
    })
    expect(said(owed, { objective, certificate: prices })).toEqual([])
    const none = two({ candidates: tinyJson().candidates.map((one) => ({ ...one, value: 0 })) })
    expect(checks(none, { objective: { shortfall: level(0), value: level(0) }, certificate: {} }).value).toBe(
      'claimed',
    )
  })

  test('has no price of tables where they have no limit', () => {
    const certificate = { value: { participants: {}, tables: 1 } }
    expect(
      said(two({ tables: undefined }), { certificate, meetings: ALL.map(({ table: _, ...one }) => one) }),
    ).toEqual(['/certificate/value/tables: Tables without limit have no price.'])
  })

  test('has a price of the shortfall only where that comes first', () => {
    const wrong =
      '/certificate/value/shortfall: The shortfall can have a price only where it comes before the value.'
    const certificate = { value: { ...free, shortfall: 1 } }
    expect(said(two(), { certificate })).toEqual([])
    expect(said(two({}, ['value', 'shortfall']), { certificate })).toEqual([wrong])
    const value = { objective: { value: level(14) } }
    expect(said(two({}, ['value']), { ...value, certificate })).toEqual([wrong])
    expect(
      said(two({}, ['value', 'shortfall']), { certificate: { value: { ...free, shortfall: 0 } } }),
    ).toEqual([])
    const owed = { shortfall: { participants: {}, tables: 0, shortfall: 5 } }
    expect(said(two({}, ['value', 'shortfall']), { certificate: { ...owed, value: free } })).toEqual([])
  })

  test('has the price of a missing meeting for as many as are missing', () => {
    const owed = two({ participants: people({ id: 'p1', minMeetings: 3 }) })
    const objective = { shortfall: level(1, 0, false), value: level(14, 14, false) }
    const shortfall = { ...objective.shortfall }
    const certificate = { value: { participants: { p1: -2 }, tables: 0, shortfall: 2 } }
    // Meetings 7 + 5 + 2 + 4, p1 at most −2·2 − 2·1 with two, and 2 for the one that is missing.
    const bound = (value: number) =>
      said(owed, {
        objective: { shortfall, value: level(14, value, false) },
        certificate,
        status: 'feasible',
      })
    expect(bound(14)).toEqual([])
    expect(bound(15)).toEqual(['/objective/value/bound: The prices prove 14 for value, not 15.'])
  })

  test('has prices of quotas that press on their most or their least', () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c12'], min: 1, max: 1 }]
    const held = ALL.filter(({ candidate }) => candidate !== 'c12')
    const objective = { shortfall: level(0), value: level(11) }
    const proves = (q: number) =>
      said(two({ quotas }), {
        meetings: held,
        objective,
        certificate: { value: { ...free, quotas: { q, other: 9 } } },
      })
    expect([proves(3), proves(4)]).toEqual([[], []])
    expect(proves(6)).toEqual(['/objective/value/bound: The prices prove 12 for value, not 11.'])
    expect(proves(-1)).toEqual(['/objective/value/bound: The prices prove 15 for value, not 11.'])
  })

  test('has prices by slot', () => {
    // Both meetings of p1 in one slot: only one can be held, of which a price of 3 there speaks.
    const candidates = tinyJson().candidates.map((one) =>
      one.id.startsWith('c1') ? { ...one, slots: ['s1'] } : one,
    )
    const held = ALL.filter(({ candidate }) => candidate !== 'c12')
    const objective = { shortfall: level(0), value: level(11) }
    const proves = (s1: number, bound: number) =>
      said(two({ candidates }), {
        meetings: held,
        objective: { ...objective, value: level(11, bound, bound === 11) },
        status: bound === 11 ? 'optimal' : 'feasible',
        certificate: { value: { ...free, days: { participants: { p1: { s1 } }, tables: {} } } },
      })
    expect(proves(3, 11)).toEqual([])
    expect(proves(1, 13)).toEqual([])
    expect(proves(2, 11)).toEqual(['/objective/value/bound: The prices prove 12 for value, not 11.'])
  })

  test('of fairness is told as a list', () => {
    const participants = people({ id: 'p1', fairnessGroup: 'x' }, { id: 'p2', fairnessGroup: 'x' })
    const fair = two({ participants }, ['fairness'])
    const wrong = (value: number[], bound: number[]) =>
      said(fair, { objective: { fairness: level(value, bound, false) }, status: 'feasible', certificate: {} })
    expect(wrong([2, 3], [2, 3])).toEqual(['/objective/fairness/value: fairness is [2, 2], not [2, 3].'])
    expect(wrong([2, 2], [1, 2])).toEqual([
      '/objective/fairness/bound: The bound of fairness is worse than its value.',
    ])
    expect(wrong([2, 2], [2, 3])).toEqual([])
    expect(checks(fair, { objective: { fairness: level([2, 2]) }, certificate: {} })).toEqual({
      fairness: 'claimed',
    })
  })

  test('may fall short of a bound by what a tolerance gives back', () => {
    const rules = (tolerance: object) => ({ rules: { tolerance } })
    const held = ALL.filter(({ candidate }) => candidate !== 'c21')
    const parts = { meetings: held, objective: { shortfall: level(0), value: level(12, 14) } }
    const open = '/objective/value/proven: value is not proven: its bound is not reached.'
    expect(said(two(rules({ value: 0.2 })), parts)).toEqual([])
    expect(said(two(rules({ value: 2 / 14 })), parts)).toEqual([])
    expect(said(two(rules({ value: 0.1 })), parts)).toEqual([open])
    expect(said(two(rules({ shortfall: 1 })), parts)).toEqual([open])
    expect(said(two(), parts)).toEqual([open])
  })

  test('may exceed a bound from below by what a tolerance gives back', () => {
    const moves = (share: number, bound: number) =>
      said(two({ rules: { tolerance: { tableMoves: share } } }, ['tableMoves']), {
        objective: { tableMoves: level(2, bound) },
        certificate: {},
      })
    const open = '/objective/tableMoves/proven: tableMoves is not proven: its bound is not reached.'
    expect(moves(1, 1)).toEqual([])
    expect(moves(0.5, 1)).toEqual([open])
    expect(moves(0, 1)).toEqual([open])
    const fair = two({ rules: { tolerance: { value: 1 } } }, ['fairness'])
    const participants = people({ id: 'p1', fairnessGroup: 'x' })
    expect(
      said(
        { ...fair, participants: two({ participants }).participants },
        { objective: { fairness: level([2], [3]) }, certificate: {} },
      ),
    ).toEqual(['/objective/fairness/proven: fairness is not proven: its bound is not reached.'])
  })

  test('of a status without a schedule is nothing', () => {
    const none = { status: 'unknown' as const, meetings: [] }
    expect(validate(two(), claim(none))).toMatchObject({ valid: true, levels: [] })
  })

  test('of breaks is checked as far as the days of those who are certain tell', () => {
    const candidates = tinyJson().candidates.map((one) => ({ ...one, required: true }))
    const slots = [{ id: 's1' }, { id: 's2' }, { id: 's3' }]
    const participants = people({ id: 'p1', unavailable: ['s2'] })
    const event = two({ candidates, slots, participants }, ['breaks', 'idle'])
    const held = meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s3 t1', 'c21 s2 t2')
    const objective = (breaks: number, idle: number) => ({
      breaks: level(2, breaks, false),
      idle: level(2, idle, false),
    })
    const parts = (breaks: number, idle: number): Parts => ({
      meetings: held,
      status: 'feasible',
      objective: objective(breaks, idle),
      certificate: {},
    })
    expect(said(event, parts(1, 1))).toEqual([])
    expect(checks(event, parts(1, 1))).toEqual({ breaks: 'checked', idle: 'checked' })
    expect(checks(event, parts(2, 2))).toEqual({ breaks: 'claimed', idle: 'claimed' })
    expect(checks(event, parts(0, 2))).toEqual({ breaks: 'checked', idle: 'claimed' })
    // p2 would have to be busy twice in a row in s1 and s2, and a price says that it is not so.
    const days = { participants: { h1: { s2: 1 } }, tables: {} }
    expect(checks(event, { ...parts(2, 2), certificate: { breaks: days } }).breaks).toBe('claimed')
  })

  test('of breaks is checked with the prices of a value that comes before', () => {
    const ends: Record<string, object> = { c11: { slots: ['s1'] }, c12: { slots: ['s3'] } }
    const candidates = tinyJson().candidates.map((one) => ({ ...one, ...ends[one.id] }))
    const slots = [{ id: 's1' }, { id: 's2' }, { id: 's3' }]
    const held = meetings('c11 s1 t1', 'c22 s2 t2', 'c12 s3 t1', 'c21 s3 t2')
    const check = (objective: string[], certificate: Parts['certificate']) =>
      checks(two({ candidates, slots }, objective), {
        meetings: held,
        status: 'feasible',
        objective: { value: level(14, 14, false), breaks: level(2, 1, false) },
        certificate,
      }).breaks
    expect(check(['value', 'breaks'], { value: free })).toBe('checked')
    expect(check(['value', 'breaks'], {})).toBe('claimed')
    expect(check(['breaks', 'value'], { value: free })).toBe('claimed')
    expect(check(['value', 'breaks'], { value: { participants: { px: 1 }, tables: 0 } })).toBe('claimed')
  })

  test('of later levels speaks of schedules that keep a base with no changes', () => {
    const base = ALL.slice(0, 3)
    const event = (objective: string[]) => two({ base }, objective)
    const objective = { changes: level(0), value: level(14) }
    expect(said(event(['changes', 'value']), { objective })).toEqual([])
    expect(checks(event(['changes', 'value']), { objective })).toEqual({
      changes: 'checked',
      value: 'checked',
    })
    // Kept as they are, the three fill s1 and a part of s2: only then does that count.
    const narrow = (objective: string[]) =>
      two({ base, slots: [{ id: 's1' }, { id: 's2' }], tables: [{ id: 't1' }, { id: 't2' }] }, objective)
    const price = { value: { participants: {}, tables: 5 } }
    const proves = (objective: string[]) =>
      said(narrow(objective), { objective: { changes: level(0), value: level(14) }, certificate: price })
    expect(proves(['changes', 'value'])).toEqual([
      '/objective/value/bound: The prices prove 17 for value, not 14.',
    ])
    expect(proves(['value', 'changes'])).toEqual([
      '/objective/value/bound: The prices prove 20 for value, not 14.',
    ])
  })
})

describe('a solution', () => {
  test('belongs to the file that it was made for', async () => {
    const event = two()
    const own = claim({ instance: await digest(event.source) })
    expect(await verify(event, own)).toEqual(validate(event, own))
    expect(await verify(event, claim())).toMatchObject({
      valid: false,
      violations: [
        {
          rule: 'claim',
          message: 'The solution belongs to another instance: the hash differs.',
          path: '/instance',
          ids: [],
        },
      ],
      levels: validate(event, own).levels,
    })
    const wrong = await verify(event, claim({ objective: { shortfall: level(0) } }))
    expect(wrong.violations.map(({ path }) => path)).toEqual(['/instance', '/objective'])
  })
})

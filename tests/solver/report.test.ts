import { describe, expect, test } from 'vitest'
import { FULL_EFFORT } from '../../solver/model/effort.ts'
import { validate, type Instance, type LevelValue } from '../../solver/index.ts'
import { boundOf } from '../../solver/bounds/level-bound.ts'
import { compile } from '../../solver/model/problem.ts'
import { report } from '../../solver/report.ts'
import { slackOf } from '../../solver/select/best-prices.ts'
import { select } from '../../solver/select/flow-selection.ts'
import { emptyPrices } from '../../solver/bounds/slot-prices.ts'
import { claimless, meetings, people, tiny, tinyJson } from './tiny.ts'

const level = (value: LevelValue, bound = value, proven = true) => ({ value, bound, proven })
const ALL = ['c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2']
const given = (objective: string[], parts: Record<string, unknown> = {}, rules: object = {}) =>
  tiny({ ...parts, rules: { objective, ...rules } })

/** What is reported of a schedule; checked by the validator, which knows nothing of how it came about. */
function told(instance: Instance, lines: string[], known: Parameters<typeof report>[3] = {}) {
  const problem = compile(instance)
  const selection = select(problem, instance.rules.objective)
  const held = meetings(...lines)
  const { proven, results } = report(problem, () => selection, held, known, FULL_EFFORT)
  const status = proven ? ('optimal' as const) : ('feasible' as const)
  if (!known.best)
    expect(validate(instance, { ...claimless(held), status, ...results }).violations).toEqual([])
  return { proven, ...results, problem }
}

describe('what is reported of a schedule', () => {
  test('is the value and the bound of each level, proven as long as all before are', () => {
    const all = told(given(['shortfall', 'value', 'fairness', 'breaks', 'idle']), ALL)
    expect(all.objective).toEqual({
      shortfall: level(0),
      value: level(14),
      fairness: level([]),
      breaks: level(0),
      idle: level(0),
    })
    expect(all.proven).toBe(true)
    const less = told(given(['shortfall', 'value', 'breaks']), ALL.slice(0, 3))
    expect(less.objective).toEqual({
      shortfall: level(0),
      value: level(12, 14, false),
      breaks: level(0, 0, false),
    })
    expect(less.proven).toBe(false)
    expect(told(given(['breaks']), ['c11 s1 t1', 'c12 s3 t1']).objective).toEqual({
      breaks: level(1, 0, false),
    })
  })

  test('has no prices of what cannot be given to anybody', () => {
    const owed = given(['shortfall', 'value'], {
      participants: people({ id: 'p1', minMeetings: 4 }),
    })
    const found = told(owed, ALL)
    expect(found.objective).toEqual({ shortfall: level(2), value: level(14) })
    expect(found.certificate.shortfall).toEqual({ participants: {}, tables: 0 })
  })

  test('has prices of a shortfall that others make', () => {
    const participants = people({ id: 'p1', minMeetings: 1 }, { id: 'p2', minMeetings: 1 })
    const tight = given(['shortfall', 'value'], { participants, tables: 1, slots: [{ id: 's1' }] })
    const found = told(tight, ['c11 s1'])
    expect(found.objective).toEqual({ shortfall: level(1), value: level(5) })
    const { participants: prices, tables } = found.certificate.shortfall!
    expect(tables + Object.values(prices).length).toBeGreaterThan(0)
    expect(Object.keys(found.certificate.shortfall!)).toEqual(['participants', 'tables'])
    const second = told({ ...tight, rules: { ...tight.rules, objective: ['value', 'shortfall'] } }, [
      'c11 s1',
    ])
    expect(second.objective).toEqual({ value: level(5), shortfall: level(1) })
    expect(Object.keys(second.certificate.value!)).not.toContain('shortfall')
    const alone = told({ ...tight, rules: { ...tight.rules, objective: ['shortfall'] } }, ['c22 s1'])
    expect(alone.objective).toEqual({ shortfall: level(1) })
    expect(alone.certificate.value).toBe(undefined)
  })

  test('has the price of a missing meeting that costs value, and the value of one more that is missing', () => {
    const participants = people({ id: 'p2', minMeetings: 1 })
    const tight = given(['shortfall', 'value'], { participants, tables: 1, slots: [{ id: 's1' }] })
    const kept = told(tight, ['c22 s1'])
    expect(kept.objective).toEqual({ shortfall: level(0), value: level(4) })
    expect(kept.certificate.value!.shortfall).toBeGreaterThanOrEqual(1)
    const broken = told(tight, ['c11 s1'])
    expect(broken.objective).toEqual({ shortfall: level(1, 0, false), value: level(5, 5, false) })
  })

  test('has the price of the value alone where a shortfall makes that of both say less', () => {
    const worth = (id: string) => (id === 'c11' ? 10 : 1)
    const candidates = tinyJson().candidates.map((one) => ({ ...one, value: worth(one.id) }))
    const participants = people({ id: 'p2', minMeetings: 1 }, { id: 'h2', minMeetings: 1 })
    const tight = given(['shortfall', 'value'], {
      candidates,
      participants,
      tables: 1,
      slots: [{ id: 's1' }],
    })
    expect(told(tight, ['c11 s1']).objective).toEqual({
      shortfall: level(2, 0, false),
      value: level(10, 10, false),
    })
    const turned = {
      ...tight,
      rules: { ...tight.rules, objective: ['value' as const, 'shortfall' as const] },
    }
    expect(told(turned, ['c11 s1']).objective).toEqual({ value: level(10), shortfall: level(2, 0, false) })
    expect(told(turned, ['c22 s1']).objective).toEqual({
      value: level(1, 10, false),
      shortfall: level(0, 0, false),
    })
  })

  test('has the price of a quota', () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c12'], max: 1 }]
    const found = told(given(['value'], { quotas }), ['c11 s1 t1', 'c22 s1 t2', 'c21 s2 t2'])
    expect(found.objective).toEqual({ value: level(11) })
    expect(Object.keys(found.certificate.value!)).toContain('quotas')
    expect(Object.keys(told(given(['value']), ALL).certificate.value!)).not.toContain('quotas')
  })

  test('has changes as far as the search knows, and what comes after as if nothing changed where nothing did', () => {
    const base = meetings('c11 s1 t1', 'c22 s1 t2')
    const event = given(['shortfall', 'changes', 'value', 'breaks'], {
      base,
      slots: [{ id: 's1' }, { id: 's2' }, { id: 's3' }],
    })
    expect(told(event, ALL).objective.changes).toEqual(level(0))
    const moved = ['c11 s2 t1', 'c22 s1 t2', 'c21 s3 t2']
    expect(told(event, moved, { changes: 2 }).objective).toMatchObject({
      changes: level(2),
      value: level(11, 14, false),
    })
    expect(told(event, moved, { changes: 1 }).objective.changes).toEqual(level(2, 1, false))
    expect(told(event, moved).objective.changes).toEqual(level(2, 0, false))
    // Kept where they are, the two leave c12 and c21 no slot.
    const narrow: Record<string, object> = { c12: { slots: ['s1'] }, c21: { slots: ['s1'] } }
    const candidates = tinyJson().candidates.map((one) => ({ ...one, ...narrow[one.id] }))
    const full = given(['changes', 'value', 'fairness'], { base, candidates })
    expect(told(full, ALL.slice(0, 2)).objective).toEqual({
      changes: level(0),
      value: level(9),
      fairness: level([]),
    })
    const before = given(['value', 'changes'], { base, candidates })
    expect(told(before, ALL.slice(0, 2)).objective.value).toMatchObject({ value: 9 })
    expect(told(before, ALL.slice(0, 2)).objective.value!.bound).toBeGreaterThan(9)
  })

  test('has breaks as few as the search proved, with its prices', () => {
    const event = given(['value', 'breaks', 'idle', 'tableMoves'])
    const held = ['c11 s1 t1', 'c12 s3 t1', 'c22 s1 t2', 'c21 s2 t2']
    const prices = emptyPrices(compile(event))
    prices.busy[0] = 0.5
    const found = told(event, held, { tidied: { breaks: 1, prices: null } })
    expect(found.objective).toMatchObject({ breaks: level(2, 1, false), idle: level(2, 1, false) })
    expect(found.objective.tableMoves!.bound).toBe(0)
    expect(found.certificate.breaks).toBe(undefined)
    const priced = told(event, held, { tidied: { breaks: 0, prices } })
    expect(priced.certificate.breaks).toEqual({ participants: { p1: { s1: 0.5 } }, tables: {} })
    const others = told(given(['value', 'idle']), held, { tidied: { breaks: 0, prices } })
    expect(others.certificate.breaks).toBe(undefined)
    expect(told(event, held, { tidied: { breaks: 2, prices: null } }).objective.breaks).toEqual(level(2))
  })

  test('knows by the value who is certain to have breaks', () => {
    const ends: Record<string, object> = { c11: { slots: ['s1'] }, c12: { slots: ['s3'] } }
    const candidates = tinyJson().candidates.map((one) => ({ ...one, ...ends[one.id] }))
    const slots = [{ id: 's1' }, { id: 's2' }, { id: 's3' }]
    const held = ['c11 s1 t1', 'c22 s2 t2', 'c12 s3 t1', 'c21 s3 t2']
    const breaks = (...objective: string[]) =>
      told(given(objective, { candidates, slots }), held).objective.breaks!.bound
    expect([breaks('value', 'breaks'), breaks('breaks', 'value'), breaks('breaks')]).toEqual([1, 0, 0])
  })

  test('has fairness after the levels before, or by itself where they are open', () => {
    const fair = people({ id: 'p1', fairnessGroup: 'x' }, { id: 'p2', fairnessGroup: 'x' })
    // Value wants both of p1, fairness one each.
    const parts = {
      participants: fair,
      tables: 1,
      slots: [{ id: 's1' }, { id: 's2' }],
      candidates: tinyJson().candidates.map((one) => ({ ...one, value: one.id.startsWith('c1') ? 5 : 1 })),
    }
    const held = ['c11 s1', 'c12 s2']
    expect(told(given(['value', 'fairness'], parts), held).objective).toEqual({
      value: level(10),
      fairness: level([0, 2]),
    })
    expect(told(given(['fairness', 'value'], parts), held).objective.fairness).toEqual(
      level([0, 2], [1, 1], false),
    )
    const open = told(given(['value', 'fairness'], parts), held.slice(0, 1))
    expect(open.objective).toEqual({ value: level(5, 10, false), fairness: level([0, 1], [1, 1], false) })
    const loose = told(given(['value', 'fairness'], parts, { tolerance: { value: 0.1 } }), held)
    expect(loose.objective.fairness).toEqual(level([0, 2], [1, 1], false))
  })

  test('is proven by what was reached before anything was given back', () => {
    const event = given(['value', 'breaks'], {}, { tolerance: { value: 0.5 } })
    const measured = {
      shortfall: 0,
      changes: 0,
      value: 14,
      fairness: [],
      breaks: 0,
      idle: 0,
      seatedMoves: 0,
      tableMoves: 0,
    }
    const found = told(event, ALL.slice(0, 3), { best: measured })
    expect(found.objective).toEqual({ value: level(12, 14), breaks: level(0) })
    expect(told(event, ALL.slice(0, 3)).objective.value).toEqual(level(12, 14, false))
  })

  test('lets the search take for certain what the value leaves no choice about', () => {
    const slack = (objective: string[], lines: string[]) => {
      const event = given(objective)
      const problem = compile(event)
      return slackOf(problem, select(problem, event.rules.objective), meetings(...lines))
    }
    expect(slack(['value', 'breaks'], ALL)).toMatchObject({ gap: 0 })
    expect(slack(['value', 'breaks'], ALL.slice(0, 3))).toMatchObject({ gap: 2 })
    expect(slack(['breaks', 'value'], ALL)).toBe(null)
    expect(slack(['shortfall', 'breaks'], ALL)).toBe(null)
    const { problem, certificate } = told(given(['value']), ALL)
    const { prices } = select(problem, ['value'])
    expect(boundOf(problem, 'value', prices.value!, 0)).toBe(14)
    expect(certificate.value!.tables).toBe(prices.value!.tables)
  })
})

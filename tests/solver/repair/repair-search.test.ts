import { describe, expect, test } from 'vitest'
import { isBetter, isSame } from '../../../solver/spec/level-order.ts'
import {
  checkRules,
  measure,
  parseInstance,
  type Instance,
  type Level,
  type Meeting,
} from '../../../solver/index.ts'
import { mend } from '../../../solver/repair/repair-search.ts'
import { compile } from '../../../solver/model/problem.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { disrupted, fromNothing, KINDS } from '../disrupted-events.ts'
import { schedules } from '../events.ts'
import { meetings, people, tinyJson } from '../tiny.ts'

const mended = (instance: Instance, stop?: () => boolean) =>
  mend(compile(instance), startSearch({ stop }, 10_000), fromNothing)

const ORDERS: Level[][] = [
  ['shortfall', 'changes', 'value'],
  ['changes', 'value'],
  ['shortfall', 'value', 'changes'],
  ['value', 'changes', 'breaks'],
  ['fairness', 'changes'],
]

describe('a schedule that is kept near its base', () => {
  /** Of 60 events: how many could be mended, at its best on each level, with a proven number of changes; all proven changes. */
  const SEEN: Record<string, [seen: number, best: number, proven: number, changes: number]> = {
    'few tables': [60, 59, 54, 56],
    limits: [60, 56, 44, 240],
    'limits and required meetings': [46, 43, 40, 223],
    'an order and locks': [41, 38, 29, 117],
    quotas: [57, 51, 37, 80],
    'tables that differ': [60, 54, 56, 30],
    'several days': [60, 57, 52, 121],
  }

  test.each(KINDS)('is as good as any on each level, in an event with %s', async (kind, options) => {
    let [seen, best, proven, changes] = [0, 0, 0, 0]
    for (let seed = 1; seed <= 60; seed++) {
      const instance = disrupted(seed, options, ORDERS[seed % 5])
      const found = await mended(instance)
      const all = [...schedules(instance)]
      if (all.length === 0) {
        expect(found).toBe(null)
        continue
      }
      if (!found) continue
      expect(checkRules(instance, found.meetings)).toEqual([])
      const levels = instance.rules.objective
      const own = measure(instance, found.meetings)
      const measured = all.map((held) => measure(instance, held))
      const truth = measured.reduce((top, one) => (isBetter(levels, one, top) ? one : top))
      const before = levels.slice(0, levels.indexOf('changes'))
      seen++
      changes += found.changes
      if (levels.every((level) => isSame(own[level], truth[level]))) best++
      // Of schedules as good on the levels before, none has fewer changes than the bound.
      const asGood = measured.filter((one) => before.every((level) => isSame(one[level], own[level])))
      const fewest = Math.min(...asGood.map((one) => one.changes as number))
      expect([seed, found.changes <= fewest]).toEqual([seed, true])
      if (found.changes === own.changes) proven++
    }
    expect([seen, best, proven, changes]).toEqual(SEEN[kind])
  })

  const event = (parts: Record<string, unknown>, changed: Record<string, object> = {}) =>
    parseInstance(
      tinyJson({
        candidates: tinyJson().candidates.map((one) => ({ ...one, ...changed[one.id] })),
        ...parts,
      }),
    )
  const lines = (found: { meetings: Meeting[]; changes: number } | null) =>
    found && [
      found.changes,
      ...found.meetings.map(({ candidate, slot, table }) => `${candidate} ${slot} ${table ?? ''}`.trim()),
    ]
  const BASE = meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2')

  test('stays as it is where nothing is in its way', async () => {
    expect(lines(await mended(event({ base: BASE })))).toEqual([
      0,
      'c11 s1 t1',
      'c12 s2 t1',
      'c21 s2 t2',
      'c22 s1 t2',
    ])
    expect(
      lines(await mended(event({ base: BASE.slice(0, 2), rules: { objective: ['changes'] } })))!.slice(0, 2),
    ).toEqual([0, 'c11 s1 t1'])
    const counted = event({ base: meetings('c11 s1', 'c22 s1'), tables: 2, slots: [{ id: 's1' }] })
    expect(lines(await mended(counted))).toEqual([0, 'c11 s1', 'c22 s1'])
  })

  test('moves what is in the way of a lock', async () => {
    const locked = event({ base: BASE }, { c12: { lock: { slot: 's1' } } })
    const found = lines(await mended(locked))!
    expect([found[0], found.length]).toEqual([6, 5])
    expect(found.find((line) => String(line).startsWith('c12'))).toMatch(/^c12 s1/)
  })

  test('gives up what has no place, and nothing that is required', async () => {
    const small = { base: meetings('c11 s1', 'c12 s2'), tables: 2, slots: [{ id: 's1' }, { id: 's2' }] }
    const away = event({ ...small, participants: people({ id: 'h1', unavailable: ['s1', 's2'] }) })
    expect(lines(await mended(away))).toEqual([3, 'c12 s2', 'c22 s1'])
    const must = event(
      { ...small, slots: [{ id: 's1' }], base: meetings('c11 s1') },
      { c12: { required: true } },
    )
    expect(lines(await mended(must))).toEqual([3, 'c12 s1', 'c21 s1'].map((one) => one))
    const never = event(
      { ...small, slots: [{ id: 's1' }], base: [] },
      { c12: { required: true }, c11: { required: true } },
    )
    expect(await mended(never)).toBe(null)
  })

  test('changes for value only where value comes first', async () => {
    const tight = (objective: string[]) =>
      event({ base: meetings('c21 s1', 'c12 s1'), tables: 2, slots: [{ id: 's1' }], rules: { objective } })
    expect(lines(await mended(tight(['changes', 'value'])))).toEqual([0, 'c12 s1', 'c21 s1'])
    expect(lines(await mended(tight(['value', 'changes'])))).toEqual([6, 'c11 s1', 'c22 s1'])
    const owed = event({
      base: meetings('c21 s1'),
      tables: 1,
      slots: [{ id: 's1' }],
      participants: people({ id: 'p1', minMeetings: 1 }),
    })
    expect(lines(await mended(owed))![0]).toBe(3)
  })

  test('keeps people at their tables, or counts a change where one is out', async () => {
    const three = [{ id: 't1', unavailable: ['s1'] }, { id: 't2' }, { id: 't3' }]
    const found = lines(await mended(event({ base: BASE.slice(0, 2), tables: three, slots: [{ id: 's1' }] })))
    expect(found).toEqual([0, 'c11 s1 t3', 'c22 s1 t2'])
    const seats = await mended(event({ base: BASE.slice(0, 2), tables: three, slots: [{ id: 's1' }] }))
    expect(seats!.meetings.find(({ candidate }) => candidate === 'c11')!.table).toBe('t3')
  })
})

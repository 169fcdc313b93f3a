import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import type { Instance, Meeting } from '../../../solver/index.ts'
import { insertAll } from '../../../solver/repair/min-change-insertion.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, schedules, type EventOptions } from '../events.ts'
import { tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

/** Changes as the search counts them: 2 for another slot, 3 for a meeting that is gone. */
const changesOf = (base: Map<string, string>, held: Meeting[]) => {
  const slots = new Map(held.map(({ candidate, slot }) => [candidate, slot]))
  return [...base].reduce((sum, [id, slot]) => sum + (!slots.has(id) ? 3 : slots.get(id) === slot ? 0 : 2), 0)
}

describe('putting meetings into a schedule', () => {
  const KINDS: [string, EventOptions][] = [
    ['few rules', {}],
    ['limits', { limits: true, tables: 'none' }],
    ['an order', { order: true }],
    ['quotas', { quotas: true }],
    ['locks', { locks: true }],
    ['tables that differ', { tables: 'listed' }],
    ['several days', { days: true, tables: 'none' }],
  ]

  test.each(KINDS)('takes as few changes as can be, in an event with %s', (_, options) => {
    let exact = 0
    for (let seed = 1; seed <= 30; seed++) {
      const random = seededRandom(seed)
      const instance = randomEvent(seed, { slots: 3, candidates: 5, people: 4, ...options })
      const agenda = filledAgenda(instance, random, 0.5)
      const { problem } = agenda
      const before = agenda.slotOf.slice()
      const base = new Map(heldIn(agenda).map(({ candidate, slot }) => [candidate, slot]))
      const wanted = [...before.keys()]
        .filter((c) => before[c] < 0 && problem.possible[c])
        .slice(0, 1 + (seed % 3))
      if (wanted.length === 0) continue
      const mayDrop = seed % 2 ? () => true : () => false
      const found = insertAll({ agenda, base: before, mayDrop }, wanted, 2_000)
      const held = heldIn(agenda)
      expect(canBeHeld(instance, held)).toBe(true)
      const ids = held.map(({ candidate }) => candidate)
      const others = [...base.keys()].filter((id) => !ids.includes(id))
      if (seed % 2 === 0) expect(others).toEqual([])
      const isWhole = (list: Meeting[]) => {
        const own = list.map(({ candidate }) => candidate)
        const isKept = (id: string) =>
          own.includes(id) ||
          (seed % 2 === 1 &&
            !instance.candidates[Number(id.slice(1))].required &&
            !instance.candidates[Number(id.slice(1))].lock)
        const quotas = instance.quotas.every(({ candidates, min }) => {
          const count = (held: string[]) => candidates.filter((id) => held.includes(id)).length
          return count(own) >= Math.min(min, count([...base.keys(), ...wanted.map((c) => `c${c}`)]))
        })
        return quotas && wanted.every((c) => own.includes(`c${c}`)) && [...base.keys()].every(isKept)
      }
      // Others that are not wanted stay out.
      const only = {
        ...instance,
        quotas: instance.quotas.map((one) => ({ ...one, min: 0 })),
        candidates: instance.candidates.map((one, c) => ({
          ...one,
          lock: base.has(one.id) || wanted.includes(c) ? one.lock : null,
          required: false,
          slots: base.has(one.id) || wanted.includes(c) ? one.slots : [],
        })),
      }
      const pinned = only.candidates.map((one) =>
        one.lock && !base.has(one.id) && !wanted.some((c) => `c${c}` === one.id)
          ? { ...one, lock: null }
          : one,
      )
      const costs = [...schedules({ ...only, candidates: pinned })]
        .filter(isWhole)
        .map((list) => changesOf(base, list))
      if (found.stuck.length === 0) {
        expect(wanted.every((c) => ids.includes(`c${c}`))).toBe(true)
        expect([seed, found.cost]).toEqual([seed, changesOf(base, held)])
        if (found.exact && options.quotas !== true) {
          expect([seed, found.cost]).toEqual([seed, Math.min(...costs)])
          exact++
        }
      } else if (wanted.length === 1) expect([seed, costs.filter((cost) => cost <= 12)]).toEqual([seed, []])
      if (found.stuck.length > 0) expect(wanted.filter((c) => !ids.includes(`c${c}`))).toEqual(found.stuck)
    }
    if (options.quotas !== true) expect(exact).toBeGreaterThan(5)
  })

  test('tells what each of them took', () => {
    const insert = (
      event: Instance,
      held: [number, number][],
      wanted: number[],
      nodes = 100,
      mayDrop = true,
    ) => {
      const agenda = new Agenda(compile(event))
      for (const [c, slot] of held) agenda.put(c, slot)
      const found = insertAll({ agenda, base: agenda.slotOf.slice(), mayDrop: () => mayDrop }, wanted, nodes)
      return { ...found, slots: [...agenda.slotOf] }
    }
    const only = (slots: string[], other: string[] = ['s1', 's2']) =>
      changed({ c11: { slots }, c12: { slots: other } })
    expect(insert(tiny(), [], [0])).toEqual({
      stuck: [],
      costly: [],
      cost: 0,
      exact: true,
      slots: [0, -1, -1, -1],
    })
    expect(insert(only(['s1']), [[1, 0]], [0])).toEqual({
      stuck: [],
      costly: [0],
      cost: 2,
      exact: true,
      slots: [0, 1, -1, -1],
    })
    expect(insert(only(['s1'], ['s1']), [[1, 0]], [0])).toEqual({
      stuck: [],
      costly: [0],
      cost: 3,
      exact: true,
      slots: [0, -1, -1, -1],
    })
    expect(insert(only(['s1'], ['s1']), [[1, 0]], [0], 100, false)).toEqual({
      stuck: [0],
      costly: [],
      cost: 0,
      exact: false,
      slots: [-1, 0, -1, -1],
    })
    expect(insert(only(['s1']), [[1, 0]], [0], 0)).toEqual({
      stuck: [0],
      costly: [],
      cost: 0,
      exact: false,
      slots: [-1, 0, -1, -1],
    })
    expect(insert(tiny(), [], [])).toEqual({
      stuck: [],
      costly: [],
      cost: 0,
      exact: true,
      slots: [-1, -1, -1, -1],
    })
    const required = changed({ c11: { slots: ['s1'] }, c12: { slots: ['s1'], required: true } })
    expect(insert(required, [[1, 0]], [0]).stuck).toEqual([0])
    const quota = changed(
      { c11: { slots: ['s1'] }, c12: { slots: ['s1'] } },
      { quotas: [{ id: 'q', candidates: ['c12', 'c22'], min: 1 }] },
    )
    expect(insert(quota, [[1, 0]], [0]).stuck).toEqual([0])
    expect(
      insert(
        quota,
        [
          [1, 0],
          [3, 1],
        ],
        [0],
      ).stuck,
    ).toEqual([])
  })

  test('gives up as many as there are places too few, of those that cost least', () => {
    const [s1, s2, s3] = ['s1', 's2', 's3'].map((id) => ({ id }))
    const insert = (
      event: Instance,
      held: [number, number][],
      wanted: number[],
      pushedOut: [number, number][] = [],
    ) => {
      const agenda = new Agenda(compile(event))
      for (const [c, slot] of held) agenda.put(c, slot)
      const base = agenda.slotOf.slice()
      for (const [c, slot] of pushedOut) base[c] = slot
      const { stuck, cost, exact } = insertAll({ agenda, base, mayDrop: () => true }, wanted, 1_000)
      return { stuck, cost, exact, held: agenda.slotOf.filter((slot) => slot >= 0).length }
    }
    const found = (cost: number, held: number) => ({ stuck: [], cost, exact: true, held })
    const one = { tables: 1, slots: [s1, s2] }
    expect(
      insert(
        tiny(one),
        [
          [3, 0],
          [1, 1],
        ],
        [0],
      ),
    ).toEqual(found(3, 2))
    expect(
      insert(
        tiny(one),
        [
          [3, 0],
          [0, 1],
        ],
        [1, 2],
      ),
    ).toEqual(found(6, 2))
    expect(
      insert(
        tiny({ ...one, slots: [s1, s2, s3] }),
        [
          [3, 0],
          [1, 1],
        ],
        [0],
      ),
    ).toEqual(found(0, 3))
    // Who is out of its place already has paid for its move.
    expect(
      insert(
        tiny(one),
        [
          [3, 0],
          [1, 1],
        ],
        [0],
        [[0, 0]],
      ),
    ).toEqual(found(1, 2))
    expect(insert(tiny(one), [[3, 0]], [0, 2], [[0, 0]])).toEqual(found(1, 2))
    expect(
      insert(
        tiny(one),
        [[3, 0]],
        [0, 2],
        [
          [0, 0],
          [2, 1],
        ],
      ),
    ).toEqual(found(1, 2))
    // A locked meeting takes a place for good.
    const locked = changed({ c22: { lock: { slot: 's1' } } }, one)
    expect(
      insert(
        locked,
        [
          [3, 0],
          [1, 1],
        ],
        [0],
      ),
    ).toEqual(found(3, 2))
    const free = changed({ c22: { lock: { slot: 's1' } } }, { tables: 2, slots: [s1, s2] })
    expect(
      insert(
        free,
        [
          [3, 0],
          [1, 1],
        ],
        [0],
      ),
    ).toEqual(found(0, 3))
    const elsewhere = changed({ c22: { slots: ['s1'] }, c12: { slots: ['s1'] }, c11: { slots: ['s1'] } }, one)
    expect(insert(elsewhere, [[3, 0]], [0])).toEqual(found(3, 1))
    const out = tiny({ slots: [s1, s2], tables: [{ id: 't1', unavailable: ['s2'] }] })
    expect(insert(out, [[3, 0]], [0])).toEqual(found(3, 1))
  })
})

import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { confine } from '../../../solver/repair/subproblem.ts'
import type { Instance } from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, schedules } from '../events.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })

describe('what is open beside a schedule', () => {
  const confined = (event: Instance, held: [number, number, number?][]) => {
    const agenda = new Agenda(compile(event))
    const tables = new Int32Array(event.candidates.length).fill(-1)
    for (const [c, slot, table] of held) {
      agenda.put(c, slot, table ?? -1)
      if (table !== undefined) tables[c] = table
    }
    return confine(agenda, tables)
  }
  const lock = (slot: string | null, table: string | null = null) => ({ slot, table })

  test('is a small event of its own', () => {
    const event = changed(
      { c21: { after: ['c11', 'c12'] } },
      {
        participants: people({ id: 'p2', minMeetings: 2 }, { id: 'h1', maxConsecutive: 2 }),
      },
    )
    const { instance, candidates, tables } = confined(event, [
      [0, 0, 1],
      [1, 1, 0],
      [2, 2, 0],
    ])
    expect([candidates, tables]).toEqual([
      [1, 2, 3],
      [0, 1],
    ])
    expect(instance.candidates).toEqual([
      { ...event.candidates[1], required: true, lock: lock('s2', 't1') },
      { ...event.candidates[2], after: ['c12'], required: true, lock: lock('s3', 't1') },
      { ...event.candidates[3], slots: ['s1', 's4'], lock: null },
    ])
    expect(
      instance.participants.map(({ id, minMeetings, maxMeetings, maxConsecutive }) => [
        id,
        minMeetings,
        maxMeetings,
        maxConsecutive,
      ]),
    ).toEqual([
      ['p1', 0, 4, 4],
      ['p2', 2, 4, 4],
      ['h1', 0, 4, 4],
      ['h2', 0, 4, 4],
    ])
    expect(instance.tables).toEqual([
      { id: 't1', features: ['step-free'], unavailable: [] },
      { id: 't2', features: [], unavailable: ['s1'] },
    ])
    expect([instance.base, instance.quotas]).toEqual([null, []])
    expect(instance.rules).toEqual(event.rules)
  })

  test('has nothing where everything is held at its table', () => {
    const all = confined(tiny(), [
      [0, 0, 0],
      [3, 0, 1],
      [1, 1, 0],
      [2, 1, 1],
    ])
    expect([all.candidates, all.instance.participants, all.instance.candidates]).toEqual([[], [], []])
    const unseated = confined(tiny(), [
      [0, 0],
      [3, 0, 1],
      [1, 1, 0],
      [2, 1, 1],
    ])
    expect(unseated.candidates).toEqual([0, 1, 2])
    expect(unseated.instance.candidates[0].lock).toEqual(lock('s1'))
    expect(unseated.instance.tables).toEqual([
      { id: 't1', features: ['step-free'], unavailable: [] },
      { id: 't2', features: [], unavailable: ['s1'] },
    ])
  })

  test('has no names of tables where they are only counted', () => {
    const counted = confined(tiny({ tables: 2 }), [
      [0, 0],
      [1, 1],
      [2, 1],
    ])
    expect(counted.candidates).toEqual([1, 2, 3])
    expect(counted.instance.tables).toEqual([
      { id: '0', features: [], unavailable: ['s1'] },
      { id: '1', features: [], unavailable: [] },
    ])
    expect(counted.instance.rules.objective).toEqual(['shortfall', 'value', 'fairness', 'breaks', 'idle'])
    const endless = confined(tiny({ tables: undefined }), [[0, 0]])
    expect([endless.instance.tables, endless.tables]).toEqual([null, []])
  })

  test('leaves out who has enough, and meetings without a free slot', () => {
    const full = tiny({ participants: people({ id: 'p2', maxMeetings: 1 }) })
    expect(
      confined(full, [
        [0, 0, 0],
        [1, 1, 0],
        [2, 2, 0],
      ]).candidates,
    ).toEqual([])
    const narrow = changed({ c22: { slots: ['s1'] } })
    expect(
      confined(narrow, [
        [0, 0, 0],
        [1, 1, 0],
        [2, 0, 1],
      ]).candidates,
    ).toEqual([])
    const required = changed({ c22: { slots: ['s1'], required: true } })
    expect(
      confined(required, [
        [0, 0, 0],
        [1, 1, 0],
        [2, 0, 1],
      ]).candidates,
    ).toEqual([1, 2, 3])
    const busy = changed({ c22: { slots: ['s1'] } }, { tables: [{ id: 't1' }] })
    expect(
      confined(busy, [
        [0, 0, 0],
        [1, 1, 0],
        [2, 2, 0],
      ]).candidates,
    ).toEqual([])
    const never = changed({ c22: { slots: [] } })
    expect(
      confined(never, [
        [0, 0, 0],
        [1, 1, 0],
        [2, 2, 0],
      ]).candidates,
    ).toEqual([])
  })

  test('has only slots in which no row, order or quota is in the way', () => {
    const slotsOf = (event: Instance, held: [number, number, number?][], id = 'c22') =>
      confined(event, held).instance.candidates.find((one) => one.id === id)?.slots
    const row = { participants: people({ id: 'p2', maxConsecutive: 1 }) }
    expect(slotsOf(tiny(row), [[2, 1, 0]])).toEqual(['s4'])
    expect(slotsOf(tiny(row), [[2, 1, 0]], 'c11')).toEqual(['s1', 's3', 's4'])
    expect(slotsOf(changed({ c22: { after: ['c21'] } }), [[2, 1, 0]])).toEqual(['s3', 's4'])
    expect(slotsOf(changed({ c21: { after: ['c22'] } }), [[2, 1, 0]])).toEqual(['s1'])
    const quotas = [{ id: 'q', candidates: ['c21', 'c22'], max: 1 }]
    expect(slotsOf(tiny({ quotas }), [[2, 1, 0]])).toBe(undefined)
    // What is locked in its slot has to be there, whatever else makes room.
    expect(slotsOf(changed({ c22: { lock: { slot: 's1' } } }, row), [[2, 1, 0]])).toEqual(['s1'])
    const one = { tables: [{ id: 't1' }] }
    expect(slotsOf(tiny(one), [[0, 0, 0]])).toEqual(['s2', 's3', 's4'])
  })

  test('asks nothing of people who have no choice, and forgets when others were away', () => {
    const strict = {
      minMeetings: 1,
      needs: ['step-free'],
      tables: ['t1'],
      fairnessGroup: 'x',
      unavailable: ['s4'],
    }
    const event = tiny({
      participants: people({ id: 'p1', ...strict }, { id: 'p2', ...strict, needs: [], tables: ['t1', 't2'] }),
    })
    const { instance } = confined(event, [
      [0, 0, 0],
      [1, 1, 0],
      [2, 2, 0],
    ])
    expect(instance.participants.find(({ id }) => id === 'p1')).toMatchObject({
      minMeetings: 0,
      needs: [],
      tables: null,
      fairnessGroup: null,
      unavailable: [],
    })
    expect(instance.participants.find(({ id }) => id === 'p2')).toMatchObject({
      ...strict,
      needs: [],
      tables: ['t1', 't2'],
      unavailable: [],
    })
    expect(instance.candidates.map(({ id, required }) => [id, required])).toEqual([
      ['c12', true],
      ['c21', true],
      ['c22', false],
    ])
  })

  test('has quotas less what is held elsewhere', () => {
    const quotas = [
      { id: 'q', candidates: ['c11', 'c22'], min: 2, max: 2 },
      { id: 'r', candidates: ['c22', 'c12'], min: 1, max: 2 },
      { id: 's', candidates: ['c11'] },
    ]
    const { instance } = confined(tiny({ quotas }), [
      [0, 0, 0],
      [1, 1, 0],
      [2, 2, 0],
    ])
    expect(instance.quotas).toEqual([
      { id: 'q', candidates: ['c22'], min: 1, max: 1 },
      { id: 'r', candidates: ['c12', 'c22'].toReversed(), min: 1, max: 2 },
    ])
  })

  test('has the tables that suit, and as many as could be taken', () => {
    const tables = ['a', 'b', 'c', 'd'].map((id) => ({ id, features: id === 'd' ? ['quiet'] : [] }))
    const needs = people({ id: 'p2', needs: ['quiet'] })
    const choosy = confined(tiny({ tables, participants: needs }), [
      [0, 0, 0],
      [1, 1, 0],
    ])
    expect(choosy.tables).toEqual([0, 1, 2, 3].filter((table) => choosy.tables.includes(table)))
    expect(choosy.tables).toContain(3)
    const one = confined(changed({}, { tables }), [
      [0, 0, 1],
      [1, 1, 1],
      [2, 2, 1],
    ])
    expect(one.tables).toEqual([0, 1])
    expect(one.instance.candidates.at(-1)!.lock).toBe(null)
    const only = people({ id: 'p2', tables: ['c'] })
    const required = confined(changed({ c22: { required: true } }, { tables, participants: only }), [
      [0, 0, 0],
      [1, 1, 0],
      [2, 2, 2],
    ])
    expect(required.instance.candidates.at(-1)!.lock).toEqual(lock(null, 'c'))
  })

  test('can be held beside what stays', () => {
    for (let seed = 1; seed <= 25; seed++) {
      const options = {
        tables: 'listed' as const,
        limits: true,
        order: true,
        quotas: true,
        days: seed % 2 === 0,
        slots: 3,
        candidates: 5,
      }
      const event = randomEvent(seed, options)
      const agenda = filledAgenda(event, seededRandom(seed), 0.4)
      const tables = agenda.seating ? agenda.seating.tableOf.slice() : new Int32Array(5).fill(-1)
      if (!agenda.seating) continue
      const { instance, candidates } = confine(agenda, tables)
      const bare = { ...instance, quotas: instance.quotas.map((one) => ({ ...one, min: 0 })) }
      const inside = new Set(candidates.map((c) => event.candidates[c].id))
      const outside = heldIn(agenda).filter(({ candidate }) => !inside.has(candidate))
      for (const held of schedules(bare)) {
        // As much can be held in the whole, but for rows: a slot is open only if it makes none too long by itself.
        const rows = {
          ...event,
          participants: event.participants.map((one) => ({ ...one, maxConsecutive: 9 })),
        }
        const lists = {
          ...rows,
          quotas: [],
          candidates: rows.candidates.map((one) => ({ ...one, after: [] })),
        }
        expect([seed, canBeHeld(lists, [...outside, ...held])]).toEqual([seed, true])
      }
    }
  })
})

import { describe, expect, test } from 'vitest'
import { Agenda } from '../../solver/agenda.ts'
import { placesOf } from '../../solver/base.ts'
import { confine } from '../../solver/confine.ts'
import { disrupt } from '../../solver/disrupt.ts'
import {
  checkRules,
  measure,
  parseDisruption,
  parseInstance,
  type Instance,
  type Meeting,
} from '../../solver/index.ts'
import { insertAll } from '../../solver/insert.ts'
import { leastShortfall, startFrom } from '../../solver/near.ts'
import { compile } from '../../solver/problem.ts'
import { seededRandom } from '../../solver/random.ts'
import { startSearch } from '../../solver/search.ts'
import { chairsNear, seatNear } from '../../solver/seat-near.ts'
import { seat } from '../../solver/seat.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, schedules, type EventOptions } from './events.ts'
import { claimless, meetings, people, tiny, tinyJson } from './tiny.ts'

const changed = (parts: Record<string, object>, event: Record<string, unknown> = {}) =>
  tiny({ ...event, candidates: tinyJson().candidates.map((one) => ({ ...one, ...parts[one.id] })) })
const BASE = meetings('c11 s1 t1', 'c22 s1 t2', 'c12 s2 t1', 'c21 s2 t2')

describe('an event after a disruption', () => {
  const after = (parts: object, event: Instance = tiny(), base: Meeting[] = BASE) => {
    const json = { format: 'incontro/disruption', version: 1, ...parts }
    const found = disrupt(event, claimless(base), parseDisruption(json, event)) as Record<string, never>
    return found as unknown as {
      participants: { id: string; unavailable?: string[] }[]
      tables: unknown
      candidates: Record<string, unknown>[]
      quotas?: { min?: number }[]
      base: Meeting[]
    }
  }
  const candidate = (found: ReturnType<typeof after>, id: string) =>
    found.candidates.find((one) => one.id === id)!

  test('is the same event with a base where nothing happens', () => {
    expect(after({})).toEqual({ ...tinyJson(), base: BASE })
    expect(Object.keys(after({}))).not.toContain('quotas')
    expect(parseInstance(after({})).base).toEqual(BASE)
  })

  test('locks what has passed, and leaves the rest of the day to the others', () => {
    const found = after(
      { now: 's2' },
      changed({ c22: { slots: ['s1', 's3'] }, c21: { slots: ['s1', 's4'] } }),
    )
    expect(candidate(found, 'c11')).toEqual({
      ...tinyJson().candidates[0],
      lock: { slot: 's1', table: 't1' },
    })
    expect(candidate(found, 'c12')).toMatchObject({ slots: ['s2', 's3', 's4'] })
    expect(candidate(found, 'c21')).toMatchObject({ slots: ['s4'] })
    expect(candidate(found, 'c22')).toMatchObject({ slots: ['s1', 's3'], lock: { slot: 's1', table: 't2' } })
    expect(found.base.map(({ candidate }) => candidate)).toEqual(['c11', 'c22', 'c12'])
    const counted = after({ now: 's2' }, tiny({ tables: 2 }), meetings('c11 s1'))
    expect(candidate(counted, 'c11').lock).toEqual({ slot: 's1' })
  })

  test('has people and tables away from now on', () => {
    const event = tiny({
      participants: people({ id: 'p1', unavailable: ['s4'] } as never),
      tables: [{ id: 't1', unavailable: ['s3'] }, { id: 't2' }],
    })
    const found = after(
      {
        now: 's2',
        absent: [{ participant: 'p1', from: 's1', to: 's2' }, { participant: 'n' }],
        tablesOut: [{ table: 't1', from: 's1', to: 's2' }],
        slotsLost: ['s1', 's3'],
        newParticipants: [{ id: 'n', unavailable: ['s1'] }],
        newCandidates: [{ id: 'cn', participants: ['n', 'p2'] }],
      },
      event,
      [],
    )
    expect(found.participants).toEqual([
      { id: 'p1', unavailable: ['s4', 's3', 's2'] },
      { id: 'p2', unavailable: ['s3'] },
      { id: 'h1', unavailable: ['s3'] },
      { id: 'h2', unavailable: ['s3'] },
      { id: 'n', unavailable: ['s1', 's3', 's2', 's4'] },
    ])
    expect(found.tables).toEqual([{ id: 't1', unavailable: ['s3', 's2'] }, { id: 't2' }])
    expect(candidate(found, 'cn')).toEqual({ id: 'cn', participants: ['n', 'p2'], slots: ['s2', 's3', 's4'] })
    expect(after({}, tiny({ tables: 3 })).tables).toBe(3)
    expect(Object.keys(after({}, tiny({ tables: undefined })))).not.toContain('unavailable')
  })

  test('has the locks that are asked for', () => {
    const locks = [
      { candidate: 'c11', slot: 's3', table: 't2' },
      { candidate: 'c12', table: 't2' },
      { candidate: 'c21' },
      { candidate: 'c22', slot: 's4' },
    ]
    const found = after({ locks })
    expect(found.candidates.map((one) => one.lock)).toEqual([
      { slot: 's3', table: 't2' },
      { table: 't2' },
      {},
      { slot: 's4' },
    ])
    // What is locked elsewhere leaves the base; at another table it keeps its slot there.
    expect(found.base).toEqual([{ candidate: 'c12', slot: 's2' }, ...meetings('c21 s2 t2')])
  })

  test('lets go of locks and of what is required where nothing else can be', () => {
    const required = { required: true }
    const event = changed({
      c11: { ...required, lock: { slot: 's1' } },
      c12: { ...required, lock: { slot: 's2', table: 't1' } },
      c21: { ...required, slots: ['s1'] },
      c22: { lock: { slot: 's1' } },
    })
    const found = after({ slotsLost: ['s1'] }, event, [])
    expect(candidate(found, 'c11')).toEqual({ ...tinyJson().candidates[0], required: true })
    expect(candidate(found, 'c12')).toEqual({
      ...tinyJson().candidates[1],
      required: true,
      lock: { slot: 's2', table: 't1' },
    })
    expect(candidate(found, 'c21')).toEqual({ ...tinyJson().candidates[2], slots: ['s1'] })
    expect(candidate(found, 'c22')).toEqual(tinyJson().candidates[3])
    const out = after({ tablesOut: [{ table: 't1', from: 's2' }] }, event, [])
    expect(candidate(out, 'c12')).toEqual({ ...tinyJson().candidates[1], required: true })
    expect(candidate(out, 'c11')).toMatchObject({ lock: { slot: 's1' } })
    const late = after({ now: 's3' }, event, [])
    expect(candidate(late, 'c21')).toEqual({ ...tinyJson().candidates[2], slots: [] })
    const passed = after({ now: 's3', absent: [{ participant: 'p1' }] }, event, meetings('c11 s1 t1'))
    expect(candidate(passed, 'c11')).toMatchObject({ required: true, lock: { slot: 's1', table: 't1' } })
    expect(candidate(passed, 'c12')).not.toMatchObject({ required: true })
  })

  test('asks quotas for no more than there can be', () => {
    const quotas = [
      { id: 'q', candidates: ['c11', 'c12', 'c22'], min: 2 },
      { id: 'r', candidates: ['c22'], min: 1, max: 1 },
      { id: 's', candidates: ['c11'] },
      { id: 'e' },
    ]
    const found = after({ absent: [{ participant: 'p1' }] }, tiny({ quotas }))
    expect(found.quotas).toEqual([{ ...quotas[0], min: 1 }, quotas[1], quotas[2], quotas[3]])
  })

  test('keeps in the base what can stay, without a table if that is out', () => {
    const parts = { now: 's2', tablesOut: [{ table: 't1' }], absent: [{ participant: 'p2', from: 's1' }] }
    expect(after(parts).base).toEqual([
      ...meetings('c11 s1 t1', 'c22 s1 t2'),
      { candidate: 'c12', slot: 's2' },
    ])
    expect(after({ slotsLost: ['s2'] }).base).toEqual(meetings('c11 s1 t1', 'c22 s1 t2'))
    expect(after({}, tiny(), meetings('cx s1 t1', 'c11 s1 t1')).base).toEqual(meetings('c11 s1 t1'))
    expect(after({}, changed({ c11: { slots: ['s2'] } }), meetings('c11 s1 t1')).base).toEqual([])
  })
})

describe('a schedule near its base', () => {
  test('keeps what can stay, who has a table and who is worth more first', () => {
    const start = (event: Instance, ...lines: string[]) => {
      const problem = compile(event)
      const { agenda, pushedOut } = startFrom(problem, placesOf(event, meetings(...lines)))
      const held = heldIn(agenda).map(({ candidate, slot }) => `${candidate} ${slot}`)
      return [held, pushedOut.map((c) => event.candidates[c].id)]
    }
    expect(start(tiny(), 'c11 s1 t1', 'c22 s1 t2')).toEqual([['c11 s1', 'c22 s1'], []])
    expect(start(tiny({ tables: 1 }), 'c22 s1', 'c11 s1')).toEqual([['c11 s1'], ['c22']])
    const equal = changed({ c22: { value: 5 } }, { tables: 1 })
    expect(start(equal, 'c22 s1', 'c11 s1')).toEqual([['c11 s1'], ['c22']])
    const seats = tiny({ tables: [{ id: 't1' }] })
    expect(start(seats, 'c11 s1', 'c22 s1 t1')).toEqual([['c22 s1'], ['c11']])
    const locked = changed({ c12: { lock: { slot: 's1' } } }, { tables: 1 })
    expect(start(locked, 'c11 s1', 'c12 s1')).toEqual([['c12 s1'], ['c11']])
    expect(start(changed({ c11: { slots: ['s2'] } }), 'c11 s1 t1')).toEqual([[], ['c11']])
  })

  test('owes what nobody can have', () => {
    const participants = people({ id: 'p1', minMeetings: 5 } as never, { id: 'h1', minMeetings: 2 } as never)
    expect(leastShortfall(compile(tiny({ participants })))).toBe(3)
    expect(leastShortfall(compile(tiny()))).toBe(0)
  })
})

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
      const wanted = [...before.keys()].filter((c) => before[c] < 0 && problem.possible[c]).slice(0, 2)
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
})

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
        participants: people({ id: 'p2', minMeetings: 2 } as never, { id: 'h1', maxConsecutive: 2 } as never),
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
    expect([instance.base, instance.quotas]).toEqual([[], []])
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
    const full = tiny({ participants: people({ id: 'p2', maxMeetings: 1 } as never) })
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
    const needs = people({ id: 'p2', needs: ['quiet'] } as never)
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
    const only = people({ id: 'p2', tables: ['c'] } as never)
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

describe('seats', () => {
  const seated = (event: Instance, held: [number, number][], seed = 1) => {
    const agenda = new Agenda(compile(event))
    for (const [c, slot] of held) agenda.put(c, slot)
    const tables = seat(agenda, startSearch({ seed }, 1e9))
    return (
      tables &&
      [...agenda.slotOf.keys()]
        .filter((c) => agenda.slotOf[c] >= 0)
        .map((c): Meeting => ({
          candidate: event.candidates[c].id,
          slot: event.slots[agenda.slotOf[c]].id,
          table: (event.tables as { id: string }[])[tables[c]].id,
        }))
    )
  }

  test('have no names where tables are only counted', () => {
    expect(seated(tiny({ tables: 3 }), [[0, 0]])).toBe(null)
  })

  test('let as few people change table as can be', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const event = randomEvent(seed, { tables: 'listed', slots: 3, candidates: 5, people: 4 })
      const agenda = filledAgenda(event, seededRandom(seed))
      const tables = seat(agenda, startSearch({ seed }, 1e9))!
      const held = heldIn({ ...agenda, seating: { tableOf: tables } } as never)
      expect(canBeHeld(event, held)).toBe(true)
      expect(checkRules({ ...event, rules: { ...event.rules, maxBreakSpread: null } }, held)).toEqual([])
      const all = allSeatings(event, held).map((list) => measure(event, list).tableMoves as number)
      expect([seed, measure(event, held).tableMoves]).toEqual([seed, Math.min(...all)])
    }
  })

  /** Every way to give tables to meetings in their slots. */
  function allSeatings(event: Instance, held: Meeting[], from = 0): Meeting[][] {
    if (from === held.length) return checkRules(event, held).length === 0 ? [held] : []
    return (event.tables as { id: string }[]).flatMap(({ id }) =>
      allSeatings(event, held.with(from, { ...held[from], table: id }), from + 1),
    )
  }

  test('spare hosts before others', () => {
    // One of the two has to move: both are at one table first, where only one of their next meetings can be.
    const participants = [
      { id: 'p1', side: 'project' },
      { id: 'h1', side: 'host' },
      { id: 'p2' },
      { id: 'h2' },
    ]
    const candidates = [
      { id: 'a', participants: ['p1', 'h1'], lock: { table: 't1' } },
      { id: 'b', participants: ['p1', 'h2'] },
      { id: 'c', participants: ['h1', 'p2'] },
    ]
    const event = tiny({ participants, candidates })
    for (let seed = 1; seed <= 4; seed++) {
      const held = seated(
        event,
        [
          [0, 0],
          [1, 1],
          [2, 1],
        ],
        seed,
      )!
      expect(held.map(({ table }) => table)).toEqual(['t1', 't2', 't1'])
    }
  })

  test('are only counted out where nobody asks for few moves, and take a while where somebody does', () => {
    const steps = (objective: string[], stop?: () => boolean) => {
      const agenda = new Agenda(compile(tiny({ rules: { objective } })))
      for (const [c, slot] of [
        [0, 0],
        [3, 0],
        [1, 1],
      ])
        agenda.put(c, slot)
      const search = startSearch({ stop }, 1e9)
      const tables = seat(agenda, search)!
      return [search.iterations, tables]
    }
    expect(steps(['value'])).toEqual([0, Int32Array.of(0, 0, -1, 1)])
    expect(steps(['tableMoves'])[0]).toBe(450)
    expect(steps(['tableMoves'], () => true)[0]).toBe(60)
  })

  test('are those of the base where they can be', () => {
    const near = (event: Instance, wished: number[], held: [number, number][]) => {
      const agenda = new Agenda(compile(event))
      for (const [c, slot] of held) agenda.put(c, slot)
      return (
        seatNear(agenda.problem, agenda, Int32Array.from(wished), startSearch({}, 0))?.map(
          ({ candidate, slot, table }) => `${candidate} ${slot} ${table}`,
        ) ?? null
      )
    }
    expect(
      near(
        tiny(),
        [1, -1, -1, 0],
        [
          [0, 0],
          [3, 0],
        ],
      ),
    ).toEqual(['c11 s1 t2', 'c22 s1 t1'])
    expect(
      near(
        tiny(),
        [1, -1, -1, 1],
        [
          [0, 0],
          [3, 0],
        ],
      ),
    ).toEqual(['c11 s1 t2', 'c22 s1 t1'])
    expect(
      near(
        tiny({ tables: 2 }),
        [-1, -1, -1, -1],
        [
          [0, 0],
          [3, 0],
        ],
      ),
    ).toEqual(['c11 s1 undefined', 'c22 s1 undefined'])
    // The others sit where people come from.
    expect(
      near(
        tiny(),
        [1, -1, -1, -1],
        [
          [0, 0],
          [1, 1],
        ],
      ),
    ).toEqual(['c11 s1 t2', 'c12 s2 t2'])
    const out = tiny({ tables: [{ id: 't1', unavailable: ['s1'] }, { id: 't2' }] })
    expect(near(out, [0, -1, -1, -1], [[0, 0]])).toEqual(['c11 s1 t2'])
    const chairs = (event: Instance, wished: number[], held: [number, number][]) => {
      const agenda = new Agenda(compile(event))
      for (const [c, slot] of held) agenda.put(c, slot)
      return [...chairsNear(agenda, Int32Array.from(wished))]
    }
    const needs = tiny({ participants: people({ id: 'p1', needs: ['step-free'] } as never) })
    expect(
      chairs(
        needs,
        [-1, -1, -1, 0],
        [
          [3, 0],
          [0, 0],
        ],
      ),
    ).toEqual([0, -1, -1, 1])
    expect(
      chairs(
        needs,
        [-1, -1, -1, -1],
        [
          [3, 0],
          [0, 0],
        ],
      ),
    ).toEqual([0, -1, -1, 1])
    expect(
      chairs(
        tiny(),
        [0, 0, -1, -1],
        [
          [0, 0],
          [1, 1],
        ],
      ),
    ).toEqual([0, 0, -1, -1])
  })
})

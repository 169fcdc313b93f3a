import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { checkRules } from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { waysIn } from '../../../solver/model/ejections.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent, type EventOptions } from '../events.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const KINDS: [string, EventOptions][] = [
  ['few rules', {}],
  ['limits', { limits: true, tables: 'none' }],
  ['an order', { order: true, candidates: 6 }],
  ['quotas', { quotas: true, tables: 'none' }],
  ['locks', { locks: true, limits: true }],
  ['tables that differ', { tables: 'listed', candidates: 6, slots: 3 }],
  ['several days', { days: true, tables: 'none' }],
  [
    'all of them',
    {
      tables: 'listed',
      candidates: 6,
      slots: 3,
      limits: true,
      order: true,
      quotas: true,
      locks: true,
      days: true,
    },
  ],
]

/** Everything that is kept of an agenda, counted afresh from the slots. */
function expectWhole(agenda: Agenda): void {
  const { problem, slotOf } = agenda
  const { first, second, slotCount, participantCount } = problem
  const held = [...slotOf.keys()].filter((c) => slotOf[c] >= 0)
  const at = new Int32Array(participantCount * slotCount).fill(-1)
  const count = new Int32Array(participantCount)
  for (const c of held)
    for (const p of [first[c], second[c]]) {
      at[p * slotCount + slotOf[c]] = c
      count[p]++
    }
  expect(agenda.at).toEqual(at)
  expect(agenda.count).toEqual(count)
  const inSlot = agenda.inSlot.map((list) => list.toSorted((one, other) => one - other))
  expect(inSlot).toEqual(agenda.inSlot.map((_, slot) => held.filter((c) => slotOf[c] === slot)))
  if (!agenda.seating) return
  expect([...agenda.seating.tableOf].map((table) => table >= 0)).toEqual([...slotOf].map((slot) => slot >= 0))
  const isOfTables = (rule: string) => ['tables', 'needs', 'table-conflict'].includes(rule)
  expect(checkRules(problem.instance, heldIn(agenda)).filter(({ rule }) => isOfTables(rule))).toEqual([])
}

describe('an agenda', () => {
  test.each(KINDS)('names what has to leave, no more than that, in an event with %s', (_, options) => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = seededRandom(seed)
      const instance = randomEvent(seed, options)
      const agenda = new Agenda(compile(instance))
      const { candidateCount, slotCount, allowed } = agenda.problem
      const leaving: number[] = []
      for (let step = 0; step < 30; step++) {
        const [c, slot] = [random.below(candidateCount), random.below(slotCount)]
        if (agenda.slotOf[c] >= 0) {
          if (random.below(3) === 0) agenda.remove(c)
          continue
        }
        if (!allowed[c * slotCount + slot]) continue
        const before = heldIn(agenda).map(({ table: _, ...meeting }) => meeting)
        const meeting = { candidate: instance.candidates[c].id, slot: instance.slots[slot].id }
        agenda.conflicts(c, slot, (other) => other, leaving)
        expect(leaving.length === 0).toBe(canBeHeld(instance, [...before, meeting]))
        expect(agenda.fits(c, slot)).toBe(leaving.length === 0)
        expect(new Set(leaving).size).toBe(leaving.length)
        for (const other of leaving) agenda.remove(other)
        agenda.put(c, slot)
        expect(canBeHeld(instance, heldIn(agenda))).toBe(true)
        expectWhole(agenda)
      }
    }
  })

  test('knows the people and tables that are free, and the rows that would come of a meeting', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      const agenda = filledAgenda(randomEvent(seed, { slots: 6, candidates: 14 }), random)
      const { problem, slotOf, inSlot } = agenda
      const { first, second, slotCount, block } = problem
      const peopleOf = (c: number) => [first[c], second[c]]
      const held = [...slotOf.keys()].filter((c) => slotOf[c] >= 0)
      const leaving = held.filter(() => random.below(4) === 0)
      for (let c = 0; c < slotOf.length; c++)
        for (let slot = 0; slot < slotCount; slot++) {
          const busy = inSlot[slot].flatMap(peopleOf)
          const isFree = !peopleOf(c).some((p) => busy.includes(p))
          expect(agenda.isFree(c, slot)).toBe(isFree && inSlot[slot].length < problem.tablesIn[slot])
        }
      for (let p = 0; p < problem.participantCount; p++) {
        const staying = held.filter((c) => peopleOf(c).includes(p) && !leaving.includes(c))
        const busy = new Set(staying.map((c) => slotOf[c]))
        for (let slot = 0; slot < slotCount; slot++) {
          const isRow = (from: number, to: number) =>
            block[from] === block[to] &&
            Array.from({ length: to - from + 1 }, (_, n) => from + n).every((s) => s === slot || busy.has(s))
          const rows: number[] = []
          for (let from = 0; from <= slot; from++)
            for (let to = slot; to < slotCount; to++) if (isRow(from, to)) rows.push(to - from + 1)
          expect(agenda.rowLength(p, slot, leaving)).toBe(Math.max(...rows))
        }
      }
    }
  })

  test('is put back as it was', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const agenda = filledAgenda(randomEvent(seed, { candidates: 10 }), seededRandom(seed))
      const before = agenda.slotOf.slice()
      const other = filledAgenda(randomEvent(seed, { candidates: 10 }), seededRandom(seed + 100))
      agenda.restore(other.slotOf)
      expect(agenda.slotOf).toEqual(other.slotOf)
      expectWhole(agenda)
      agenda.restore(before)
      expect(agenda.slotOf).toEqual(before)
      expectWhole(agenda)
    }
  })

  const cheap = (costs: Record<number, number>) => (c: number) => costs[c] ?? 0
  const leaving = (agenda: Agenda, c: number, slot: number, costs: Record<number, number> = {}) => {
    const out = [99]
    agenda.conflicts(c, slot, cheap(costs), out)
    return out
  }
  const agendaOf = (event: Parameters<typeof tiny>[0], ...held: [number, number][]) => {
    const agenda = new Agenda(compile(tiny(event)))
    for (const [c, slot] of held) agenda.put(c, slot)
    return agenda
  }

  test('lets the cheapest go where a participant has enough, the first of equals', () => {
    const participants = people({ id: 'p1', maxMeetings: 1 })
    const one = agendaOf({ participants }, [1, 0])
    expect(leaving(one, 0, 1)).toEqual([1])
    expect(leaving(one, 0, 0)).toEqual([1])
    const candidates = [...tinyJson().candidates, { id: 'again', participants: ['p1', 'h1'] }]
    const two = { candidates, participants: people({ id: 'p1', maxMeetings: 2 }) }
    expect(leaving(agendaOf(two, [0, 0], [1, 1]), 4, 2, { 0: 2, 1: 1 })).toEqual([1])
    expect(leaving(agendaOf(two, [0, 0], [1, 1]), 4, 2, { 0: 1, 1: 2 })).toEqual([0])
    expect(leaving(agendaOf(two, [0, 0], [1, 1]), 4, 2)).toEqual([0])
    expect(leaving(agendaOf(two, [0, 0], [1, 1]), 4, 0, { 0: 5, 1: 2 })).toEqual([0])
  })

  test('lets the cheapest of a row go', () => {
    const candidates = ['h1', 'h2', 'h1', 'h2'].map((host, i) => ({
      id: `c${i}`,
      participants: ['p1', host],
    }))
    const slots = ['s1', 's2', 's3', 's4'].map((id) => ({ id }))
    const row = (most: number, costs: Record<number, number>) =>
      leaving(
        agendaOf(
          { slots, candidates, participants: people({ id: 'p1', maxConsecutive: most }) },
          [0, 0],
          [1, 1],
          [2, 3],
        ),
        3,
        2,
        costs,
      )
    expect(row(4, {})).toEqual([])
    expect(row(3, { 0: 3, 1: 2, 2: 1 })).toEqual([2])
    expect(row(3, { 0: 1, 1: 2, 2: 3 })).toEqual([0])
    expect(row(2, { 0: 3, 1: 2, 2: 1 })).toEqual([2, 1])
    expect(row(1, { 0: 3, 1: 2, 2: 1 })).toEqual([2, 1])
  })

  test('lets the cheapest of a quota go, and of a slot that is full', () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c12', 'c21'], max: 2 }]
    expect(leaving(agendaOf({ quotas }, [0, 0], [1, 1]), 2, 3, { 0: 1 })).toEqual([1])
    expect(leaving(agendaOf({ quotas }, [0, 0]), 2, 3)).toEqual([])
    expect(leaving(agendaOf({ tables: 1 }, [0, 0]), 3, 0)).toEqual([0])
    expect(leaving(agendaOf({ tables: 2 }, [0, 0]), 3, 0)).toEqual([])
  })

  test('sits meetings down at the table they ask for, if it is free', () => {
    const participants = people({ id: 'p1', needs: ['step-free'] })
    const agenda = new Agenda(compile(tiny({ participants })))
    agenda.put(3, 0, 1)
    expect(agenda.seating!.tableOf).toEqual(Int32Array.of(-1, -1, -1, 1))
    agenda.remove(3)
    agenda.put(3, 0, 0)
    agenda.put(0, 0, 0)
    expect(agenda.seating!.tableOf).toEqual(Int32Array.of(0, -1, -1, 1))
    agenda.put(1, 1, 1)
    expect(agenda.seating!.tableOf[1]).toBe(0)
  })

  test('has a seating only where tables differ', () => {
    expect(agendaOf({}).seating).toBe(null)
    expect(agendaOf({ tables: 2 }).seating).toBe(null)
    expect(agendaOf({ participants: people({ id: 'p1', tables: ['t1'] }) }).seating).not.toBe(null)
    expect(agendaOf({ tables: [{ id: 't1', unavailable: ['s1'] }] }).seating).not.toBe(null)
  })
})

describe('the ways to put a meeting in a slot', () => {
  const ways = (event: Parameters<typeof tiny>[0], held: [number, number][], c: number, slot: number) => {
    const agenda = new Agenda(compile(tiny(event)))
    for (const [one, at] of held) agenda.put(one, at)
    return waysIn(agenda, c, slot, new Uint8Array(9), 99).map((way) => way.leaving)
  }
  const slots = ['s1', 's2', 's3', 's4'].map((id) => ({ id }))
  const row = ['h1', 'h2', 'h1', 'h2'].map((host, i) => ({ id: `c${i}`, participants: ['p1', host] }))

  test('are told once each, whoever goes first', () => {
    const participants = people({ id: 'p1', maxConsecutive: 1 })
    expect(
      ways(
        { slots, candidates: row, participants },
        [
          [0, 0],
          [1, 2],
        ],
        3,
        1,
      ),
    ).toEqual([[0, 1]])
    expect(
      ways(
        { slots, candidates: row, participants },
        [
          [0, 0],
          [1, 3],
        ],
        2,
        1,
      ),
    ).toEqual([[0]])
    const two = people({ id: 'p1', maxConsecutive: 2 })
    expect(
      ways(
        { slots, candidates: row, participants: two },
        [
          [0, 0],
          [1, 2],
        ],
        3,
        1,
      ),
    ).toEqual([[0], [1]])
    expect(
      ways(
        { slots, candidates: row, participants: two },
        [
          [0, 2],
          [1, 3],
        ],
        3,
        1,
      ),
    ).toEqual([[0], [1]])
    const blocks = slots.map((one, i) => ({ ...one, block: i < 2 ? 0 : 1 }))
    expect(
      ways(
        { slots: blocks, candidates: row, participants: two },
        [
          [0, 2],
          [1, 3],
        ],
        3,
        1,
      ),
    ).toEqual([[]])
  })

  test('leave alone whoever is early enough', () => {
    const candidates = tinyJson().candidates.map((one) =>
      one.id === 'c22' ? { ...one, after: ['c11'] } : one,
    )
    expect([1, 2, 3].map((slot) => ways({ candidates }, [[0, 2]], 3, slot))).toEqual([[[0]], [[0]], [[]]])
    expect([0, 1, 2].map((slot) => ways({ candidates }, [[3, 1]], 0, slot))).toEqual([[[]], [[3]], [[3]]])
  })

  test('free a table only where it is needed', () => {
    const full = {
      slots,
      tables: 1,
      candidates: [...tinyJson().candidates, { id: 'x', participants: ['p1', 'h1'] }],
    }
    expect(ways(full, [[0, 0]], 3, 0)).toEqual([[0]])
    expect(
      ways(
        full,
        [
          [0, 0],
          [1, 1],
        ],
        3,
        1,
      ),
    ).toEqual([[1]])
    expect(
      ways(
        { ...full, participants: people({ id: 'p2', maxMeetings: 1 }) },
        [
          [2, 0],
          [0, 1],
        ],
        3,
        1,
      ),
    ).toEqual([[2, 0]])
    expect(ways({ ...full, participants: people({ id: 'p2', maxMeetings: 1 }) }, [[2, 1]], 3, 1)).toEqual([
      [2],
    ])
  })

  const subsets = <T>(list: T[]): T[][] =>
    list.reduce<T[][]>((all, one) => [...all, ...all.map((set) => [...set, one])], [[]])

  test.each(KINDS)('are all that leave no more than they must, in an event with %s', (_, options) => {
    for (let seed = 1; seed <= 14; seed++) {
      const random = seededRandom(seed * 7)
      const instance = randomEvent(seed, options)
      const agenda = filledAgenda(instance, random)
      const { candidateCount, slotCount, allowed, pinned } = agenda.problem
      const c = [...Array(candidateCount).keys()].find((one) => agenda.slotOf[one] < 0)
      if (c === undefined) continue
      const fixed = Uint8Array.from({ length: candidateCount }, () => (random.below(5) === 0 ? 1 : 0))
      for (let slot = 0; slot < slotCount; slot++) {
        if (!allowed[c * slotCount + slot]) continue
        const meeting = { candidate: instance.candidates[c].id, slot: instance.slots[slot].id }
        const held = heldIn(agenda)
        const isEnough = (leaving: string[]) =>
          canBeHeld(instance, [...held.filter(({ candidate }) => !leaving.includes(candidate)), meeting])
        const may = held
          .map(({ candidate }) => candidate)
          .filter((id) => !fixed[Number(id.slice(1))] && !pinned[Number(id.slice(1))])
        const least = subsets(may).filter(
          (set) => isEnough(set) && set.every((id) => !isEnough(set.filter((one) => one !== id))),
        )
        const found = waysIn(agenda, c, slot, fixed, 1000).map((way) => {
          expect(way.slot).toBe(slot)
          return way.leaving.map((one) => `c${one}`).sort()
        })
        for (const set of found) expect(isEnough(set) && set.every((id) => may.includes(id))).toBe(true)
        expect(new Set(found.map(String)).size).toBe(found.length)
        for (const set of least) expect(found.map(String)).toContain(String(set.sort()))
        expect(waysIn(agenda, c, slot, fixed, 1)).toHaveLength(Math.min(1, found.length))
      }
    }
  })
})

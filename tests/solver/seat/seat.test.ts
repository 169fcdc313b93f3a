import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { checkRules, measure, type Instance, type Meeting } from '../../../solver/index.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom, type Random } from '../../../solver/model/random.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { chairsNear, seatNear } from '../../../solver/seat/seat-near-base.ts'
import { seat } from '../../../solver/seat/seat.ts'
import { canBeHeld, filledAgenda, heldIn, randomEvent } from '../events.ts'
import { people, tiny } from '../tiny.ts'

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
    for (let seed = 1; seed <= 18; seed++) {
      const days = seed % 3 === 0
      const event = randomEvent(seed, { tables: 'listed', slots: 3, candidates: 5, people: 4, days })
      const agenda = filledAgenda(event, seededRandom(seed))
      const tables = seat(agenda, startSearch({ seed }, 1e9))!
      const held = heldIn({ ...agenda, seating: { tableOf: tables } })
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

  test('are chosen for each day by itself', () => {
    const slots = [0, 1, 1].map((day, index) => ({ id: `s${index + 1}`, day }))
    const candidates = [
      { id: 'a', participants: ['p1', 'h2'], lock: { slot: 's1', table: 't1' } },
      { id: 'b', participants: ['p1', 'h2'] },
      { id: 'c', participants: ['p1', 'h1'], lock: { slot: 's3', table: 't2' } },
    ]
    const event = tiny({ slots, candidates })
    const places: [number, number][] = [
      [0, 0],
      [1, 1],
      [2, 2],
    ]
    expect(seated(event, places)!.map(({ table }) => table)).toEqual(['t1', 't2', 't2'])
  })

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

  test('are only counted out where nobody asks for few moves or has a choice', () => {
    const steps = (objective: string[], parts: object = {}) => {
      const agenda = new Agenda(compile(tiny({ ...parts, rules: { objective } })))
      for (const [c, slot] of [
        [0, 0],
        [3, 0],
        [1, 1],
      ])
        agenda.put(c, slot)
      const search = startSearch({}, 1e9)
      const tables = seat(agenda, search)!
      return [search.iterations, tables]
    }
    expect(steps(['value'])).toEqual([0, Int32Array.of(0, 0, -1, 1)])
    expect(steps(['tableMoves'])[0]).toBe(61)
    const own = { participants: people({ id: 'p1', tables: ['t1'] }, { id: 'p2', tables: ['t2'] }) }
    expect(steps(['tableMoves'], own)[0]).toBe(0)
  })

  test('are found at once where one meeting has a choice', () => {
    // Both of its people stay at the second table, before and after; everybody else has one table only.
    const lock = (table: string) => ({ lock: { table } })
    const candidates = [
      { id: 'a', participants: ['p1', 'h1'], ...lock('t2') },
      { id: 'b', participants: ['p1', 'h2'] },
      { id: 'c', participants: ['p2', 'h2'], ...lock('t2') },
    ]
    const agenda = new Agenda(compile(tiny({ candidates, rules: { objective: ['tableMoves'] } })))
    for (const c of [0, 1, 2]) agenda.put(c, c)
    const search = startSearch({}, 1e9)
    expect([...seat(agenda, search)!]).toEqual([1, 1, 1])
    expect(search.iterations).toBe(2)
  })

  test('are kept by those who are seated, whoever else has to move', () => {
    // Each host could keep a table, or each project; hosts are as many as tables, and there are two slots.
    const participants = ['p1', 'p2', 'h1', 'h2'].map((id) => ({
      id,
      side: id[0] === 'p' ? 'project' : 'host',
    }))
    const held: [number, number][] = [
      [0, 0],
      [1, 1],
      [2, 1],
      [3, 0],
    ]
    for (const side of ['project', 'host']) {
      const event = tiny({ participants, rules: { seated: [side] } })
      const { seatedMoves, tableMoves } = measure(event, seated(event, held)!)
      expect([side, seatedMoves, tableMoves]).toEqual([side, 0, 2])
    }
  })

  test('are kept inside a block by seated hosts as long as there are tables', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = seededRandom(seed)
      const event = camp()
      const held = intervals(random)
      expect([seed, measure(event, seated(event, held, seed)!).seatedMoves]).toEqual([seed, 0])
    }
  })

  /** Twelve hosts, whom each of eight projects could meet. */
  function camp(): Instance {
    const hosts = Array.from({ length: 12 }, (_, h) => `h${h}`)
    const projects = Array.from({ length: 8 }, (_, p) => `p${p}`)
    return tiny({
      slots: Array.from({ length: 8 }, (_, s) => ({ id: `s${s}` })),
      tables: Array.from({ length: 4 }, (_, t) => ({ id: `t${t}` })),
      participants: [...hosts.map((id) => ({ id, side: 'host' })), ...projects.map((id) => ({ id }))],
      candidates: hosts.flatMap((h) => projects.map((p) => ({ id: `${h} ${p}`, participants: [h, p] }))),
      rules: { seated: ['host'] },
    })
  }

  /** Four hosts at a time, one after the other without a pause. */
  function intervals(random: Random): [number, number][] {
    const held: [number, number][] = []
    const rows = [0, 1, 2, 3].map(() => ({ host: -1, left: 0 }))
    let next = 0
    for (let slot = 0; slot < 8; slot++)
      for (const row of rows) {
        if (row.left === 0) Object.assign(row, { host: next++, left: 3 + random.below(4) })
        row.left--
        // Whom the host meets does not matter here, as long as nobody is there twice.
        if (row.host < 12) held.push([row.host * 8 + ((slot + rows.indexOf(row)) % 8), slot])
      }
    return held
  }

  test('are kept where there are more tables than are dealt out at once', () => {
    const ids = Array.from({ length: 30 }, (_, index) => index)
    const event = (parts: (id: number) => object = () => ({})) =>
      tiny({
        slots: [1, 2, 3, 4].map((s) => ({ id: `s${s}` })),
        tables: ids.map((t) => ({ id: `t${t}`, unavailable: t === 29 ? ['s2'] : [] })),
        participants: [
          ...ids.map((h) => ({ id: `h${h}`, side: 'host', ...parts(h) })),
          ...ids.map((p) => ({ id: `p${p}` })),
        ],
        candidates: ids.flatMap((h) =>
          [0, 1, 2, 3].map((s) => ({ id: `${h} ${s}`, participants: [`h${h}`, `p${(h + 7 * s) % 30}`] })),
        ),
        rules: { seated: ['host'] },
      })
    // Each host but the last has a meeting in each slot.
    const held = ids.slice(0, 29).flatMap((h) => [0, 1, 2, 3].map((s): [number, number] => [h * 4 + s, s]))
    const alike = event()
    expect(measure(alike, seated(alike, held)!).seatedMoves).toBe(0)
    const own = event((h) => (h > 0 && h < 6 ? { tables: [`t${h}`, `t${h + 1}`] } : {}))
    const meetings = seated(own, held)!
    expect(checkRules(own, meetings)).toEqual([])
    expect(measure(own, meetings).seatedMoves).toBe(0)
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
    const choosy = ['p1', 'p2'].map((id) => ({ id, needs: ['step-free'] }))
    expect(
      near(
        tiny({ participants: people(...choosy) }),
        [-1, -1, -1, -1],
        [
          [0, 0],
          [3, 0],
        ],
      ),
    ).toBe(null)
    const out = tiny({ tables: [{ id: 't1', unavailable: ['s1'] }, { id: 't2' }] })
    expect(near(out, [0, -1, -1, -1], [[0, 0]])).toEqual(['c11 s1 t2'])
    const chairs = (event: Instance, wished: number[], held: [number, number][]) => {
      const agenda = new Agenda(compile(event))
      for (const [c, slot] of held) agenda.put(c, slot)
      return [...chairsNear(agenda, Int32Array.from(wished))]
    }
    const needs = tiny({ participants: people({ id: 'p1', needs: ['step-free'] }) })
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

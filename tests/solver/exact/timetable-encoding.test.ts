import { describe, expect, test } from 'vitest'
import { Agenda } from '../../../solver/model/partial-schedule.ts'
import { findCertain } from '../../../solver/bounds/reduced-cost-fixing.ts'
import { anyOf, atMostOne, count, sumOf } from '../../../solver/engines/cardinality.ts'
import { findAnyTimetable, findCore } from '../../../solver/exact/unsat-core.ts'
import { fewestBreaks } from '../../../solver/bounds/min-breaks.ts'
import { ExactTimetable } from '../../../solver/exact/break-sat.ts'
import { checkRules, measure, type Instance } from '../../../solver/index.ts'
import { Premises } from '../../../solver/exact/assumptions.ts'
import { compile, type Problem } from '../../../solver/model/problem.ts'
import { startSat, type SatEngine } from '../../../solver/engines/sat.ts'
import { startSearch } from '../../../solver/model/search-limits.ts'
import { writeSeats } from '../../../solver/exact/table-encoding.ts'
import { isShort, settle } from '../../../solver/exact/feasible-timetable.ts'
import { canBeHeld, heldIn, randomEvent, schedules, type EventOptions } from '../events.ts'
import { tiny, tinyJson } from '../tiny.ts'

const long = () => startSearch({}, 1e9)

/** Runs a test on an engine with so many variables, the first of them 1. */
async function onEngine(variables: number, run: (sat: SatEngine, literals: number[]) => void) {
  const sat = await startSat(() => false)
  run(
    sat,
    Array.from({ length: variables }, () => sat.newVariable()),
  )
  sat.dispose()
}

/** Every choice of signs for these literals, with how many of them are true. */
const worlds = (literals: number[]): [number[], number][] =>
  Array.from({ length: 2 ** literals.length }, (_, bits) => {
    const world = literals.map((literal, index) => (bits & (1 << index) ? literal : -literal))
    return [world, world.filter((one) => one > 0).length]
  })

const isPossible = (sat: SatEngine, ...assumed: number[]) => sat.solve(assumed, 1e6) === 'satisfiable'

describe('clauses', () => {
  test('let one of some be true at most', async () => {
    await onEngine(4, (sat, literals) => {
      atMostOne(sat, literals)
      for (const [world, most] of worlds(literals)) expect(isPossible(sat, ...world)).toBe(most < 2)
    })
  })

  test('say whether any of some is true', async () => {
    await onEngine(3, (sat, literals) => {
      expect(anyOf(sat, [literals[1]])).toBe(literals[1])
      const any = anyOf(sat, literals)
      for (const [world, most] of worlds(literals)) {
        expect(isPossible(sat, ...world, any)).toBe(most > 0)
        expect(isPossible(sat, ...world, -any)).toBe(most === 0)
      }
    })
  })

  test.each([1, 2, 3, 5])('count up to %i of some, from below and exactly', async (most) => {
    await onEngine(5, (sat, literals) => {
      const least = count(sat, literals, most, false)
      const exact = count(sat, literals, most, true)
      expect([least.length, exact.length]).toEqual([most, most])
      for (const [world, truth] of worlds(literals))
        for (let k = 0; k < most; k++) {
          expect(isPossible(sat, ...world, -least[k])).toBe(truth <= k)
          expect(isPossible(sat, ...world, exact[k])).toBe(truth > k)
          expect(isPossible(sat, ...world, -exact[k])).toBe(truth <= k)
        }
    })
  })

  test('add up counts', async () => {
    await onEngine(5, (sat, literals) => {
      const counts = [count(sat, literals.slice(0, 2), 2, true), count(sat, literals.slice(2), 3, true)]
      const sum = sumOf(sat, counts, 4)
      expect(sum).toHaveLength(4)
      for (const [world, truth] of worlds(literals))
        for (let k = 0; k < 4; k++) expect(isPossible(sat, ...world, -sum[k])).toBe(truth <= k)
      expect([sumOf(sat, [], 3), sumOf(sat, [[1, 2, 3]], 2), count(sat, [], 3, true)]).toEqual([
        [],
        [1, 2],
        [],
      ])
    })
  })

  test('of a rule hold as long as it does', async () => {
    await onEngine(2, (sat, [one, other]) => {
      const premises = new Premises(sat)
      premises.under({ kind: 'tables' }).addClause([one])
      premises.under({ kind: 'tables' }, { kind: 'held', candidate: 3 }).addClause([other])
      premises.under({ kind: 'held', candidate: 4 }).addClause([-other])
      const [tables, third, fourth] = [...premises.rules.keys()]
      expect([...premises.rules.values()]).toEqual([
        { kind: 'tables' },
        { kind: 'held', candidate: 3 },
        { kind: 'held', candidate: 4 },
      ])
      expect(isPossible(sat, tables, -one)).toBe(false)
      expect(isPossible(sat, third, -one, -other)).toBe(true)
      expect(isPossible(sat, tables, third, -other)).toBe(false)
      expect(isPossible(sat, tables, third, fourth)).toBe(false)
      expect(sat.failed().toSorted()).toEqual([tables, third, fourth].toSorted())
      expect(premises.under({ kind: 'held', candidate: 3 }).newVariable()).toBe(6)
    })
  })
})

const KINDS: [string, EventOptions][] = [
  ['limits', { limits: true, tables: 'none' }],
  ['few tables', { tables: 'counted', required: 0.7 }],
  ['several days', { days: true, tables: 'none', required: 0.5, candidates: 5, slots: 4 }],
  ['an order', { order: true, required: 0.6, candidates: 5, slots: 4, people: 6 }],
  ['quotas', { quotas: true, limits: true, required: 0.3 }],
  ['locks', { locks: true, required: 0.3 }],
  ['tables that differ', { tables: 'listed', required: 0.8, candidates: 4, slots: 2 }],
  [
    'a spread of breaks',
    { required: 0.6, candidates: 5, slots: 4, tables: 'none', rules: { maxBreakSpread: 0 } },
  ],
  [
    'a spread of breaks in all',
    { required: 0.6, candidates: 5, rules: { maxBreakSpread: 0, breakScope: 'event' } },
  ],
]

/** The event with only some of its meetings and quotas asked for. */
const askedFor = (instance: Instance, candidates: string[], quotas: string[]): Instance => ({
  ...instance,
  candidates: instance.candidates.map((one) =>
    candidates.includes(one.id) ? one : { ...one, required: false, lock: null },
  ),
  quotas: instance.quotas.filter(({ id }) => quotas.includes(id)),
})

/** Whether each of these has a table of its own in a slot. */
function canSit(problem: Problem, slot: number, meetings: number[], taken = new Set<number>()): boolean {
  const [c, ...others] = meetings
  if (c === undefined) return true
  const isFree = (table: number) =>
    !taken.has(table) && !problem.tableOut?.[slot * problem.tablesPerSlot + table]
  return [...problem.suitable[c]!].some(
    (table) => isFree(table) && canSit(problem, slot, others, new Set([...taken, table])),
  )
}

/** All choices of some of them in which nobody is twice. */
function* together({ first, second }: Problem, meetings: number[]): Generator<number[]> {
  for (let bits = 0; bits < 2 ** meetings.length; bits++) {
    const chosen = meetings.filter((_, index) => bits & (1 << index))
    const people = chosen.flatMap((c) => [first[c], second[c]])
    if (new Set(people).size === people.length) yield chosen
  }
}

describe('the seats of meetings whose table matters', () => {
  test('are there for those that find one at the same time, and for no others', async () => {
    const seen = { seated: 0, refused: 0 }
    for (let seed = 0; seed < 40; seed++) {
      const options: EventOptions = { tables: 'listed', slots: 2, people: 8, candidates: 7 }
      const problem = compile(randomEvent(seed, options))
      const { slotCount, candidateCount, allowed, suitable } = problem
      const sat = await startSat(() => false)
      const variables = Int32Array.from(allowed, (one) => (one ? sat.newVariable() : 0))
      writeSeats(sat, problem, variables, [...Array(candidateCount).keys()], () => sat)
      for (let slot = 0; slot < slotCount; slot++) {
        const at = (c: number) => variables[c * slotCount + slot]
        const here = [...Array(candidateCount).keys()].filter((c) => at(c) > 0)
        for (const chosen of together(problem, here)) {
          const isSeated = canSit(
            problem,
            slot,
            chosen.filter((c) => suitable[c]),
          )
          const world = here.map((c) => (chosen.includes(c) ? at(c) : -at(c)))
          expect([seed, slot, chosen, isPossible(sat, ...world)]).toEqual([seed, slot, chosen, isSeated])
          seen[isSeated ? 'seated' : 'refused']++
        }
      }
      sat.dispose()
    }
    expect(seen.refused).toBeGreaterThan(40)
    expect(seen.seated).toBeGreaterThan(400)
  })

  test('depend on what binds them: needs, own tables, a lock at a table', async () => {
    const participants = [
      { id: 'p1', needs: ['step-free'] },
      { id: 'p2' },
      { id: 'h1', tables: ['t1'] },
      { id: 'h2' },
    ]
    const candidates = [
      { id: 'c11', participants: ['p1', 'h1'] },
      { id: 'c12', participants: ['p1', 'h2'], lock: { table: 't1' } },
      { id: 'c21', participants: ['p2', 'h2'], lock: { table: 't2' } },
      { id: 'c22', participants: ['p2', 'h2'], lock: { slot: 's1' } },
    ]
    const problem = compile(tiny({ participants, candidates }))
    await onEngine(0, (sat) => {
      const variables = Int32Array.from(problem.allowed, () => sat.newVariable())
      const asked = new Set<string>()
      writeSeats(sat, problem, variables, [0, 1, 2, 3], (...rules) => {
        asked.add(JSON.stringify(rules))
        return sat
      })
      expect([...asked].sort()).toEqual(
        [
          [
            { kind: 'ownTables', participant: 0 },
            { kind: 'ownTables', participant: 2 },
          ],
          [
            { kind: 'ownTables', participant: 0 },
            { kind: 'held', candidate: 1 },
          ],
          [{ kind: 'held', candidate: 2 }],
          [{ kind: 'tables' }],
        ]
          .map((rules) => JSON.stringify(rules))
          .sort(),
      )
    })
  })
})

describe('any timetable', () => {
  test.each(KINDS)(
    'is found where there is one, or why there is none, in an event with %s',
    async (_, options) => {
      const seen = [0, 0]
      for (let seed = 1; seed <= 12; seed++) {
        const instance = randomEvent(seed, { required: 0.6, slots: 3, candidates: 6, people: 5, ...options })
        const problem = compile(instance)
        if (problem.mandatory.some((one, c) => one && !problem.possible[c])) continue
        const exists = schedules(instance).next().done === false
        const found = await findAnyTimetable(problem, long())
        seen[exists ? 1 : 0]++
        expect([seed, found !== null && 'slotOf' in found]).toEqual([seed, exists])
        if (found && 'slotOf' in found) {
          const agenda = new Agenda(problem)
          agenda.restore(found.slotOf)
          const held = heldIn(agenda)
          expect(canBeHeld(instance, held)).toBe(true)
          const left = checkRules(instance, held).filter(({ rule }) => rule !== 'unknown')
          expect(left).toEqual([])
        } else if (found) {
          const { candidates, quotas } = found.reason
          const core = askedFor(instance, candidates!, quotas ?? [])
          expect(schedules(core).next().done).toBe(true)
          expect(found.reason).toMatchObject({
            code: 'noTimetable',
            minimal: true,
            count: candidates!.length,
          })
        }
      }
      expect(seen[1]).toBeGreaterThan(0)
    },
  )

  test('is not known where there is no time to tell', async () => {
    const problem = compile(tiny())
    expect(await findAnyTimetable(problem, startSearch({ maxIterations: 0 }, 0))).toBe(null)
    expect(await findAnyTimetable(problem, startSearch({ stop: () => true }, 9))).toBe(null)
    const search = startSearch({ maxIterations: 1_000 }, 0)
    expect(await findAnyTimetable(problem, search)).toEqual({ slotOf: new Int32Array(4).fill(-1) })
    expect(search.iterations).toBe(1_000)
    const long = startSearch({ maxIterations: 1_000_000 }, 0)
    await findAnyTimetable(problem, long)
    expect(long.iterations).toBe(160_000)
  })

  const two = (parts: Record<string, unknown> = {}) => {
    const candidates = tinyJson().candidates.map((one) => ({ ...one, required: true }))
    return tiny({ slots: [{ id: 's1' }, { id: 's2' }], candidates, ...parts })
  }

  test('is settled for an agenda in which something is missing', async () => {
    const problem = compile(two())
    const agenda = new Agenda(problem)
    expect(isShort(agenda)).toBe(true)
    expect(await settle(agenda, startSearch({ maxIterations: 0 }, 0))).toBe(null)
    expect(heldIn(agenda)).toEqual([])
    expect(await settle(agenda, long())).toBe('settled')
    expect(isShort(agenda)).toBe(false)
    expect(heldIn(agenda)).toHaveLength(4)
    const impossible = new Agenda(compile(two({ tables: 1 })))
    const before = impossible.slotOf.slice()
    expect(await settle(impossible, long())).toMatchObject({
      reason: { code: 'noTimetable', rules: ['tables'], minimal: true, count: 3 },
    })
    expect(impossible.slotOf).toEqual(before)
  })

  test('is short of what a quota asks for', () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c22'], min: 1 }]
    const agenda = new Agenda(compile(tiny({ quotas })))
    expect(isShort(agenda)).toBe(true)
    agenda.put(1, 0)
    expect(isShort(agenda)).toBe(true)
    agenda.put(3, 1)
    expect(isShort(agenda)).toBe(false)
    expect(isShort(new Agenda(compile(tiny())))).toBe(false)
  })

  test('that cannot be has few meetings that do not fit', async () => {
    const problem = compile(two({ slots: [{ id: 's1' }], tables: 9 }))
    const { reason, core } = await findCore(problem, [0, 1, 2, 3], long())
    expect(reason).toMatchObject({ code: 'noTimetable', rules: [], count: 2, minimal: true })
    expect(core).toEqual(reason.candidates)
    const stopped = await findCore(problem, [3, 0, 1], startSearch({ stop: () => true }, 9))
    expect(stopped.reason.minimal).toBe(false)
    expect(stopped.reason.candidates!.length).toBeGreaterThan(1)
  })
})

describe('a timetable with few breaks', () => {
  const given = (seed: number, breakScope: string) =>
    randomEvent(seed, {
      required: 1,
      slots: 5,
      candidates: 5,
      people: 4,
      tables: seed % 2 ? 'none' : 'counted',
      limits: false,
      objective: ['breaks'],
      rules: { breakScope },
    })
  const start = async (instance: Instance, search = long()) => {
    const problem = compile(instance)
    const agenda = new Agenda(problem)
    const certain = findCertain(problem, null)
    const fewest = fewestBreaks(problem, certain)
    return { agenda, fewest, exact: await ExactTimetable.start(agenda, search, certain, fewest, Infinity) }
  }

  test('has as few as any, found from below', async () => {
    const seen = new Set<number>()
    for (let seed = 1; seed <= 24; seed++) {
      const instance = given(seed, seed % 3 ? 'block' : 'event')
      if (compile(instance).possible.includes(0)) continue
      const all = [...schedules(instance)].map((held) => measure(instance, held).breaks as number)
      const { agenda, fewest, exact } = await start(instance)
      if (fewest.includes(-1)) {
        expect(all).toEqual([])
        continue
      }
      expect(await exact.findAny()).toBe(all.length > 0 ? 'satisfiable' : 'unsatisfiable')
      if (all.length > 0) {
        expect(checkRules(instance, heldIn(agenda))).toEqual([])
        const count = () => measure(instance, heldIn(agenda)).breaks as number
        const lower = fewest.reduce((sum, one) => sum + one, 0)
        const best = Math.min(...all)
        expect([seed, await exact.close(lower, count, async () => {})]).toEqual([seed, best])
        expect(count()).toBe(best)
        seen.add(best)
      }
      exact.end()
    }
    expect(seen.size).toBeGreaterThan(1)
  })

  test('takes steps of the search, as many as are left at most', async () => {
    for (const [maxIterations, steps] of [
      [200_000, 160_000],
      [1_000, 1_000],
    ]) {
      const search = startSearch({ maxIterations }, 0)
      const { exact } = await start(given(2, 'event'), search)
      expect(await exact.findAny()).toBe('satisfiable')
      expect(search.iterations).toBe(steps)
      exact.end()
    }
  })

  test('is left where it is when the search is over', async () => {
    const { agenda, exact } = await start(given(2, 'event'), startSearch({ maxIterations: 0 }, 0))
    expect(await exact.findAny()).toBe('unknown')
    expect(
      await exact.close(
        1,
        () => 5,
        async () => {},
      ),
    ).toBe(1)
    expect(heldIn(agenda)).toEqual([])
    exact.end()
  })
})

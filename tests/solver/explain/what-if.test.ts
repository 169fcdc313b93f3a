import { describe, expect, test } from 'vitest'
import { priceOf, priceOfGuarantee, priceOfSlot, priceOfTables } from '../../../solver/index.ts'
import { loadJavascriptLpSolver, selectionModel, type LpEngine } from '../../../solver/engines/lp.ts'
import { compile } from '../../../solver/model/problem.ts'
import { people, tiny, tinyJson } from '../tiny.ts'

const javascriptLpSolver = await loadJavascriptLpSolver()

describe('the selection as a linear model', () => {
  test('has a row for every limit and a column for every candidate and every guarantee', () => {
    const quotas = [{ id: 'q', candidates: ['c11', 'c22'], min: 1, max: 2 }]
    const candidates = tinyJson().candidates.map((one) =>
      one.id === 'c12' ? { ...one, required: true } : one.id === 'c21' ? { ...one, slots: [] } : one,
    )
    const participants = people({ id: 'p1', minMeetings: 3 })
    const problem = compile(tiny({ quotas, candidates, participants }))
    const model = selectionModel(problem, { candidate: problem.value, missing: 7 })
    expect(model.rows).toEqual([
      ...[2, 1, 1, 2].map((max) => ({ max })),
      ...[3, 0, 0, 0].map((min) => ({ min })),
      { max: 8 },
      { min: 1, max: 2 },
      { min: 1 },
    ])
    const entries = (...rows: number[]) => rows.map((row) => [row, 1])
    expect(model.columns).toEqual([
      { gain: 5, most: 1, entries: entries(0, 2, 4, 6, 8, 9) },
      { gain: 3, most: 1, entries: entries(0, 3, 4, 7, 8, 10) },
      { gain: 2, most: 0, entries: entries(1, 2, 5, 6, 8) },
      { gain: 4, most: 1, entries: entries(1, 3, 5, 7, 8, 9) },
      { gain: -7, most: 3, entries: entries(4) },
      { gain: -7, most: 0, entries: entries(5) },
      { gain: -7, most: 0, entries: entries(6) },
      { gain: -7, most: 0, entries: entries(7) },
    ])
    const unlimited = compile(tiny({ tables: undefined }))
    expect(selectionModel(unlimited, { candidate: unlimited.value, missing: 1 }).rows).toHaveLength(8)
  })

  test('is solved, whole if that is asked', () => {
    const triangle = [0, 1, 2].map((one) => {
      const entries: [number, number][] = [
        [one, 1],
        [(one + 1) % 3, 1],
      ]
      return { gain: 3, most: 1, entries }
    })
    const model = { rows: [{ max: 1 }, { max: 1 }, { max: 1 }], columns: triangle }
    expect(javascriptLpSolver(model, false)).toEqual({
      status: 'optimal',
      total: 4.5,
      values: [0.5, 0.5, 0.5],
      proof: null,
    })
    expect(javascriptLpSolver(model, true)).toMatchObject({ status: 'optimal', total: 3 })
    expect(model.rows).toHaveLength(3)
    expect(javascriptLpSolver({ ...model, rows: [{ min: 3 }, {}, {}] }, false)).toEqual({
      status: 'infeasible',
    })
  })
})

describe('what another event would change', () => {
  const owed = people({ id: 'p1', minMeetings: 2 })
  const engines = [
    ['by flow', undefined],
    ['by linear program', javascriptLpSolver],
  ] as const

  test.each(engines)('is exact for tables, %s', async (_, engine) => {
    const event = tiny({ tables: 1, slots: [{ id: 's1' }, { id: 's2' }], participants: owed })
    expect(await priceOfTables(event, 1, engine)).toEqual({
      shortfall: { now: 0, then: 0 },
      value: { now: 8, then: 14 },
      meetings: { now: 2, then: 4 },
    })
    expect(await priceOfTables(event, -1, engine)).toEqual({
      shortfall: { now: 0, then: 2 },
      value: { now: 8, then: 0 },
      meetings: { now: 2, then: 0 },
    })
    expect((await priceOfTables(event, -9, engine)).meetings.then).toBe(0)
    const out = tiny({ tables: [{ id: 't1', unavailable: ['s1'] }], slots: [{ id: 's1' }, { id: 's2' }] })
    expect((await priceOfTables(out, 1, engine)).meetings).toEqual({ now: 1, then: 2 })
    expect((await priceOfTables(tiny({ tables: undefined }), 1, engine)).meetings).toEqual({
      now: 4,
      then: 4,
    })
  })

  test.each(engines)('is exact for a slot, %s', async (_, engine) => {
    const event = tiny({ slots: [{ id: 's1' }] })
    expect(await priceOfSlot(event, engine)).toEqual({
      shortfall: { now: 0, then: 0 },
      value: { now: 9, then: 14 },
      meetings: { now: 2, then: 4 },
    })
    const taken = tiny({ slots: [{ id: 'one more slot', block: 3 }] })
    expect((await priceOfSlot(taken, engine)).meetings).toEqual({ now: 2, then: 4 })
    const row = tiny({
      slots: [{ id: 's1', block: 3 }],
      participants: ['p1', 'p2', 'h1', 'h2'].map((id) => ({ id, maxConsecutive: 1 })),
    })
    expect((await priceOfSlot(row, engine)).meetings.then).toBe(2)
    const late = tiny({ slots: [{ id: 's1' }, { id: 's2', day: 1 }], participants: row.source.participants })
    expect((await priceOfSlot(late, engine)).meetings).toEqual({ now: 4, then: 4 })
    expect((await priceOfSlot(tiny({ slots: [] }), engine)).meetings).toEqual({ now: 0, then: 2 })
  })

  test.each(engines)('is exact for a guarantee, %s', async (_, engine) => {
    const event = tiny({ slots: [{ id: 's1' }], candidates: tinyJson().candidates.slice(0, 3) })
    expect(await priceOfGuarantee(event, ['h2', 'p2'], 1, engine)).toEqual({
      shortfall: { now: 0, then: 0 },
      value: { now: 5, then: 5 },
      meetings: { now: 1, then: 2 },
    })
    expect((await priceOfGuarantee(event, ['h2', 'p2'], 3, engine)).shortfall).toEqual({ now: 0, then: 4 })
    expect((await priceOfGuarantee(event, [], 3, engine)).shortfall.then).toBe(0)
    const first = { ...event, rules: { ...event.rules, objective: ['value' as const, 'shortfall' as const] } }
    expect((await priceOfGuarantee(first, ['p1', 'p2', 'h1', 'h2'], 2, engine)).shortfall.then).toBe(4)
  })

  test.each(engines)('is exact for a step of any rule, by its name, %s', async (_, engine) => {
    const event = tiny({ tables: 1, slots: [{ id: 's1' }, { id: 's2' }] })
    expect(await priceOf(event, { rule: 'tables' }, 1, engine)).toEqual({
      shortfall: { now: 0, then: 0 },
      value: { now: 9, then: 14 },
      meetings: { now: 2, then: 4 },
    })
    expect((await priceOf(event, { rule: 'people', like: 'h1' }, 1, engine)).value.then).toBe(10)
    expect((await priceOf(event, { rule: 'maxMeetings', participants: ['p1'] }, 0, engine)).value.then).toBe(
      6,
    )
  })

  test('asks the flow where a linear program would blur the levels', async () => {
    const candidates = tinyJson().candidates.map((one) => ({ ...one, value: 1_000_000 }))
    let asked = 0
    const engine: LpEngine = (model, whole) => {
      asked++
      return javascriptLpSolver(model, whole)
    }
    expect((await priceOfTables(tiny({ candidates, participants: owed }), 1, engine)).value.now).toBe(
      4_000_000,
    )
    expect(asked).toBe(2)
    const many = {
      candidates,
      participants: owed.map((one) => ({ ...one, minMeetings: 9 })),
      rules: { objective: ['value', 'shortfall'] },
    }
    expect((await priceOfTables(tiny(many), 1, engine)).value.now).toBe(4_000_000)
    expect(asked).toBe(2)
    const none: LpEngine = () => ({ status: 'infeasible' })
    expect((await priceOfTables(tiny(), 1, none)).value.now).toBe(14)
  })
})

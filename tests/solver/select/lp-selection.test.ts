import { describe, expect, test } from 'vitest'
import { checkRules, parseInstance, solve, validate, type Instance } from '../../../solver/index.ts'
import { loadHighs } from '../../../solver/engines/highs.ts'
import { loadJavascriptLpSolver, selectionModel, type LpEngine } from '../../../solver/engines/lp.ts'
import { boundOf } from '../../../solver/bounds/level-bound.ts'
import { compile } from '../../../solver/model/problem.ts'
import { seededRandom } from '../../../solver/model/random.ts'
import { select } from '../../../solver/select/flow-selection.ts'
import { hasSideRules, selectBySideRules } from '../../../solver/select/lp-selection.ts'
import { generateCamp, type CampOptions } from '../generate.ts'

const SMALL: CampOptions = { projects: 8, hosts: 10, slots: 6, tables: 5, wishes: [2, 6], guarantee: 3 }
const engines: Record<string, LpEngine> = {
  highs: await loadHighs(),
  'javascript-lp-solver': await loadJavascriptLpSolver(),
}

/** A small camp with quotas over meetings of different people, which no flow knows. */
function withQuotas(seed: number, guarantee = 3): Instance {
  const random = seededRandom(seed)
  const camp = generateCamp(seed, { ...SMALL, guarantee }) as { candidates: { id: string }[] }
  const some = () => camp.candidates.filter(() => random.unit() < 0.3).map(({ id }) => id)
  const quotas = [
    { id: 'few', candidates: some(), max: 3 },
    { id: 'more', candidates: some(), min: 4, max: 6 },
  ]
  return parseInstance({ ...camp, quotas })
}

/** Three people of whom any two could meet: at most one of these meetings a slot, which halves would get round. */
const triangle = parseInstance({
  format: 'incontro/instance',
  version: 1,
  slots: [{ id: 's1' }],
  participants: [{ id: 'a' }, { id: 'b' }, { id: 'c' }],
  candidates: [
    { id: 'ab', participants: ['a', 'b'], value: 3 },
    { id: 'bc', participants: ['b', 'c'], value: 4 },
    { id: 'ca', participants: ['c', 'a'], value: 5 },
  ],
})

describe('a model', () => {
  const model = {
    rows: [{ max: 3 }, { min: 1, max: 1 }],
    columns: [
      { gain: 2, most: 5, entries: [[0, 2] as [number, number]] },
      {
        gain: 1,
        most: 5,
        entries: [
          [0, 1],
          [1, 1],
        ] as [number, number][],
      },
    ],
  }
  test.each(Object.entries(engines))('is solved by %s, in whole numbers if asked', (_, engine) => {
    expect(engine(model, false)).toMatchObject({ status: 'optimal', total: 3, values: [1, 1] })
    const odd = { ...model, rows: [{ max: 4 }, { min: 1, max: 1 }] }
    expect(engine(odd, false)).toMatchObject({ status: 'optimal', total: 4, values: [1.5, 1] })
    expect(engine(odd, true)).toMatchObject({ status: 'optimal', total: 3, values: [1, 1] })
  })

  test.each(Object.entries(engines))('without a solution is called so by %s', (_, engine) => {
    const none = { ...model, rows: [{ max: 0.5 }, { min: 1, max: 1 }] }
    expect(engine(none, false).status).toBe('infeasible')
  })

  test('has a price for every row: what one more unit brings', () => {
    expect(engines.highs(model, false)).toMatchObject({ proof: { prices: [1, 0] } })
    expect(engines.highs(model, true)).toMatchObject({ proof: null })
  })

  test('is left by an engine that is told to stop', () => {
    const big = selectionModel(compile(parseInstance(generateCamp(1))), {
      candidate: new Float64Array(2_000).fill(1),
      missing: 0,
    })
    expect(engines.highs(big, false, { isOver: () => true }).status).toBe('stopped')
  })
})

describe('the selection by side rules', () => {
  test.each([1, 2, 3, 4, 5, 6])('of camp %i is as good as both engines say, and proven', async (seed) => {
    const instance = withQuotas(seed)
    const problem = compile(instance)
    const flow = select(problem, instance.rules.objective)
    expect(hasSideRules(flow)).toBe(true)
    const found = selectBySideRules(problem, instance.rules.objective, flow, engines.highs, () => false)!
    const value = found.share.reduce((sum, part, c) => sum + part * problem.value[c], 0)
    const outweighing = problem.value.reduce((sum, one) => sum + one, 1)
    const model = selectionModel(problem, { candidate: problem.value, missing: outweighing })
    const shortfall = boundOf(problem, 'shortfall', found.prices.shortfall!, 0)
    for (const engine of Object.values(engines))
      expect(engine(model, true)).toMatchObject({ total: value - outweighing * shortfall })
    expect(boundOf(problem, 'value', found.prices.value!, shortfall)).toBe(value)
    for (const { members, min, max } of problem.quotas) {
      const held = members.reduce((sum, c) => sum + found.share[c], 0)
      expect(held).toBeGreaterThanOrEqual(min)
      expect(held).toBeLessThanOrEqual(max)
    }
  })

  test.each([1, 2, 3])(
    'of camp %i is what the schedule holds, with certificates that stand',
    async (seed) => {
      const instance = withQuotas(seed)
      const solution = await solve(instance)
      const { valid, levels } = validate(instance, solution)
      expect(valid).toBe(true)
      for (const { level, result, check } of levels.filter(
        (one) => one.level === 'shortfall' || one.level === 'value',
      ))
        expect({ level, proven: result.proven, check }).toEqual({ level, proven: true, check: 'checked' })
    },
  )

  test('is whole where three people could all meet each other', async () => {
    const problem = compile(triangle)
    const flow = select(problem, ['value'])
    expect([...flow.share]).toEqual([0.5, 0.5, 0.5])
    const found = selectBySideRules(problem, ['value'], flow, engines.highs, () => false)!
    expect([...found.share]).toEqual([0, 0, 1])
    const solution = await solve(triangle)
    expect(checkRules(triangle, solution.meetings)).toEqual([])
    expect(solution.objective.value).toMatchObject({ value: 5 })
  })

  test('raises who has least, at the same value', () => {
    const instance = withQuotas(1)
    const problem = compile({
      ...instance,
      participants: instance.participants.map((one) => ({ ...one, fairnessGroup: 'all' })),
    })
    const levels = ['shortfall', 'value', 'fairness'] as const
    const { share, fairness } = selectBySideRules(
      problem,
      levels,
      select(problem, levels),
      engines.highs,
      () => false,
    )!
    const meetings = problem.incident.map((list) => list.reduce((sum, c) => sum + share[c], 0))
    expect(fairness).toEqual(meetings.sort((one, other) => one - other))
    const alone = selectBySideRules(problem, ['fairness'], select(problem, []), engines.highs, () => false)!
    expect(alone.fairness![0]).toBeGreaterThanOrEqual(fairness![0])
  })

  test('chooses again at the same value, around what is to be avoided', () => {
    const instance = withQuotas(2)
    const problem = compile(instance)
    const flow = select(problem, ['value'])
    const found = selectBySideRules(problem, ['value'], flow, engines.highs, () => false)!
    const worth = (share: Float64Array) => share.reduce((sum, part, c) => sum + part * problem.value[c], 0)
    const other = found.reselect(found.share)
    expect(worth(other)).toBe(worth(found.share))
    const common = other.reduce((sum, part, c) => sum + part * found.share[c], 0)
    expect(common).toBeLessThanOrEqual(found.share.reduce((sum, part) => sum + part, 0))
  })

  test('is left to the flow where the quotas cannot be had together', () => {
    const { source, candidates } = withQuotas(3)
    const all = candidates.map(({ id }) => id)
    const quotas = [
      { id: 'some', candidates: all, min: 3 },
      { id: 'none', candidates: [...all].reverse(), max: 2 },
    ]
    const problem = compile(parseInstance({ ...(source as object), quotas }))
    const flow = select(problem, ['value'])
    expect(selectBySideRules(problem, ['value'], flow, engines.highs, () => false)).toBeNull()
  })

  test('can be stopped at any moment', async () => {
    for (const asked of [0, 1, 3, 10, 30, 100, 300, 1_000]) {
      let left = asked
      const instance = withQuotas(4, asked % 2)
      const solution = await solve(instance, { stop: () => left-- <= 0 })
      if (solution.status !== 'unknown') expect(checkRules(instance, solution.meetings)).toEqual([])
    }
  })
})

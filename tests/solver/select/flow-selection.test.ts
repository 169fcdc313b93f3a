import { describe, expect, test } from 'vitest'
import {
  parseInstance,
  priceOfGuarantee,
  priceOfSlot,
  priceOfTables,
  type Instance,
} from '../../../solver/index.ts'
import { loadJavascriptLpSolver, selectionModel } from '../../../solver/engines/lp.ts'
import { boundOf } from '../../../solver/bounds/level-bound.ts'
import { compile, type Problem } from '../../../solver/model/problem.ts'
import { select } from '../../../solver/select/flow-selection.ts'
import { generateCamp, type CampOptions } from '../generate.ts'

const javascriptLpSolver = await loadJavascriptLpSolver()
const SMALL: CampOptions = { projects: 8, hosts: 10, slots: 6, tables: 5, wishes: [2, 6] }

const byFlow = (problem: Problem) => {
  const { prices } = select(problem, ['shortfall', 'value'])
  const shortfall = boundOf(problem, 'shortfall', prices.shortfall!, 0)
  return { shortfall, value: boundOf(problem, 'value', prices.value!, shortfall) }
}

function byLp(problem: Problem) {
  const outweighing = problem.value.reduce((sum, one) => sum + one, 1)
  const model = selectionModel(problem, { candidate: problem.value, missing: outweighing })
  const found = javascriptLpSolver(model, false)
  if (found.status !== 'optimal') throw new Error('The model has no solution.')
  const { values } = found
  const value = problem.value.reduce((sum, one, c) => sum + one * values[c], 0)
  const shortfall = values.slice(problem.candidateCount).reduce((sum, one) => sum + one, 0)
  return { shortfall: Math.round(shortfall), value: Math.round(value) }
}

describe('the selection by flow', () => {
  test.each([
    ['plain', SMALL],
    ['with guarantees', { ...SMALL, guarantee: 4, tables: 3 }],
    ['with gaps in availability', { ...SMALL, availability: 0.6, guarantee: 2 }],
    ['with short rows', { ...SMALL, maxConsecutive: 2 }],
  ])('%s agrees with the linear program', async (_, options) => {
    for (let seed = 1; seed <= 12; seed++) {
      const problem = compile(parseInstance(generateCamp(seed, options)))
      expect(byFlow(problem)).toEqual(byLp(problem))
    }
  })

  test('agrees with the linear program on quotas that belong to one participant', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const problem = compile(withQuotas(seed))
      expect(byFlow(problem)).toEqual(byLp(problem))
    }
  })
})

/** Projects 1 to 4 may meet one of their first two hosts, and must meet one of the rest if they have a rest. */
function withQuotas(seed: number): Instance {
  const camp = generateCamp(seed, SMALL)
  const quotas = ['p1', 'p2', 'p3', 'p4'].flatMap((id) => {
    const own = camp.candidates.filter(({ participants }) => participants[0] === id).map((one) => one.id)
    return [
      { id: `${id} most`, candidates: own.slice(0, 2), max: 1 },
      { id: `${id} least`, candidates: own.slice(2), min: Math.min(1, own.length - 2 > 0 ? 1 : 0) },
    ]
  })
  return parseInstance({ ...camp, quotas })
}

describe('the price of tables', () => {
  test.each([
    ['by flow', undefined],
    ['by linear program', javascriptLpSolver],
  ])('%s is what choosing again with more tables gains', async (_, engine) => {
    const options = { ...SMALL, tables: 3, guarantee: 3 }
    const now = byFlow(compile(parseInstance(generateCamp(1, options))))
    const then = byFlow(compile(parseInstance(generateCamp(1, { ...options, tables: 4 }))))
    expect(await priceOfTables(parseInstance(generateCamp(1, options)), 1, engine)).toMatchObject({
      shortfall: { now: now.shortfall, then: then.shortfall },
      value: { now: now.value, then: then.value },
    })
  })

  test('is nothing where tables are not limited', async () => {
    const { tables: _, ...free } = generateCamp(1, SMALL)
    const { value } = await priceOfTables(parseInstance(free), 1)
    expect(value.now).toBe(value.then)
  })
})

describe('the price of other changes', () => {
  const engines = [undefined, javascriptLpSolver]
  const camp = generateCamp(1, { ...SMALL, tables: 3 })
  const now = byFlow(compile(parseInstance(camp)))

  test('of a slot is what choosing again with one more slot gains', async () => {
    const longer = { ...camp, slots: [...camp.slots, { id: 'late', block: 1 }] }
    const then = byFlow(compile(parseInstance(longer)))
    for (const engine of engines)
      expect(await priceOfSlot(parseInstance(camp), engine)).toMatchObject({
        shortfall: { now: 0, then: 0 },
        value: { now: now.value, then: then.value },
        meetings: { then: 21 },
      })
  })

  test('of a guarantee is what choosing again with it costs', async () => {
    const guarantee = (minMeetings: number) =>
      camp.participants.map((one) => (['p1', 'p2'].includes(one.id) ? { ...one, minMeetings } : one))
    const then = byFlow(compile(parseInstance({ ...camp, participants: guarantee(5) })))
    for (const engine of engines)
      expect(await priceOfGuarantee(parseInstance(camp), ['p1', 'p2'], 5, engine)).toMatchObject({
        shortfall: { now: 0, then: then.shortfall },
        value: { now: now.value, then: then.value },
      })
    expect(then.value).toBeLessThan(now.value)
  })
})

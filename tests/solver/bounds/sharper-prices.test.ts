import { beforeAll, describe, expect, test } from 'vitest'
import { FULL_EFFORT } from '../../../solver/model/effort.ts'
import { parseInstance, solve, validate, verify, type Solution } from '../../../solver/index.ts'
import { dualBound, withoutPrices } from '../../../solver/bounds/dual-bound.ts'
import { compile } from '../../../solver/model/problem.ts'
import { select } from '../../../solver/select/flow-selection.ts'
import { sharpen } from '../../../solver/bounds/sharper-prices.ts'
import { generateCamp } from '../generate.ts'
import { people, tiny } from '../tiny.ts'

describe('the value of a camp whose people are there at different times', () => {
  const instance = parseInstance(generateCamp(11, { availability: 0.4 }))
  const problem = compile(instance)
  const flow = select(problem, ['value']).prices.value!
  let solution: Solution
  beforeAll(async () => {
    solution = await solve(instance)
  })

  test('has a bound by slots below that of the flow, near the linear program (2057 by HiGHS)', () => {
    expect(Math.floor(dualBound(problem, flow, problem.value))).toBe(2107)
    const aim = { worth: problem.value, target: 2_000, shortfall: 0 }
    const sharp = dualBound(problem, sharpen(problem, flow, aim, FULL_EFFORT), problem.value)
    expect(sharp).toBeGreaterThanOrEqual(2_057.2)
    expect(sharp).toBeLessThan(2_059)
  })

  test('comes with prices by slot, which verify checks', async () => {
    expect(solution.certificate.value!.days).toBeDefined()
    expect(solution.objective.value!.bound).toBeLessThan(2_060)
    const { violations, levels } = await verify(instance, solution)
    expect(violations).toEqual([])
    expect(levels.find(({ level }) => level === 'value')!.check).toBe('checked')
  })

  test('is refused with any other price by slot', () => {
    const wrong = structuredClone(solution)
    const [person] = Object.keys(wrong.certificate.value!.days!.participants)
    const day = wrong.certificate.value!.days!.participants[person]
    day[Object.keys(day)[0]] += 2
    expect(validate(instance, wrong).violations.map(({ rule }) => rule)).toContain('claim')
  })
})

describe('the value of a camp in which nobody may have more than two meetings in a row', () => {
  const instance = parseInstance(generateCamp(11, { maxConsecutive: 2, availability: 0.5 }))
  const problem = compile(instance)

  test('has a bound by days that keep to it, near the linear program (2333 by HiGHS)', async () => {
    const flow = select(problem, ['value']).prices.value!
    expect(Math.floor(dualBound(problem, flow, problem.value))).toBe(2336)
    const solution = await solve(instance)
    expect(solution.objective.value!.bound).toBe(2333)
    const { violations, levels } = await verify(instance, solution)
    expect(violations).toEqual([])
    expect(levels.find(({ level }) => level === 'value')!.check).toBe('checked')
  })
})

describe('prices by slot', () => {
  test('learn what a limit of meetings in some slots is worth', () => {
    const limits = [{ slots: ['s1', 's2', 's3', 's4'], max: 1 }]
    const problem = compile(tiny({ participants: people({ id: 'p1', limits }), tables: undefined }))
    const aim = { worth: problem.value, target: 11, shortfall: 0 }
    const start = { ...withoutPrices(problem), shortfall: 0 }
    expect(dualBound(problem, start, problem.value)).toBe(14)
    expect(dualBound(problem, sharpen(problem, start, aim, FULL_EFFORT), problem.value)).toBeLessThan(12)
  })

  test('leave alone what the flow proves', () => {
    const problem = compile(parseInstance(generateCamp(1)))
    const { value } = select(problem, ['value']).prices
    const bound = dualBound(problem, value!, problem.value)
    expect(sharpen(problem, value!, { worth: problem.value, target: bound, shortfall: 0 }, FULL_EFFORT)).toBe(
      value,
    )
  })
})

import { describe, expect, test } from 'vitest'
import {
  parseDisruption,
  parseInstance,
  repair,
  solve,
  type Instance,
  type Level,
  type LevelValue,
  type Progress,
  type Solution,
  type SolveOptions,
} from '../../solver/index.ts'
import { isBetter } from '../../solver/spec/level-order.ts'
import { generateCamp, type CampOptions } from './generate.ts'

const FAMILIES: [string, CampOptions][] = [
  ['a plain camp', {}],
  ['few tables', { tables: 4, guarantee: 4 }],
  ['half days', { halfDay: 0.4 }],
  ['availability', { availability: 0.6 }],
  ['short rows', { maxConsecutive: 3 }],
  ['guarantees', { guarantee: 7 }],
  ['one block', { blocks: 1 }],
  ['all at once', { tables: 6, halfDay: 0.4, availability: 0.8, maxConsecutive: 3, guarantee: 4 }],
]
/** Beside what the options of a camp can say. */
const OTHERS: [string, object][] = [
  ['hosts who keep their table', { rules: { seated: ['host'] } }],
  ['idle slots before the value', { rules: { objective: ['shortfall', 'idle', 'value', 'tableMoves'] } }],
  ['hosts before the value', { rules: { objective: ['seatedMoves', 'value', 'breaks'], seated: ['host'] } }],
]
const SIZE: CampOptions = { projects: 10, hosts: 14, slots: 9, tables: 7, wishes: [4, 8] }

const camp = (seed: number, options: CampOptions) =>
  parseInstance(generateCamp(seed, { ...SIZE, ...options }))

type Levels = Record<Level, LevelValue>
const levelsOf = ({ objective }: Solution) =>
  Object.fromEntries(Object.entries(objective).map(([level, { value }]) => [level, value])) as Levels

/** What a run that found nothing, or is worse than a shorter one, gave; null if there is none. */
async function firstWorse(
  instance: Instance,
  limits: number[],
  run: (limit: number) => Promise<Solution>,
): Promise<object | null> {
  let before: { limit: number; levels: Levels } | null = null
  for (const limit of limits) {
    const solution = await run(limit)
    if (solution.meetings.length === 0 && before) return { limit, status: solution.status, before }
    const levels = levelsOf(solution)
    if (before && isBetter(instance.rules.objective, before.levels, levels)) return { limit, levels, before }
    if (solution.meetings.length > 0) before = { limit, levels }
  }
  return null
}

/** A clock that goes on by 1 each time it is asked, and a run that ends when it says so. */
function untilTime(limit: number): SolveOptions {
  let time = 0
  const now = () => time++
  return { seed: 1, now, stop: () => now() > limit }
}

describe('with more time no level is worse, the earlier ones being equal', () => {
  const STEPS = [100, 300, 600, 1_000, 3_000, 9_000, 30_000, 150_000, 250_000]
  const TIMES = [1, 2, 3, 5, 8, 12, 20, 40, 80]

  test.each(FAMILIES)('in steps, of %s', async (_, options) => {
    for (const seed of [1, 2, 3]) {
      const instance = camp(seed, options)
      const run = (maxIterations: number) => solve(instance, { seed, maxIterations })
      expect([seed, await firstWorse(instance, STEPS, run)]).toEqual([seed, null])
    }
  })

  test.each(FAMILIES)('by the clock, of %s', async (_, options) => {
    for (const seed of [1, 2, 3]) {
      const instance = camp(seed, options)
      const run = (limit: number) => solve(instance, untilTime(limit))
      expect([seed, await firstWorse(instance, TIMES, run)]).toEqual([seed, null])
    }
  })

  test.each(OTHERS)('in steps and by the clock, with %s', async (_, parts) => {
    for (const seed of [1, 2]) {
      const instance = parseInstance({ ...camp(seed, {}).source, ...parts })
      const inSteps = (maxIterations: number) => solve(instance, { seed, maxIterations })
      expect([seed, await firstWorse(instance, STEPS, inSteps)]).toEqual([seed, null])
      const byClock = (limit: number) => solve(instance, untilTime(limit))
      expect([seed, await firstWorse(instance, TIMES, byClock)]).toEqual([seed, null])
    }
  })

  test.each(FAMILIES)('in a repair, of %s', async (_, options) => {
    const instance = camp(1, options)
    const before = await solve(instance, { maxIterations: 3_000 })
    const away = { now: 's3', absent: [{ participant: 'h4', from: 's4' }], slotsLost: ['s6'] }
    const disruption = parseDisruption({ format: 'incontro/disruption', version: 1, ...away }, instance)
    for (const order of ['fewest-changes', 'fewest-losses'] as const) {
      let changed = instance
      const run = async (maxIterations: number) => {
        const repaired = await repair(instance, before, disruption, { order, maxIterations })
        changed = repaired.instance
        return repaired.solution
      }
      await run(1)
      expect([order, await firstWorse(changed, [10, 100, 1_000, 10_000], run)]).toEqual([order, null])
    }
  })
})

test('every stage tells how far it is, who sits where included', async () => {
  const told: Progress[] = []
  const instance = camp(1, {})
  const solution = await solve(instance, { maxIterations: 5_000, onProgress: (one) => told.push(one) })
  const stages = told.map(({ stage }) => stage)
  expect([...new Set(stages)]).toEqual(['select', 'place', 'compact', 'seat', 'prove'])
  const of = (stage: string) => told[stages.indexOf(stage)].incumbent
  expect([of('select'), 'tableMoves' in of('compact')]).toEqual([{}, false])
  expect(of('seat')).toEqual(levelsOf(solution))
})

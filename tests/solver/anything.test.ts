import { describe, expect, test } from 'vitest'
import { isBetterOrEqual, isSame } from '../../solver/spec/level-order.ts'
import {
  measure,
  repair,
  solve,
  validate,
  verify,
  type Instance,
  type Level,
  type LevelValue,
  type Solution,
} from '../../solver/index.ts'
import { anyDisruption, anyEvent, isChosen, pick, readDisruption, type Trial } from './any-event.ts'
import { seededRandom } from '../../solver/model/random.ts'
import { schedules, withDaysAndLimits } from './events.ts'

/**
 * Events with any mixture of rules, solved and repaired, each claim held against all the schedules there are. More of
 * them with `EVENTS=100000 npm test -- tests/solver/anything`: some 200 a second.
 */
const EVENTS = Number(process.env.EVENTS ?? 300)
const AT_ONCE = 100
/** Events that something was once claimed of that did not hold. */
const CAUGHT = [
  6546, 6613, 7326, 7528, 7629, 7814, 8094, 11034, 21240, 22034, 22368, 24976, 26814, 28539, 30991, 35743,
]

type Measured = Record<Level, LevelValue>

/** What does not hold of a solution, in words. */
function faults(instance: Instance, solution: Solution): string[] {
  const all = [...schedules(instance)].map((held) => measure(instance, held))
  const isFound = solution.status === 'optimal' || solution.status === 'feasible'
  if (!isFound) return solution.status === 'infeasible' && all.length > 0 ? ['it is feasible'] : []
  if (all.length === 0) return ['it is infeasible']
  const broken = validate(instance, solution).violations.map(({ message }) => message)
  return [...broken, ...falseBounds(instance, solution, all)]
}

/** Bounds that some schedule beats which is as good on the levels before; moves between tables are not tried. */
function falseBounds(instance: Instance, { objective }: Solution, all: Measured[]): string[] {
  let left = all
  return instance.rules.objective.flatMap((level) => {
    const { value, bound } = objective[level]!
    const beaten = level !== 'tableMoves' && left.some((one) => !isBetterOrEqual(level, bound, one[level]))
    left = left.filter((one) => isSame(one[level], value))
    return beaten ? [`${level} can be better than ${bound}`] : []
  })
}

/** The same kinds of events on several days, with limits of meetings in some slots. */
function anyDays(seed: number): Trial {
  const { random, instance } = anyEvent(seed)
  return { random, instance: withDaysAndLimits(instance, seededRandom(seed)) }
}

async function tryEvent(seed: number, eventOf: (seed: number) => Trial = anyEvent): Promise<string[]> {
  const { random, instance } = eventOf(seed)
  const maxIterations = pick(random, [300, 3000])
  const solution = await solve(instance, { seed, maxIterations })
  const found = faults(instance, solution)
  if (solution.meetings.length === 0) return found
  const { violations } = await verify(instance, solution)
  found.push(...violations.map(({ message }) => `verified: ${message}`))
  const disruption = readDisruption(anyDisruption({ random, instance }), instance)
  if (!disruption) return found
  const order = isChosen(random, 2) ? 'fewest-losses' : 'fewest-changes'
  const repaired = await repair(instance, solution, disruption, { order })
  return [...found, ...faults(repaired.instance, repaired.solution).map((fault) => `repaired: ${fault}`)]
}

describe('of an event with any rules nothing is claimed that does not hold', () => {
  const ranges = Array.from({ length: Math.ceil(EVENTS / AT_ONCE) }, (_, n) => n * AT_ONCE + 1)

  test.each(ranges)('from event %i on', async (first) => {
    for (let seed = first; seed < first + AT_ONCE; seed++)
      expect([seed, await tryEvent(seed)]).toEqual([seed, []])
  })

  test.each(ranges)('from event %i on, on several days and with limits', async (first) => {
    for (let seed = first; seed < first + AT_ONCE; seed++)
      expect([seed, await tryEvent(seed, anyDays)]).toEqual([seed, []])
  })

  test.each(CAUGHT)('event %i', async (seed) => {
    expect(await tryEvent(seed)).toEqual([])
  })
})

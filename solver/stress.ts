import type { Instance, Level } from './format/instance.ts'
import type { Meeting, Solution } from './format/solution.ts'
import { STRESS_EFFORT } from './model/effort.ts'
import { compile, type Problem } from './model/problem.ts'
import { seededRandom } from './model/random.ts'
import { withoutPeople } from './repair/absent-people.ts'
import { findSchedule, type Found } from './solve.ts'
import { measure } from './spec/objective.ts'
import { distributionOf, Exposures, outcomeOf, type Outcome, type Stress } from './stress/summary.ts'

export interface StressOptions {
  /** Chance, 0 to 1, of whoever has no `absence` in the file. Without it they always come. */
  absence?: number
  /** How many days are drawn. Default 200. */
  scenarios?: number
  /** Whole number; the same seed draws the same days, of which the first are the same however many there are. Default 1. */
  seed?: number
  /** Asked now and then; true ends with the scenarios so far. */
  stop?: () => boolean
  /** Milliseconds, for `elapsedMs` only. */
  now?: () => number
  onProgress?: (progress: { done: number; of: number; elapsedMs: number }) => void
}

/**
 * What a schedule is worth when not everybody comes: draws who stays away for the whole day, each by their own chance
 * (`participants[].absence`, or the option for those who have none) and independently of the others, repairs the
 * schedule each time with fewest changes, and tells how much of it is left. Every repaired schedule is checked by all
 * rules. The same instance, solution, seed and number give the same answer on every machine.
 * @throws RangeError for options out of range
 */
export async function stress(
  instance: Instance,
  solution: Pick<Solution, 'meetings'>,
  options: StressOptions = {},
): Promise<Stress> {
  const { scenarios = 200, seed = 1, stop = () => false, now = () => 0, onProgress } = options
  const chances = chancesOf(instance, options)
  checkCount(scenarios)
  const started = now()
  const { problem, levels } = prepare(instance, solution.meetings)
  const random = seededRandom(seed)
  const exposures = new Exposures(instance, solution.meetings)
  const outcomes: (Outcome | null)[] = []
  while (outcomes.length < scenarios && !stop()) {
    const absent = draw(chances, () => random.unit())
    const found = await findSchedule(withoutPeople(problem, absent), { seed, stop }, levels, STRESS_EFFORT)
    if (stop()) break
    outcomes.push(judge(instance, solution.meetings, absent, found))
    if (outcomes.at(-1)) exposures.add(absent, found.meetings)
    onProgress?.({ done: outcomes.length, of: scenarios, elapsedMs: now() - started })
  }
  return summarise(instance, solution.meetings, seed, outcomes, exposures)
}

function chancesOf({ participants }: Instance, { absence }: StressOptions): number[] {
  if (absence !== undefined && !(absence >= 0 && absence <= 1))
    throw new RangeError(`absence must be a number from 0 to 1, not ${absence}`)
  return participants.map((one) => one.absence ?? absence ?? 0)
}

function checkCount(scenarios: number): void {
  if (Number.isInteger(scenarios) && scenarios >= 0) return
  throw new RangeError(`scenarios must be a whole number, not ${scenarios}`)
}

/** Everybody takes a number, whatever their chance, so that a change of one chance leaves the others as they were. */
function draw(chances: number[], unit: () => number): Set<number> {
  const drawn = chances.map((chance) => unit() < chance)
  return new Set([...drawn.keys()].filter((p) => drawn[p]))
}

/**
 * The schedule as the base of its own instance, once for all scenarios. Nothing after the changes and the value is
 * asked for, and only what comes up to the changes is proven.
 */
function prepare(instance: Instance, base: Meeting[]): { problem: Problem; levels: Level[] } {
  const own = instance.rules.objective.filter((level) => level !== 'changes')
  const before = own.slice(0, own.indexOf('shortfall') + 1)
  const value = own.slice(before.length, Math.max(before.length, own.indexOf('value') + 1))
  const levels: Level[] = [...before, 'changes']
  const rules = { ...instance.rules, objective: [...levels, ...value], tolerance: {} }
  return { problem: compile({ ...instance, base, rules }), levels }
}

function judge(
  instance: Instance,
  plan: Meeting[],
  absent: Set<number>,
  { status, meetings, objective }: Found,
): Outcome | null {
  if (status !== 'optimal' && status !== 'feasible') return null
  const { value, bound, proven } = objective.changes!
  return outcomeOf(instance, plan, absent, meetings, { value: Number(value), bound: Number(bound), proven })
}

function summarise(
  instance: Instance,
  plan: Meeting[],
  seed: number,
  outcomes: (Outcome | null)[],
  exposures: Exposures,
): Stress {
  const solved = outcomes.filter((one) => one !== null)
  const over = (of: (one: Outcome) => number) => distributionOf(solved.map(of))
  const nobody = { value: Number(measure(instance, plan).changes), bound: 0, proven: false }
  const { held, value, broken } = outcomeOf(instance, plan, new Set(), plan, nobody)
  return {
    seed,
    scenarios: outcomes.length,
    unsolved: outcomes.length - solved.length,
    proven: solved.filter(({ changes }) => changes.proven).length,
    plan: { held, value, broken },
    absent: over((one) => one.absent.length),
    kept: over((one) => one.kept),
    held: over((one) => one.held),
    value: over((one) => one.value),
    broken: over((one) => one.broken),
    participants: exposures.list(),
    outcomes,
  }
}

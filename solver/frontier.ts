import type { Point } from './explain/point.ts'
import { vary, type Variation } from './explain/variation.ts'
import type { Instance, Level } from './format/instance.ts'
import type { Meeting, Solution } from './format/solution.ts'
import { FULL_EFFORT, NEAR_BASE_EFFORT } from './model/effort.ts'
import { compile, type Problem } from './model/problem.ts'
import type { SolveOptions } from './model/search-limits.ts'
import { report } from './report.ts'
import { select } from './select/flow-selection.ts'
import { findSchedule } from './solve.ts'
import { isBetter } from './spec/level-order.ts'
import { measure } from './spec/objective.ts'
import { checkRules } from './spec/rules.ts'

export interface FrontierOptions extends Pick<SolveOptions, 'seed' | 'maxIterations' | 'stop' | 'now'> {
  onProgress?: (progress: { done: number; of: number; point: Point; elapsedMs: number }) => void
}

/**
 * How much value each step of a rule costs or brings, all levels before the value in their order: a schedule for each
 * step and a bound that no schedule exceeds. The tightest step comes first and the loosest next: a schedule that keeps
 * a tight rule mostly keeps a loose one, and what no schedule exceeds under a loose rule none exceeds under a tight
 * one. Where both meet, or the flow of a step reaches what is known, there is nothing to search. With a tolerance of
 * the value, or of a level after it, all levels are asked for, and `value` is what the others leave of it.
 * @param steps in any order; the points come in the same, only those that were reached if it is stopped
 * @param options `maxIterations` is for each step
 * @throws RangeError where a step is none of the rule, or the objective has no value
 */
export async function frontier(
  instance: Instance,
  variation: Variation,
  steps: readonly number[],
  { now = () => 0, stop = () => false, onProgress, ...options }: FrontierOptions = {},
): Promise<Point[]> {
  const started = now()
  const levels = levelsUpToValue(instance, variation)
  const events = steps.map((step) => cut(vary(instance, variation, step), levels))
  const isLoose = (one: number, other: number) => isLooser(variation, steps[one], steps[other])
  const { lends, caps } = whatCarriesOver(instance, levels, variation)
  const known: Known[] = []
  for (const index of inOrder(steps, isLoose)) {
    const looser = known.filter((one) => caps && isLoose(one.index, index)).map(({ found }) => found)
    const capOf = (found: Found) => capped(found, looser, variation)
    const found = await solveStep(events[index], lends ? known : [], capOf, { ...options, stop })
    // A search that was stopped before it found anything has nothing to say.
    if (stop() && found.value === null) break
    known.push({ index, found })
    const progress = { done: known.length, of: steps.length, point: pointAt(steps[index], found) }
    onProgress?.({ ...progress, elapsedMs: now() - started })
    if (stop()) break
  }
  known.sort((one, other) => one.index - other.index)
  return known.map(({ index, found }) => pointAt(steps[index], found))
}

function levelsUpToValue({ rules }: Instance, variation: Variation): Level[] {
  const { objective } = rules
  const value = objective.indexOf('value')
  if (value < 0) throw new RangeError('the objective has no level “value”')
  const isLater = variation.rule === 'tolerance' && objective.indexOf(variation.level) >= value
  return isLater ? objective : objective.slice(0, value + 1)
}

/**
 * Whether a schedule of one step may be the best of another, and a bound hold for tighter ones: not where schedules
 * that count as good depend on a tolerance, nor bounds where somebody new is owed meetings or the base has a say.
 */
function whatCarriesOver({ rules }: Instance, levels: Level[], { rule }: Variation) {
  const isStrict = levels.slice(0, -1).every((level) => !rules.tolerance[level])
  const lends = levels.at(-1) === 'value' && rule !== 'tolerance' && isStrict
  return { lends, caps: lends && rule !== 'people' && !levels.includes('changes') }
}

/** With these levels alone. A base that none of them speaks of is no place to stay near. */
const cut = (instance: Instance, objective: Level[]): Instance => ({
  ...instance,
  rules: { ...instance.rules, objective },
  base: objective.includes('changes') ? instance.base : null,
})

/** Whether one step asks for less than another, or gives more room. */
function isLooser({ rule }: Variation, one: number, other: number): boolean {
  return rule === 'minMeetings' || rule === 'quotaMin' ? one < other : one > other
}

/** The indices of the steps: the tightest, the loosest, then the others, the tighter first. */
function inOrder(steps: readonly number[], isLoose: (one: number, other: number) => boolean): number[] {
  const tightFirst = (one: number, other: number) => Number(isLoose(one, other)) - Number(isLoose(other, one))
  const [first, ...rest] = [...steps.keys()].sort(tightFirst)
  const last = rest.pop()
  return [first, last, ...rest].filter((index) => index !== undefined)
}

interface Found extends Omit<Point, 'step'> {
  held: Meeting[]
  /** Whether every level before the value is proven. */
  before: boolean
}

interface Known {
  index: number
  found: Found
}

const pointAt = (step: number, { held: _, before: __, ...point }: Found): Point => ({ step, ...point })

/** By a schedule that is known already, if it is proven to be the best; else by a search. */
async function solveStep(
  instance: Instance,
  known: Known[],
  capOf: (found: Found) => Found,
  options: SolveOptions,
): Promise<Found> {
  const problem = compile(instance)
  const lent = lendTo(problem, known)
  const cheap = lent && capOf(lent)
  if (cheap?.proven) return cheap
  const maxIterations = options.maxIterations ?? FULL_EFFORT.steps(problem)
  const found = capOf(foundOf(instance, await findSchedule(problem, { ...options, maxIterations })))
  const levelsOf = ({ held }: Found) => measure(instance, held)
  const isLent =
    cheap && (found.value === null || isBetter(instance.rules.objective, levelsOf(cheap), levelsOf(found)))
  return isLent ? withProof({ ...cheap, before: cheap.before || found.before }, found.bound) : found
}

/** The best of the known schedules that keeps all rules, and what the flow and its prices prove of it. */
function lendTo(problem: Problem, known: Known[]): Found | null {
  const { instance } = problem
  const { objective } = instance.rules
  const good = known
    .map(({ found }) => found.held)
    .filter((held) => held.length > 0 && isOf(instance, held) && checkRules(instance, held).length === 0)
  if (good.length === 0) return null
  const better = (one: Meeting[], other: Meeting[]) =>
    isBetter(objective, measure(instance, other), measure(instance, one)) ? other : one
  const meetings = good.reduce(better)
  const selection = select(problem, objective)
  const { results } = report(problem, () => selection, meetings, {}, NEAR_BASE_EFFORT)
  return foundOf(instance, { status: 'feasible', meetings, ...results })
}

/** At a looser step there may be slots, candidates and tables that are not here. */
function isOf({ slots, candidates, tables }: Instance, held: Meeting[]): boolean {
  const ids = (list: { id: string }[]) => new Set(list.map(({ id }) => id))
  const [ofSlots, ofCandidates] = [ids(slots), ids(candidates)]
  const ofTables = ids(Array.isArray(tables) ? tables : [])
  return held.every(
    ({ candidate, slot, table }) =>
      ofCandidates.has(candidate) && ofSlots.has(slot) && (table === undefined || ofTables.has(table)),
  )
}

/**
 * No more than what none exceeds at a looser step. That bound speaks of schedules that owe no more than the one there;
 * of guarantees, which are counted otherwise there, only where none is broken.
 */
function capped(found: Found, looser: Found[], { rule }: Variation): Found {
  const owed = found.shortfall?.value ?? 0
  const isOfUs = ({ shortfall }: Found) => owed <= (rule === 'minMeetings' ? 0 : (shortfall?.value ?? 0))
  const caps = looser.filter((one) => one.bound !== null && isOfUs(one)).map(({ bound }) => bound!)
  return withProof(found, caps.length > 0 ? Math.min(...caps) : null)
}

function withProof(found: Found, bound: number | null): Found {
  if (found.bound === null || bound === null) return found
  const least = Math.min(found.bound, bound)
  return { ...found, bound: least, proven: found.before && found.value === least }
}

function foundOf(
  { rules }: Instance,
  {
    status,
    meetings,
    objective,
    infeasible,
  }: Pick<Solution, 'status' | 'meetings' | 'objective' | 'infeasible'>,
): Found {
  const { value } = objective
  if (!value) {
    const none = { value: null, bound: null, shortfall: null, meetings: null, held: [], before: false }
    return { ...none, proven: status === 'infeasible', ...(infeasible && { infeasible }) }
  }
  const { objective: levels } = rules
  const previous = levels[levels.indexOf('value') - 1]
  const before = previous === undefined || objective[previous]!.proven
  const { shortfall } = objective
  return {
    value: Number(value.value),
    bound: Number(value.bound),
    proven: before && value.value === value.bound,
    shortfall: shortfall ? { value: Number(shortfall.value), bound: Number(shortfall.bound) } : null,
    meetings: meetings.length,
    held: meetings,
    before,
  }
}

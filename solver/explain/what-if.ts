import type { Instance } from '../format/instance.ts'
import { selectionModel, type LpEngine } from '../engines/lp.ts'
import { boundOf } from '../bounds/level-bound.ts'
import { compile, type Problem } from '../model/problem.ts'
import { select } from '../select/flow-selection.ts'
import { vary, type Variation } from './variation.ts'

export interface WhatIf {
  /** Missing guaranteed meetings, value and number of meetings, before and after: the optimum of the selection. */
  shortfall: { now: number; then: number }
  value: { now: number; then: number }
  meetings: { now: number; then: number }
}

/** The first two levels at their best, and how many meetings that takes. */
type Best = { shortfall: number; value: number; meetings: number }
type Chooser = (problem: Problem) => Promise<Best>

/**
 * What more (or, negative, fewer) tables would change in `shortfall` and `value`, each level at its best in the
 * order of the objective. Exact for which meetings can be held, by choosing again; whether all of them find a
 * slot is for `solve` to say. Without a limit of tables nothing changes.
 * @param engine solves the choice as a linear program; without one the flow does, at any size
 */
export async function priceOfTables(instance: Instance, extra: number, engine?: LpEngine): Promise<WhatIf> {
  const problem = compile(instance)
  const { tables } = instance
  return compareBest(problem, tables === null ? problem : withTables(problem, tables, extra), engine)
}

/**
 * What one more slot at the end of the last day would change: everybody is there, it counts in nobody's limits, and
 * whoever has no limit of meetings in all can have one more. Otherwise as the price of tables.
 */
export async function priceOfSlot(instance: Instance, engine?: LpEngine): Promise<WhatIf> {
  return priceOf(instance, { rule: 'slots' }, 1, engine)
}

/**
 * What it would change to guarantee some participants a number of meetings (or, with 0, to guarantee nothing):
 * `shortfall` tells how many of them could not be given, `value` what the others cost. As the price of tables.
 */
export async function priceOfGuarantee(
  instance: Instance,
  ids: readonly string[],
  minMeetings: number,
  engine?: LpEngine,
): Promise<WhatIf> {
  if (ids.length === 0) return compareBest(compile(instance), compile(instance), engine)
  return priceOf(instance, { rule: 'minMeetings', participants: ids }, minMeetings, engine)
}

/**
 * What a step of any rule would change, by its name, such as one more table, slot, hour or participant. As the price
 * of tables.
 * @throws RangeError if the step is none of this rule, or where there is nothing to vary
 */
export async function priceOf(
  instance: Instance,
  variation: Variation,
  step: number,
  engine?: LpEngine,
): Promise<WhatIf> {
  return compareBest(compile(instance), compile(vary(instance, variation, step)), engine)
}

async function compareBest(before: Problem, after: Problem, engine?: LpEngine): Promise<WhatIf> {
  const best: Chooser = engine ? byLinearProgram(engine) : byFlow
  const now = await best(before)
  const then = after === before ? now : await best(after)
  return {
    shortfall: { now: now.shortfall, then: then.shortfall },
    value: { now: now.value, then: then.value },
    meetings: { now: now.meetings, then: then.meetings },
  }
}

function withTables(problem: Problem, tables: NonNullable<Instance['tables']>, extra: number): Problem {
  const { allowed, slotCount, tablesIn, tablesPerSlot } = problem
  const count = Math.max(0, (typeof tables === 'number' ? tables : tables.length) + extra)
  const usable = new Set<number>()
  allowed.forEach((one, at) => one && usable.add(at % slotCount))
  const open = [...usable].map((slot) => Math.max(0, tablesIn[slot] + count - tablesPerSlot))
  return { ...problem, tablesPerSlot: count, places: open.reduce((sum, one) => sum + one, 0) }
}

const byFlow: Chooser = async (problem) => {
  const levels = problem.instance.rules.objective.filter(
    (level) => level === 'shortfall' || level === 'value',
  )
  const { prices, share } = select(problem, levels)
  const meetings = Math.round(share.reduce((sum, part) => sum + part, 0))
  const shortfall = prices.shortfall ? boundOf(problem, 'shortfall', prices.shortfall, 0) : 0
  const value = prices.value ? boundOf(problem, 'value', prices.value, shortfall) : 0
  return { shortfall, value, meetings }
}

/** Simplex arithmetic is good to about nine digits: beyond that the two levels would blur into each other. */
const MOST_WEIGHT = 1e7
const SLACK = 1e-6

const byLinearProgram =
  (engine: LpEngine): Chooser =>
  async (problem) => {
    const weights = weightsOf(problem)
    if (!weights) return byFlow(problem)
    const result = engine(selectionModel(problem, weights), false)
    if (result.status !== 'optimal') return byFlow(problem)
    const { values } = result
    const held = values.slice(0, problem.candidateCount)
    const missing = values.slice(problem.candidateCount).reduce((sum, one) => sum + one, 0)
    return {
      shortfall: Math.max(0, Math.ceil(missing - SLACK)),
      value: Math.floor(held.reduce((sum, part, c) => sum + part * problem.value[c], 0) + SLACK),
      meetings: Math.round(held.reduce((sum, part) => sum + part, 0)),
    }
  }

/** One unit of the earlier level outweighs all of the later one; null where that takes too large a number. */
function weightsOf(problem: Problem): { candidate: Float64Array; missing: number } | null {
  const order = problem.instance.rules.objective
  const [shortfall, value] = [order.indexOf('shortfall'), order.indexOf('value')]
  const allValue = problem.value.reduce((sum, one) => sum + one, 1)
  const allMissing = problem.guarantee.reduce((sum, one) => sum + one, 1)
  const valueFirst = value >= 0 && (shortfall < 0 || value < shortfall)
  const scale = value < 0 ? 0 : valueFirst ? allMissing : 1
  const missing = shortfall < 0 ? 0 : valueFirst ? 1 : allValue
  if (Math.max(missing, allValue * scale) > MOST_WEIGHT) return null
  return { candidate: problem.value.map((one) => one * scale) as Float64Array, missing }
}

import type { Instance } from './instance.ts'
import { boundOf } from './price-bound.ts'
import { compile, type Problem } from './problem.ts'
import { select } from './select.ts'

export interface WhatIf {
  /** Missing guaranteed meetings and value, before and after: the optimum of the selection. */
  shortfall: { now: number; then: number }
  value: { now: number; then: number }
}

/**
 * What more (or, negative, fewer) tables would change in `shortfall` and `value`, each level at its best in the
 * order of the objective. Exact for which meetings can be held, by choosing again; whether all of them find a
 * slot is for `solve` to say. Without a limit of tables nothing changes.
 */
export function priceOfTables(instance: Instance, extra: number): WhatIf {
  const now = bestLevels(compile(instance))
  const { tables } = instance
  if (tables === null)
    return {
      shortfall: { now: now.shortfall, then: now.shortfall },
      value: { now: now.value, then: now.value },
    }
  const count = Math.max(0, (typeof tables === 'number' ? tables : tables.length) + extra)
  const problem = compile(instance)
  const slots = problem.tablesPerSlot > 0 ? problem.places / problem.tablesPerSlot : problem.slotCount
  const then = bestLevels({ ...problem, tablesPerSlot: count, places: slots * count })
  return {
    shortfall: { now: now.shortfall, then: then.shortfall },
    value: { now: now.value, then: then.value },
  }
}

function bestLevels(problem: Problem): { shortfall: number; value: number } {
  const levels = problem.instance.rules.objective.filter(
    (level) => level === 'shortfall' || level === 'value',
  )
  const { prices } = select(problem, levels)
  const shortfall = prices.shortfall ? boundOf(problem, 'shortfall', prices.shortfall, 0) : 0
  return { shortfall, value: prices.value ? boundOf(problem, 'value', prices.value, shortfall) : 0 }
}

import type { Instance } from './instance.ts'
import { boundOf } from './price-bound.ts'
import { compile, type Problem } from './problem.ts'
import { select } from './select.ts'

export interface WhatIf {
  /** Missing guaranteed meetings, value and number of meetings, before and after: the optimum of the selection. */
  shortfall: { now: number; then: number }
  value: { now: number; then: number }
  meetings: { now: number; then: number }
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
      meetings: { now: now.meetings, then: now.meetings },
    }
  const count = Math.max(0, (typeof tables === 'number' ? tables : tables.length) + extra)
  const problem = compile(instance)
  const change = count - problem.tablesPerSlot
  const places = problem.tablesIn.reduce((sum, tables) => sum + Math.max(0, tables + change), 0)
  const then = bestLevels({ ...problem, tablesPerSlot: count, places })
  return {
    shortfall: { now: now.shortfall, then: then.shortfall },
    value: { now: now.value, then: then.value },
    meetings: { now: now.meetings, then: then.meetings },
  }
}

function bestLevels(problem: Problem): { shortfall: number; value: number; meetings: number } {
  const levels = problem.instance.rules.objective.filter(
    (level) => level === 'shortfall' || level === 'value',
  )
  const { prices, share } = select(problem, levels)
  const meetings = Math.round(share.reduce((sum, part) => sum + part, 0))
  const shortfall = prices.shortfall ? boundOf(problem, 'shortfall', prices.shortfall, 0) : 0
  const value = prices.value ? boundOf(problem, 'value', prices.value, shortfall) : 0
  return { shortfall, value, meetings }
}

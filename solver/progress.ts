import type { Level } from './format/instance.ts'
import { isOfTables, measure } from './spec/objective.ts'
import { boundOf } from './bounds/level-bound.ts'
import type { Problem } from './model/problem.ts'
import type { Progress } from './model/search-limits.ts'
import type { Selection } from './select/flow-selection.ts'
import type { LevelValue, Meeting } from './format/solution.ts'

/** Tells how far the search is; the table moves are left out until the meetings have tables. */
export type Tell = (stage: string, selection: () => Selection, meetings: Meeting[] | null) => void

export function announcer(
  problem: Problem,
  onProgress: ((progress: Progress) => void) | undefined,
  elapsed: () => number,
): Tell {
  if (!onProgress) return () => {}
  return (stage, selection, meetings) => {
    const incumbent = meetings ? levelsOf(problem, meetings) : {}
    onProgress({ stage, incumbent, bound: boundsOf(problem, selection()), elapsedMs: elapsed() })
  }
}

function levelsOf(problem: Problem, meetings: Meeting[]): Partial<Record<Level, LevelValue>> {
  const measured = measure(problem.instance, meetings)
  const hasTables =
    !Array.isArray(problem.instance.tables) || meetings.every(({ table }) => table !== undefined)
  const levels = problem.instance.rules.objective.filter((level) => !isOfTables(level) || hasTables)
  return Object.fromEntries(levels.map((level) => [level, measured[level]]))
}

/** Bounds of the selection as if every earlier level reached its own. */
function boundsOf(problem: Problem, { prices, fairness }: Selection): Partial<Record<Level, LevelValue>> {
  const shortfall = prices.shortfall ? boundOf(problem, 'shortfall', prices.shortfall, 0) : 0
  return {
    ...(prices.shortfall ? { shortfall } : {}),
    ...(prices.value ? { value: boundOf(problem, 'value', prices.value, shortfall) } : {}),
    ...(fairness ? { fairness } : {}),
  }
}

import type { Contradiction } from '../format/infeasibility.ts'
import type { Problem } from '../model/problem.ts'
import type { Search } from '../model/search-limits.ts'
import { findContradiction } from '../presolve/presolve.ts'
import { select, type Selection } from '../select/flow-selection.ts'
import { quotasTooHigh } from '../select/select.ts'
import { mend, type FromNothing, type Mended } from './repair-search.ts'

/** A schedule near a base, and the best selection, found when it is first asked for: it hardly ever is. */
export interface NearBase extends Mended {
  selection: () => Selection
}

/**
 * The schedule near the base of the instance, or why there is none; without meetings if none was found.
 * @param fromNothing arranges what is open beside the meetings that stay
 */
export async function arrangeNearBase(
  problem: Problem,
  search: Search,
  fromNothing: FromNothing,
): Promise<NearBase | Contradiction> {
  const contradiction = findContradiction(problem)
  if (contradiction) return contradiction
  let found: Selection | null = null
  const selection = () => (found ??= select(problem, problem.instance.rules.objective))
  if (problem.quotas.some(({ min }) => min > 0) && selection().unmetQuotas.length > 0)
    return quotasTooHigh(problem, selection().unmetQuotas)
  const mended = await mend(problem, search, fromNothing)
  return { meetings: mended?.meetings ?? [], changes: mended?.changes ?? 0, selection }
}

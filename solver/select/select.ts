import { loadHighs } from '../engines/highs.ts'
import { contradiction, type Contradiction } from '../format/infeasibility.ts'
import { SELECTING } from '../model/effort.ts'
import { compile, type Problem } from '../model/problem.ts'
import type { Search } from '../model/search-limits.ts'
import { select, type Selection } from './flow-selection.ts'
import { hasSideRules, selectBySideRules } from './lp-selection.ts'

/**
 * Which meetings to hold, as if there were no slots: by flow, and where rules count that are no part of it by linear
 * programs. Or, if no selection has the fewest meetings that quotas ask for, the quotas that are to blame.
 */
export async function selectMeetings(problem: Problem, search: Search): Promise<Selection | Contradiction> {
  const { objective } = problem.instance.rules
  const flow = select(problem, objective)
  if (flow.unmetQuotas.length > 0) return quotasTooHigh(problem, flow.unmetQuotas)
  if (!search.effort.asksEngines || !hasSideRules(flow)) return flow
  return selectBySideRules(problem, objective, flow, await loadHighs(), search.isStopped) ?? flow
}

/** Of quotas that cannot be reached together, few that cannot either: one after the other is left out. */
export function quotasTooHigh({ instance }: Problem, unmet: number[]): Contradiction {
  const isUnmet = (quotas: typeof instance.quotas) =>
    select(compile({ ...instance, quotas }), []).unmetQuotas.length > 0
  let core = instance.quotas
  if (core.length <= SELECTING.quotasToBlame)
    for (const quota of instance.quotas) {
      const rest = core.filter((one) => one !== quota)
      if (isUnmet(rest)) core = rest
    }
  else core = unmet.map((quota) => instance.quotas[quota])
  return contradiction({ code: 'quotasTogether', quotas: core.map(({ id }) => id) })
}

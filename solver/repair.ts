import { disrupt } from './repair/apply-disruption.ts'
import type { Disruption } from './format/disruption.ts'
import { parseInstance, type Instance, type Rules } from './format/instance.ts'
import type { SolveOptions } from './model/search-limits.ts'
import type { Solution } from './format/solution.ts'
import { solve } from './solve.ts'

export interface RepairOptions extends SolveOptions {
  /** Instead of the instance's own `rules.repair`. */
  order?: Rules['repair']
}

/**
 * A schedule for the rest of the day after a disruption, close to the one so far. Returns the changed instance,
 * which carries the schedule so far as its base, with its solution: both are files like any other.
 */
export async function repair(
  instance: Instance,
  solution: Solution,
  disruption: Disruption,
  { order, ...options }: RepairOptions = {},
): Promise<{ instance: Instance; solution: Solution }> {
  const source = disrupt(instance, solution, disruption)
  const rules = order ? { rules: { ...source.rules, repair: order } } : {}
  const changed = parseInstance({ ...source, ...rules })
  return { instance: changed, solution: await solve(changed, options) }
}

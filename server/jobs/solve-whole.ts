import type { InstanceFile, Progress } from '../../solver/index.ts'
import type { Database } from '../database/client.ts'
import { log } from '../log.ts'
import type { RunRow } from '../features/runs/repository.ts'
import type { Solved } from '../features/runs/result.ts'
import {
  askWhich,
  findSuggestible,
  holding,
  missingOf,
  withPairs,
  worthOf,
  type Suggested,
} from '../features/runs/suggestions.ts'
import type { Solver } from '../solver-threads/thread.ts'

type Show = (progress: Progress) => void

/**
 * A run as it was asked, and where its wishes leave somebody short of a guarantee, once more with what can be proposed
 * to them. Stopped meanwhile, or with nothing to propose, it is the first that counts.
 */
export async function solveWhole(db: Database, run: RunRow, solver: Solver, show: Show): Promise<Solved> {
  const instance = run.instance as InstanceFile
  const begun = performance.now()
  const first: Solved = { ...(await solver.solve({ ...run, instance }, show)), instance, added: [] }
  if (!first.valid || first.solution.meetings.length === 0 || solver.isStopped()) return first
  const missing = missingOf(instance, first.solution.meetings)
  if (missing.size === 0) return first
  try {
    const fitting = await findSuggestible(db, run.eventId, instance, missing.keys())
    if (fitting.length === 0) return first
    // The clock of the curve goes on where the first search ended.
    const goOn: Show = (progress) => show({ ...progress, elapsedMs: performance.now() - begun })
    return (await solveWith(db, run, solver, goOn, { first, fitting })) ?? first
  } catch (error) {
    // What was found without them is a plan all the same.
    log.error({ err: error, runId: run.id }, 'no meeting could be proposed')
    return first
  }
}

/** As many of the fitting pairs as are missing, and the schedule with them, if it keeps every wish's worth. */
async function solveWith(
  db: Database,
  run: RunRow,
  solver: Solver,
  show: Show,
  { first, fitting }: { first: Solved; fitting: Suggested[] },
): Promise<Solved | null> {
  const { instance, solution } = first
  const question = await askWhich(db, run.eventId, instance, solution.meetings, fitting)
  const answer = await solver.solve({ ...run, instance: question })
  const chosen = new Set(answer.solution.meetings.map(({ candidate }) => candidate))
  const added = fitting.filter(({ id }) => chosen.has(id))
  if (!answer.valid || added.length === 0) return null
  const whole = await withPairs(db, run.eventId, instance, added)
  const least = {
    ...worthOf(whole, solution.meetings),
    shortfall: worthOf(question, answer.solution.meetings).shortfall,
  }
  for (const asked of [whole, holding(whole, solution.meetings)]) {
    if (solver.isStopped()) return null
    const last = await solver.solve({ ...run, instance: asked }, show)
    const reached = worthOf(asked, last.solution.meetings)
    if (last.valid && reached.shortfall <= least.shortfall && reached.value >= least.value)
      return { ...last, instance: asked, added }
  }
  return null
}

import type { InstanceFile, Progress } from '../../solver/index.ts'
import type { Checked } from '../../solver/worker.ts'
import type { Database } from '../database/client.ts'
import { findEvent } from '../features/events/repository.ts'
import { log } from '../log.ts'
import type { RunRow } from '../features/runs/repository.ts'
import type { Solved } from '../features/runs/result.ts'
import {
  askWhich,
  findSuggestible,
  heldIn,
  holding,
  missingOf,
  withPairs,
  worthOf,
  type Suggested,
} from '../features/runs/suggestions.ts'
import type { Solver } from '../solver-threads/thread.ts'

type Show = (progress: Progress) => void
/** The seconds that are left of a run, but for some that something else needs. */
type Left = (but?: number) => number

/** What a search gets even where the time of its run is over. */
const LEAST_SECONDS = 0.5
/** What is kept for proposing where wishes may be enough, and would be missed by nobody. */
const MOST_SPARED_SECONDS = 3
/** Which meetings to propose is a small question. */
const MOST_ASKING_SECONDS = 10

/**
 * A run as it was asked, and where its wishes leave somebody short of a guarantee, once more with what can be proposed
 * to them. Stopped meanwhile, or with nothing to propose, it is the first that counts.
 */
export async function solveWhole(db: Database, run: RunRow, solver: Solver, show: Show): Promise<Solved> {
  const instance = run.instance as InstanceFile
  const begun = performance.now()
  const left: Left = (but = 0) =>
    Math.max(LEAST_SECONDS, run.seconds - (performance.now() - begun) / 1_000 - but)
  const seconds = left(await sparedSeconds(db, run, instance))
  const first: Solved = { ...(await solver.solve({ ...run, instance, seconds }, show)), instance, added: [] }
  if (!first.valid || first.solution.meetings.length === 0 || solver.isStopped()) return first
  const missing = missingOf(instance, first.solution.meetings)
  if (missing.size === 0) return first
  try {
    const fitting = await findSuggestible(db, run.eventId, instance, missing.keys())
    if (fitting.length === 0) return first
    // The clock of the curve goes on where the first search ended.
    const goOn: Show = (progress) => show({ ...progress, elapsedMs: performance.now() - begun })
    return (await solveWith(db, run, solver, goOn, { first, fitting, left })) ?? first
  } catch (error) {
    // What was found without them is a plan all the same.
    log.error({ err: error, runId: run.id }, 'no meeting could be proposed')
    return first
  }
}

/** The time of a run is for the searches after the first as well: half of it where wishes cannot be enough. */
async function sparedSeconds(db: Database, { eventId, seconds }: RunRow, instance: InstanceFile) {
  const found = await findEvent(db, eventId)
  if ((found?.event.rules.suggestions ?? null) === null || missingOf(instance, []).size === 0) return 0
  const all = (instance.candidates ?? []).map(({ id }) => ({ candidate: id, slot: '' }))
  return missingOf(instance, all).size > 0 ? seconds / 2 : Math.min(seconds / 5, MOST_SPARED_SECONDS)
}

/** As many of the fitting pairs as are missing, and the schedule with them, if it keeps every wish's worth. */
async function solveWith(
  db: Database,
  run: RunRow,
  solver: Solver,
  show: Show,
  { first, fitting, left }: { first: Solved; fitting: Suggested[]; left: Left },
): Promise<Solved | null> {
  const { instance, solution } = first
  const question = await askWhich(db, run.eventId, instance, solution.meetings, fitting)
  const asking = Math.min(MOST_ASKING_SECONDS, left() / 2)
  const answer = await solver.solve({ ...run, instance: question, seconds: Math.max(LEAST_SECONDS, asking) })
  const chosen = new Set(answer.solution.meetings.map(({ candidate }) => candidate))
  const added = fitting.filter(({ id }) => chosen.has(id))
  if (!answer.valid || added.length === 0) return null
  const whole = await withPairs(db, run.eventId, instance, added)
  const least = {
    ...worthOf(whole, solution.meetings),
    shortfall: worthOf(question, answer.solution.meetings).shortfall,
  }
  const isEnough = ({ solution: { meetings }, valid }: Checked) => {
    const reached = worthOf(whole, meetings)
    return valid && reached.shortfall <= least.shortfall && reached.value >= least.value
  }
  if (solver.isStopped()) return null
  const searched = await solver.solve({ ...run, instance: whole, seconds: left(LEAST_SECONDS) }, show)
  if (isEnough(searched)) return { ...searched, instance: whole, added }
  if (solver.isStopped()) return null
  const held = holding(whole, solution.meetings)
  const last = await solver.solve({ ...run, instance: held, seconds: left() }, show)
  if (!isEnough(last)) return null
  return { ...last, solution: heldIn(whole, searched.solution, last.solution), instance: whole, added }
}

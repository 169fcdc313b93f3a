import type { Database } from '../database/client.ts'
import { log } from '../log.ts'
import { claimRun, failLostRuns, failRun, finishRun } from '../features/runs/result.ts'
import { solveWhole } from './solve-whole.ts'
import { presentProgress, thinCurve } from '../features/runs/present.ts'
import { findRun, listenForStop, tellProgress, updateRunIf } from '../features/runs/repository.ts'
import type { RunProgress } from '../schemas/run.ts'
import type { Handler, Queue } from '../queue.ts'
import { startSolver, type Solver } from '../solver-threads/thread.ts'

const FRAME_MS = 250
/** How often the curve is also kept, for whoever opens the page meanwhile. */
const KEEP_MS = 1_000
const LOST_MS = 5_000
/** Points kept in memory; a long run gives up every other one. */
const MOST_POINTS = 2000

/** Works on the runs that organisers start. */
export const workRuns = (queue: Queue, { db }: { db: Database }): Promise<void> =>
  queue.work('run', solveRun(db))

/**
 * Tells organisers of runs that nobody will end any more, because every worker that took them has died. Asked again
 * and again by every process, so that it is told also where the last worker is gone. Answers how to end it.
 */
export function watchRuns(db: Database): () => void {
  const look = () => void failLostRuns(db).catch(() => {})
  look()
  const timer = setInterval(look, LOST_MS)
  return () => clearInterval(timer)
}

/** One run: solved in a thread of its own, shown as it goes on, ended by a draft or by a reason. */
const solveRun =
  (db: Database): Handler<'run'> =>
  async ({ runId }, { signal }) => {
    const run = await claimRun(db, runId)
    if (!run) return
    const curve = startCurve(db, run.eventId, runId)
    const solver = startSolver()
    const abort = () => void solver.end()
    signal.addEventListener('abort', abort)
    const ask = () => stopIfAsked(db, runId, solver)
    const unlisten = await listenForStop(db, runId, solver.stop, () => void ask().catch(() => {}))
    try {
      const solved = solveWhole(db, run, solver, curve.add)
      // Heard where it is waited for.
      solved.catch(() => {})
      await ask()
      await finishRun(db, runId, await solved, curve.points())
    } catch (error) {
      if (signal.aborted) throw error
      log.error({ err: error, runId }, 'a run failed')
      await failRun(db, runId, error)
    } finally {
      signal.removeEventListener('abort', abort)
      await Promise.all([unlisten(), solver.end(), curve.end()])
    }
  }

/** A stop that was asked for while nobody listened: before, or while the connection was lost. */
async function stopIfAsked(db: Database, runId: string, solver: Solver): Promise<void> {
  const found = await findRun(db, runId)
  if (found?.run.stopRequested) solver.stop()
}

/** Gathers the points of the curve and shows it to those who watch, a few times a second. */
function startCurve(db: Database, eventId: string, runId: string) {
  let points: RunProgress[] = []
  let shown = 0
  let keptAt = 0
  let telling: Promise<unknown> = Promise.resolve()
  const show = () => {
    if (points.length === shown) return
    shown = points.length
    const progress = thinCurve(points)
    const frame = { type: 'run', eventId, runId, status: 'running', progress } as const
    const isDue = performance.now() - keptAt >= KEEP_MS
    if (isDue) keptAt = performance.now()
    // Nobody depends on a frame: the next one carries the whole curve again.
    telling = Promise.all([
      tellProgress(db, frame),
      isDue && updateRunIf(db, runId, ['running'], { progress }),
    ]).catch(() => {})
  }
  const timer = setInterval(show, FRAME_MS)
  return {
    add(progress: Parameters<typeof presentProgress>[0]) {
      if (points.length >= MOST_POINTS) {
        points = points.filter((_, index) => index % 2 === 0)
        shown = 0
      }
      points.push(presentProgress(progress))
    },
    points: () => thinCurve(points),
    async end() {
      clearInterval(timer)
      await telling
    },
  }
}

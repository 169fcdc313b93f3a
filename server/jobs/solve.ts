import type { Database } from '../database/client.ts'
import { claimRun, failLostRuns, failRun, finishRun } from '../features/runs/result.ts'
import { presentProgress, thinCurve } from '../features/runs/present.ts'
import { findRun, listenForStop, tellProgress } from '../features/runs/repository.ts'
import type { RunProgress } from '../schemas/run.ts'
import type { Handler, Queue } from './queue.ts'
import { startSolver, type Solver } from './solver-thread.ts'

const FRAME_MS = 250
/** Points kept in memory; a long run gives up every other one. */
const MOST_POINTS = 2000

/** Works on the runs that organisers start; those that a crash left without anybody to end them are told so. */
export async function workRuns(queue: Queue, { db }: { db: Database }): Promise<void> {
  await failLostRuns(db)
  await queue.work('run', solveRun(db))
}

/** One run: solved in a thread of its own, shown as it goes on, ended by a draft or by a reason. */
const solveRun =
  (db: Database): Handler<'run'> =>
  async ({ runId }, { signal }) => {
    const run = await claimRun(db, runId)
    if (!run) return
    const curve = startCurve(db, run.eventId, runId)
    const solver = startSolver(run, curve.add)
    const abort = () => void solver.end()
    signal.addEventListener('abort', abort)
    const unlisten = await listenForStop(db, runId, solver.stop)
    try {
      await stopIfAsked(db, runId, solver)
      await finishRun(db, runId, await solver.solution, curve.points())
    } catch (error) {
      if (signal.aborted) throw error
      process.stderr.write(`run ${runId}: ${error instanceof Error ? error.stack : String(error)}\n`)
      await failRun(db, runId, error)
    } finally {
      signal.removeEventListener('abort', abort)
      await Promise.all([unlisten(), solver.end(), curve.end()])
    }
  }

/** A stop that was asked for before anybody listened. */
async function stopIfAsked(db: Database, runId: string, solver: Solver): Promise<void> {
  const found = await findRun(db, runId)
  if (found?.run.stopRequested) solver.stop()
}

/** Gathers the points of the curve and shows it to those who watch, a few times a second. */
function startCurve(db: Database, eventId: string, runId: string) {
  let points: RunProgress[] = []
  let shown = 0
  let telling: Promise<unknown> = Promise.resolve()
  const show = () => {
    if (points.length === shown) return
    shown = points.length
    const frame = { type: 'run', eventId, runId, status: 'running', progress: thinCurve(points) } as const
    // Nobody depends on a frame: the next one carries the whole curve again.
    telling = tellProgress(db, frame).catch(() => {})
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

import type { Progress } from '../../solver/index.ts'
import type { Checked, WorkerReply, WorkerRequest } from '../../solver/worker.ts'
import { startThread } from './start-thread.ts'

/** A thread that is not done so long after its time is ended from outside. */
const GRACE_MS = 15_000
const MEMORY = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 48 }

export type Solver = {
  solution: Promise<Checked>
  /** Asks for the best schedule found so far. */
  stop(): void
  /** Ends the thread whatever it does. */
  end(): Promise<unknown>
}

type Work = { instance: unknown; seed: number; seconds: number }

/** The solver in a thread of its own, so that requests are answered meanwhile. */
export function startSolver(
  { instance, seed, seconds }: Work,
  onProgress: (progress: Progress) => void,
): Solver {
  const thread = startThread(MEMORY)
  const ask = (request: WorkerRequest) => thread.postMessage(request)
  const { promise, resolve, reject } = Promise.withResolvers<Checked>()
  const limit = setTimeout(
    () => reject(new Error(`the solver did not end within ${seconds} s`)),
    seconds * 1000 + GRACE_MS,
  )
  thread.on('message', (reply: WorkerReply) => {
    if (reply.type === 'progress') onProgress(reply)
    else if (reply.type === 'solution') resolve(reply)
    else if (reply.type === 'error') reject(new Error(reply.message))
  })
  thread.on('error', reject)
  thread.on('exit', (code) => reject(new Error(`the solver's thread ended with ${code}`)))
  // Whoever waits hears of it; this only keeps a failure before anybody waits from ending the process.
  promise.catch(() => {})
  ask({ type: 'solve', instance, seed, timeMs: seconds * 1000 })
  return {
    solution: promise,
    stop: () => ask({ type: 'stop' }),
    end() {
      clearTimeout(limit)
      return thread.terminate()
    },
  }
}

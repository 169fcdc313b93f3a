import type { Progress } from '../../solver/index.ts'
import type { Checked, WorkerReply, WorkerRequest } from '../../solver/worker.ts'
import { startThread } from './start-thread.ts'

/** A thread that is not done so long after its time is ended from outside. */
const GRACE_MS = 60_000
const MEMORY = { maxOldGenerationSizeMb: 1024, maxYoungGenerationSizeMb: 48 }

export type Solver = {
  /** One problem after the other, each once the one before is solved. */
  solve(work: Work, onProgress?: (progress: Progress) => void): Promise<Checked>
  /** Asks for the best schedule found so far, of this problem and of those after it. */
  stop(): void
  isStopped(): boolean
  /** Ends the thread whatever it does. */
  end(): Promise<unknown>
}

type Work = { instance: unknown; seed: number; seconds: number }

/** The solver in a thread of its own, so that requests are answered meanwhile. */
export function startSolver(): Solver {
  const thread = startThread(MEMORY)
  const ask = (request: WorkerRequest) => thread.postMessage(request)
  const { promise: died, reject: die } = Promise.withResolvers<never>()
  // Whoever waits for a solution hears of it; this only keeps a failure before anybody waits from ending the process.
  died.catch(() => {})
  thread.on('error', die)
  thread.on('exit', (code) => die(new Error(`the solver's thread ended with ${code}`)))
  let isStopped = false
  return {
    async solve({ instance, seed, seconds }, onProgress = () => {}) {
      const { promise, resolve, reject } = Promise.withResolvers<Checked>()
      const limit = setTimeout(
        () => reject(new Error(`the solver did not end within ${seconds} s`)),
        seconds * 1000 + GRACE_MS,
      )
      const hear = (reply: WorkerReply) => {
        if (reply.type === 'progress') onProgress(reply)
        else if (reply.type === 'solution') resolve(reply)
        else if (reply.type === 'error') reject(new Error(reply.message))
      }
      thread.on('message', hear)
      ask({ type: 'solve', instance, seed, timeMs: seconds * 1000 })
      try {
        return await Promise.race([promise, died])
      } finally {
        clearTimeout(limit)
        thread.off('message', hear)
      }
    },
    stop() {
      isStopped = true
      ask({ type: 'stop' })
    },
    isStopped: () => isStopped,
    end: () => thread.terminate(),
  }
}

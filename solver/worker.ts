import { parentPort } from 'node:worker_threads'
import { FormatError, parseInstance, solve, type Progress, type Solution } from './index.ts'

/** What the worker is told: once a problem, later perhaps to stop and hand over the best schedule so far. */
export type WorkerRequest =
  | { type?: 'solve'; instance: unknown; seed?: number; timeMs?: number; maxIterations?: number }
  | { type: 'stop' }

/** What it tells: progress now and then, then one solution or one error. `instance` is the JSON as given. */
export type WorkerReply =
  | ({ type: 'progress' } & Progress)
  | { type: 'solution'; solution: Solution }
  | { type: 'error'; message: string; errors: { path: string; message: string }[] }

const port = parentPort!
const reply = (message: WorkerReply) => port.postMessage(message)
let isStopped = false

port.on('message', (request: WorkerRequest) => {
  if (request.type === 'stop') isStopped = true
  else void run(request).catch(fail)
})

async function run(request: Exclude<WorkerRequest, { type: 'stop' }>): Promise<void> {
  const now = () => performance.now()
  const deadline = now() + (request.timeMs ?? Infinity)
  const stop = () => isStopped || now() >= deadline
  const { seed, maxIterations } = request
  const limit = maxIterations === undefined && request.timeMs !== undefined ? Infinity : maxIterations
  const solution = await solve(parseInstance(request.instance), {
    ...(seed === undefined ? {} : { seed }),
    ...(limit === undefined ? {} : { maxIterations: limit }),
    stop,
    now,
    onProgress: (progress) => reply({ type: 'progress', ...progress }),
  })
  reply({ type: 'solution', solution })
}

function fail(error: unknown): void {
  const errors = error instanceof FormatError ? error.errors : []
  reply({ type: 'error', message: error instanceof Error ? error.message : String(error), errors })
}

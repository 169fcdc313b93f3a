import { parentPort } from 'node:worker_threads'
import {
  FormatError,
  parseInstance,
  priceOfTables,
  solve,
  type Progress,
  type Solution,
  type WhatIf,
} from './index.ts'
import { javascriptLpSolver } from './lp.ts'

/** What the worker is told: once a problem or a price, later perhaps to stop and hand over the best schedule so far. */
export type WorkerRequest =
  | { type?: 'solve'; instance: unknown; seed?: number; timeMs?: number; maxIterations?: number }
  | { type: 'price'; instance: unknown; extra: number }
  | { type: 'stop' }

/** What it tells: progress now and then, then one solution or one error. `instance` is the JSON as given. */
export type WorkerReply =
  | ({ type: 'progress' } & Progress)
  | { type: 'solution'; solution: Solution }
  | { type: 'price'; price: WhatIf }
  | { type: 'error'; message: string; errors: { path: string; message: string }[] }

const port = parentPort!
const reply = (message: WorkerReply) => port.postMessage(message)
let isStopped = false

port.on('message', (request: WorkerRequest) => {
  if (request.type === 'stop') isStopped = true
  else if (request.type === 'price') void price(request).catch(fail)
  else void run(request).catch(fail)
})

/** What more tables bring, by a linear program: its caller ends this thread where it takes too long. */
async function price({ instance, extra }: Extract<WorkerRequest, { type: 'price' }>): Promise<void> {
  reply({ type: 'price', price: await priceOfTables(parseInstance(instance), extra, javascriptLpSolver) })
}

async function run(request: Extract<WorkerRequest, { type?: 'solve' }>): Promise<void> {
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

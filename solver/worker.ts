import { parentPort, receiveMessageOnPort } from 'node:worker_threads'
import {
  explain,
  FormatError,
  parseDisruption,
  parseInstance,
  parseSolution,
  priceOfTables,
  repair,
  solve,
  type Progress,
  type Reason,
  type RepairOptions,
  type Solution,
  type WhatIf,
} from './index.ts'
import { loadJavascriptLpSolver } from './engines/lp.ts'

/** What the worker is told: once a problem or a price, later perhaps to stop and hand over the best schedule so far. */
export type WorkerRequest =
  | { type?: 'solve'; instance: unknown; seed?: number; timeMs?: number; maxIterations?: number }
  | { type: 'price'; instance: unknown; extra: number }
  | {
      type: 'repair'
      instance: unknown
      solution: unknown
      disruption: unknown
      order?: RepairOptions['order']
    }
  | { type: 'explain'; instance: unknown; solution: unknown; candidate: string }
  | { type: 'stop' }

/** What it tells: progress now and then, then one solution or one error. `instance` is the JSON as given. */
export type WorkerReply =
  | ({ type: 'progress' } & Progress)
  | { type: 'solution'; solution: Solution }
  | { type: 'price'; price: WhatIf }
  /** With the changed instance, as JSON. */
  | { type: 'repaired'; instance: unknown; solution: Solution }
  | { type: 'reason'; reason: Reason }
  | { type: 'error'; message: string; errors: { path: string; message: string }[] }

const port = parentPort!
const reply = (message: WorkerReply) => port.postMessage(message)
let isStopped = false

port.on('message', take)

function take(request: WorkerRequest): void {
  if (request.type === 'stop') isStopped = true
  else void answer(request).catch(fail)
}

/** Looks into the post itself, since a long question to the SAT engine lets no event through. */
function isToldToStop(): boolean {
  const mail = receiveMessageOnPort(port)
  if (mail) take(mail.message as WorkerRequest)
  return isStopped
}

async function answer(request: Exclude<WorkerRequest, { type: 'stop' }>): Promise<void> {
  if (request.type === 'price') await price(request)
  else if (request.type === 'repair') await mend(request)
  else if (request.type === 'explain') await why(request)
  else await run(request)
}

/** What more tables bring, by a linear program: its caller ends this thread where it takes too long. */
async function price({ instance, extra }: Extract<WorkerRequest, { type: 'price' }>): Promise<void> {
  const engine = await loadJavascriptLpSolver()
  reply({ type: 'price', price: await priceOfTables(parseInstance(instance), extra, engine) })
}

async function mend({ order, ...given }: Extract<WorkerRequest, { type: 'repair' }>): Promise<void> {
  const base = parseInstance(given.instance)
  const disruption = parseDisruption(given.disruption, base)
  const now = () => performance.now()
  const options = { now, ...(order ? { order } : {}) }
  const { instance, solution } = await repair(base, parseSolution(given.solution), disruption, options)
  reply({ type: 'repaired', instance: instance.source, solution })
}

async function why(request: Extract<WorkerRequest, { type: 'explain' }>): Promise<void> {
  const [instance, solution] = [parseInstance(request.instance), parseSolution(request.solution)]
  reply({ type: 'reason', reason: await explain(instance, solution, request.candidate) })
}

async function run(request: Extract<WorkerRequest, { type?: 'solve' }>): Promise<void> {
  const now = () => performance.now()
  const deadline = now() + (request.timeMs ?? Infinity)
  const stop = () => isToldToStop() || now() >= deadline
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

import { Worker } from 'node:worker_threads'
import type { Progress, Reason, RepairOptions, Solution, WhatIf } from '../../solver/index.ts'
import type { WorkerReply, WorkerRequest } from '../../solver/worker.ts'

const entry = new URL('../../solver/worker.ts', import.meta.url)
/** A thread that is not done so long after its time is ended from outside. */
const GRACE_MS = 15_000
const MOST_MEMORY_MB = 1024

export type Solver = {
  solution: Promise<Solution>
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
  const thread = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB } })
  const ask = (request: WorkerRequest) => thread.postMessage(request)
  const { promise, resolve, reject } = Promise.withResolvers<Solution>()
  const limit = setTimeout(
    () => reject(new Error(`the solver did not end within ${seconds} s`)),
    seconds * 1000 + GRACE_MS,
  )
  thread.on('message', (reply: WorkerReply) => {
    if (reply.type === 'progress') onProgress(reply)
    else if (reply.type === 'solution') resolve(reply.solution)
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

/** What more tables would bring, by a linear program in a thread of its own; null where it took too long. */
export async function priceInThread(
  instance: unknown,
  extra: number,
  limitMs: number,
): Promise<WhatIf | null> {
  const answers = await askThread([{ type: 'price', instance, extra }], limitMs, (reply) =>
    reply.type === 'price' ? reply.price : undefined,
  )
  return answers && answers[0]
}

/** Why a pair does not meet; null where it took too long. */
export async function explainInThread(
  instance: unknown,
  solution: Solution,
  candidate: string,
  limitMs: number,
): Promise<Reason | null> {
  const answers = await askThread([{ type: 'explain', instance, solution, candidate }], limitMs, (reply) =>
    reply.type === 'reason' ? reply.reason : undefined,
  )
  return answers && answers[0]
}

/** An answer to each request, from one thread; null, and the thread is ended, where that took too long. */
async function askThread<T>(
  requests: WorkerRequest[],
  limitMs: number,
  read: (reply: WorkerReply) => T | undefined,
): Promise<T[] | null> {
  const thread = new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY_MB } })
  const { promise, resolve, reject } = Promise.withResolvers<T[] | null>()
  const limit = setTimeout(() => resolve(null), limitMs)
  const answers: T[] = []
  thread.on('message', (reply: WorkerReply) => {
    const answer = read(reply)
    if (answer !== undefined) answers.push(answer)
    else if (reply.type === 'error') reject(new Error(reply.message))
    if (answers.length === requests.length) resolve(answers)
  })
  thread.on('error', reject)
  for (const request of requests) thread.postMessage(request)
  return promise.finally(() => {
    clearTimeout(limit)
    return thread.terminate()
  })
}

type RepairQuestion = { instance: unknown; solution: unknown; disruption: unknown }
type RepairAnswer = { instance: unknown; solution: Solution }

/** The rest of a day after a disruption, once for each order; null where it took too long. */
export const repairInThread = (
  question: RepairQuestion,
  orders: RepairOptions['order'][],
  limitMs: number,
): Promise<RepairAnswer[] | null> =>
  askThread(
    orders.map((order) => ({ type: 'repair' as const, ...question, order })),
    limitMs,
    (reply) => (reply.type === 'repaired' ? reply : undefined),
  )

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { WorkerReply, WorkerRequest } from '../../solver/worker.ts'
import { DomainError } from '../errors.ts'
import { FairQueue } from './fair-queue.ts'

const entry = new URL('../../solver/worker.ts', import.meta.url)
const USUAL: PoolSize = { threads: 2, waiting: 60, waitingEach: 20 }
/** A camp takes a tenth of it. Without a limit of its young part a thread would take what the whole service may. */
const MEMORY = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 }

/** `waitingEach`: of one programme. */
export type PoolSize = { threads: number; waiting: number; waitingEach: number }

/** What can be asked. Problems go as texts: this thread neither copies nor reads them piece by piece. */
type Asked<Type> = Extract<WorkerRequest, { type: Type }>
export type Question = Asked<'price'> | Asked<'repair'> | Asked<'explain'>
type AnswerTypes = { price: 'price'; repair: 'repaired'; explain: 'reason' }
export type AnswerTo<Asked extends Question> = Extract<WorkerReply, { type: AnswerTypes[Asked['type']] }>

export type AskOptions = {
  /** Programmes take turns. */
  programmeId: string
  /** From when a thread begins with it. */
  limitMs: number
  /** Of the request that asks: once nobody waits for an answer any more, a question leaves the queue. */
  signal?: AbortSignal
}

export type SolverPool = {
  /**
   * The answer, or null where it took too long. The same question asked again meanwhile is one question.
   * Throws `solver-busy` where too much waits already.
   */
  ask<Asked extends Question>(question: Asked, options: AskOptions): Promise<AnswerTo<Asked> | null>
  /** Threads there are, and questions that wait for one. */
  counts(): { threads: number; waiting: number }
  close(): Promise<void>
}

type Pending = { question: Question; key: string; askers: number; options: AskOptions } & Settle
type Settle = PromiseWithResolvers<WorkerReply | null>

/**
 * The threads that answer what the service asks of the solver besides runs: few, started when first needed and then
 * kept. None of it can be interrupted, so a thread that takes too long is ended and another one takes its place.
 */
export function startSolverPool({ threads, waiting, waitingEach }: PoolSize = USUAL): SolverPool {
  const queue = new FairQueue<Pending>(waiting, waitingEach)
  const asked = new Map<string, Pending>()
  const all = new Set<Worker>()
  const idle: Worker[] = []
  const closing = new AbortController()

  function join(question: Question, options: AskOptions): Pending {
    const key = Object.values(question).join('\n')
    const same = asked.get(key)
    if (same) return same
    if (closing.signal.aborted || queue.isFull(options.programmeId)) throw new DomainError('solver-busy')
    const pending = { question, key, options, askers: 0, ...Promise.withResolvers<WorkerReply | null>() }
    // Whoever asks hears of it; this only keeps a failure that nobody waits for any more from ending the process.
    pending.promise.catch(() => {})
    asked.set(key, pending)
    queue.add(options.programmeId, pending)
    return pending
  }

  function leave(pending: Pending): void {
    pending.askers -= 1
    const { key, options } = pending
    if (pending.askers === 0 && queue.remove(options.programmeId, pending)) asked.delete(key)
  }

  function goOn(): void {
    while (idle.length > 0 || all.size < threads) {
      const pending = queue.next()
      if (!pending) return
      void work(idle.pop() ?? startThread(all), pending)
    }
  }

  async function work(thread: Worker, { question, key, options, resolve, reject }: Pending): Promise<void> {
    try {
      const reply = await replyOf(thread, question, options.limitMs, closing.signal)
      idle.push(thread)
      if (reply.type === 'error') reject(new Error(reply.message))
      else resolve(reply)
    } catch (error) {
      await thread.terminate()
      all.delete(thread)
      if (isTooMuch(error)) resolve(null)
      else reject(error)
    }
    asked.delete(key)
    goOn()
  }

  return {
    async ask<Asked extends Question>(question: Asked, options: AskOptions) {
      const pending = join(question, options)
      pending.askers += 1
      goOn()
      const answer = untilGone(pending.promise, options.signal, () => leave(pending))
      return (await answer) as AnswerTo<Asked> | null
    },
    counts: () => ({ threads: all.size, waiting: queue.size }),
    async close() {
      closing.abort()
      for (let pending = queue.next(); pending; pending = queue.next())
        pending.reject(new DomainError('unavailable'))
      await Promise.all([...all].map((thread) => thread.terminate()))
    },
  }
}

function startThread(all: Set<Worker>): Worker {
  const thread = new Worker(entry, { resourceLimits: MEMORY })
  // It is `replyOf` that hears of it.
  thread.on('error', () => {})
  thread.unref()
  all.add(thread)
  return thread
}

/** Rejects when the thread dies, when the time is over, and when the pool is closed. */
async function replyOf(
  thread: Worker,
  question: Question,
  limitMs: number,
  closing: AbortSignal,
): Promise<WorkerReply> {
  const heard = once(thread, 'message', { signal: AbortSignal.any([closing, AbortSignal.timeout(limitMs)]) })
  thread.postMessage(question)
  const [reply] = (await heard) as [WorkerReply]
  return reply
}

/** Too much time, or too much memory. */
const isTooMuch = (error: unknown): boolean =>
  ['ABORT_ERR', 'ERR_WORKER_OUT_OF_MEMORY'].includes((error as { code: string }).code)

function untilGone<T>(answer: Promise<T>, signal: AbortSignal | undefined, leave: () => void): Promise<T> {
  if (!signal) return answer
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  const gone = () => {
    leave()
    // Nobody reads it: the one who asked is gone.
    reject(new DomainError('solver-busy'))
  }
  signal.addEventListener('abort', gone, { once: true })
  answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', gone))
  if (signal.aborted) gone()
  return promise
}

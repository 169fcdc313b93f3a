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

export type AskOptions<Asked extends Question, Context> = {
  /** What is asked about: the same again, while it still waits, is one question. */
  key: string
  /** Programmes take turns. */
  programmeId: string
  /** Reads what is asked, once it is its turn: what waits costs nothing, and is answered as things stand then. */
  prepare: () => Promise<{ question: Asked; context: Context }>
  /** From when a thread begins with it. */
  limitMs: number
  /** Of the request that asks: once nobody waits for an answer any more, a question leaves the queue. */
  signal?: AbortSignal
}

export type SolverPool = {
  /** The answer, or null where it took too long. Throws `solver-busy` where too much waits already. */
  ask<Asked extends Question, Context>(
    options: AskOptions<Asked, Context>,
  ): Promise<{ answer: AnswerTo<Asked> | null; context: Context }>
  /** Threads there are, and questions that wait for one. */
  counts(): { threads: number; waiting: number }
  close(): Promise<void>
}

type Answered = { answer: WorkerReply | null; context: unknown }
type Pending = AskOptions<Question, unknown> & { askers: number } & PromiseWithResolvers<Answered>

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

  function join(options: AskOptions<Question, unknown>): Pending {
    const { key, programmeId } = options
    const same = asked.get(key)
    if (same) return same
    if (closing.signal.aborted || queue.isFull(programmeId)) throw new DomainError('solver-busy')
    const pending = { ...options, askers: 0, ...Promise.withResolvers<Answered>() }
    // Whoever asks hears of it; this only keeps a failure that nobody waits for any more from ending the process.
    pending.promise.catch(() => {})
    asked.set(key, pending)
    queue.add(programmeId, pending)
    return pending
  }

  function leave(pending: Pending): void {
    pending.askers -= 1
    const { askers, key, programmeId } = pending
    if (askers === 0 && queue.remove(programmeId, pending)) asked.delete(key)
  }

  function goOn(): void {
    while (idle.length > 0 || all.size < threads) {
      const pending = queue.next()
      if (!pending) return
      void work(idle.pop() ?? startThread(all), pending)
    }
  }

  async function work(thread: Worker, { key, prepare, limitMs, resolve, reject }: Pending): Promise<void> {
    // Whoever asks from now on asks how things stand from now on.
    asked.delete(key)
    try {
      const { question, context } = await prepare()
      const answer = await answerOf(thread, question, limitMs)
      if (answer?.type === 'error') reject(new Error(answer.message))
      else resolve({ answer, context })
    } catch (error) {
      reject(error)
    }
    if (all.has(thread)) idle.push(thread)
    goOn()
  }

  /** Null where it took too much time or memory; as after any death of a thread, another one takes its place. */
  async function answerOf(thread: Worker, question: Question, limitMs: number): Promise<WorkerReply | null> {
    try {
      return await replyOf(thread, question, limitMs, closing.signal)
    } catch (error) {
      await thread.terminate()
      all.delete(thread)
      if (isTooMuch(error)) return null
      throw error
    }
  }

  return {
    async ask<Asked extends Question, Context>(options: AskOptions<Asked, Context>) {
      const pending = join(options)
      pending.askers += 1
      goOn()
      const answered = await untilGone(pending.promise, options.signal, () => leave(pending))
      return answered as { answer: AnswerTo<Asked> | null; context: Context }
    },
    counts: () => ({ threads: all.size, waiting: queue.size }),
    async close() {
      closing.abort()
      for (let pending = queue.next(); pending; pending = queue.next())
        pending.reject(new DomainError('unavailable'))
      await Promise.all([...all].map((thread) => thread.terminate()))
      all.clear()
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

import { availableParallelism } from 'node:os'
import { setImmediate as untilOthersHadTheirTurn } from 'node:timers/promises'
import pLimit from 'p-limit'
import type { WorkerReply, WorkerRequest } from '../../solver/worker.ts'
import { DomainError } from '../errors.ts'
import { log } from '../log.ts'
import { startAnsweringThread, startWorker, type AnsweringThread } from './answering-thread.ts'
import { FairQueue } from './fair-queue.ts'

/** Of two, but never of as many as there are processors: pages are answered by the one that is left. */
const USUAL: PoolSize = {
  threads: Math.max(1, Math.min(2, availableParallelism() - 1)),
  waiting: 60,
  waitingEach: 20,
  waitMs: 15_000,
}

/** Of a crowd, so many look up at once what they ask about. */
const LOOK_UPS = 4

/** `waitingEach`: of one programme; `waitMs`: who has waited so long is asked to come back. */
export type PoolSize = { threads: number; waiting: number; waitingEach: number; waitMs: number }

/** What can be asked. Problems go as texts: this thread neither copies nor reads them piece by piece. */
type Asked<Type> = Extract<WorkerRequest, { type: Type }>
export type Question = Asked<keyof AnswerTypes>
type AnswerTypes = {
  price: 'price'
  repair: 'repaired'
  explain: 'reasons'
  check: 'findings'
  frontier: 'points'
  stress: 'stressed'
  verify: 'verified'
}
export type AnswerTo<Asked extends Question> = Extract<WorkerReply, { type: AnswerTypes[Asked['type']] }>

export type AskOptions<Asked extends Question, Context> = {
  /** What is asked about, and how it stands where that counts: the same again, until it is answered, is one question. */
  key: string
  /** Programmes take turns. */
  programmeId: string
  /** Goes before what else the programme asks. */
  isUrgent?: boolean
  /** Reads what is asked, once it is its turn: what waits costs nothing, and is answered as things stand then. */
  prepare: () => Promise<{ question: Asked; context: Context }>
  /** From when a thread begins with it. */
  limitMs: number
  /** Of the request that asks: what nobody waits for any more leaves the queue, or ends the thread that works on it. */
  signal?: AbortSignal
}

export type Answer<Asked extends Question, Context> = { answer: AnswerTo<Asked>; context: Context }

export type SolverPool = {
  /**
   * Finds what is asked about, and whether whoever asks may: a few of a crowd at a time, and whoever asks for a page
   * goes between them.
   */
  lookUp<Found>(find: () => Promise<Found>): Promise<Found>
  /** The answer, or null where it took too long. Throws `solver-busy` where too much waits already. */
  ask<Asked extends Question, Context>(
    options: AskOptions<Asked, Context>,
  ): Promise<Answer<Asked, Context> | null>
  /** Threads there are, and questions that wait for one. */
  counts(): { threads: number; waiting: number }
  close(): Promise<void>
}

type Answered = { answer: WorkerReply; context: unknown } | null
type Pending = AskOptions<Question, unknown> & {
  askers: number
  /** Refuses it when it has waited too long. */
  late: NodeJS.Timeout
  /** Ends the work on it, for this reason. */
  end: PromiseWithResolvers<never>
} & PromiseWithResolvers<Answered>

/** Why work on a question is ended from here. */
class Ended extends Error {}
const tooLong = () => new Ended('it took too long')
const closed = () => new Ended('the service ends')
const nobodyWaits = () => new Ended('nobody waits for it any more')

/**
 * The threads that answer what the service asks of the solver besides runs: few, started when first needed and then
 * kept. None of it can be interrupted, so a thread that takes too long is ended and another one takes its place.
 */
export function startSolverPool(size: Partial<PoolSize> = {}, start = startWorker): SolverPool {
  const { threads, waiting, waitingEach, waitMs } = { ...USUAL, ...size }
  const queue = new FairQueue<Pending>(waiting, waitingEach)
  const asked = new Map<string, Pending>()
  const working = new Set<Pending>()
  const all = new Set<AnsweringThread>()
  const idle: AnsweringThread[] = []
  const lookUps = pLimit(LOOK_UPS)
  let isClosed = false

  function join(options: AskOptions<Question, unknown>): Pending {
    const { key, programmeId, isUrgent } = options
    const same = asked.get(key)
    if (same) return same
    if (isClosed || queue.isFull(programmeId, isUrgent)) throw new DomainError('solver-busy')
    const late = setTimeout(() => refuse(pending, 'solver-busy'), waitMs)
    const end = Promise.withResolvers<never>()
    const pending: Pending = { ...options, askers: 0, late, end, ...Promise.withResolvers<Answered>() }
    // Whoever asks hears of it; this only keeps a failure that nobody waits for any more from ending the process.
    for (const { promise } of [pending, end]) promise.catch(() => {})
    asked.set(key, pending)
    queue.add(programmeId, pending, isUrgent)
    return pending
  }

  function leave(pending: Pending): void {
    pending.askers -= 1
    if (pending.askers > 0) return
    forget(pending)
    if (!queue.remove(pending.programmeId, pending)) pending.end.reject(nobodyWaits())
  }

  /** Whoever asks the same from now on asks anew. */
  function forget(pending: Pending): void {
    clearTimeout(pending.late)
    if (asked.get(pending.key) === pending) asked.delete(pending.key)
  }

  function refuse(pending: Pending, code: 'solver-busy' | 'unavailable'): void {
    queue.remove(pending.programmeId, pending)
    forget(pending)
    pending.reject(new DomainError(code))
  }

  /** One programme leaves a thread to the others that wait. */
  const hasItsShare = (programmeId: string) =>
    working
      .values()
      .filter((one) => one.programmeId === programmeId)
      .toArray().length >= Math.max(1, threads - 1)

  function goOn(): void {
    while (working.size < threads) {
      const pending = queue.next(hasItsShare)
      if (!pending) return
      clearTimeout(pending.late)
      working.add(pending)
      void work(pending)
    }
  }

  async function work(pending: Pending): Promise<void> {
    const limit = setTimeout(() => pending.end.reject(tooLong()), pending.limitMs)
    let thread: AnsweringThread | null = null
    let isBroken = false
    try {
      thread = idle.pop() ?? startThread()
      pending.resolve(await answerOf(thread, pending, () => (isBroken = true)))
    } catch (error) {
      if (isTooMuch(error)) pending.resolve(null)
      else pending.reject(error)
    }
    clearTimeout(limit)
    forget(pending)
    if (thread && isBroken) await endThread(thread)
    else if (thread && all.has(thread)) idle.push(thread)
    working.delete(pending)
    goOn()
  }

  /** `breaks` is told before the thread is left in an unknown state, and taken back by nothing but an answer. */
  async function answerOf(thread: AnsweringThread, { prepare, end }: Pending, breaks: () => void) {
    const { question, context } = await Promise.race([prepare(), end.promise, thread.died])
    const answer = await Promise.race([thread.ask(question), end.promise]).catch((error: unknown) => {
      breaks()
      throw error
    })
    if (answer.type !== 'error') return { answer, context }
    // A file that breaks the format is no fault of the thread's; whatever else went wrong may have broken it.
    if (answer.errors.length === 0) breaks()
    throw new Error(answer.message)
  }

  function startThread(): AnsweringThread {
    const thread = startAnsweringThread(start)
    all.add(thread)
    thread.died.catch((error: Error) => {
      if (all.delete(thread)) log.error({ err: error }, 'a thread of the solver ended')
      if (idle.includes(thread)) idle.splice(idle.indexOf(thread), 1)
    })
    return thread
  }

  /** From here on, and so not worth a word. */
  async function endThread(thread: AnsweringThread): Promise<void> {
    all.delete(thread)
    await thread.end()
  }

  return {
    lookUp: (find) =>
      lookUps(async () => {
        await untilOthersHadTheirTurn()
        return find()
      }),
    async ask<Asked extends Question, Context>(options: AskOptions<Asked, Context>) {
      const pending = join(options)
      pending.askers += 1
      goOn()
      const answered = await untilGone(pending.promise, options.signal, () => leave(pending))
      return answered as Answer<Asked, Context> | null
    },
    counts: () => ({ threads: all.size, waiting: queue.size }),
    async close() {
      isClosed = true
      for (let pending = queue.next(); pending; pending = queue.next()) refuse(pending, 'unavailable')
      for (const { end } of working) end.reject(closed())
      await Promise.all([...all].map(endThread))
    },
  }
}

/** Ended from here, or of too much memory. */
const isTooMuch = (error: unknown): boolean =>
  error instanceof Ended || (error as { code?: string }).code === 'ERR_WORKER_OUT_OF_MEMORY'

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

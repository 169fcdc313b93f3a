import { Worker } from 'node:worker_threads'
import type { WorkerReply, WorkerRequest } from '../../solver/worker.ts'

const entry = new URL('../../solver/worker.ts', import.meta.url)
/** A camp takes a tenth of it. Without a limit of its young part a thread would take what the whole service may. */
const MEMORY = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 16 }

export const startWorker = () => new Worker(entry, { resourceLimits: MEMORY })

/** A thread that answers one question after the other. */
export type AnsweringThread = {
  /** Rejects when the thread dies, and what it then did not say is not waited for any longer. */
  ask(question: WorkerRequest): Promise<WorkerReply>
  /** Rejects when the thread dies, whatever it was doing, and so also while it has nothing to do. */
  died: Promise<never>
  end(): Promise<unknown>
}

export function startAnsweringThread(start: () => Worker): AnsweringThread {
  const worker = start()
  worker.unref()
  const { promise: died, reject: die } = Promise.withResolvers<never>()
  // Whoever works with it hears of it; this only keeps a death while nobody does from ending the process.
  died.catch(() => {})
  worker.on('error', die)
  worker.on('exit', (code) => die(new Error(`a thread of the solver ended with ${code}`)))
  return {
    ask(question) {
      const { promise, resolve } = Promise.withResolvers<WorkerReply>()
      worker.once('message', resolve)
      worker.postMessage(question)
      return Promise.race([promise, died])
    },
    died,
    end: () => worker.terminate(),
  }
}

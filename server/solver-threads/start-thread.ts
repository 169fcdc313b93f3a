import { setFlagsFromString } from 'node:v8'
import { Worker, type ResourceLimits } from 'node:worker_threads'

const entry = new URL('../../solver/worker.ts', import.meta.url)

/**
 * A thread of the solver's, with limits that hold. The service is started with a large young heap, by a flag of V8's
 * that goes before the limits of every thread; its own heap is there by now and keeps its size, so the flag can go.
 */
export function startThread(limits: ResourceLimits): Worker {
  setFlagsFromString('--max-semi-space-size=0')
  return new Worker(entry, { resourceLimits: limits })
}

import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { parseInstance, REPAIR_ORDERS, validate } from '../../solver/index.ts'
import type { WorkerReply, WorkerRequest } from '../../solver/worker.ts'
import { generateCamp } from './generate.ts'
import { claimless, meetings, tinyJson } from './tiny.ts'

const entry = new URL('../../solver/worker.ts', import.meta.url)

/** Sends a request and gathers every reply up to the answer; `onReply` may send more. */
async function ask(request: WorkerRequest, onReply: (worker: Worker, reply: WorkerReply) => void = () => {}) {
  const worker = new Worker(entry)
  const replies: WorkerReply[] = []
  const done = new Promise<WorkerReply>((resolve, reject) => {
    worker.on('error', reject)
    worker.on('message', (reply: WorkerReply) => {
      replies.push(reply)
      onReply(worker, reply)
      if (reply.type !== 'progress') resolve(reply)
    })
  })
  worker.postMessage(request)
  const answer = await done
  await worker.terminate()
  return { replies, answer }
}

describe('the worker', () => {
  test('reports progress, then the solution', async () => {
    const { replies, answer } = await ask({ instance: tinyJson(), seed: 3, maxIterations: 2000 })
    const stages = replies.flatMap((reply) => (reply.type === 'progress' ? [reply.stage] : []))
    expect(stages[0]).toBe('select')
    expect(stages.at(-1)).toBe('prove')
    expect(answer).toMatchObject({ type: 'solution', valid: true, solution: { seed: 3, status: 'feasible' } })
  })

  test('keeps the best schedule so far when it is told to stop', async () => {
    const camp = generateCamp(1, { tables: 15 })
    const stopWhenPlaced = (worker: Worker, reply: WorkerReply) => {
      if (reply.type === 'progress' && reply.stage === 'place') worker.postMessage({ type: 'stop' })
    }
    const { answer } = await ask({ instance: camp, timeMs: 60_000 }, stopWhenPlaced)
    if (answer.type !== 'solution') throw new Error('a solution was expected')
    expect(answer.solution.stats.ms).toBeLessThan(60_000)
    expect(answer.solution.meetings.length).toBeGreaterThan(200)
    expect(validate(parseInstance(camp), answer.solution)).toMatchObject({ valid: true })
  })

  test('repairs and explains, whether it is given files or their texts', async () => {
    const files = { instance: tinyJson(), solution: claimless(meetings('c11 s1 t1')) }
    const disruption = { format: 'incontro/disruption', version: 1, slotsLost: ['s1'] }
    const orders = [...REPAIR_ORDERS]
    const { answer } = await ask({ type: 'repair', ...files, disruption, orders })
    const mended = { valid: true, solution: { objective: { value: { value: 14 } } } }
    expect(answer).toMatchObject({ type: 'repaired', shortfall: 0, answers: orders.map(() => mended) })
    const texts = { instance: JSON.stringify(files.instance), solution: JSON.stringify(files.solution) }
    const { answer: why } = await ask({ type: 'explain', ...texts, candidates: ['c22'] })
    expect(why).toMatchObject({ type: 'reasons', reasons: [{ kind: 'possible' }] })
  })

  test('prices tables by a linear program and by the flow alike', async () => {
    const instance = generateCamp(1, { projects: 8, hosts: 10, tables: 2 })
    const [lp, flow] = await Promise.all(
      (['lp', 'flow'] as const).map((engine) => ask({ type: 'price', instance, extra: 1, engine })),
    )
    expect(lp.answer).toMatchObject({ type: 'price' })
    expect(flow.answer).toEqual(lp.answer)
  })

  test('answers a file that breaks the format with the path of each problem', async () => {
    const { answer } = await ask({ instance: tinyJson({ tables: -1 }) })
    expect(answer).toEqual({
      type: 'error',
      message: '/tables: must be a whole number, 0 to 1000000',
      errors: [{ path: '/tables', message: 'must be a whole number, 0 to 1000000' }],
    })
  })
})

import { Worker } from 'node:worker_threads'
import { TableError } from './table.ts'
import type { WorkbookReply, WorkbookRequest } from './worker.ts'

const entry = new URL('../../server/spreadsheets/worker.ts', import.meta.url)
const MOST_MS = 20_000
const MEMORY = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 32 }

let last: Promise<unknown> = Promise.resolve()

/** Reads a workbook in a thread of its own, which is ended when it takes too long or too much; one at a time. */
export function readInThread(request: WorkbookRequest, most = MOST_MS): Promise<WorkbookReply> {
  const mine = last.then(() => readOnce(request, most))
  last = mine.catch(() => {})
  return mine
}

async function readOnce(request: WorkbookRequest, most: number): Promise<WorkbookReply> {
  const worker = new Worker(entry, { workerData: request, resourceLimits: MEMORY })
  const { promise, resolve, reject } = Promise.withResolvers<WorkbookReply>()
  const limit = setTimeout(() => reject(new TableError('table_slow')), most)
  worker.on('message', resolve)
  worker.on('error', () => reject(new TableError('table_unpacked')))
  worker.on('exit', () => reject(new TableError('table_damaged')))
  try {
    return await promise
  } finally {
    clearTimeout(limit)
    await worker.terminate()
  }
}

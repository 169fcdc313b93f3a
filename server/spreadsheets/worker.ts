import { parentPort, workerData } from 'node:worker_threads'
import type { Locale } from '../actor.ts'
import { TableError } from './table.ts'
import { readWorkbook, type ReadSheet, type WorkbookFormat } from './workbook.ts'

/** A thread that reads one workbook and ends. */
export type WorkbookRequest = { bytes: Uint8Array; format: WorkbookFormat; locale: Locale }
export type WorkbookReply =
  { sheets: ReadSheet[] } | { reason: TableError['reason']; values: TableError['values'] }

const { bytes, format, locale } = workerData as WorkbookRequest
parentPort?.postMessage(await answer())

async function answer(): Promise<WorkbookReply> {
  try {
    return { sheets: await readWorkbook(bytes, format, locale) }
  } catch (error) {
    if (error instanceof TableError) return { reason: error.reason, values: error.values }
    return { reason: 'table_damaged', values: {} }
  }
}

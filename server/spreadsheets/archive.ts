import { inflateRawSync } from 'node:zlib'
import { TableError } from './table.ts'

/** A workbook of ten thousand people unpacks to a tenth of it. */
const MOST_UNPACKED = 100 * 1024 * 1024
const MOST_ENTRIES = 2000

const END = 0x06054b50
const ENTRY = 0x02014b50
const DEFLATED = 8

/**
 * Refuses an archive that unpacks to more than any list is. What it says of its own sizes is not believed: each part
 * is unpacked and measured, and no further than the limit.
 */
export function measureArchive(bytes: Uint8Array): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let left = MOST_UNPACKED
  for (const part of partsOf(view)) left -= unpackedSize(part, left)
}

type Part = { method: number; data: Buffer }

function* partsOf(view: Buffer): Generator<Part> {
  const end = view.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || end + 22 > view.length || view.readUInt32LE(end) !== END)
    throw new TableError('table_damaged')
  const count = view.readUInt16LE(end + 10)
  if (count > MOST_ENTRIES) throw new TableError('table_unpacked')
  let at = view.readUInt32LE(end + 16)
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > view.length || view.readUInt32LE(at) !== ENTRY) throw new TableError('table_damaged')
    yield partAt(view, at)
    at += 46 + view.readUInt16LE(at + 28) + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32)
  }
}

function partAt(view: Buffer, at: number): Part {
  const local = view.readUInt32LE(at + 42)
  if (local + 30 > view.length) throw new TableError('table_damaged')
  const start = local + 30 + view.readUInt16LE(local + 26) + view.readUInt16LE(local + 28)
  return {
    method: view.readUInt16LE(at + 10),
    data: view.subarray(start, start + view.readUInt32LE(at + 20)),
  }
}

function unpackedSize({ method, data }: Part, left: number): number {
  if (method !== DEFLATED) return withinLimit(data.length, left)
  try {
    return withinLimit(inflateRawSync(data, { maxOutputLength: left + 1 }).length, left)
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw new TableError('table_unpacked')
    throw error instanceof TableError ? error : new TableError('table_damaged')
  }
}

function withinLimit(size: number, left: number): number {
  if (size > left) throw new TableError('table_unpacked')
  return size
}

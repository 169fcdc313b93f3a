import type { Column, PackedRows } from '../../server/schemas/live.ts'

export type PackedView<T> = { data: T; packed?: Record<string, PackedRows> }

/** A view whose long lists came column by column, as it is shown. */
export function unpacked<T>({ data, packed }: PackedView<T>): T {
  if (!packed) return data
  const lists = Object.entries(packed).map(([member, rows]) => [member, rowsOf(rows)])
  return { ...data, ...Object.fromEntries(lists) }
}

export const rowsOf = ({ rows, column }: PackedRows): unknown[] => valuesOf(column, rows)

function valuesOf(column: Column, rows: number): unknown[] {
  if ('list' in column) return column.list
  if ('same' in column) return Array.from({ length: rows }, () => column.same)
  if ('ids' in column) return idsOf(column.ids)
  if ('said' in column) {
    const said = rowsOf(column.said)
    return column.at.map((at) => said[at])
  }
  return 'members' in column ? objectsOf(column.members, rows) : listsOf(column, rows)
}

function objectsOf(members: Record<string, Column>, rows: number): unknown[] {
  const columns = Object.entries(members).map(([name, column]) => [name, valuesOf(column, rows)] as const)
  return Array.from({ length: rows }, (_, row) => {
    const object: Record<string, unknown> = {}
    for (const [name, values] of columns) object[name] = values[row]
    return object
  })
}

function listsOf({ each, of }: Extract<Column, { each: unknown }>, rows: number): unknown[] {
  const lengths = typeof each === 'number' ? Array.from({ length: rows }, () => each) : each
  const values = valuesOf(
    of,
    lengths.reduce((sum, length) => sum + length, 0),
  )
  let from = 0
  return lengths.map((length) => values.slice(from, (from += length)))
}

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const dashes = new Set([4, 6, 8, 10])

function idsOf(base64: string): string[] {
  const bytes = atob(base64)
  return Array.from({ length: bytes.length / 16 }, (_, row) => {
    let id = ''
    for (let at = 0; at < 16; at++) id += (dashes.has(at) ? '-' : '') + hex[bytes.charCodeAt(row * 16 + at)]!
    return id
  })
}

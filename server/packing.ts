import type { Column, PackedRows } from './schemas/live.ts'

/** Shorter lists are as quick to read as they are. */
const MANY = 64

/** Of a view, the long lists of alike rows column by column, and what is left of it as it is. */
export function packed(view: object): { data: object; packed: Record<string, PackedRows> } {
  const lists = Object.entries(view).filter(([, value]) => Array.isArray(value) && value.length >= MANY)
  const packed = lists.flatMap(([member, rows]: [string, unknown[]]) => {
    const column = columnOf(rows)
    return 'members' in column ? [[member, { rows: rows.length, column }] as const] : []
  })
  const taken = new Set(packed.map(([member]) => member))
  const data = Object.fromEntries(Object.entries(view).filter(([member]) => !taken.has(member)))
  return { data, packed: Object.fromEntries(packed) }
}

export function columnOf(values: unknown[]): Column {
  if (values.length === 0) return { list: [] }
  if (values.every(Array.isArray)) return listsColumn(values)
  const members = membersOf(values)
  if (members) return { members }
  return values.every(isPlain) ? plainColumn(values) : { list: values }
}

function listsColumn(lists: unknown[][]): Column {
  const [{ length }] = lists
  const each = lists.every((one) => one.length === length) ? length : lists.map((one) => one.length)
  return { each, of: columnOf(lists.flat()) }
}

/** Of objects that all have the same members. */
function membersOf(values: unknown[]): Record<string, Column> | null {
  const [first] = values
  if (!isObject(first)) return null
  const names = Object.keys(first)
  const isAlike = (value: unknown) =>
    isObject(value) && Object.keys(value).length === names.length && names.every((name) => name in value)
  if (names.length === 0 || !values.every(isAlike)) return null
  return Object.fromEntries(
    names.map((name) => [name, columnOf(values.map((value) => (value as Record<string, unknown>)[name]))]),
  )
}

function plainColumn(values: Plain[]): Column {
  const places = new Map<Plain, number>()
  for (const value of values) if (!places.has(value)) places.set(value, places.size)
  if (places.size === 1) return { same: values[0] }
  if (values.every((value) => typeof value === 'number')) return { list: values }
  if (places.size * 2 > values.length) return idsColumn(values) ?? { list: values }
  const said = [...places.keys()]
  return {
    said: { rows: said.length, column: idsColumn(said) ?? { list: said } },
    at: values.map((value) => places.get(value)!),
  }
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Sixteen bytes for each, in place of thirty-eight letters. */
function idsColumn(values: Plain[]): Column | null {
  if (!values.every((value) => typeof value === 'string' && ID.test(value))) return null
  return { ids: Buffer.from(values.join('').replaceAll('-', ''), 'hex').toString('base64') }
}

type Plain = string | number | boolean | null
const isPlain = (value: unknown): value is Plain =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value)
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Reading untrusted JSON: every problem is collected with the JSON pointer of the place it is at. */

export interface FieldError {
  /** JSON pointer (RFC 6901) into the document; empty for the whole document. */
  path: string
  message: string
}

/** A file that does not follow the open format. `errors` has at least one entry and at most 50. */
export class FormatError extends Error {
  readonly errors: FieldError[]
  constructor(errors: FieldError[]) {
    super(errors.map((error) => `${error.path || 'document'}: ${error.message}`).join('\n'))
    this.name = 'FormatError'
    this.errors = errors
  }
}

export interface Node {
  value: unknown
  path: string
  errors: FieldError[]
}

const MOST_ERRORS = 50
const MOST_TEXT = 10_000

export const root = (value: unknown): Node => ({ value, path: '', errors: [] })

export function fail(node: Node, message: string): void {
  if (node.errors.length < MOST_ERRORS) node.errors.push({ path: node.path, message })
}

export function throwIfWrong(node: Node): void {
  if (node.errors.length > 0) throw new FormatError(node.errors)
}

const pointer = (key: string | number) =>
  typeof key === 'number' || !/[~/]/.test(key) ? key : key.replaceAll('~', '~0').replaceAll('/', '~1')

/** The value under a key or index; an absent key is a node with the value `undefined`. */
export function child(node: Node, key: string | number): Node {
  const holder = node.value as Record<string | number, unknown>
  const value =
    holder !== null && typeof holder === 'object' && Object.hasOwn(holder, key) ? holder[key] : undefined
  return { value, path: `${node.path}/${pointer(key)}`, errors: node.errors }
}

export const isAbsent = (node: Node): boolean => node.value === undefined

const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** True if the node is an object; its keys that are not in `known` are errors. */
export function isRecord(node: Node, known: readonly string[]): boolean {
  if (!isPlainObject(node.value)) {
    fail(node, isAbsent(node) ? 'is missing' : 'must be an object')
    return false
  }
  for (const key of Object.keys(node.value))
    if (!known.includes(key)) fail(child(node, key), `is not a known key; known are ${known.join(', ')}`)
  return true
}

/** Children of an array; with a default, an absent node has none. */
export function items(node: Node, optional = false): Node[] {
  if (optional && isAbsent(node)) return []
  if (Array.isArray(node.value)) return Array.from(node.value, (_, index) => child(node, index))
  fail(node, isAbsent(node) ? 'is missing' : 'must be an array')
  return []
}

/** Entries of an object whose keys are free. */
export function entries(node: Node): [string, Node][] {
  if (isPlainObject(node.value)) return Object.keys(node.value).map((key) => [key, child(node, key)])
  fail(node, 'must be an object')
  return []
}

interface Range {
  min: number
  max: number
  default?: number
}

function isInRange(node: Node, range: Range, kind: string): boolean {
  if (typeof node.value === 'number' && node.value >= range.min && node.value <= range.max) return true
  const upper = range.max === Number.MAX_SAFE_INTEGER ? 'or more' : `to ${range.max}`
  fail(node, isAbsent(node) ? 'is missing' : `must be ${kind}, ${range.min} ${upper}`)
  return false
}

export function integer(node: Node, range: Range): number {
  if (isAbsent(node) && range.default !== undefined) return range.default
  if (!isInRange(node, range, 'a whole number')) return range.min
  if (Number.isInteger(node.value)) return node.value as number
  fail(node, 'must be a whole number')
  return range.min
}

export function decimal(node: Node, range: Range): number {
  if (isAbsent(node) && range.default !== undefined) return range.default
  return isInRange(node, range, 'a number') ? (node.value as number) : range.min
}

export function flag(node: Node, absent: boolean): boolean {
  if (isAbsent(node)) return absent
  if (typeof node.value !== 'boolean') fail(node, 'must be true or false')
  return node.value === true
}

/** A non-empty text that can be written in UTF-8 (no lone surrogates, which have no canonical form). */
export function text(node: Node): string {
  const { value } = node
  if (typeof value !== 'string') fail(node, isAbsent(node) ? 'is missing' : 'must be a text')
  else if (value === '') fail(node, 'must not be empty')
  else if (value.length > MOST_TEXT) fail(node, `must have at most ${MOST_TEXT} characters`)
  else if (!value.isWellFormed()) fail(node, 'has half a character (a lone surrogate)')
  else return value
  return ''
}

export const optionalText = (node: Node): string | null => (isAbsent(node) ? null : text(node))

export function oneOf<T extends string>(node: Node, known: readonly T[], absent?: T): T {
  if (isAbsent(node) && absent !== undefined) return absent
  if (known.includes(node.value as T)) return node.value as T
  fail(node, isAbsent(node) ? 'is missing' : `must be one of ${known.join(', ')}`)
  return known[0]
}

/** Distinct texts; duplicates are errors at the second place. */
export function texts(node: Node, optional = true): string[] {
  const seen = new Set<string>()
  for (const item of items(node, optional)) addDistinct(seen, item, text(item))
  return [...seen]
}

function addDistinct(seen: Set<string>, node: Node, value: string): void {
  if (value !== '' && seen.has(value)) fail(node, `“${value}” is there twice`)
  seen.add(value)
}

/** Lists read without an error, by what was known then: one that many places share is read once. */
const listsRead = new WeakMap<ReadonlySet<string>, WeakMap<object, string[]>>()
const LEAST_SHARED = 3

/** Distinct ids out of `known`; `what` names the kind in the error. */
export function references(node: Node, known: ReadonlySet<string>, what: string): string[] {
  const before = node.errors.length
  const isLong = Array.isArray(node.value) && node.value.length >= LEAST_SHARED
  const old = isLong ? listsRead.get(known)?.get(node.value as object) : undefined
  if (old) return old
  const seen = new Set<string>()
  for (const item of items(node, true)) addDistinct(seen, item, reference(item, known, what))
  const list = [...seen]
  if (isLong && node.errors.length === before) remember(known, node.value as object, list)
  return list
}

function remember(known: ReadonlySet<string>, given: object, list: string[]): void {
  const lists = listsRead.get(known) ?? new WeakMap<object, string[]>()
  listsRead.set(known, lists.set(given, list))
}

export function reference(node: Node, known: ReadonlySet<string>, what: string): string {
  const id = text(node)
  if (id !== '' && !known.has(id)) fail(node, `there is no ${what} “${id}”`)
  return id
}

/** The ids of an array of objects with an `id` each; duplicates are errors. */
export function ids(nodes: Node[]): Set<string> {
  const seen = new Set<string>()
  for (const node of nodes) {
    const place = child(node, 'id')
    if (typeof place.value === 'string') addDistinct(seen, place, place.value)
  }
  return seen
}

import { fail, isAbsent, items, type Node } from './json-reader.ts'
import { named, type Schema } from './schema.ts'

/** Numbers without a limit of their own stay exact in every program that reads them. */
export const MOST = Number.MAX_SAFE_INTEGER
export const MOST_COUNT = 1_000_000
export const MOST_VALUE = 1_000_000
const MOST_TEXT = 10_000

/** A non-empty text that can be written in UTF-8 (no lone surrogates, which have no canonical form). */
export const text: Schema<string> = named('text', {
  read(node) {
    const wrong = wrongText(node.value)
    if (wrong === null) return node.value as string
    fail(node, wrong)
    return ''
  },
  json: () => ({ type: 'string', minLength: 1, maxLength: MOST_TEXT }),
})

function wrongText(value: unknown): string | null {
  if (typeof value !== 'string') return value === undefined ? 'is missing' : 'must be a text'
  if (value === '') return 'must not be empty'
  if (value.length > MOST_TEXT) return `must have at most ${MOST_TEXT} characters`
  return value.isWellFormed() ? null : 'has half a character (a lone surrogate)'
}

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

/** RFC 3339 date and time with its offset. */
export const time: Schema<string> = named('time', {
  read(node) {
    const value = text.read(node)
    if (value !== '' && !(TIME.test(value) && Number.isFinite(Date.parse(value))))
      fail(node, 'must be a date and time with its offset, such as 2026-11-22T09:30:00+01:00')
    return value
  },
  json: () => ({ type: 'string', pattern: TIME.source, examples: ['2026-11-22T09:30:00+01:00'] }),
})

/** A whole number of this range. */
export const integer = (minimum: number, maximum: number): Schema<number> => ({
  read(node) {
    if (!isInRange(node, minimum, maximum, 'a whole number')) return minimum
    if (!Number.isInteger(node.value)) fail(node, 'must be a whole number')
    return node.value
  },
  json: () => ({ type: 'integer', minimum, maximum }),
})

/** Any number of this range. */
export const decimal = (minimum: number, maximum: number): Schema<number> => ({
  read: (node) => (isInRange(node, minimum, maximum, 'a number') ? node.value : minimum),
  json: () => ({ type: 'number', minimum, maximum }),
})

function isInRange(node: Node, min: number, max: number, kind: string): node is Node & { value: number } {
  if (typeof node.value === 'number' && node.value >= min && node.value <= max) return true
  const upper = max === MOST ? 'or more' : `to ${max}`
  fail(node, isAbsent(node) ? 'is missing' : `must be ${kind}, ${min} ${upper}`)
  return false
}

export const flag: Schema<boolean> = {
  read(node) {
    if (typeof node.value !== 'boolean') fail(node, 'must be true or false')
    return node.value === true
  },
  json: () => ({ type: 'boolean' }),
}

export const oneOf = <T extends string>(known: readonly T[]): Schema<T> => ({
  read(node) {
    if (known.includes(node.value as T)) return node.value as T
    fail(node, isAbsent(node) ? 'is missing' : `must be one of ${known.join(', ')}`)
    return known[0]
  },
  json: () => ({ enum: known }),
})

/** Nothing but this, which `wish` asks for in words. */
const exactly = <T extends string | number>(value: T, wish: string): Schema<T> => ({
  read(node) {
    if (node.value !== value) fail(node, wish)
    return value
  },
  json: () => ({ const: value }),
})

/** What every file of the format begins with. */
export const header = <F extends string>(format: F) => ({
  format: exactly(format, `must be “${format}”`),
  version: exactly(1, 'must be 1, the only version there is'),
})

/** Distinct texts; what is there twice is an error at the second place. */
export const distinct = <T extends string>(item: Schema<T>): Schema<T[]> => ({
  read(node) {
    const seen = new Set<T>()
    for (const place of items(node)) {
      const value = item.read(place)
      // A place that is wrong in itself is read as another value, which nobody gave twice.
      if (value === place.value && value !== '') addDistinct(seen, place, value)
    }
    return [...seen]
  },
  json: (of) => ({ type: 'array', items: of(item), uniqueItems: true }),
})

export function addDistinct<T extends string>(seen: Set<T>, place: Node, value: T): void {
  if (seen.has(value)) fail(place, `“${value}” is there twice`)
  seen.add(value)
}

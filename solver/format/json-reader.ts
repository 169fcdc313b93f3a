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

/** What is known of the whole document before its places are read: what they may refer to. */
export interface Context {
  slots: ReadonlySet<string>
  /** Null where tables are only counted. */
  tables: ReadonlySet<string> | null
  participants: ReadonlySet<string>
  candidates: ReadonlySet<string>
  /** Whether there is a schedule to stay close to. */
  hasBase: boolean
  /** The first slot that may still change. */
  now: string
}

/** A place in a document. Its path is put together only where something is wrong there. */
export interface Node {
  value: unknown
  holder: Node | null
  key: string | number
  context: Context
  errors: FieldError[]
}

const MOST_ERRORS = 50

const NOTHING: Context = {
  slots: new Set(),
  tables: null,
  participants: new Set(),
  candidates: new Set(),
  hasBase: false,
  now: '',
}

/** Reads a whole document. @throws FormatError with every problem found */
export function readDocument<T>(value: unknown, read: (node: Node) => T, context: Context = NOTHING): T {
  const errors: FieldError[] = []
  const result = read({ value, holder: null, key: '', context, errors })
  if (errors.length > 0) throw new FormatError(errors)
  return result
}

export function fail(node: Node, message: string): void {
  if (node.errors.length < MOST_ERRORS) node.errors.push({ path: pathOf(node), message })
}

const pathOf = ({ holder, key }: Node): string =>
  holder === null ? '' : `${pathOf(holder)}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`

/** The value under a key or index; an absent key is a node with the value `undefined`. */
export function child(holder: Node, key: string | number): Node {
  const { value, context, errors } = holder
  return { value: valueAt(value, key), holder, key, context, errors }
}

/** The value under an own key of an object, `undefined` where there is none. */
export const valueAt = (holder: unknown, key: string | number): unknown =>
  typeof holder === 'object' && holder !== null && Object.hasOwn(holder, key)
    ? (holder as Record<string | number, unknown>)[key]
    : undefined

export const isAbsent = (node: Node): boolean => node.value === undefined

export const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Children of an array. */
export function items(node: Node): Node[] {
  if (Array.isArray(node.value)) return Array.from(node.value, (_, index) => child(node, index))
  fail(node, isAbsent(node) ? 'is missing' : 'must be an array')
  return []
}

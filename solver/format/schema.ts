/**
 * What the file format is stated in. A schema says once what may stand at a place: how it is read, of what type the
 * value then is, and how JSON Schema says it.
 */
import { child, fail, isAbsent, isPlainObject, items, type Context, type Node } from './json-reader.ts'

/** What is read at a place is a T where the file gives a G. */
export interface Schema<T, G = T> {
  /** The value at a place. What is wrong is told to the document, which is then refused: any value will do. */
  read(node: Node): T
  /** As JSON Schema; `of` writes what is inside, by reference where it has a name. */
  json(of: (inside: AnySchema) => object): object
  /** Under which other places refer to it. */
  name?: string
  /** Whether the key may be missing in the file, and whether the value is then missing, too. */
  mayMiss?: 'in the file' | 'in both'
  /** Never there: it holds the type. */
  given?: G
}

export type AnySchema = Schema<unknown, unknown>
/** The type of what a schema reads, and of what it reads it from. */
export type Read<S> = S extends Schema<infer T, unknown> ? T : never
export type Given<S> = S extends Schema<unknown, infer G> ? G : never

type Defaulted<T, G> = Schema<T, G> & { mayMiss: 'in the file' }
type Optional<T, G> = Schema<T, G> & { mayMiss: 'in both' }
type Parts = Record<string, AnySchema>
type MayMiss = { mayMiss: string }
type Flat<T> = { [K in keyof T]: T[K] }
type ReadRecord<P> = Flat<
  { [K in keyof P as P[K] extends Optional<unknown, unknown> ? never : K]: Read<P[K]> } & {
    [K in keyof P as P[K] extends Optional<unknown, unknown> ? K : never]?: Read<P[K]>
  }
>
type GivenRecord<P> = Flat<
  { [K in keyof P as P[K] extends MayMiss ? never : K]: Given<P[K]> } & {
    [K in keyof P as P[K] extends MayMiss ? K : never]?: Given<P[K]>
  }
>

/** An object with these keys and no others. */
export function record<P extends Parts>(parts: P): Schema<ReadRecord<P>, GivenRecord<P>> {
  const entries = Object.entries(parts)
  const required = entries.flatMap(([key, { mayMiss }]) => (mayMiss ? [] : [key]))
  return {
    read(node) {
      const place = knownKeys(node, parts) ? node : unsaid(node)
      const found: Record<string, unknown> = {}
      for (const [key, part] of entries) {
        const value = part.read(child(place, key))
        if (value !== undefined) found[key] = value
      }
      return found as ReadRecord<P>
    },
    json: (of) => closed(parts, of, required),
  }
}

/** An object with any of these keys, which stay in the order given. */
export function some<P extends Parts>(
  parts: P,
): Schema<{ [K in keyof P]?: Read<P[K]> }, { [K in keyof P]?: Given<P[K]> }> {
  return {
    read(node) {
      const given = knownKeys(node, parts) ? Object.keys(node.value as object) : []
      const keys = given.filter((key) => Object.hasOwn(parts, key))
      const found = keys.map((key) => [key, parts[key].read(child(node, key))])
      return Object.fromEntries(found) as { [K in keyof P]?: Read<P[K]> }
    },
    json: (of) => closed(parts, of),
  }
}

/** The same kind of value for each of these keys. */
export const recordOf = <K extends string, T>(keys: readonly K[], part: (key: K) => T): Record<K, T> =>
  Object.fromEntries(keys.map((key) => [key, part(key)])) as Record<K, T>

const closed = (parts: Parts, of: (inside: AnySchema) => object, required: string[] = []) => ({
  type: 'object',
  additionalProperties: false,
  ...(required.length > 0 && { required }),
  properties: Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, of(part)])),
})

/** True if the node is an object; its keys that are not among the parts are errors. */
function knownKeys(node: Node, parts: Parts): boolean {
  if (!isPlainObject(node.value)) {
    fail(node, isAbsent(node) ? 'is missing' : 'must be an object')
    return false
  }
  for (const key of Object.keys(node.value))
    if (!Object.hasOwn(parts, key))
      fail(child(node, key), `is not a known key; known are ${Object.keys(parts).join(', ')}`)
  return true
}

/** Where something is wrong as a whole, what is inside need not be said to be missing. */
const unsaid = (node: Node): Node => ({ ...node, value: {}, errors: [] })

/** An object whose keys are free. */
export const byKey = <T, G>(part: Schema<T, G>): Schema<Record<string, T>, Record<string, G>> => ({
  read(node) {
    if (!isPlainObject(node.value)) fail(node, 'must be an object')
    const keys = isPlainObject(node.value) ? Object.keys(node.value) : []
    return Object.fromEntries(keys.map((key) => [key, part.read(child(node, key))]))
  },
  json: (of) => ({ type: 'object', additionalProperties: of(part) }),
})

export const list = <T, G>(item: Schema<T, G>): Schema<T[], G[]> => ({
  read: (node) => items(node).map(item.read),
  json: (of) => ({ type: 'array', items: of(item) }),
})

/** Says what a place is for. */
export const described = <T, G>(schema: Schema<T, G>, description: string): Schema<T, G> => ({
  read: schema.read,
  json: (of) => ({ description, ...of(schema) }),
})

/** May be left out, which is the same as giving the value that stands for it. */
export const withDefault = <T, G>(
  schema: Schema<T, G>,
  value: NoInfer<G>,
  description: string,
): Defaulted<T, G> => ({
  read: (node) => schema.read(isAbsent(node) ? { ...node, value } : node),
  json: (of) => ({ ...described(schema, description).json(of), default: value }),
  mayMiss: 'in the file',
})

/** May be left out; what then holds, which `meaning` says, is read off the rest of the document. */
export const filled = <T, G, D>(
  schema: Schema<T, G>,
  meaning: string,
  fill: (context: Context) => D,
  description: string,
): Defaulted<T | D, G> => ({
  read: (node) => (isAbsent(node) ? fill(node.context) : schema.read(node)),
  json: (of) => ({ ...described(schema, description).json(of), 'x-default': meaning }),
  mayMiss: 'in the file',
})

/** May be left out, and is null then. */
export const orNull = <T, G>(
  schema: Schema<T, G>,
  meaning: string,
  description: string,
): Defaulted<T | null, G> => filled(schema, meaning, () => null, description)

/** May be left out, and is then left out of what is read, too. */
export const optional = <T, G>(
  schema: Schema<T, G>,
  meaning: string,
  description: string,
): Optional<T, G> => ({
  ...filled(schema, meaning, () => undefined as T, description),
  mayMiss: 'in both',
})

/** Written once in a JSON Schema, under a name that other places refer to. */
export const named = <T, G>(name: string, schema: Schema<T, G>): Schema<T, G> => ({ ...schema, name })

/** What only a look at the whole value can tell. */
export const checked = <T, G>(schema: Schema<T, G>, check: (value: T, node: Node) => void): Schema<T, G> =>
  refined(schema, (value, node) => (check(value, node), value))

/** What only a look at the whole value can fill in. */
export const refined = <T, G, U>(
  schema: Schema<T, G>,
  refine: (value: T, node: Node) => U,
): Schema<U, G> => ({
  ...(schema as AnySchema as Schema<U, G>),
  read: (node) => refine(schema.read(node), node),
})

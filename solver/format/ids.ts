import { child, fail, valueAt, type Node } from './json-reader.ts'
import { list, type Schema } from './schema.ts'
import { addDistinct, distinct, text } from './values.ts'

/** What others refer to, with the word for one of them. */
const KINDS = {
  slots: 'slot',
  tables: 'table',
  participants: 'participant',
  candidates: 'candidate',
} as const
type Kind = keyof typeof KINDS

export const NO_TABLE_LIST = 'needs the tables to be listed one by one, not only counted'

/** The ids in a list of which nothing is known yet. */
export function idsIn(things: unknown): Set<string> {
  const ids: unknown[] = Array.isArray(things) ? things.map((thing) => valueAt(thing, 'id')) : []
  return new Set(ids.filter((id): id is string => typeof id === 'string' && id !== ''))
}

/** A list of things with an `id` each, no two alike. */
export function identified<T, G>(item: Schema<T, G>): Schema<T[], G[]> {
  const plain = list(item)
  const read = (node: Node) => {
    const seen = new Set<string>()
    const things: unknown[] = Array.isArray(node.value) ? node.value : []
    things.forEach((thing, index) => {
      const id = valueAt(thing, 'id')
      if (typeof id !== 'string' || id === '') return
      if (seen.has(id)) addDistinct(seen, child(child(node, index), 'id'), id)
      seen.add(id)
    })
    return plain.read(node)
  }
  return { ...plain, read }
}

/** The id of something that is known. */
export const reference = (kind: Kind): Schema<string> => ({
  read(node) {
    const known = node.context[kind]
    if (known === null) fail(node, NO_TABLE_LIST)
    const id = known === null ? '' : text.read(node)
    if (id !== '' && !known?.has(id)) fail(node, `there is no ${KINDS[kind]} “${id}”`)
    return id
  },
  json: (of) => of(text),
})

/** Distinct ids of what is known. */
export function references(kind: Kind): Schema<string[]> {
  const oneByOne = distinct(reference(kind))
  const read = (node: Node) => {
    const known = node.context[kind]
    if (known !== null) return readGood(node.value, known) ?? oneByOne.read(node)
    fail(node, NO_TABLE_LIST)
    return []
  }
  return { ...oneByOne, read }
}

/** Good lists that were read, by what was known then: one that many places share is read once. */
const listsRead = new WeakMap<ReadonlySet<string>, WeakMap<object, string[]>>()
const LEAST_SHARED = 3

/** A list in which nothing is wrong, without a look at each place; null if it is none. */
function readGood(given: unknown, known: ReadonlySet<string>): string[] | null {
  if (!Array.isArray(given)) return null
  const old = listsRead.get(known)?.get(given)
  if (old) return old
  const ids = new Set<string>(given)
  if (ids.size < given.length || !ids.isSubsetOf(known)) return null
  const list = [...ids]
  if (list.length >= LEAST_SHARED) remember(known, given, list)
  return list
}

function remember(known: ReadonlySet<string>, given: object, list: string[]): void {
  const lists = listsRead.get(known) ?? new WeakMap<object, string[]>()
  listsRead.set(known, lists.set(given, list))
}

/** The values of a form: fields, and groups of them by name or by the id of what they are of. */
export type Tree = { [key: string]: unknown }

/** A field that two people changed in two ways: what it was, and what each of them wrote. Undefined: not there. */
export type Conflict = { path: string[]; was: unknown; mine: unknown; theirs: unknown }

/** In which order the members of a group stand, in a field of its own beside them. */
export const ORDER = 'order'

export const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * Two people changed the same form, opened as `was`. What only one of them changed is as that one left it; where both
 * did and differ, mine stays and the conflict is named.
 */
export function mergeForms<T extends Tree>(was: T, mine: T, theirs: T) {
  const conflicts: Conflict[] = []
  const value = mergeValues([], { was, mine, theirs }, conflicts) as T
  return { value, conflicts }
}

type Three = { was: unknown; mine: unknown; theirs: unknown }

function mergeValues(path: string[], { was, mine, theirs }: Three, found: Conflict[]): unknown {
  if (path.at(-1) === ORDER) return mergeOrders(path, { was, mine, theirs } as Orders, found)
  if (same(mine, theirs) || same(was, theirs)) return mine
  if (same(was, mine)) return theirs
  if (isTree(was) && isTree(mine) && isTree(theirs)) return mergeTrees(path, { was, mine, theirs }, found)
  found.push({ path, was, mine, theirs })
  return mine
}

type Trees = { was: Tree; mine: Tree; theirs: Tree }

function mergeTrees(path: string[], { was, mine, theirs }: Trees, found: Conflict[]): Tree {
  const keys = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])]
  const merged = keys.map((key) => {
    const three = { was: was[key], mine: mine[key], theirs: theirs[key] }
    return [key, mergeValues([...path, key], three, found)] as const
  })
  return Object.fromEntries(merged.filter(([, value]) => value !== undefined))
}

type Orders = { was: string[]; mine: string[]; theirs: string[] }

/** All who are in either, in their places: only who stands before whom may be in conflict. */
function mergeOrders(path: string[], { was, mine, theirs }: Orders, found: Conflict[]): string[] {
  const shared = (ids: string[]) => ids.filter((id) => [was, mine, theirs].every((all) => all.includes(id)))
  const all = { mine: withOthers(mine, theirs), theirs: withOthers(theirs, mine) }
  if (same(shared(mine), shared(theirs))) return all.mine
  if (same(shared(was), shared(mine))) return all.theirs
  if (!same(shared(was), shared(theirs))) found.push({ path, was, ...all })
  return all.mine
}

/** Each of the others stands behind whom they followed. */
const withOthers = (ids: string[], others: string[]) =>
  others.reduce((all, id, at) => {
    if (all.includes(id)) return all
    const place = at === 0 ? 0 : all.indexOf(others[at - 1]!) + 1
    return all.toSpliced(place, 0, id)
  }, ids)

/** The form with one field as somebody wrote it; without it where they took it out. */
export function withField(form: Tree, [key, ...rest]: string[], value: unknown): Tree {
  const inside = form[key!]
  const next = rest.length ? withField(isTree(inside) ? inside : {}, rest, value) : value
  const others = Object.fromEntries(Object.entries(form).filter(([name]) => name !== key))
  return next === undefined ? others : { ...form, [key!]: next }
}

export const fieldOf = (form: Tree, path: string[]): unknown =>
  path.reduce<unknown>((inside, key) => (isTree(inside) ? inside[key] : undefined), form)

/** A list as a group by id. */
export type Keyed<T> = { order: string[]; of: Record<string, T> }

/** Who has no id yet is nobody's but mine: a place in my list is name enough. */
export function keyed<T extends { id?: string }>(list: T[]): Keyed<T> {
  const order = list.map(({ id }, at) => id ?? `new ${at}`)
  return { order, of: Object.fromEntries(list.map((one, at) => [order[at]!, one])) }
}

/** The list again: those who are there, in their order. */
export const listed = <T>({ order, of }: Keyed<T>): T[] => {
  const keys = [...order, ...Object.keys(of).filter((key) => !order.includes(key))]
  return keys.flatMap((key) => (key in of ? [of[key]!] : []))
}

export type Fields = Record<string, unknown>

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** The fields of `mine` that differ from `base`. */
export const changesOf = <C extends Fields>(base: C, mine: C) =>
  Object.fromEntries(Object.entries(mine).filter(([key, value]) => !same(value, base[key]))) as Partial<C>

/**
 * Two people wrote from the same `base`. A field that only one of them changed is as that one wrote it; where
 * both did, mine stays and the field is named, for the person to choose.
 */
export function mergeThreeWays<C extends Fields>(base: Partial<C>, mine: Partial<C>, theirs: C) {
  const both = Object.keys(mine).filter(
    (key) => key in base && !same(base[key], theirs[key]) && !same(mine[key], theirs[key]),
  ) as (keyof C & string)[]
  return { content: { ...theirs, ...mine }, both }
}

export type Fields = Record<string, unknown>

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)

/** The fields of `mine` that differ from `base`. */
export const changesOf = <C extends Fields>(base: C, mine: C) =>
  Object.fromEntries(Object.entries(mine).filter(([key, value]) => !same(value, base[key]))) as Partial<C>

/**
 * Two people wrote from the same `base`. A field that only one of them changed is as that one wrote it; where
 * both did, mine stays and the field is named, for the person to choose. What I `sent` without hearing an answer
 * is nobody else's.
 */
export function mergeThreeWays<C extends Fields>(
  { base, mine, sent }: { base: Partial<C>; mine: Partial<C>; sent: Partial<C>[] },
  theirs: C,
) {
  const isMine = (key: string) =>
    [base, mine, ...sent].some((one) => key in one && same(one[key], theirs[key]))
  const both = Object.keys(mine).filter((key) => key in base && !isMine(key)) as (keyof C & string)[]
  return { content: { ...theirs, ...mine }, both }
}

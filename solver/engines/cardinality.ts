import type { SatEngine } from './sat.ts'

export function atMostOne(sat: SatEngine, literals: readonly number[]): void {
  for (let one = 0; one < literals.length; one++)
    for (let other = one + 1; other < literals.length; other++)
      sat.addClause([-literals[one], -literals[other]])
}

/** A variable that is true exactly if one of the literals is. */
export function anyOf(sat: SatEngine, literals: readonly number[]): number {
  if (literals.length === 1) return literals[0]
  const any = sat.newVariable()
  for (const literal of literals) sat.addClause([-literal, any])
  sat.addClause([-any, ...literals])
  return any
}

/**
 * Literals that count others: the k-th is true if at least k + 1 of them are, up to `most` of them; with `exact`
 * also false if fewer are (totalizer: Bailleux and Boufkhad, CP 2003).
 */
export function count(sat: SatEngine, literals: readonly number[], most: number, exact: boolean): number[] {
  return merge(
    sat,
    literals.map((literal) => [literal]),
    most,
    exact,
  )
}

/** The same for counts instead of single literals: their sum. */
export function sumOf(sat: SatEngine, counts: readonly number[][], most: number): number[] {
  return merge(sat, counts, most, false)
}

function merge(sat: SatEngine, counts: readonly number[][], most: number, exact: boolean): number[] {
  if (counts.length === 0) return []
  if (counts.length === 1) return counts[0].slice(0, most)
  const half = counts.length >> 1
  const left = merge(sat, counts.slice(0, half), most, exact)
  const right = merge(sat, counts.slice(half), most, exact)
  const sum = Array.from({ length: Math.min(most, left.length + right.length) }, () => sat.newVariable())
  for (let i = 0; i <= left.length; i++)
    for (let j = 0; j <= right.length; j++) {
      const above = Math.min(i + j, most)
      if (above > 0) sat.addClause([...sides(left, i, -1), ...sides(right, j, -1), sum[above - 1]])
      // The other direction: fewer than i + 1 and fewer than j + 1 are together fewer than i + j + 1.
      if (exact && i + j < sum.length)
        sat.addClause([...opposite(left, i), ...opposite(right, j), -sum[i + j]])
    }
  return sum
}

const sides = (list: number[], index: number, sign: number): number[] =>
  index === 0 ? [] : [sign * list[index - 1]]

const opposite = (list: number[], index: number): number[] => (index < list.length ? [list[index]] : [])

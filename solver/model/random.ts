/** A seeded source of random numbers, so that the same seed gives the same schedule on every machine. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  /** A number in [0, 1). */
  unit(): number
  /** Another source that gives the same numbers from here on. */
  fork(): Random
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, whole-number arithmetic only. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  return {
    below: (limit) => Math.floor((next() / 4294967296) * limit),
    unit: () => next() / 4294967296,
    fork: () => seededRandom(state),
  }
}

/** Fisher–Yates, in place. */
export function shuffle(list: number[], random: Random): number[] {
  for (let last = list.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    const kept = list[last]
    list[last] = list[other]
    list[other] = kept
  }
  return list
}

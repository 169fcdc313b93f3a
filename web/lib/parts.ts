/** A long list in parts of so many, each with where it begins. */
export type Part<T> = { from: number; all: T[] }

export const partsOf = <T>(list: T[], size: number): Part<T>[] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, part) => ({
    from: part * size,
    all: list.slice(part * size, (part + 1) * size),
  }))

import fc from 'fast-check'

/** Values that do not belong where they are put. */
export const junk = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.double(),
  fc.string(),
  fc.boolean(),
  fc.constant([]),
  fc.constant({}),
  fc.constant('__proto__'),
  fc.constant(1e300),
  fc.jsonValue(),
)

/** Replaces or removes one place of a document. */
export function damage(document: unknown, seed: number, value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(document))
  let holder = copy
  for (let depth = seed % 5; ; depth--) {
    const keys = Object.keys(holder)
    const key = keys[(seed >> depth) % keys.length]
    if (
      depth > 0 &&
      holder[key] !== null &&
      typeof holder[key] === 'object' &&
      Object.keys(holder[key]).length > 0
    ) {
      holder = holder[key]
      continue
    }
    if (seed % 7 === 0) delete holder[key]
    else holder[key] = value
    return copy
  }
}

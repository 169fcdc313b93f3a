import type { RunStress } from '../../../../server/schemas/run.ts'

/** The middle one of some numbers, and between what nine in ten of them lie. */
export function rangeOf(numbers: number[]) {
  if (numbers.length === 0) return null
  const sorted = numbers.toSorted((one, other) => one - other)
  const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  return { low: at(0.05), median: at(0.5), high: at(0.95) }
}

/** Who loses most meetings a day by the absence of others. */
export function mostExposed(parts: RunStress[]) {
  const people = new Map<string, { id: string; name: string; days: number; lost: number }>()
  for (const { id, name, days, lost } of parts.flatMap(({ exposed }) => exposed)) {
    const known = people.get(id) ?? { id, name, days: 0, lost: 0 }
    people.set(id, { ...known, days: known.days + days, lost: known.lost + lost })
  }
  return [...people.values()]
    .map(({ days, lost, ...one }) => ({ ...one, lost: lost / Math.max(1, days) }))
    .sort((one, other) => other.lost - one.lost)
}

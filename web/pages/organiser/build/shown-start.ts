import type { Keep, RunBase } from '../../../../server/schemas/run.ts'

/** Where a run starts as it is shown and sent: a base that is gone gives way to the first, and what it lacks is not kept. */
export function shownStart(
  bases: RunBase[],
  keep: Keep,
  wished: string | null,
): { keep: Keep; base: string | null } {
  const base = bases.find(({ id }) => id === wished) ?? bases.at(0)
  if (!base) return { keep: 'nothing', base: null }
  const isEmpty = { all: base.meetings === 0, locks: base.locks.length === 0, nothing: false }[keep]
  return { keep: isEmpty ? 'nothing' : keep, base: base.id }
}

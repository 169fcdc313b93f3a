import type { Problem } from './problem.ts'

/**
 * The breaks of a day, which are groups of idle slots between two meetings of one stretch, and the idle slots in them.
 * @param at who is met in each slot, from the index `from` on; −1 where nobody is
 */
export function countBreaks(
  { slotCount, stretch }: Problem,
  at: Int32Array,
  from: number,
): { breaks: number; idle: number } {
  let [breaks, idle, last] = [0, 0, -1]
  for (let slot = 0; slot < slotCount; slot++) {
    if (at[from + slot] < 0) continue
    if (last >= 0 && slot > last + 1 && stretch[slot] === stretch[last]) {
      breaks++
      idle += slot - last - 1
    }
    last = slot
  }
  return { breaks, idle }
}

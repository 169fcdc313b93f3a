import type { Agenda } from './partial-schedule.ts'

/**
 * Tells of each two meetings that follow each other in somebody's agenda on one day, however long the pause between
 * them: who has them at one table stays, who does not changes table. The one place of the search that says which do.
 */
export function forEachSuccession(
  { problem, at }: Agenda,
  visit: (participant: number, earlier: number, later: number) => void,
): void {
  const { participantCount, slotCount, day } = problem
  for (let p = 0; p < participantCount; p++) {
    let before = -1
    for (let slot = 0; slot < slotCount; slot++) {
      if (slot > 0 && day[slot] !== day[slot - 1]) before = -1
      const c = at[p * slotCount + slot]
      if (c < 0) continue
      if (before >= 0) visit(p, before, c)
      before = c
    }
  }
}

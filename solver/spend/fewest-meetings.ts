import { selectionModel, type LpEngine } from '../engines/lp.ts'
import type { Meeting } from '../format/meeting.ts'
import { SELECTING } from '../model/effort.ts'
import type { Problem } from '../model/problem.ts'

/** A guaranteed meeting counts more than as many others as a whole linear program may have. */
const MISSING = SELECTING.columnsInWhole

/**
 * Of the meetings of a schedule the fewest that are worth a floor together, with all that was promised to people: a
 * linear program of the choice in whole numbers. Null where that takes too long.
 */
export function fewestMeetings(
  problem: Problem,
  meetings: Meeting[],
  floor: number,
  engine: LpEngine,
  isOver: () => boolean,
): Meeting[] | null {
  const { candidates } = problem.instance
  const each = new Float64Array(candidates.length).fill(-1)
  const { rows, columns } = selectionModel(problem, { candidate: each, missing: MISSING })
  if (columns.length > SELECTING.columnsInWhole) return null
  const ofFloor = rows.push({ min: Math.ceil(floor) }) - 1
  const held = new Map(meetings.map((one) => [one.candidate, one]))
  candidates.forEach(({ id, value }, c) => {
    columns[c].entries.push([ofFloor, value])
    if (!held.has(id)) columns[c].most = 0
  })
  const found = engine({ rows, columns }, true, { isOver })
  return found.status === 'optimal'
    ? candidates.flatMap(({ id }, c) => (found.values[c] > 0.5 ? held.get(id)! : []))
    : null
}

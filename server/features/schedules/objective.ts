import { measure, parseInstance } from '../../../solver/index.ts'
import type { ObjectiveLevel } from '../../schemas/run.ts'
import { buildInstance, type Camp } from '../solver-input/instance.ts'
import type { MeetingRow } from './repository.ts'

/**
 * The levels of a schedule as it stands now. Bounds are those of the run it came from: they hold as long as
 * every earlier level is what the run reached, so after an edit what follows the first difference is open.
 */
export function currentObjective(
  claimed: ObjectiveLevel[],
  camp: Camp,
  meetings: MeetingRow[],
): ObjectiveLevel[] {
  if (claimed.length === 0) return []
  const pairs = meetings.map((held) => ({ ...held, id: held.candidateId, lock: null }))
  const measured = measure(
    parseInstance(buildInstance(camp, pairs)),
    meetings.map((held) => ({ candidate: held.candidateId, slot: held.slotId, ...tableOf(held) })),
  )
  let asClaimed = true
  return claimed.map(({ level, value, bound, proven }) => {
    const same = JSON.stringify(value) === JSON.stringify(measured[level])
    const shown = {
      level,
      value: measured[level],
      bound: asClaimed ? bound : null,
      proven: proven && asClaimed && same,
    }
    asClaimed &&= same
    return shown
  })
}

const tableOf = ({ tableId }: MeetingRow) => (tableId === null ? {} : { table: tableId })

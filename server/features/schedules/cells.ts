import type { CellView } from '../../schemas/schedule.ts'
import { isAway, type Facts } from '../disruptions/facts.ts'
import type { MeetingRow } from './repository.ts'

/** A schedule as the question "may this meeting go there?" needs it. */
export type Grid = {
  slots: { id: string; startsAt: Date }[]
  tables: { id: string }[]
  meetings: Placed[]
  unavailable: Map<string, Set<string>>
  /** Slots that have begun by then are closed; null where time does not matter (drafts). */
  now: Date | null
  /** What the day has taken away; nothing of a draft. */
  facts: Facts
}
export type Placed = Pick<
  MeetingRow,
  'id' | 'slotId' | 'tableId' | 'locked' | 'projectId' | 'hostId' | 'state'
>

export type Obstacle = Pick<CellView, 'blocker' | 'participantId' | 'meetingId'>
type Ask = (slotId: string, tableId: string) => Obstacle | null

const about = (blocker: CellView['blocker'], participantId: string | null, meetingId: string | null) => ({
  blocker,
  participantId,
  meetingId,
})

/** Answers for one meeting what is in the way in a cell, or null if nothing is. */
export function obstaclesOf(grid: Grid, meeting: Placed): Ask {
  const others = grid.meetings.filter((other) => other.id !== meeting.id && other.state !== 'cancelled')
  const holders = new Map(others.map((other) => [`${other.slotId} ${other.tableId}`, other]))
  const busy = new Map(
    others.flatMap((other) =>
      [other.projectId, other.hostId].map((id) => [`${other.slotId} ${id}`, other] as const),
    ),
  )
  const past = new Set(
    grid.slots.filter(({ startsAt }) => grid.now && startsAt <= grid.now).map(({ id }) => id),
  )
  const people = [meeting.projectId, meeting.hostId]

  return (slotId, tableId) => {
    if (meeting.slotId === slotId && meeting.tableId === tableId) return about('here', null, meeting.id)
    if (meeting.locked) return about('meeting-locked', null, meeting.id)
    if (past.has(slotId)) return about('slot-past', null, null)
    if (grid.facts.lost.has(slotId)) return about('slot-lost', null, null)
    if (grid.facts.out.get(tableId)?.has(slotId)) return about('table-out', null, null)
    const away = people.find((id) => grid.unavailable.get(id)?.has(slotId) || isAway(grid.facts, id, slotId))
    if (away) return about('participant-unavailable', away, null)
    const engaged = people.find((id) => busy.has(`${slotId} ${id}`))
    if (engaged) return about('participant-busy', engaged, busy.get(`${slotId} ${engaged}`)!.id)
    const holder = holders.get(`${slotId} ${tableId}`)
    return holder ? about('table-taken', null, holder.id) : null
  }
}

/** Every cell of the grid for one meeting. */
export function cellsOf(grid: Grid, meeting: Placed): CellView[] {
  const ask = obstaclesOf(grid, meeting)
  return grid.slots.flatMap((slot) =>
    grid.tables.map((table) => {
      const obstacle = ask(slot.id, table.id)
      const free = { blocker: null, participantId: null, meetingId: null }
      return { slotId: slot.id, tableId: table.id, legal: obstacle === null, ...(obstacle ?? free) }
    }),
  )
}

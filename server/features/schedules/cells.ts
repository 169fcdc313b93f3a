import type { MarkKind } from '../../schemas/marks.ts'
import type { CellView } from '../../schemas/schedule.ts'
import { isAway, type Facts } from '../disruptions/facts.ts'
import { isRefused, type Way } from './by-hand.ts'
import type { MeetingRow } from './repository.ts'

/** A schedule as the question "may this meeting go there?" needs it. */
export type Occupancy = {
  slots: { id: string; startsAt: Date }[]
  tables: { id: string }[]
  meetings: HeldMeeting[]
  unavailable: Map<string, Set<string>>
  /** Who has to sit for a participant: nobody can be in two places. */
  humans: Map<string, string>
  /** Slots that have begun by then are closed; null where time does not matter (drafts). */
  now: Date | null
  /** What the day has taken away; nothing of a draft. */
  facts: Facts
  /** Whether a plan is changed, or two agree on the spot: not all that is refused is so in both. */
  way: Way
}
export type HeldMeeting = Pick<
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
export function obstaclesOf(occupancy: Occupancy, meeting: HeldMeeting): Ask {
  const others = occupancy.meetings.filter((other) => other.id !== meeting.id && other.state !== 'cancelled')
  const holders = new Map(others.map((other) => [`${other.slotId} ${other.tableId}`, other]))
  const who = (id: string) => occupancy.humans.get(id) ?? id
  const busy = new Map(
    others.flatMap((other) =>
      [other.projectId, other.hostId].map((id) => [`${other.slotId} ${who(id)}`, other] as const),
    ),
  )
  const past = new Set(
    occupancy.slots.filter(({ startsAt }) => occupancy.now && startsAt <= occupancy.now).map(({ id }) => id),
  )
  const people = [meeting.projectId, meeting.hostId]
  const { facts, way } = occupancy
  const refuses = (kind: MarkKind) => isRefused(kind, way)

  return (slotId, tableId) => {
    if (meeting.slotId === slotId && meeting.tableId === tableId) return about('here', null, meeting.id)
    if (meeting.locked) return about('meeting-locked', null, meeting.id)
    if (past.has(slotId)) return about('slot-past', null, null)
    if (refuses('slot') && facts.lost.has(slotId)) return about('slot-lost', null, null)
    if (refuses('table') && facts.out.get(tableId)?.has(slotId)) return about('table-out', null, null)
    const isMissed = (id: string) =>
      (refuses('availability') && occupancy.unavailable.get(id)?.has(slotId)) ||
      (refuses('absence') && isAway(facts, id, slotId))
    // In the turn that it stands in, who is away was so before.
    const away = slotId === meeting.slotId ? undefined : people.find(isMissed)
    if (away) return about('participant-unavailable', away, null)
    const engaged = people.find((id) => busy.has(`${slotId} ${who(id)}`))
    if (engaged) return about('participant-busy', engaged, busy.get(`${slotId} ${who(engaged)}`)!.id)
    const holder = holders.get(`${slotId} ${tableId}`)
    return holder ? about('table-taken', null, holder.id) : null
  }
}

/** Every cell of the grid for one meeting. */
export function cellsOf(occupancy: Occupancy, meeting: HeldMeeting): CellView[] {
  const ask = obstaclesOf(occupancy, meeting)
  return occupancy.slots.flatMap((slot) =>
    occupancy.tables.map((table) => {
      const obstacle = ask(slot.id, table.id)
      const free = { blocker: null, participantId: null, meetingId: null }
      return { slotId: slot.id, tableId: table.id, legal: obstacle === null, ...(obstacle ?? free) }
    }),
  )
}

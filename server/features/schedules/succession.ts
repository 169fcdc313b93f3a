import type { Reader } from '../../database/client.ts'
import { isUnderWay, slotsAhead } from '../disruptions/facts.ts'
import { findGridTables, findSlots } from '../events/repository.ts'
import { findHumans, findWithdrawn } from '../participants/repository.ts'
import { findMeetings, type MeetingRow, type ScheduleRow } from './repository.ts'

/** What becomes of the live schedule when another one is published over it. */
export type Succession = {
  /** Meetings of the live schedule, the cancelled ones too. */
  old: MeetingRow[]
  /** Everything that is held or was held, as of now. */
  held: MeetingRow[]
  /** Cancelled in a slot that has begun: they stay on the record. */
  records: MeetingRow[]
  /** How many stay as they happened, and how many of the schedule published are not where it has them. */
  kept: number
  leftOut: number
}

/** A first publication has no day behind it: then everything is taken as it is. */
export async function readSuccession(
  reader: Reader,
  source: ScheduleRow,
  live: ScheduleRow | null,
  now: Date,
): Promise<Succession> {
  const [slots, tables, old, planned, humans, gone] = await Promise.all([
    findSlots(reader, source.eventId),
    findGridTables(reader, source.eventId),
    live ? findMeetings(reader, live.id) : [],
    findMeetings(reader, source.id),
    findHumans(reader, source.eventId),
    findWithdrawn(reader, source.eventId),
  ])
  // An earlier version may name tables that have left the event since: then one is to be found anew.
  const there = new Set(tables.map(({ id }) => id))
  const coming = planned.map((one) => (there.has(one.tableId ?? '') ? one : { ...one, tableId: null }))
  const ahead = new Set((live ? slotsAhead(slots, now) : slots).map(({ id }) => id))
  return succeed(old, coming, ahead, humans, gone)
}

/**
 * What has begun stays as it happened; the rest of the day is that of the schedule published, as far as nobody
 * who has met meets again, nobody is in two places and nobody has withdrawn. Whom it has in a slot gone by keep the meeting they
 * still have ahead of them.
 */
export function succeed(
  old: MeetingRow[],
  source: MeetingRow[],
  ahead: Set<string>,
  humans = new Map<string, string>(),
  withdrawn = new Set<string>(),
): Succession {
  const isThere = ({ projectId, hostId }: MeetingRow) => !withdrawn.has(projectId) && !withdrawn.has(hostId)
  const fits = fitting(humans)
  const hasBegun = ({ slotId }: MeetingRow) => !ahead.has(slotId)
  const standing = old.filter(isHeld)
  const kept = standing.filter((meeting) => hasBegun(meeting) || isUnderWay(meeting.state))
  const taken = source.filter((meeting) => !hasBegun(meeting) && isThere(meeting)).filter(fits(kept))
  const missed = pairsOf(source.filter(hasBegun))
  const spared = standing
    .filter((meeting) => missed.has(meeting.candidateId) && isThere(meeting))
    .filter(fits([...kept, ...taken]))
  const held = [...kept, ...taken, ...spared]
  const pairs = pairsOf(held)
  const cells = new Set(held.map(cellKey))
  return {
    ...{ old, held, kept: kept.length },
    records: old.filter((one) => !isHeld(one) && hasBegun(one) && !pairs.has(one.candidateId)),
    leftOut: source.filter((meeting) => !cells.has(cellKey(meeting))).length,
  }
}

export const isHeld = ({ state }: Pick<MeetingRow, 'state'>): boolean => state !== 'cancelled'

/** A cancelled meeting is held no more where it is live; publishing a draft would hold it after all. */
export const heldIn = ({ kind }: Pick<ScheduleRow, 'kind'>, meetings: MeetingRow[]): MeetingRow[] =>
  kind === 'live' ? meetings.filter(isHeld) : meetings

const pairsOf = (meetings: MeetingRow[]) => new Set(meetings.map(({ candidateId }) => candidateId))
const cellKey = ({ candidateId, slotId, tableId }: MeetingRow) => `${candidateId} ${slotId} ${tableId}`

/** Whether a meeting can be held beside others: another pair, with its people and its table free. */
const fitting = (humans: Map<string, string>) => (others: MeetingRow[]) => {
  const taken = new Set(others.flatMap((other) => needsOf(other, humans)))
  return (meeting: MeetingRow): boolean => !needsOf(meeting, humans).some((need) => taken.has(need))
}

function needsOf(meeting: MeetingRow, humans: Map<string, string>): string[] {
  const { candidateId, slotId, tableId, projectId, hostId } = meeting
  const people = [projectId, hostId].map((id) => humans.get(id) ?? id)
  return [candidateId, ...[...people, ...(tableId === null ? [] : [tableId])].map((id) => `${slotId} ${id}`)]
}

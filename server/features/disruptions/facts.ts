import type { MeetingState } from '../../schemas/common.ts'
import type { DisruptionRow } from './repository.ts'

type Slot = { id: string; startsAt: Date; endsAt: Date; removedAt?: Date | null }
type DaySlot = Slot & { day: string }
type Table = { id: string; daysOut: string[]; removedAt: Date | null }

/** What is taken away, slot by slot. */
export type Facts = {
  /** Slots in which a participant is not there, by participant. */
  away: Map<string, Set<string>>
  /** Slots in which a table is out of use, by table. */
  out: Map<string, Set<string>>
  lost: Set<string>
}

/** By disruptions, but for those that were dismissed, and by slots and tables that left the event, or are not there on a day. */
export function factsOf(disruptions: DisruptionRow[], slots: DaySlot[], tables: Table[] = []): Facts {
  const lost = slots.filter(({ removedAt }) => removedAt).map(({ id }) => id)
  const facts: Facts = { away: new Map(), out: slotsOut(slots, tables), lost: new Set(lost) }
  for (const disruption of disruptions) {
    if (disruption.state === 'dismissed') continue
    const taken = slotsTaken(disruption, slots)
    if (disruption.participantId) addTo(facts.away, disruption.participantId, taken)
    else if (disruption.tableId) addTo(facts.out, disruption.tableId, taken)
    else for (const id of taken) facts.lost.add(id)
  }
  return facts
}

/** The slots in which each table is not there by the plan of the event; those that are always there are left out. */
export function slotsOut(slots: DaySlot[], tables: Table[]): Map<string, Set<string>> {
  const out = tables.map(({ id, daysOut, removedAt }) => {
    const taken = slots.filter(({ day }) => removedAt || daysOut.includes(day))
    return [id, new Set(taken.map((slot) => slot.id))] as const
  })
  return new Map(out.filter(([, taken]) => taken.size > 0))
}

/** The slots that a disruption takes, in order; none where it is about slots that are there no more. */
export function slotsTaken(
  { fromId, toId }: Pick<DisruptionRow, 'fromId' | 'toId'>,
  slots: DaySlot[],
): string[] {
  const from = slots.findIndex(({ id }) => id === fromId)
  if (from < 0) return []
  const last = slots.findIndex(({ id }) => id === toId)
  // Where its last slot is there no more, it reaches to the end of its day.
  const to = last < 0 ? slots.findLastIndex(({ day }) => day === slots[from].day) : last
  return slots.slice(from, to + 1).map(({ id }) => id)
}

function addTo(sets: Map<string, Set<string>>, key: string, ids: string[]): void {
  sets.set(key, new Set([...(sets.get(key) ?? []), ...ids]))
}

type Placement = { slotId: string; tableId: string | null; projectId: string; hostId: string }

export const isAway = ({ away }: Facts, participantId: string, slotId: string): boolean =>
  away.get(participantId)?.has(slotId) === true

/** Whether a meeting cannot be held where it is. */
export const isHit = (facts: Facts, { slotId, tableId, projectId, hostId }: Placement): boolean =>
  facts.lost.has(slotId) ||
  [projectId, hostId].some((id) => isAway(facts, id, slotId)) ||
  (tableId !== null && facts.out.get(tableId)?.has(slotId) === true)

/** Slots that have not begun. */
export const slotsAhead = <S extends Slot>(slots: S[], now: Date): S[] =>
  slots.filter(({ startsAt }) => startsAt > now)

/** The slot that is on or, between two, the next one. */
export const currentSlot = <S extends Slot>(slots: S[], now: Date): S | null =>
  slots.find(({ endsAt, removedAt }) => endsAt > now && !removedAt) ?? null

/** The day of the event that it is: that of the slot that is on or next, and after the last one still that. */
export const currentDay = (slots: DaySlot[], now: Date): string | null =>
  (currentSlot(slots, now) ?? slots.at(-1))?.day ?? null

const UNDER_WAY: ReadonlySet<MeetingState> = new Set(['called', 'in_progress', 'done', 'no_show'] as const)

/** States in which a meeting is no longer only planned: it stays where it is. */
export const isUnderWay = (state: MeetingState): boolean => UNDER_WAY.has(state)

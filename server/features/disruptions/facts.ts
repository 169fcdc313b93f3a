import type { MeetingState } from '../../schemas/common.ts'
import type { DisruptionRow } from './repository.ts'

type Slot = { id: string; startsAt: Date; endsAt: Date }

/** What disruptions take away, slot by slot. Those that were dismissed take nothing. */
export type Facts = {
  /** Slots in which a participant is not there, by participant. */
  away: Map<string, Set<string>>
  /** Slots in which a table is out of use, by table. */
  out: Map<string, Set<string>>
  lost: Set<string>
}

export function factsOf(disruptions: DisruptionRow[], slots: Slot[]): Facts {
  const facts: Facts = { away: new Map(), out: new Map(), lost: new Set() }
  for (const disruption of disruptions) {
    if (disruption.state === 'dismissed') continue
    const taken = slotsTaken(disruption, slots)
    if (disruption.participantId) addTo(facts.away, disruption.participantId, taken)
    else if (disruption.tableId) addTo(facts.out, disruption.tableId, taken)
    else for (const id of taken) facts.lost.add(id)
  }
  return facts
}

/** The slots that a disruption takes, in order. */
export function slotsTaken(
  { fromId, toId }: Pick<DisruptionRow, 'fromId' | 'toId'>,
  slots: Slot[],
): string[] {
  const ids = slots.map(({ id }) => id)
  return ids.slice(ids.indexOf(fromId), ids.indexOf(toId) + 1)
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
  slots.find(({ endsAt }) => endsAt > now) ?? null

const UNDER_WAY: ReadonlySet<MeetingState> = new Set(['called', 'in_progress', 'done', 'no_show'] as const)

/** States in which a meeting is no longer only planned: it stays where it is. */
export const isUnderWay = (state: MeetingState): boolean => UNDER_WAY.has(state)

import type { StandbyView } from '../../schemas/day.ts'
import type { Candidate } from '../choices/service.ts'
import { isHit, type Facts } from '../disruptions/facts.ts'

type Person = { id: string; attendance: string; guarantee: number; meetings: number }
type Held = { slotId: string; tableId: string | null; projectId: string; hostId: string; state: string }

export type Chances = {
  /** Slots to fill, the nearest first. */
  slots: { id: string }[]
  tables: { id: string; features: string[]; ownerId: string | null }[]
  /** What people need of a table. */
  needs: Map<string, string[]>
  people: Person[]
  /** Who has to sit for a participant: nobody can be in two places. */
  humans: Map<string, string>
  candidates: Candidate[]
  meetings: Held[]
  unavailable: Map<string, Set<string>>
  facts: Facts
}

const MOST = 30

/**
 * Meetings that could be held beside the schedule: two who are here and free in the same slot, wish to meet and
 * do not yet, at a table that is free. Those with somebody under their guarantee come first, then the most wished.
 */
export function fillInsOf(chances: Chances): StandbyView[] {
  const { slots, people, candidates, meetings } = chances
  const held = meetings.filter(({ state }) => state !== 'cancelled')
  const paired = new Set(meetings.map(({ projectId, hostId }) => `${projectId} ${hostId}`))
  const here = new Map(people.filter(({ attendance }) => attendance === 'here').map((one) => [one.id, one]))
  const open = candidates
    .filter((pair) => here.has(pair.projectParticipantId) && here.has(pair.hostParticipantId))
    .filter((pair) => !paired.has(`${pair.projectParticipantId} ${pair.hostParticipantId}`))
    .map((pair) => ({ pair, underGuarantee: [...sides(pair)].some((id) => isOwed(here.get(id)!)) }))
    .toSorted(
      (one, other) =>
        Number(other.underGuarantee) - Number(one.underGuarantee) || other.pair.value - one.pair.value,
    )
  return slots.flatMap((slot) => fillSlot(chances, held, slot.id, open)).slice(0, MOST)
}

type Open = { pair: Candidate; underGuarantee: boolean }
const sides = (pair: Candidate) => [pair.projectParticipantId, pair.hostParticipantId] as const
const isOwed = ({ guarantee, meetings }: Person) => meetings < guarantee

function fillSlot(
  { tables, needs, unavailable, humans, facts }: Chances,
  held: Held[],
  slotId: string,
  open: Open[],
): StandbyView[] {
  const here = held.filter((meeting) => meeting.slotId === slotId)
  const who = (id: string) => humans.get(id) ?? id
  const busy = new Set(here.flatMap(({ projectId, hostId }) => [who(projectId), who(hostId)]))
  const taken = new Set(here.map(({ tableId }) => tableId))
  const free = tables.filter(({ id }) => !taken.has(id) && !facts.out.get(id)?.has(slotId))
  const owners = new Set(tables.map(({ ownerId }) => ownerId))
  const tableFor = (pair: Candidate) =>
    free
      .filter(({ ownerId }) => !owners.has(pair.hostParticipantId) || ownerId === pair.hostParticipantId)
      .find(({ features }) =>
        sides(pair).every((id) => needs.get(id)?.every((need) => features.includes(need)) ?? true),
      )
  return open
    .filter(({ pair }) => sides(pair).every((id) => !busy.has(who(id)) && !unavailable.get(id)?.has(slotId)))
    .flatMap(({ pair, underGuarantee }) => {
      const { projectParticipantId: projectId, hostParticipantId: hostId, levels, value } = pair
      const tableId = tableFor(pair)?.id
      if (!tableId || isHit(facts, { slotId, tableId, projectId, hostId })) return []
      return [{ slotId, tableId, participants: [...sides(pair)], levels, value, underGuarantee }]
    })
}

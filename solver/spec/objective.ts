import type { Instance, Level, Participant, Rules } from '../format/instance.ts'
import type { LevelValue, Meeting } from '../format/solution.ts'
import { isInOneStretch } from './stretch.ts'

/** Every level of a schedule. */
export type Measured = Record<Level, LevelValue>

/** One participant's meetings, in order of slots. */
export interface Stop {
  slot: number
  candidate: string
  table: string | null
}

/** The agenda of every participant, by id. Meetings with unknown ids are left out. */
export function agendas(instance: Instance, meetings: Meeting[]): Map<string, Stop[]> {
  const slots = new Map(instance.slots.map((slot, index) => [slot.id, index]))
  const candidates = new Map(instance.candidates.map((candidate) => [candidate.id, candidate]))
  const agendas = new Map<string, Stop[]>(instance.participants.map(({ id }) => [id, []]))
  for (const { candidate, slot, table } of meetings) {
    const index = slots.get(slot)
    if (index === undefined) continue
    for (const participant of candidates.get(candidate)?.participants ?? [])
      agendas.get(participant)!.push({ slot: index, candidate, table: table ?? null })
  }
  for (const stops of agendas.values()) stops.sort((one, other) => one.slot - other.slot)
  return agendas
}

/** The levels that are sums over the agendas. */
export const SUMS_OF_AGENDAS = ['shortfall', 'breaks', 'idle', 'seatedMoves', 'tableMoves'] as const

export type LevelsOfAgenda = Record<(typeof SUMS_OF_AGENDAS)[number], number>

/** What the agenda of one participant counts in them. */
export function levelsOfAgenda(instance: Instance, one: Participant, stops: Stop[]): LevelsOfAgenda {
  const lengths = pauses(instance, stops)
  const moves = tableMoves(instance, stops)
  return {
    shortfall: Math.max(0, one.minMeetings - stops.length),
    breaks: lengths.length,
    idle: lengths.reduce((total, length) => total + length, 0),
    seatedMoves: isSeated(one.side, instance.rules) ? moves : 0,
    tableMoves: moves,
  }
}

/** Every level of a set of meetings, computed from the agendas alone: what the level means. */
export function measure(instance: Instance, meetings: Meeting[]): Measured {
  const all = agendas(instance, meetings)
  const sums: LevelsOfAgenda = { shortfall: 0, breaks: 0, idle: 0, seatedMoves: 0, tableMoves: 0 }
  for (const one of instance.participants) {
    const levels = levelsOfAgenda(instance, one, all.get(one.id)!)
    for (const level of SUMS_OF_AGENDAS) sums[level] += levels[level]
  }
  const candidates = new Map(instance.candidates.map((candidate) => [candidate.id, candidate]))
  return {
    ...sums,
    changes: countChanges(instance, meetings),
    value: meetings.reduce((total, { candidate }) => total + (candidates.get(candidate)?.value ?? 0), 0),
    fairness: instance.participants
      .filter((one) => one.fairnessGroup !== null)
      .map((one) => all.get(one.id)!.length)
      .sort((one, other) => one - other),
  }
}

/** Against the base: a meeting that only changes table counts 1, one that changes time 2, one dropped 3. */
function countChanges({ base }: Instance, meetings: Meeting[]): number {
  const held = new Map(meetings.map((meeting) => [meeting.candidate, meeting]))
  return (base ?? []).reduce((total, before) => total + changeOf(before, held.get(before.candidate)), 0)
}

export function changeOf(before: Meeting, after: Meeting | undefined): number {
  if (!after) return DROPPED
  if (before.slot !== after.slot) return MOVED
  return before.table !== undefined && before.table !== after.table ? RESEATED : 0
}

export const RESEATED = 1
export const MOVED = 2
export const DROPPED = 3

/** Lengths of the breaks of an agenda: idle slots between two meetings in a row, by `breakScope`. */
export function pauses(instance: Instance, stops: Stop[]): number[] {
  const { slots } = instance
  return stops.slice(1).flatMap(({ slot }, index) => {
    const before = stops[index].slot
    if (slot - before <= 1 || !isInOneStretch(instance, slots[before], slots[slot])) return []
    return [slot - before - 1]
  })
}

/** Whether a level counts changes of table: it can be known only when everybody is seated. */
export const isOfTables = (level: Level): level is 'seatedMoves' | 'tableMoves' =>
  level === 'seatedMoves' || level === 'tableMoves'

/** Whether those of a side keep their table: the level `seatedMoves` counts how often they change it. */
export const isSeated = (side: string | null, { seated }: Pick<Rules, 'seated'>): boolean =>
  side !== null && seated.includes(side)

/** Changes of table between two meetings in a row, if they are on one day. */
const tableMoves = ({ slots }: Instance, stops: Stop[]): number =>
  stops.slice(1).filter(({ slot, table }, index) => {
    const before = stops[index]
    return table !== null && table !== before.table && slots[slot].day === slots[before.slot].day
  }).length

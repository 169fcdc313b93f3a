import type { Instance, Level, Rules } from '../format/instance.ts'
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

/** Every level of a set of meetings, computed from the agendas alone: what the level means. */
export function measure(instance: Instance, meetings: Meeting[]): Measured {
  const all = agendas(instance, meetings)
  const sum = (of: (stops: Stop[]) => number) =>
    [...all.values()].reduce((total, stops) => total + of(stops), 0)
  const candidates = new Map(instance.candidates.map((candidate) => [candidate.id, candidate]))
  return {
    shortfall: instance.participants.reduce(
      (total, one) => total + missing(one.minMeetings, all.get(one.id)!),
      0,
    ),
    changes: countChanges(instance, meetings),
    value: meetings.reduce((total, { candidate }) => total + (candidates.get(candidate)?.value ?? 0), 0),
    fairness: instance.participants
      .filter((one) => one.fairnessGroup !== null)
      .map((one) => all.get(one.id)!.length)
      .sort((one, other) => one - other),
    breaks: sum((stops) => pauses(instance, stops).length),
    idle: sum((stops) => pauses(instance, stops).reduce((total, length) => total + length, 0)),
    seatedMoves: instance.participants.reduce(
      (total, { id, side }) =>
        total + (isSeated(side, instance.rules) ? tableMoves(instance, all.get(id)!) : 0),
      0,
    ),
    tableMoves: sum((stops) => tableMoves(instance, stops)),
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

const missing = (guarantee: number, stops: Stop[]): number => Math.max(0, guarantee - stops.length)

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

import type { Instance, Participant } from '../format/instance.ts'
import type { Meeting } from '../format/solution.ts'
import type { Problem } from '../model/problem.ts'
import type { ReasonKind } from './reason.ts'
import type { Change } from './relaxation.ts'
import { equip, welcome } from './tables-more.ts'
import { EXPLAINING } from '../model/effort.ts'

export interface Asked {
  instance: Instance
  problem: Problem
  meetings: Meeting[]
  /** The candidate that is asked for. */
  c: number
}

export interface Suspect {
  kind: ReasonKind
  ids: string[]
  change: Change
}

/** Changes that could make room for the meeting, from small to large. */
export function likelyChanges(asked: Asked): Suspect[] {
  return [...byLimits(asked), ...byQuotas(asked), ...byTables(asked), ...byTime(asked), ...byLocks(asked)]
}

function byLimits({ instance, meetings, c }: Asked): Suspect[] {
  const pairs = new Map(instance.candidates.map(({ id, participants }) => [id, participants]))
  return instance.candidates[c].participants.flatMap((id) => {
    const one = instance.participants.find((other) => other.id === id)!
    const own = meetings.filter(({ candidate }) => pairs.get(candidate)?.includes(id))
    const row = one.maxConsecutive < instance.slots.length
    const limit = (kind: 'maxMeetings' | 'maxConsecutive', to: number): Suspect => ({
      kind,
      ids: [id],
      change: { kind, participant: id, to },
    })
    return [
      ...(own.length >= one.maxMeetings ? [limit('maxMeetings', own.length + 1)] : []),
      ...(row ? [limit('maxConsecutive', one.maxConsecutive + 1)] : []),
      ...fullLimits(one, own),
    ]
  })
}

/** One meeting more in the slots of each limit that has no room left. */
const fullLimits = ({ id, limits }: Participant, own: Meeting[]): Suspect[] =>
  limits
    .map(({ slots, max }) => ({ slots, max, count: own.filter((one) => slots.includes(one.slot)).length }))
    .filter(({ slots, max, count }) => count >= max && max < slots.length)
    .map(({ slots, count }) => ({
      kind: 'limits',
      ids: [id],
      change: { kind: 'limit', participant: id, slots, to: count + 1 },
    }))

function byQuotas({ instance, meetings, c }: Asked): Suspect[] {
  const { id } = instance.candidates[c]
  const held = new Set(meetings.map(({ candidate }) => candidate))
  return instance.quotas
    .filter(
      ({ candidates, max }) =>
        candidates.includes(id) && candidates.filter((one) => held.has(one)).length >= max,
    )
    .map((quota) => ({
      kind: 'quotas',
      ids: [quota.id],
      change: { kind: 'quota', quota: quota.id, to: quota.max + 1 },
    }))
}

/** What a table lacks or whose it is, then one table more. */
function byTables({ instance, c }: Asked): Suspect[] {
  if (instance.tables === null) return []
  const pair = instance.participants.filter(({ id }) => instance.candidates[c].participants.includes(id))
  const better = [equip, welcome].flatMap((ask) => ask(instance, pair).slice(0, EXPLAINING.tables))
  const taken = new Set(Array.isArray(instance.tables) ? instance.tables.map(({ id }) => id) : [])
  let table = 'one more table'
  while (taken.has(table)) table += ' more'
  return [...better, { kind: 'table' as const, table }].map((change) => ({ kind: 'tables', ids: [], change }))
}

/** Slots in which somebody would have to come, those first in which nobody else would have to move. */
function byTime({ instance, problem, meetings, c }: Asked): Suspect[] {
  const { participants, slots, id } = instance.candidates[c]
  const people = participants.map((one) => instance.participants.find((other) => other.id === one)!)
  const busy = new Set(
    meetings.flatMap((meeting) => {
      const pair = instance.candidates.find((one) => one.id === meeting.candidate)!.participants
      return pair.map((one) => `${one} ${meeting.slot}`)
    }),
  )
  const options = instance.slots.flatMap((slot): { cost: number; suspect: Suspect }[] => {
    const away = people.filter((one) => one.unavailable.includes(slot.id)).map((one) => one.id)
    const isOwn = slots?.includes(slot.id) ?? true
    const cost = participants.filter((one) => busy.has(`${one} ${slot.id}`)).length + away.length
    if (problem.allowed[c * problem.slotCount + instance.slots.indexOf(slot)] || away.length > 0 !== isOwn)
      return []
    const change: Change = isOwn
      ? { kind: 'available', participants: away, slot: slot.id }
      : { kind: 'slot', candidate: id, slot: slot.id }
    const kind = isOwn ? timeReason(people, away, busy, instance.slots) : 'slots'
    return [{ cost, suspect: { kind, ids: isOwn ? away : [id], change } }]
  })
  options.sort((one, other) => one.cost - other.cost)
  return options.slice(0, EXPLAINING.slots).map(({ suspect }) => suspect)
}

/** Somebody who is in a meeting whenever available has a full agenda; otherwise the two miss each other. */
function timeReason(
  people: { id: string; unavailable: string[] }[],
  away: string[],
  busy: Set<string>,
  slots: { id: string }[],
): ReasonKind {
  const isFull = ({ id, unavailable }: { id: string; unavailable: string[] }) =>
    slots.every((slot) => unavailable.includes(slot.id) || busy.has(`${id} ${slot.id}`))
  return people.filter(({ id }) => away.includes(id)).some(isFull) ? 'fullAgenda' : 'availability'
}

/** Locked meetings of the two: without the lock they could be held at another time. */
function byLocks({ instance, c }: Asked): Suspect[] {
  const own = instance.candidates[c].participants
  return instance.candidates
    .filter(({ lock, participants }) => lock?.slot && participants.some((id) => own.includes(id)))
    .slice(0, EXPLAINING.slots)
    .map(({ id }) => ({ kind: 'locked', ids: [id], change: { kind: 'unlock', candidate: id } }))
}

import type { Asked, ReasonKind } from './explain.ts'
import type { Change } from './relaxation.ts'
import { EXPLAINING } from '../model/effort.ts'

export interface Suspect {
  kind: ReasonKind
  ids: string[]
  change: Change
}

type Ruling = { kind: ReasonKind; ids: string[] } | null

/** Why a meeting has no slot at all, whatever else is held; null if it has one. */
export function whyNever({ instance, problem, c }: Omit<Asked, 'meetings'>): Ruling {
  const candidate = instance.candidates[c]
  if (problem.possible[c]) return null
  const people = candidate.participants.map((id) => instance.participants.find((one) => one.id === id)!)
  const none = people.find(({ maxMeetings }) => maxMeetings === 0)
  if (none) return { kind: 'maxMeetings', ids: [none.id] }
  const quota = instance.quotas.find(({ max, candidates }) => max === 0 && candidates.includes(candidate.id))
  if (quota) return { kind: 'quotas', ids: [quota.id] }
  if (problem.suitable[c]?.length === 0 || instance.tables === 0)
    return { kind: 'tables', ids: people.map(({ id }) => id) }
  const common = instance.slots.filter(({ id }) => people.every((one) => !one.unavailable.includes(id)))
  if (common.length === 0) return { kind: 'availability', ids: people.map(({ id }) => id) }
  const own = common
    .filter(({ id }) => candidate.slots?.includes(id) ?? true)
    .filter(({ id }) => id === (candidate.lock?.slot ?? id))
  if (own.length === 0) return { kind: 'slots', ids: [candidate.id] }
  const locks = instance.candidates.filter(({ id: other, lock, participants }) => {
    if (other === candidate.id) return false
    const isShared = participants.some((id) => candidate.participants.includes(id))
    return isShared && own.some(({ id }) => id === lock?.slot)
  })
  return locks.length > 0
    ? { kind: 'locked', ids: locks.map(({ id }) => id) }
    : { kind: 'tables', ids: own.map(({ id }) => id) }
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
    ]
  })
}

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

function byTables({ instance }: Asked): Suspect[] {
  if (instance.tables === null) return []
  const taken = new Set(Array.isArray(instance.tables) ? instance.tables.map(({ id }) => id) : [])
  let table = 'one more table'
  while (taken.has(table)) table += ' more'
  return [{ kind: 'tables', ids: [], change: { kind: 'table', table } }]
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

import type { Participant } from '../format/instance.ts'
import type { Problem } from '../model/problem.ts'

export interface Impossible {
  /** The rule that is in the way, by its name in the file format, or who is never there and what is locked. */
  kind: 'maxMeetings' | 'limits' | 'quotas' | 'tables' | 'availability' | 'slots' | 'locked'
  ids: string[]
}

/** Whether limits allow somebody no meeting in a slot. */
export const isBarred = ({ limits }: Participant, slot: string): boolean =>
  limits.some(({ slots, max }) => max === 0 && slots.includes(slot))

/** Why a meeting has no slot at all, whatever else is held; null if it has one. */
export function whyNever(problem: Problem, c: number): Impossible | null {
  const { instance } = problem
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
  const barred = people.filter((one) => own.some(({ id }) => isBarred(one, id)))
  if (own.every(({ id }) => barred.some((one) => isBarred(one, id))))
    return { kind: 'limits', ids: barred.map(({ id }) => id) }
  const locks = instance.candidates.filter(({ id: other, lock, participants }) => {
    if (other === candidate.id) return false
    const isShared = participants.some((id) => candidate.participants.includes(id))
    return isShared && own.some(({ id }) => id === lock?.slot)
  })
  return locks.length > 0
    ? { kind: 'locked', ids: locks.map(({ id }) => id) }
    : { kind: 'tables', ids: own.map(({ id }) => id) }
}

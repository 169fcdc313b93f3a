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
  const { instance, first, second, quotas, quotasOf } = problem
  const candidate = instance.candidates[c]
  if (problem.possible[c]) return null
  const people = [instance.participants[first[c]], instance.participants[second[c]]]
  const none = people.find(({ maxMeetings }) => maxMeetings === 0)
  if (none) return { kind: 'maxMeetings', ids: [none.id] }
  const quota = quotasOf[c].find((one) => quotas[one].max === 0)
  if (quota !== undefined) return { kind: 'quotas', ids: [instance.quotas[quota].id] }
  if (problem.suitable[c]?.length === 0 || instance.tables === 0)
    return { kind: 'tables', ids: people.map(({ id }) => id) }
  const away = new Set(people.flatMap(({ unavailable }) => unavailable))
  const common = instance.slots.filter(({ id }) => !away.has(id))
  if (common.length === 0) return { kind: 'availability', ids: people.map(({ id }) => id) }
  const slots = candidate.slots && new Set(candidate.slots)
  const own = common
    .filter(({ id }) => slots?.has(id) ?? true)
    .filter(({ id }) => id === (candidate.lock?.slot ?? id))
  if (own.length === 0) return { kind: 'slots', ids: [candidate.id] }
  const barred = people.filter((one) => own.some(({ id }) => isBarred(one, id)))
  if (own.every(({ id }) => barred.some((one) => isBarred(one, id))))
    return { kind: 'limits', ids: barred.map(({ id }) => id) }
  const locks = lockedBeside(problem, c, new Set(own.map(({ id }) => id)))
  return locks.length > 0
    ? { kind: 'locked', ids: locks.map((one) => instance.candidates[one].id) }
    : { kind: 'tables', ids: own.map(({ id }) => id) }
}

/** Other meetings of the same people that are locked in one of these slots. */
function lockedBeside(problem: Problem, c: number, slots: ReadonlySet<string>): number[] {
  const { instance, incident, first, second, pinned } = problem
  const isThere = (one: number) => pinned[one] && slots.has(instance.candidates[one].lock!.slot!)
  const others = [...incident[first[c]], ...incident[second[c]]].filter((one) => one !== c && isThere(one))
  return [...new Set(others)].sort((one, other) => one - other)
}

import type { Candidate, Instance, Quota } from '../format/instance.ts'
import { compile, neverIn, setLimits, type Problem } from '../model/problem.ts'

/**
 * A compiled problem with a base, once these participants do not come at all: what `disrupt` makes of their absence
 * from the first slot on, without a file in between. What they should have been at is no longer asked for.
 * @param absent indices of participants
 */
export function withoutPeople(problem: Problem, absent: ReadonlySet<number>): Problem {
  const { incident, mandatory, slotCount } = problem
  const gone = new Set([...absent].flatMap((p) => incident[p]))
  const { able, instance } = leaveOut(problem, absent, gone)
  // Where a lock is let go, others may be held there instead.
  if ([...gone].some((c) => problem.instance.candidates[c].lock !== null)) return compile(instance)
  const without = (list: Uint8Array) => list.map((one, c) => (gone.has(c) ? 0 : one))
  const left: Problem = {
    ...problem,
    instance,
    allowed: problem.allowed.slice(),
    possible: without(problem.possible),
    mandatory: without(mandatory),
    capacity: new Int32Array(problem.participantCount),
    fewest: new Int32Array(problem.participantCount),
    quotas: problem.quotas.map((quota) => ({ ...quota, min: leastOf(quota.min, quota.members, able) })),
  }
  for (const c of gone) left.allowed.fill(0, c * slotCount, (c + 1) * slotCount)
  setLimits(left)
  return left
}

type IsAble = (c: number) => boolean

/** Quotas ask for no more than there can be. */
const leastOf = (min: number, members: readonly number[], isAble: IsAble): number =>
  min === 0 ? 0 : Math.min(min, members.filter(isAble).length)

function leaveOut(problem: Problem, absent: ReadonlySet<number>, gone: ReadonlySet<number>) {
  const { instance, quotas } = problem
  const everySlot = instance.slots.map(({ id }) => id)
  const able: IsAble = (c) => !gone.has(c) && hasOpenSlot(problem, c)
  const ids = new Set([...gone].map((c) => instance.candidates[c].id))
  const left: Instance = {
    ...instance,
    participants: instance.participants.map((one, p) =>
      absent.has(p) ? { ...one, unavailable: everySlot } : one,
    ),
    candidates: instance.candidates.map((one, c) => (gone.has(c) ? letGo(one) : one)),
    quotas: instance.quotas.map((one, q): Quota => ({
      ...one,
      min: leastOf(one.min, quotas[q].members, able),
    })),
    base: instance.base!.filter(({ candidate }) => !ids.has(candidate)),
  }
  return { able, instance: left }
}

const letGo = (candidate: Candidate): Candidate => ({ ...candidate, required: false, lock: null })

/** Whether both may meet in a slot it may take, with a table for them: as `disrupt` asks, whatever else is locked. */
function hasOpenSlot({ instance, possible, suitable, tableOut, tablesPerSlot }: Problem, c: number): boolean {
  if (possible[c]) return true
  const { participants, slots, lock } = instance.candidates[c]
  const people = instance.participants.filter(({ id }) => participants.includes(id))
  const never = new Set(people.flatMap(neverIn))
  const isSeat = (slot: number) => (table: number) => tableOut?.[slot * tablesPerSlot + table] !== 1
  const isListed = Array.isArray(instance.tables) && instance.tables.length > 0
  const tables = suitable[c] ?? [...Array(isListed ? tablesPerSlot : 0).keys()]
  return instance.slots.some(
    ({ id }, slot) =>
      (slots?.includes(id) ?? true) &&
      (lock?.slot ?? id) === id &&
      !never.has(id) &&
      (!isListed || tables.some(isSeat(slot))),
  )
}

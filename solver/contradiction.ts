import type { Problem } from './problem.ts'

/** Why no schedule can exist, and the ids that show it. */
export interface Contradiction {
  reason: string
  core: string[]
}

/** Looks for rules that cannot hold together, cheapest tests first; null does not promise that a schedule exists. */
export function findContradiction(problem: Problem): Contradiction | null {
  return (
    findImpossible(problem) ??
    findClash(problem) ??
    findOverbooked(problem) ??
    findFullDay(problem) ??
    findQuota(problem) ??
    findCircle(problem)
  )
}

const idOf = (problem: Problem, c: number): string => problem.instance.candidates[c].id

function mandatoryOf(problem: Problem): number[] {
  return [...problem.mandatory.keys()].filter((c) => problem.mandatory[c])
}

function findImpossible(problem: Problem): Contradiction | null {
  const c = mandatoryOf(problem).find((one) => !problem.possible[one])
  if (c === undefined) return null
  const { id, participants } = problem.instance.candidates[c]
  const what =
    problem.suitable[c]?.length === 0
      ? 'no table suits both participants'
      : 'no slot or no room is left for it'
  return { reason: `${id} must be held, but ${what}.`, core: [id, ...participants] }
}

function findOverbooked(problem: Problem): Contradiction | null {
  const { fewest, capacity, instance, incident, mandatory } = problem
  const p = fewest.findIndex((low, participant) => low > capacity[participant])
  if (p >= 0) {
    const { id } = instance.participants[p]
    const core = [id, ...incident[p].filter((c) => mandatory[c]).map((c) => idOf(problem, c))]
    return { reason: `${id} must have ${fewest[p]} meetings but can have at most ${capacity[p]}.`, core }
  }
  const held = mandatoryOf(problem)
  if (held.length <= problem.places) return null
  const reason = `${held.length} meetings must be held, but there are only ${problem.places} places at the tables.`
  return { reason, core: held.map((c) => idOf(problem, c)) }
}

/** Meetings that are pinned to one slot and cannot all be there. */
function findClash(problem: Problem): Contradiction | null {
  const { pinned, slotCount, allowed, instance } = problem
  for (let slot = 0; slot < slotCount; slot++) {
    const here = [...pinned.keys()].filter((c) => pinned[c] && allowed[c * slotCount + slot])
    const { id } = instance.slots[slot]
    if (here.length > problem.tablesIn[slot])
      return {
        reason: `More meetings are locked in slot ${id} than there are tables.`,
        core: here.map((c) => idOf(problem, c)),
      }
    const clash = firstShared(problem, here)
    if (clash) {
      const core = [idOf(problem, clash[0]), idOf(problem, clash[1]), clash[2]]
      return { reason: `${core[0]} and ${core[1]} are locked in slot ${id} and both need ${core[2]}.`, core }
    }
  }
  return null
}

/** Two of these meetings that need the same participant or table, and which. */
function firstShared(problem: Problem, here: number[]): [number, number, string] | null {
  const users = new Map<number | string, number>()
  for (const c of here)
    for (const need of neededBy(problem, c)) {
      const other = users.get(need)
      if (other !== undefined && other !== c) return [other, c, sharedThing(problem, other, c)!]
      users.set(need, c)
    }
  return null
}

function neededBy({ instance, first, second }: Problem, c: number): (number | string)[] {
  const table = instance.candidates[c].lock?.table
  return table ? [first[c], second[c], table] : [first[c], second[c]]
}

function sharedThing({ instance }: Problem, one: number, other: number): string | null {
  const [left, right] = [instance.candidates[one], instance.candidates[other]]
  const person = left.participants.find((id) => right.participants.includes(id))
  if (person !== undefined) return person
  return left.lock?.table && left.lock.table === right.lock?.table ? left.lock.table : null
}

/** A participant whose mandatory meetings do not all find a slot of their own (Hall's condition, by matching). */
function findFullDay(problem: Problem): Contradiction | null {
  for (const [p, candidates] of problem.incident.entries()) {
    const held = candidates.filter((c) => problem.mandatory[c])
    const holder = new Int32Array(problem.slotCount).fill(-1)
    const left = held.find((c) => !findOwnSlot(problem, c, holder, new Set()))
    if (left === undefined) continue
    const { id } = problem.instance.participants[p]
    const core = [id, ...held.map((c) => idOf(problem, c))]
    return {
      reason: `The ${held.length} meetings that ${id} must have do not fit in the slots they may take.`,
      core,
    }
  }
  return null
}

function findOwnSlot(problem: Problem, c: number, holder: Int32Array, seen: Set<number>): boolean {
  for (let slot = 0; slot < problem.slotCount; slot++) {
    if (!problem.allowed[c * problem.slotCount + slot] || seen.has(slot)) continue
    seen.add(slot)
    if (holder[slot] >= 0 && !findOwnSlot(problem, holder[slot], holder, seen)) continue
    holder[slot] = c
    return true
  }
  return false
}

function findQuota(problem: Problem): Contradiction | null {
  for (const [index, { members, min, max }] of problem.quotas.entries()) {
    const { id } = problem.instance.quotas[index]
    const held = members.filter((c) => problem.mandatory[c]).length
    const able = members.filter((c) => problem.possible[c]).length
    if (held > max)
      return { reason: `Quota ${id} allows ${max} meetings, but ${held} of them must be held.`, core: [id] }
    if (able < min)
      return { reason: `Quota ${id} asks for ${min} meetings, but only ${able} are possible.`, core: [id] }
  }
  return null
}

/** A circle of mandatory meetings that must each come after the next, or a chain longer than the slots. */
function findCircle(problem: Problem): Contradiction | null {
  const earliest = new Int32Array(problem.candidateCount)
  const held = mandatoryOf(problem)
  for (let round = 0; round <= held.length; round++) {
    let changed = false
    for (const c of held) {
      const from = Math.max(
        0,
        ...problem.earlier[c].filter((one) => problem.mandatory[one]).map((one) => earliest[one] + 1),
      )
      const slot = firstSlot(problem, c, from)
      if (slot < 0)
        return {
          reason: `${idOf(problem, c)} must be held, but not after all it must come after.`,
          core: [idOf(problem, c), ...problem.earlier[c].map((one) => idOf(problem, one))],
        }
      changed ||= slot > earliest[c]
      earliest[c] = slot
    }
    if (!changed) return null
  }
  return null
}

function firstSlot({ allowed, slotCount }: Problem, c: number, from: number): number {
  for (let slot = from; slot < slotCount; slot++) if (allowed[c * slotCount + slot]) return slot
  return -1
}

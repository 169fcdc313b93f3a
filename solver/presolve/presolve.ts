import { contradiction, type Contradiction } from '../format/infeasibility.ts'
import type { Problem } from '../model/problem.ts'
import { mostBusySlots } from '../model/slot-limits.ts'
import { isBarred, whyNever } from './impossible.ts'

/** Looks for rules that cannot hold together, cheapest tests first; null does not promise that a schedule exists. */
export function findContradiction(problem: Problem): Contradiction | null {
  return (
    findImpossible(problem) ??
    findClash(problem) ??
    findOverbooked(problem) ??
    findFullDay(problem) ??
    findFullLimit(problem) ??
    findLongRow(problem) ??
    findFullHouse(problem) ??
    findQuota(problem) ??
    findWrongOrder(problem)
  )
}

const idsOf = ({ instance }: Problem, candidates: number[]): string[] =>
  candidates.map((c) => instance.candidates[c].id)

function mandatoryOf(problem: Problem): number[] {
  return [...problem.mandatory.keys()].filter((c) => problem.mandatory[c])
}

/** A meeting that must be held and has no slot or no table. */
function findImpossible(problem: Problem): Contradiction | null {
  const { instance } = problem
  const c = mandatoryOf(problem).find((one) => !problem.possible[one])
  if (c === undefined) return null
  const { id, participants, lock } = instance.candidates[c]
  const slot = lock?.slot
  const people = instance.participants.filter((one) => participants.includes(one.id))
  const away = people.filter(({ unavailable }) => slot && unavailable.includes(slot)).map((one) => one.id)
  const candidates = [id]
  if (slot && away.length > 0)
    return contradiction({ code: 'lockedAway', participants: away, candidates, slots: [slot] })
  const { kind, ids } = whyNever(problem, c)!
  switch (kind) {
    case 'maxMeetings':
      return contradiction({ code: 'noMeetings', participants: ids, candidates })
    case 'quotas':
      return contradiction({ code: 'quotaTooLow', quotas: ids, candidates, count: 1, most: 0 })
    case 'availability':
      return contradiction({ code: 'neverTogether', participants, candidates })
    case 'limits':
      return contradiction({
        code: 'limitsTooLow',
        participants: ids,
        candidates,
        count: 1,
        most: 0,
        slots: barredOf(problem, ids),
      })
    case 'slots':
      return contradiction({ code: 'noSlot', participants, candidates })
    case 'locked':
      return contradiction({ code: 'takenByLocks', participants, candidates: [id, ...ids] })
    default:
      return contradiction({ code: 'noTable', participants, candidates })
  }
}

/** Slots in which limits allow one of these participants no meeting. */
const barredOf = ({ instance }: Problem, ids: string[]): string[] => {
  const people = instance.participants.filter(({ id }) => ids.includes(id))
  return instance.slots.filter(({ id }) => people.some((one) => isBarred(one, id))).map(({ id }) => id)
}

/** Meetings that are pinned to one slot and cannot all be there. */
function findClash(problem: Problem): Contradiction | null {
  const { pinned, slotCount, allowed, instance, tablesIn } = problem
  const all = [...pinned.keys()].filter((c) => pinned[c])
  for (let slot = 0; slot < slotCount && all.length > 0; slot++) {
    const here = all.filter((c) => allowed[c * slotCount + slot])
    const slots = [instance.slots[slot].id]
    const clash = firstClash(problem, here)
    if (clash) return contradiction({ ...clash.shared, slots, candidates: idsOf(problem, clash.pair) })
    const [count, most, candidates] = [here.length, tablesIn[slot], idsOf(problem, here)]
    if (count > most) return contradiction({ code: 'slotOverfull', slots, candidates, count, most })
  }
  return null
}

/** Two of these meetings that need the same participant or table, and which. */
function firstClash(problem: Problem, here: number[]) {
  const users = new Map<number | string, number>()
  for (const c of here)
    for (const need of neededBy(problem, c)) {
      const other = users.get(need)
      const shared = other !== undefined && other !== c && sharedThing(problem, other, c)
      if (shared) return { pair: [other, c], shared }
      users.set(need, c)
    }
  return null
}

function neededBy({ instance, first, second }: Problem, c: number): (number | string)[] {
  const table = instance.candidates[c].lock?.table
  return table ? [first[c], second[c], table] : [first[c], second[c]]
}

function sharedThing({ instance }: Problem, one: number, other: number) {
  const [left, right] = [instance.candidates[one], instance.candidates[other]]
  const person = left.participants.find((id) => right.participants.includes(id))
  if (person !== undefined) return { code: 'personLockedTwice' as const, participants: [person] }
  const table = left.lock?.table
  return table && table === right.lock?.table ? { code: 'tableLockedTwice' as const, tables: [table] } : null
}

/** A participant that must have more meetings than it may. */
function findOverbooked(problem: Problem): Contradiction | null {
  const { fewest, instance } = problem
  const p = fewest.findIndex((low, one) => low > instance.participants[one].maxMeetings)
  if (p < 0) return null
  const { id, maxMeetings: most } = instance.participants[p]
  const candidates = idsOf(problem, heldBy(problem, p))
  return contradiction({ code: 'tooManyMeetings', participants: [id], candidates, count: fewest[p], most })
}

const heldBy = ({ incident, mandatory }: Problem, p: number): number[] =>
  incident[p].filter((c) => mandatory[c])

/** Mandatory meetings of a participant that have fewer slots than they are (Hall's condition, by matching). */
function findFullDay(problem: Problem): Contradiction | null {
  const { slotCount, instance } = problem
  for (let p = 0; p < problem.participantCount; p++) {
    const holder = new Int32Array(slotCount).fill(-1)
    for (const c of heldBy(problem, p)) {
      const seen = new Set<number>()
      if (findOwnSlot(problem, c, holder, seen)) continue
      // The slots that were tried are all taken, by meetings that can be in no others.
      const rivals = [c, ...[...seen].map((slot) => holder[slot])]
      const slots = [...seen].sort((one, other) => one - other).map((slot) => instance.slots[slot].id)
      const [participants, candidates] = [[instance.participants[p].id], idsOf(problem, rivals)]
      const numbers = { count: rivals.length, most: slots.length }
      return contradiction({ code: 'tooFewSlots', participants, candidates, slots, ...numbers })
    }
  }
  return null
}

/** Depth first, unlike `findPath`: the order of the ids that a contradiction names is that of this search. */
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

/** A limit that allows fewer meetings than must be held in its slots. */
function findFullLimit(problem: Problem): Contradiction | null {
  const { limits, allowed, slotCount, instance } = problem
  for (const [p, own] of limits.entries())
    for (const { isIn, max } of own) {
      const isInside = (c: number) => isIn.every((one, slot) => one || !allowed[c * slotCount + slot])
      const held = heldBy(problem, p).filter(isInside)
      if (held.length <= max) continue
      const [participants, candidates] = [[instance.participants[p].id], idsOf(problem, held)]
      const slots = instance.slots.filter((_, slot) => isIn[slot]).map(({ id }) => id)
      const numbers = { count: held.length, most: max }
      return contradiction({ code: 'limitsTooLow', participants, candidates, slots, ...numbers })
    }
  return null
}

/** A participant whose mandatory meetings cannot all be had without too many in a row, or within all its limits. */
function findLongRow(problem: Problem): Contradiction | null {
  const { fewest, capacity, instance } = problem
  const p = fewest.findIndex((low, one) => low > capacity[one])
  if (p < 0) return null
  const { id, maxConsecutive: row } = instance.participants[p]
  const [participants, candidates] = [[id], idsOf(problem, heldBy(problem, p))]
  const numbers = { count: fewest[p], most: capacity[p] }
  if (fewest[p] > mostInRows(problem, p))
    return contradiction({ code: 'tooManyInRow', participants, candidates, ...numbers, row })
  return contradiction({ code: 'limitsTooLow', participants, candidates, ...numbers })
}

/** What the rows leave of the slots in which a participant can meet somebody, without its limits. */
function mostInRows(problem: Problem, p: number): number {
  const { incident, allowed, slotCount, block, maxConsecutive } = problem
  const free = new Uint8Array(slotCount)
  for (const c of incident[p])
    allowed.subarray(c * slotCount, (c + 1) * slotCount).forEach((one, slot) => (free[slot] |= one))
  return mostBusySlots(free, block, maxConsecutive[p])
}

function findFullHouse(problem: Problem): Contradiction | null {
  const [held, most] = [mandatoryOf(problem), problem.places]
  if (held.length <= most) return null
  return contradiction({
    code: 'tooFewPlaces',
    candidates: idsOf(problem, held),
    count: held.length,
    most,
  })
}

function findQuota(problem: Problem): Contradiction | null {
  for (const [index, { members, min, max }] of problem.quotas.entries()) {
    const quotas = [problem.instance.quotas[index].id]
    const held = members.filter((c) => problem.mandatory[c])
    const able = members.filter((c) => problem.possible[c]).length
    const [count, candidates] = [held.length, idsOf(problem, held)]
    if (count > max) return contradiction({ code: 'quotaTooLow', quotas, candidates, count, most: max })
    if (able < min) return contradiction({ code: 'quotaTooHigh', quotas, count: min, most: able })
  }
  return null
}

/** A circle of mandatory meetings that must each come after the next, or a chain longer than the slots. */
function findWrongOrder(problem: Problem): Contradiction | null {
  const earliest = new Int32Array(problem.candidateCount)
  // Which meeting each has to wait for, −1 for none.
  const awaits = new Int32Array(problem.candidateCount).fill(-1)
  const held = mandatoryOf(problem)
  for (let changed = true; changed;) {
    changed = false
    for (const c of held) {
      const before = earliest[c]
      for (const one of problem.earlier[c].filter((other) => problem.mandatory[other])) {
        if (earliest[one] < earliest[c]) continue
        awaits[c] = one
        earliest[c] = earliest[one] + 1
      }
      earliest[c] = firstSlot(problem, c, earliest[c])
      if (earliest[c] < 0)
        return contradiction({ code: 'wrongOrder', candidates: idsOf(problem, chainOf(awaits, c)) })
      changed ||= earliest[c] !== before
    }
  }
  return null
}

function chainOf(awaits: Int32Array, last: number): number[] {
  const chain = [last]
  for (let c = awaits[last]; c >= 0 && !chain.includes(c); c = awaits[c]) chain.push(c)
  return chain.reverse()
}

function firstSlot({ allowed, slotCount }: Problem, c: number, from: number): number {
  for (let slot = from; slot < slotCount; slot++) if (allowed[c * slotCount + slot]) return slot
  return -1
}

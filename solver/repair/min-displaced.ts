import { Agenda } from '../model/partial-schedule.ts'
import type { Places } from '../model/assignment.ts'
import type { Problem } from '../model/problem.ts'

/**
 * How many meetings of a base are not where they were in any schedule, at least: who is not allowed there or in the
 * way of the locked, and of those that share a slot's tables, a person's slot, row, limit or day, or a quota as many as
 * are too many for it. Groups are counted that have no meeting in common.
 */
export function leastOut(problem: Problem, base: Places): number {
  const { pinned, slotCount, tablesIn, capacity, first, second, quotas, quotasOf } = problem
  const locked = lockedAlone(problem, base)
  const held = [...base.slots.keys()].filter((c) => base.slots[c] >= 0 && locked.slotOf[c] < 0)
  const able = held.filter((c) => !pinned[c] && canBeAt(locked, c, base.slots[c]))
  const groups = [
    ...groupsOf(
      able,
      (c) => [base.slots[c]],
      (slot) => tablesIn[slot] - locked.inSlot[slot].length,
    ),
    ...groupsOf(
      able,
      (c) => [first[c], second[c]].map((p) => p * slotCount + base.slots[c]),
      () => 1,
    ),
    ...groupsOf(
      able,
      (c) => [first[c], second[c]],
      (p) => capacity[p] - locked.count[p],
    ),
    ...groupsOf(
      able,
      (c) => quotasOf[c],
      (quota) => quotas[quota].max - quotas[quota].members.filter((c) => locked.slotOf[c] >= 0).length,
    ),
  ]
  groups.push(...limitsTooLow(problem, base, able, locked), ...rowsTooLong(problem, base, able))
  return held.length - able.length + countApart(groups)
}

/** Those of the base that are locked where they were. */
function lockedAlone(problem: Problem, { slots, tables }: Places): Agenda {
  const agenda = new Agenda(problem)
  for (const [c, slot] of slots.entries())
    if (slot >= 0 && problem.pinned[c] && canBeAt(agenda, c, slot)) agenda.put(c, slot, tables[c])
  return agenda
}

const canBeAt = (agenda: Agenda, c: number, slot: number): boolean =>
  agenda.problem.allowed[c * agenda.problem.slotCount + slot] === 1 && agenda.fits(c, slot)

interface Group {
  members: number[]
  /** How many of them are too many. */
  excess: number
}

function groupsOf(list: number[], keysOf: (c: number) => number[], roomIn: (key: number) => number): Group[] {
  const members = new Map<number, number[]>()
  for (const c of list)
    for (const key of keysOf(c)) {
      if (!members.has(key)) members.set(key, [])
      members.get(key)!.push(c)
    }
  return [...members].map(([key, own]) => ({ members: own, excess: own.length - Math.max(0, roomIn(key)) }))
}

/** Of the meetings that count in a limit beside the locked ones, as many have to leave as it does not allow. */
function limitsTooLow({ incident, limits }: Problem, base: Places, able: number[], locked: Agenda): Group[] {
  const isAble = new Set(able)
  return limits.flatMap((own, p) =>
    own.map((limit) => {
      const members = incident[p].filter((c) => isAble.has(c) && limit.isIn[base.slots[c]])
      const room = limit.max - locked.meetingsIn(p, limit, []).length
      return { members, excess: members.length - Math.max(0, room) }
    }),
  )
}

/** Of one meeting more in a row than a person may have, one has to leave. */
function rowsTooLong(
  { incident, maxConsecutive, slotCount, block }: Problem,
  base: Places,
  able: number[],
): Group[] {
  const isAble = new Set(able)
  const rows: Group[] = []
  incident.forEach((own, p) => {
    const inRow = maxConsecutive[p] + 1
    for (let from = 0; from + inRow <= slotCount; from++) {
      if (block[from] !== block[from + inRow - 1]) continue
      const members = own.filter(
        (c) => isAble.has(c) && base.slots[c] >= from && base.slots[c] < from + inRow,
      )
      const busy = new Set(members.map((c) => base.slots[c]))
      if (busy.size === inRow) rows.push({ members, excess: 1 })
    }
  })
  return rows
}

/** The sum over groups without a common meeting, the most crowded first. */
function countApart(groups: Group[]): number {
  const used = new Set<number>()
  let sum = 0
  for (const { members, excess } of groups.toSorted((one, other) => other.excess - one.excess)) {
    if (excess <= 0 || members.some((c) => used.has(c))) continue
    for (const c of members) used.add(c)
    sum += excess
  }
  return sum
}

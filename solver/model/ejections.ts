import type { Agenda } from './partial-schedule.ts'

/** A slot for a meeting and the meetings that must leave their place for it. */
export interface Way {
  slot: number
  leaving: number[]
}

/**
 * Every way to put a meeting in a slot. Who shares a participant must leave, or who would be in the wrong order;
 * where a table, a row, a participant's number of meetings or a quota is full there is a choice who does.
 * Those in `fixed` and those locked in their slot never leave. `limit` bounds the number of ways.
 */
export function waysIn(agenda: Agenda, c: number, slot: number, fixed: Uint8Array, limit: number): Way[] {
  const ways: Way[] = []
  const canLeave = (other: number) => !fixed[other] && !agenda.problem.pinned[other]
  const extend = (leaving: number[]): void => {
    if (ways.length >= limit || !leaving.every(canLeave)) return
    const choices = firstChoice(agenda, c, slot, leaving)
    if (choices) choices.forEach((other) => extend([...leaving, other]))
    else if (!ways.some((way) => isSameSet(way.leaving, leaving))) ways.push({ slot, leaving })
  }
  extend(inTheWay(agenda, c, slot))
  return ways
}

/** For ways in which anybody not locked may leave. */
export const NOBODY = new Uint8Array(0)

/** Whether there is a way to put a meeting in a slot for which nobody leaves. */
export const fitsIn = (agenda: Agenda, c: number, slot: number): boolean =>
  waysIn(agenda, c, slot, NOBODY, 1).some(({ leaving }) => leaving.length === 0)

const isSameSet = (one: number[], other: number[]): boolean =>
  one.length === other.length && one.every((c) => other.includes(c))

function inTheWay({ problem, at, slotOf }: Agenda, c: number, slot: number): number[] {
  const { first, second, slotCount, earlier, later } = problem
  const found: number[] = []
  const add = (other: number) => {
    if (other >= 0 && !found.includes(other)) found.push(other)
  }
  add(at[first[c] * slotCount + slot])
  add(at[second[c] * slotCount + slot])
  for (const other of earlier[c]) if (slotOf[other] >= slot) add(other)
  for (const other of later[c]) if (slotOf[other] >= 0 && slotOf[other] <= slot) add(other)
  return found
}

/** Meetings of which one has to leave besides those that do already, or null if nothing is full any more. */
function firstChoice(agenda: Agenda, c: number, slot: number, leaving: number[]): number[] | null {
  const { problem, slotOf, inSlot } = agenda
  const { first, second, quotasOf, quotas, tablesIn } = problem
  const stays = (other: number) => slotOf[other] >= 0 && !leaving.includes(other)
  for (const p of [first[c], second[c]]) {
    if (problem.maxConsecutive[p] < problem.slotCount) {
      const row = rowAround(agenda, p, slot, leaving)
      if (row.length >= problem.maxConsecutive[p]) return row
    }
    let meetings = agenda.count[p]
    for (const other of leaving) if (first[other] === p || second[other] === p) meetings--
    if (meetings >= problem.capacity[p]) return problem.incident[p].filter(stays)
  }
  for (const quota of quotasOf[c]) {
    const held = quotas[quota].members.filter(stays)
    if (held.length >= quotas[quota].max) return held
  }
  let seated = inSlot[slot].length
  for (const other of leaving) if (slotOf[other] === slot) seated--
  if (seated >= tablesIn[slot]) return inSlot[slot].filter(stays)
  const rivals = agenda.seating?.rivals(c, slot, leaving)
  return rivals && rivals.length > 0 ? rivals : null
}

/** Meetings that would be in a row with one in the slot. */
function rowAround({ problem, at }: Agenda, participant: number, slot: number, leaving: number[]): number[] {
  const { slotCount, block } = problem
  const row: number[] = []
  for (const step of [-1, 1])
    for (let next = slot + step; block[next] === block[slot]; next += step) {
      const other = at[participant * slotCount + next]
      if (other < 0 || leaving.includes(other)) break
      row.push(other)
    }
  return row
}

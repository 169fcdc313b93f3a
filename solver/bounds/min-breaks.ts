import type { Certain } from './reduced-cost-fixing.ts'
import { BREAK_BOUNDS } from '../model/effort.ts'
import { findPath } from '../model/augmenting-path.ts'
import { countBreaks } from '../model/breaks.ts'
import { onlySlot, type Problem } from '../model/problem.ts'
import type { SlotLimit } from '../model/slot-limits.ts'

/**
 * Fewest breaks that each participant's own meetings allow, whatever the others do: busy slots are tried one by
 * one, each with a meeting of its own (bipartite matching). −1 where no day works at all. Given
 * up, at what is known by then, after a number of trials; 0 for whom some meetings are uncertain.
 */
export function fewestBreaks(problem: Problem, certain: Certain): Int32Array {
  return Int32Array.from(problem.incident, (candidates, p) => {
    const held = candidates.filter((c) => certain.state[c] === 2)
    const isSure = certain.low[p] === held.length && certain.high[p] === held.length
    if (!isSure || held.length < 2) return 0
    const only = held.map((c) => onlySlot(certain.allowed, problem.slotCount, c))
    if (!only.includes(-1)) return breaksOf(problem, only)
    const { slotCount } = problem
    const meetingsIn = Array.from({ length: slotCount }, (_, slot) =>
      [...held.keys()].filter((index) => certain.allowed[held[index] * slotCount + slot]),
    )
    const limits = problem.limits[p].map((limit) => ({ ...limit }))
    const day: Day = { problem, meetingsIn, limits, trials: 0 }
    const nobody = new Int32Array(held.length).fill(-1)
    for (let most = 0; most < held.length; most++) {
      if (fits(day, 0, held.length, most, 'before', nobody)) return most
      if (day.trials > BREAK_BOUNDS.daysTried) return most
    }
    return -1
  })
}

/** Breaks of a day that is fixed. */
function breaksOf(problem: Problem, slots: number[]): number {
  const at = new Int32Array(problem.slotCount).fill(-1)
  for (const slot of slots) at[slot] = 1
  return countBreaks(problem, at, 0).breaks
}

interface Day {
  problem: Problem
  /** The meetings, by their index in the day, that each slot is allowed to have. */
  meetingsIn: number[][]
  /** With the meetings that are left of each. */
  limits: SlotLimit[]
  trials: number
}

type State = 'before' | 'busy' | 'idle'

/** Whether the rest of the day, from a slot on, has room for so many meetings more with so many breaks at most. */
function fits(day: Day, slot: number, left: number, most: number, state: State, slotOf: Int32Array): boolean {
  const { slotCount, stretch } = day.problem
  if (left === 0) return true
  if (slotCount - slot < left || ++day.trials > BREAK_BOUNDS.daysTried) return false
  const isApart = slot > 0 && stretch[slot] !== stretch[slot - 1]
  const now = isApart ? 'before' : state
  const breaks = now === 'idle' ? 1 : 0
  if (breaks <= most) {
    const matched = hasRoom(day, slot) ? occupy(day, slot, slotOf) : null
    const isWithin =
      matched && withMeeting(day, slot, () => fits(day, slot + 1, left - 1, most - breaks, 'busy', matched))
    if (isWithin) return true
  }
  return fits(day, slot + 1, left, most, now === 'before' ? 'before' : 'idle', slotOf)
}

const hasRoom = ({ limits }: Day, slot: number): boolean =>
  limits.every(({ isIn, max }) => !isIn[slot] || max > 0)

/** What is asked with one meeting less left of the limits that count one in the slot. */
function withMeeting({ limits }: Day, slot: number, ask: () => boolean): boolean {
  for (const limit of limits) limit.max -= limit.isIn[slot]
  const answer = ask()
  for (const limit of limits) limit.max += limit.isIn[slot]
  return answer
}

/** The matching with one more busy slot, or null if no meeting is left for it. */
function occupy({ meetingsIn }: Day, slot: number, slotOf: Int32Array): Int32Array | null {
  const { moves } = findPath(
    slot,
    (at) => meetingsIn[at],
    (index) => slotOf[index],
  )
  const matched = slotOf.slice()
  for (const { mover, place } of moves) matched[place] = mover
  return moves.length > 0 ? matched : null
}

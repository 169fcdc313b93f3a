import type { Certain } from './reduced-cost-fixing.ts'
import type { Problem } from '../model/problem.ts'
import { BREAK_BOUNDS } from '../model/effort.ts'

/**
 * Fewest breaks that each participant's own meetings allow, whatever the others do: busy slots are tried one by
 * one, each with a meeting of its own (bipartite matching, H. W. Kuhn 1955). −1 where no day works at all. Given
 * up, at what is known by then, after a number of trials; 0 for whom some meetings are uncertain.
 */
export function fewestBreaks(problem: Problem, certain: Certain): Int32Array {
  return Int32Array.from(problem.incident, (candidates, p) => {
    const held = candidates.filter((c) => certain.state[c] === 2)
    const isSure = certain.low[p] === held.length && certain.high[p] === held.length
    if (!isSure || held.length < 2) return 0
    if (held.every((c) => onlySlot(problem, certain, c) >= 0)) return countBreaks(problem, certain, held)
    const day: Day = { problem, certain, held, trials: 0 }
    for (let most = 0; most < held.length; most++) {
      const holder = new Int32Array(problem.slotCount).fill(-1)
      if (fits(day, 0, held.length, most, 'before', holder)) return most
      if (day.trials > BREAK_BOUNDS.daysTried) return most
    }
    return -1
  })
}

/** The one slot a meeting may have, −1 if there are more. */
function onlySlot({ slotCount }: Problem, { allowed }: Certain, c: number): number {
  const slot = allowed.indexOf(1, c * slotCount)
  const next = allowed.indexOf(1, slot + 1)
  return next >= 0 && next < (c + 1) * slotCount ? -1 : slot - c * slotCount
}

/** Breaks of a day that is fixed. */
function countBreaks(problem: Problem, certain: Certain, held: number[]): number {
  const { block, instance } = problem
  const slots = held.map((c) => onlySlot(problem, certain, c)).sort((one, other) => one - other)
  const isBreak = (slot: number, before: number) =>
    slot - before > 1 && (instance.rules.breakScope === 'event' || block[slot] === block[before])
  return slots.filter((slot, index) => index > 0 && isBreak(slot, slots[index - 1])).length
}

interface Day {
  problem: Problem
  certain: Certain
  held: number[]
  trials: number
}

type State = 'before' | 'busy' | 'idle'

/** Whether the rest of the day, from a slot on, has room for so many meetings more with so many breaks at most. */
function fits(day: Day, slot: number, left: number, most: number, state: State, holder: Int32Array): boolean {
  const { slotCount, block, instance } = day.problem
  if (left === 0) return true
  if (slotCount - slot < left || ++day.trials > BREAK_BOUNDS.daysTried) return false
  const isApart = instance.rules.breakScope === 'block' && slot > 0 && block[slot] !== block[slot - 1]
  const now = isApart ? 'before' : state
  const breaks = now === 'idle' ? 1 : 0
  if (breaks <= most) {
    const matched = occupy(day, slot, holder)
    if (matched && fits(day, slot + 1, left - 1, most - breaks, 'busy', matched)) return true
  }
  return fits(day, slot + 1, left, most, now === 'before' ? 'before' : 'idle', holder)
}

/** The matching with one more busy slot, or null if no meeting is left for it. */
function occupy({ held, problem, certain }: Day, slot: number, holder: Int32Array): Int32Array | null {
  const matched = holder.slice()
  const { slotCount } = problem
  const seen = new Set<number>()
  const slotOf = new Map<number, number>()
  matched.forEach((c, at) => {
    if (c >= 0) slotOf.set(c, at)
  })
  const find = (at: number): boolean => {
    for (const c of held) {
      if (!certain.allowed[c * slotCount + at] || seen.has(c)) continue
      seen.add(c)
      const old = slotOf.get(c)
      if (old !== undefined && !find(old)) continue
      matched[at] = c
      return true
    }
    return false
  }
  return find(slot) ? matched : null
}

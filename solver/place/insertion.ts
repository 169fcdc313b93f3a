import type { Agenda } from '../model/partial-schedule.ts'
import type { Random } from '../model/random.ts'
import type { Search } from '../model/search-limits.ts'
import { BestSoFar } from './best-so-far.ts'

/**
 * Puts every wanted candidate in a slot: edge colouring by insertion with eviction. A meeting goes where it
 * displaces least; whoever is displaced often becomes harder to displace, which is what gets it out of circles.
 * Returns those it could not place within `limit` insertions; of all it came by, the best schedule is left.
 */
export function place(agenda: Agenda, wanted: number[], search: Search, limit: number): number[] {
  const state: Placing = {
    agenda,
    random: search.random,
    stubborn: new Float64Array(agenda.slotOf.length),
    removed: [],
    best: new BestSoFar(agenda),
  }
  const queue = sortByFreedom(agenda, wanted, search.random)
  for (let head = 0; head < queue.length && head < limit; head++) {
    if ((head & 255) === 0 && search.isOver()) break
    search.iterations++
    const slot = findSlot(state, queue[head])
    if (slot >= 0) insert(state, queue[head], slot, queue)
  }
  state.best.goBack()
  return [...new Set(queue)].filter((c) => agenda.slotOf[c] < 0)
}

interface Placing {
  agenda: Agenda
  random: Random
  /** How often each candidate was displaced. */
  stubborn: Float64Array
  removed: number[]
  best: BestSoFar
}

/** Fewest slots first, in random order among equals. */
function sortByFreedom(agenda: Agenda, wanted: number[], random: Random): number[] {
  const { allowed, slotCount, pinned } = agenda.problem
  const freedom = (c: number) => {
    let slots = random.unit() - (pinned[c] ? slotCount : 0)
    for (let at = c * slotCount; at < (c + 1) * slotCount; at++) slots += allowed[at]
    return slots
  }
  const keys = new Map(wanted.map((c) => [c, freedom(c)]))
  return [...wanted].sort((one, other) => keys.get(one)! - keys.get(other)!)
}

function findSlot(state: Placing, c: number): number {
  const { agenda, random } = state
  const { allowed, slotCount } = agenda.problem
  let best = -1
  let least = Infinity
  for (let slot = 0; slot < slotCount; slot++) {
    if (!allowed[c * slotCount + slot]) continue
    const [bonus, luck] = [neighbours(agenda, c, slot) * 0.2, random.unit() * 0.3]
    // Most slots are out of the question already by what is in the way at first sight.
    if (leastCost(state, c, slot) - bonus + luck >= least) continue
    const cost = costOfSlot(state, c, slot) - bonus + luck
    if (cost >= least) continue
    least = cost
    best = slot
  }
  return best
}

/** What has to go in any case: the meetings of the two in that slot, or one of another table where all are taken. */
function leastCost(state: Placing, c: number, slot: number): number {
  const { at, inSlot, problem } = state.agenda
  const { first, second, slotCount, tablesIn } = problem
  const [one, other] = [at[first[c] * slotCount + slot], at[second[c] * slotCount + slot]]
  const seated = inSlot[slot].length
  if (one < 0 && other < 0) return seated > 0 && seated >= tablesIn[slot] ? 1 : 0
  const cost = one < 0 ? 0 : costOf(state, one)
  return other < 0 || other === one ? cost : cost + costOf(state, other)
}

function costOfSlot(state: Placing, c: number, slot: number): number {
  const { agenda, removed } = state
  agenda.conflicts(c, slot, (other) => costOf(state, other), removed)
  let cost = 0
  for (const other of removed) cost += costOf(state, other)
  return cost
}

const costOf = ({ agenda, stubborn }: Placing, c: number): number =>
  agenda.problem.pinned[c] ? Infinity : 1 + stubborn[c]

/** Meetings of the two participants right before or after, so that agendas grow without breaks. */
function neighbours({ at, problem }: Agenda, c: number, slot: number): number {
  const { slotCount, block, first, second } = problem
  let found = 0
  for (const participant of [first[c], second[c]])
    for (const next of [slot - 1, slot + 1])
      if (block[next] === block[slot] && at[participant * slotCount + next] >= 0) found++
  return found
}

function insert(state: Placing, c: number, slot: number, queue: number[]): void {
  const { agenda, stubborn, removed, best } = state
  agenda.conflicts(c, slot, (other) => costOf(state, other), removed)
  for (const other of removed) {
    best.remove(other)
    stubborn[other]++
    queue.push(other)
  }
  best.put(c, slot)
  best.compare()
}

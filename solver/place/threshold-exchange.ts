import type { Agenda } from '../model/partial-schedule.ts'
import { shuffle } from '../model/random.ts'
import type { Search } from '../model/search-limits.ts'
import { gainOf, weighLevels, worthOf, type Worth } from '../model/score.ts'

/**
 * Where not everything wanted can be held: exchanges meetings so that as much as possible is, by the worth of
 * `shortfall` and `value`. Any candidate may come in; what it displaces may come back elsewhere. A worse
 * schedule is accepted now and then (threshold accepting, Dueck and Scheuer 1990) and the best one kept.
 * Ends after `limit` trials or when nothing is lost any more.
 */
export function rescue(
  agenda: Agenda,
  search: Search,
  limit: number,
  { worth, goal }: Aiming = { worth: weighLevels(agenda.problem), goal: null },
): void {
  const pool = [...agenda.problem.possible.keys()].filter((c) => agenda.problem.possible[c])
  const state = {
    agenda,
    search,
    worth,
    removed: [] as number[],
  }
  let best = agenda.slotOf.slice()
  let [score, bestScore] = [0, goal ? goal(agenda) : 0]
  let trials = 0
  const keepBest = () => {
    const reached = goal ? goal(agenda) : score
    if (reached <= bestScore) return
    bestScore = reached
    best = agenda.slotOf.slice()
  }
  while (trials < limit && !search.isOver()) {
    const waiting = shuffle(
      pool.filter((c) => agenda.slotOf[c] < 0),
      search.random,
    )
    if (waiting.length === 0) break
    for (const c of waiting) {
      if (++trials >= limit || ((trials & 127) === 0 && search.isOver())) break
      search.iterations++
      if (agenda.slotOf[c] < 0) score += tryToHold(state, c, worth.value * 2 * (1 - trials / limit))
      keepBest()
    }
    score += shake(state, pool)
  }
  agenda.restore(best)
}

/** What exchanges go by, and what the best schedule is chosen by if it is not the same. */
export interface Aiming {
  worth: Worth
  goal: ((agenda: Agenda) => number) | null
}

interface Rescuing {
  agenda: Agenda
  search: Search
  worth: Worth
  removed: number[]
}

/** Holds c where it costs least if that gains, or loses less than a random part of the threshold. */
function tryToHold(state: Rescuing, c: number, threshold: number): number {
  const { agenda, search, worth, removed } = state
  const { allowed, slotCount, pinned } = agenda.problem
  const cost = (other: number) => (pinned[other] ? Infinity : worthOf(agenda, worth, other))
  let [slot, least] = [-1, Infinity]
  for (let one = 0; one < slotCount; one++) {
    if (!allowed[c * slotCount + one]) continue
    agenda.conflicts(c, one, cost, removed)
    const lost = (other: number) => (findFreeSlot(agenda, other, one) < 0 ? cost(other) : 0)
    const loss = removed.reduce((sum, other) => sum + lost(other), search.random.unit() * 0.5)
    if (loss < least) [slot, least] = [one, loss]
  }
  if (slot < 0 || least === Infinity) return 0
  agenda.conflicts(c, slot, cost, removed)
  return exchange(state, c, slot, -threshold * search.random.unit())
}

/** Moves a meeting to a random slot whatever is in the way, so that the search leaves dead ends. */
function shake(state: Rescuing, pool: number[]): number {
  const { agenda, search, worth, removed } = state
  const { allowed, slotCount, pinned } = agenda.problem
  const c = pool[search.random.below(pool.length)]
  const slot = search.random.below(slotCount)
  if (pinned[c] || slot === agenda.slotOf[c] || !allowed[c * slotCount + slot]) return 0
  const old = agenda.slotOf[c]
  const lost = old >= 0 ? worthOf(agenda, worth, c) : 0
  if (old >= 0) agenda.remove(c)
  agenda.conflicts(c, slot, () => search.random.unit(), removed)
  if (!removed.some((other) => pinned[other])) return exchange(state, c, slot, -Infinity) - lost
  if (old >= 0) agenda.put(c, old)
  return 0
}

/** Puts c in the slot for what is in its way, which goes elsewhere if it can; taken back if that loses too much. */
function exchange({ agenda, worth, removed }: Rescuing, c: number, slot: number, lowest: number): number {
  let change = 0
  const [moved, old] = [[...removed], removed.map((other) => agenda.slotOf[other])]
  const away = (other: number) => {
    change -= worthOf(agenda, worth, other)
    agenda.remove(other)
  }
  const back = (other: number, to: number) => {
    change += gainOf(agenda, worth, other)
    agenda.put(other, to)
  }
  moved.forEach(away)
  back(c, slot)
  for (const other of moved) {
    const free = findFreeSlot(agenda, other, -1)
    if (free >= 0) back(other, free)
  }
  if (change >= lowest) return change
  for (const other of [c, ...moved]) if (agenda.slotOf[other] >= 0) agenda.remove(other)
  moved.forEach((other, index) => agenda.put(other, old[index]))
  return 0
}

/** A slot other than `except` in which nothing is in the way of c; for a held c, in which its people are free. */
function findFreeSlot(agenda: Agenda, c: number, except: number): number {
  const { allowed, slotCount } = agenda.problem
  const isHeld = agenda.slotOf[c] >= 0
  for (let slot = 0; slot < slotCount; slot++) {
    if (slot === except || !allowed[c * slotCount + slot]) continue
    if (isHeld ? agenda.isFree(c, slot) : agenda.fits(c, slot)) return slot
  }
  return -1
}

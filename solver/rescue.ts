import type { Agenda } from './agenda.ts'
import { shuffle } from './random.ts'
import type { Search } from './search.ts'
import { gainOf, weighLevels, worthOf, type Worth } from './worth.ts'

/**
 * Where not everything wanted can be held: exchanges meetings so that as much as possible is, by the worth of
 * `shortfall` and `value`. Any candidate may come in; what it displaces may come back elsewhere. A worse
 * schedule is accepted now and then (threshold accepting, Dueck and Scheuer 1990) and the best one kept.
 * Ends after `limit` trials or when nothing is lost any more.
 */
export function rescue(agenda: Agenda, search: Search, limit: number): void {
  const worth = weighLevels(agenda.problem)
  const pool = [...agenda.problem.possible.keys()].filter((c) => agenda.problem.possible[c])
  const state = {
    agenda,
    search,
    worth,
    removed: [] as number[],
    ageOf: new Float64Array(agenda.slotOf.length),
  }
  let best = agenda.slotOf.slice()
  let [score, bestScore] = [0, 0]
  let trials = 0
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
      if (score <= bestScore) continue
      bestScore = score
      best = agenda.slotOf.slice()
    }
  }
  agenda.restore(best)
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
    const loss = removed.reduce((sum, other) => sum + cost(other), search.random.unit() * 0.5)
    if (loss < least) [slot, least] = [one, loss]
  }
  if (slot < 0 || least - gainOf(agenda, worth, c) >= 0.5 + threshold * search.random.unit()) return 0
  agenda.conflicts(c, slot, cost, removed)
  return exchange(state, c, slot)
}

function exchange({ agenda, worth, removed }: Rescuing, c: number, slot: number): number {
  let change = 0
  for (const other of removed) {
    change -= worthOf(agenda, worth, other)
    agenda.remove(other)
  }
  change += gainOf(agenda, worth, c)
  agenda.put(c, slot)
  return change
}

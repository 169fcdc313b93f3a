import type { Agenda } from '../model/partial-schedule.ts'
import { DayCosts } from './break-costs.ts'
import { findChain, newChain, swap, type Chain } from './kempe-chain.ts'
import { breathe, type Search } from '../model/search-limits.ts'
import { COMPACTING } from '../model/effort.ts'

/** Told after each round, with the best schedule in the agenda, and free to put a better one there. */
export type OnRound = () => unknown

/**
 * Fewer breaks, then fewer idle slots, by simulated annealing over Kempe chains (Kirkpatrick et al. 1983).
 * Runs in rounds that start from the best schedule and grow, until nothing can be better, `lower` breaks being
 * unavoidable, or the steps are used up. Which meetings are held does not change.
 */
export async function compact(
  agenda: Agenda,
  search: Search,
  { lower, steps }: { lower: number; steps: number },
  onRound: OnRound,
): Promise<void> {
  const held = [...agenda.slotOf.keys()].filter((c) => agenda.slotOf[c] >= 0 && !agenda.problem.pinned[c])
  const costs = new DayCosts(agenda)
  if (held.length === 0 || agenda.problem.slotCount < 2 || !costs.isWanted) return
  const state: Annealing = { agenda, search, costs, held, lower, chain: newChain() }
  costs.reset()
  const best: Best = { rank: costs.rank, slotOf: agenda.slotOf.slice(), isLeast: costs.isLeast(lower) }
  const last = search.iterations + steps
  const first = firstRound(search, last, held.length)
  for (let round = first; !best.isLeast && search.iterations < last && !search.isOver(); round *= 1.5) {
    await anneal(state, Math.min(round, last - search.iterations), best)
    agenda.restore(best.slotOf)
    await onRound()
    costs.reset()
    if (costs.rank < best.rank) note(best, state)
  }
}

/** All the steps that are shared out at once, if there are any; where the search goes on beyond, it begins small. */
function firstRound({ horizon, iterations }: Search, last: number, meetings: number): number {
  const shared = Math.min(horizon, last) - iterations
  return shared > 0 && shared < Infinity
    ? shared
    : COMPACTING.firstRound + COMPACTING.firstRoundPerMeeting * meetings
}

const HOT = 4
const COLD = 1.5

interface Annealing {
  agenda: Agenda
  search: Search
  costs: DayCosts
  held: number[]
  lower: number
  chain: Chain
}

interface Best {
  rank: number
  slotOf: Int32Array
  isLeast: boolean
}

/** Writes into `best` whatever is better. */
async function anneal(state: Annealing, steps: number, best: Best): Promise<void> {
  const { search, costs } = state
  costs.reset()
  const { betweenQuestions, betweenPauses } = COMPACTING
  let temperature = HOT
  const most = Math.min(steps, search.maxIterations - search.iterations)
  for (let step = 1; step <= most && !best.isLeast; step++) {
    if (step % betweenQuestions === 0) {
      temperature = HOT * (COLD / HOT) ** (step / steps)
      if (search.isOver()) break
      if (step % betweenPauses === 0) await breathe()
    }
    search.iterations++
    tryStep(state, temperature)
    if (costs.rank < best.rank) note(best, state)
  }
}

function note(best: Best, { agenda, costs, lower }: Annealing): void {
  best.rank = costs.rank
  best.slotOf.set(agenda.slotOf)
  best.isLeast = costs.isLeast(lower)
}

/** One random chain, swapped if it helps or chance allows. */
function tryStep({ agenda, search, costs, held, chain }: Annealing, temperature: number): void {
  const { slotCount, allowed } = agenda.problem
  const c = held[search.random.below(held.length)]
  const to = search.random.below(slotCount)
  if (to === agenda.slotOf[c] || !allowed[c * slotCount + to]) return
  if (!findChain(agenda, c, to, chain)) return
  const change = costs.changeOf(chain)
  if (change > 0 && search.random.unit() >= Math.exp(-change / temperature)) return
  if (costs.keepsLimits(chain) && swap(agenda, chain)) costs.accept(chain)
}

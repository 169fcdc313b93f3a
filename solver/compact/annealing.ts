import type { Agenda } from '../model/partial-schedule.ts'
import { DayCosts } from './break-costs.ts'
import { findChain, newChain, swap, type Chain } from './kempe-chain.ts'
import { breathe, type Search } from '../model/search-limits.ts'
import { COMPACTING } from '../model/effort.ts'

/**
 * Fewer breaks, then fewer idle slots, by simulated annealing over Kempe chains (Kirkpatrick et al. 1983).
 * Runs in rounds that start from the best schedule and grow, until nothing can be better, `lower` breaks being
 * unavoidable, or the steps are used up. Which meetings are held does not change.
 */
export async function compact(
  agenda: Agenda,
  search: Search,
  { lower, steps }: { lower: number; steps: number },
  onRound: () => void,
): Promise<void> {
  const held = [...agenda.slotOf.keys()].filter((c) => agenda.slotOf[c] >= 0 && !agenda.problem.pinned[c])
  const costs = new DayCosts(agenda)
  if (held.length === 0 || agenda.problem.slotCount < 2 || !costs.isWanted) return
  const state: Annealing = { agenda, search, costs, held, lower, chain: newChain() }
  const best: Best = { cost: costs.reset(), slotOf: agenda.slotOf.slice(), isLeast: costs.isLeast(lower) }
  const last = Math.min(search.maxIterations, search.iterations + steps)
  const whole =
    last < Infinity
      ? last - search.iterations
      : COMPACTING.firstRound + COMPACTING.firstRoundPerMeeting * held.length
  for (let round = whole; !best.isLeast && search.iterations < last && !search.isOver(); round *= 1.5) {
    await anneal(state, Math.min(round, last - search.iterations), best)
    agenda.restore(best.slotOf)
    onRound()
  }
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
  cost: number
  slotOf: Int32Array
  isLeast: boolean
}

/** Writes into `best` whatever is better. */
async function anneal(state: Annealing, steps: number, best: Best): Promise<void> {
  const { agenda, search, costs, lower } = state
  let cost = costs.reset()
  const { betweenQuestions, betweenPauses } = COMPACTING
  let temperature = HOT
  for (let step = 1; step <= steps && !best.isLeast; step++) {
    if (step % betweenQuestions === 0) {
      temperature = HOT * (COLD / HOT) ** (step / steps)
      if (search.isOver()) break
      if (step % betweenPauses === 0) await breathe()
    }
    search.iterations++
    cost += tryStep(state, temperature)
    if (cost >= best.cost) continue
    best.cost = cost
    best.slotOf.set(agenda.slotOf)
    best.isLeast = costs.isLeast(lower)
  }
}

/** One random chain, swapped if it helps or chance allows; returns what that changed. */
function tryStep({ agenda, search, costs, held, chain }: Annealing, temperature: number): number {
  const { slotCount, allowed } = agenda.problem
  const c = held[search.random.below(held.length)]
  const to = search.random.below(slotCount)
  if (to === agenda.slotOf[c] || !allowed[c * slotCount + to]) return 0
  if (!findChain(agenda, c, to, chain)) return 0
  const change = costs.changeOf(chain)
  if (change > 0 && search.random.unit() >= Math.exp(-change / temperature)) return 0
  if (!costs.keepsLimits(chain) || !swap(agenda, chain)) return 0
  costs.accept(chain)
  return change
}

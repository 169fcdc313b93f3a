import { excessOf, type Prices } from './dual-bound.ts'
import { onlySlot, type Problem } from '../model/problem.ts'

/** What every schedule that is as good on the earlier levels has in common. */
export interface Certain {
  /** Of each candidate: 2 held in all of them, 1 in some perhaps, 0 in none. */
  state: Uint8Array
  /** Fewest and most meetings of each participant. */
  low: Int32Array
  high: Int32Array
  /** Whether every place at the tables is taken. */
  full: boolean
  /** Slots in which a candidate may still be, at candidate × slotCount + slot. */
  allowed: Uint8Array
}

/** Prices of the value, and by how much a schedule may stay below the bound they prove. */
export interface Slack {
  prices: Prices
  gap: number
}

const ROUNDING = 1e-6

/**
 * Reads off the prices what no good enough schedule can do without: whoever left it out would lose more than the
 * gap (reduced-cost fixing, see Nemhauser and Wolsey 1988). Without prices only the rules count.
 */
export function findCertain(problem: Problem, slack: Slack | null): Certain {
  const { candidateCount, mandatory, possible, incident } = problem
  const state = new Uint8Array(candidateCount)
  for (let c = 0; c < candidateCount; c++)
    state[c] = !possible[c] ? 0 : mandatory[c] ? 2 : slack ? stateByPrice(problem, slack, c) : 1
  const number = (p: number, least: number) => incident[p].filter((c) => state[c] >= least).length
  const low = Int32Array.from(incident, (_, p) => number(p, 2))
  const high = Int32Array.from(incident, (_, p) => Math.min(problem.capacity[p], number(p, 1)))
  if (slack) for (let p = 0; p < low.length; p++) narrow(problem, slack, p, low, high)
  const full = slack !== null && slack.prices.tables > slack.gap + ROUNDING
  return { state, low, high, full, allowed: narrowSlots(problem, state) }
}

function stateByPrice(problem: Problem, { prices, gap }: Slack, c: number): number {
  const excess = excessOf(problem, prices, problem.value, c)
  return excess > gap + ROUNDING ? 2 : excess < -gap - ROUNDING ? 0 : 1
}

/** Numbers of meetings at which the participant's term of the bound stays within the gap of its most. */
function narrow(
  problem: Problem,
  { prices, gap }: Slack,
  p: number,
  low: Int32Array,
  high: Int32Array,
): void {
  const at = (n: number) =>
    prices.participants[p] * n - prices.shortfall * Math.max(0, problem.guarantee[p] - n)
  const numbers = Array.from(
    { length: problem.capacity[p] - problem.fewest[p] + 1 },
    (_, n) => n + problem.fewest[p],
  )
  const most = Math.max(...numbers.map(at))
  const good = numbers.filter((n) => at(n) >= most - gap - ROUNDING)
  low[p] = Math.max(low[p], good[0])
  high[p] = Math.min(high[p], good[good.length - 1])
}

/** A meeting that is certain and has one slot left takes that slot from all others of its participants. */
function narrowSlots(problem: Problem, state: Uint8Array): Uint8Array {
  const { slotCount, incident, first, second, candidateCount } = problem
  const allowed = problem.allowed.slice()
  const only = (c: number) => onlySlot(allowed, slotCount, c)
  const queue = [...state.keys()].filter((c) => state[c] === 2 && only(c) >= 0)
  const seen = new Uint8Array(candidateCount)
  for (const c of queue) {
    const slot = only(c)
    if (slot < 0 || seen[c]) continue
    seen[c] = 1
    for (const other of [...incident[first[c]], ...incident[second[c]]]) {
      if (other === c || !allowed[other * slotCount + slot]) continue
      allowed[other * slotCount + slot] = 0
      if (state[other] === 2 && only(other) >= 0) queue.push(other)
    }
  }
  return allowed
}

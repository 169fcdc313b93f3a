import { dualBound, type Prices } from './dual-bound.ts'
import { PRICING_BY_SLOT, type Effort } from '../model/effort.ts'
import type { Problem } from '../model/problem.ts'
import { toGrain } from './slot-prices.ts'
import { StepLength } from './subgradient.ts'
import { SlotPricing } from './time-indexed-relaxation.ts'

/** First smoothly, then precisely: how much of each slope counts, and the lengths of the steps. */
const PHASES = [
  { beta: 0.1, first: 1, last: 0.01 },
  { beta: 0.6, first: 0.1, last: 0.01 },
]

/** What is known of a level, of which more is better: the worth of each candidate, and what is reached already. */
export interface Aim {
  worth: Float64Array
  target: number
  /** The shortfall of what is reached; null where it is the level itself. */
  shortfall: number | null
}

/** What one missing meeting costs at least where the guarantee comes first, as a multiple of the greatest value. */
const GUARANTEE = 2

/** The sharper of the given prices and their approximation, which is only sought if more could be proven. */
export function sharpen(problem: Problem, prices: Prices, aim: Aim, effort: Effort): Prices {
  if (exactBound(problem, prices, aim) < aim.target + 1) return prices
  const sharper = approximate(problem, prices, aim, effort)
  return isTighter(problem, sharper, prices, aim) ? sharper : prices
}

export const isTighter = (problem: Problem, one: Prices, other: Prices, aim: Aim): boolean =>
  exactBound(problem, one, aim) < exactBound(problem, other, aim)

/**
 * Prices of a level where not every slot suits everybody: being busy has a price of its own in each slot, so that two
 * people who are there at different times are not counted on, nor too many meetings in a row. They come near those
 * of the linear program over candidates and slots, starting from the given ones.
 */
export function approximate(problem: Problem, prices: Prices, aim: Aim, { slotPrices }: Effort): Prices {
  const { worth, target, shortfall } = aim
  const start = { ...prices, shortfall: Math.max(prices.shortfall, leastForMissing(problem, aim)) }
  const pricing = new SlotPricing(problem, start, worth, shortfall ?? 0)
  let steps = Math.min(PRICING_BY_SLOT.steps, Math.floor(slotPrices / Math.max(1, arcsOf(problem))))
  let best = Infinity
  let left = PRICING_BY_SLOT.burnIn
  for (const { beta, first, last } of PHASES) {
    if (best < Infinity) pricing.goBack()
    const length = new StepLength(first, PRICING_BY_SLOT.patience)
    for (; length.share > last && steps > 0 && best >= target + 1; steps--) {
      if (left-- === 0) {
        pricing.forget()
        best = Infinity
      }
      const bound = pricing.evaluate()
      if (length.heed(bound < best - 1e-6 * Math.abs(best))) pricing.goBack()
      best = Math.min(best, bound)
      pricing.follow(length.share * Math.max(best - target, 1e-4 * Math.abs(best)), beta)
    }
  }
  return inGrains(pricing.read())
}

function leastForMissing({ instance, guarantee, value }: Problem, { shortfall }: Aim): number {
  const [first, then] = ['shortfall' as const, 'value' as const].map((level) =>
    instance.rules.objective.indexOf(level),
  )
  if (shortfall === null || first < 0 || first > then || !guarantee.some((one) => one > 0)) return 0
  return GUARANTEE * value.reduce((most, one) => Math.max(most, one), 0)
}

const arcsOf = ({ allowed }: Problem): number => allowed.reduce((sum, one) => sum + one, 0)

const exactBound = (problem: Problem, prices: Prices, { worth, shortfall }: Aim): number =>
  dualBound(problem, prices, worth) + prices.shortfall * (shortfall ?? 0)

function inGrains({ participants, quotas, shortfall, tables, days }: Prices): Prices {
  return {
    participants: participants.map(toGrain),
    tables,
    shortfall: toGrain(shortfall),
    quotas: quotas.map(toGrain),
    days: { busy: days!.busy.map(toGrain), tables: days!.tables.map(toGrain) },
  }
}

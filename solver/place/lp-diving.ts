import type { Agenda } from '../model/partial-schedule.ts'
import { priceOfSlot, type Prices } from '../bounds/dual-bound.ts'
import type { Problem } from '../model/problem.ts'
import type { Random } from '../model/random.ts'
import type { Search } from '../model/search-limits.ts'
import { SlotPricing } from '../bounds/time-indexed-relaxation.ts'
import { DIVING } from '../model/effort.ts'

/** How far the steps of the prices go, as a share of the bound. */
const STRIDE = 0.005
const BETA = 0.3
/** How much chance there is in a choice: what the steps agree on counts from 0 to 1. */
const CHANCE = 0.1
/** What counts so much is looked at first. */
const LIKELY = 0.5

/** Where to dive: prices of the level, and the bound that they prove of schedules with this shortfall. */
export interface Sea {
  prices: Prices
  worth: Float64Array
  shortfall: number
  bound: number
}

/**
 * Completes a schedule by diving into the linear program: where most steps of the prices put a meeting, it is settled,
 * the prices follow, and so on until nothing can be added.
 * @param open slots that may be chosen, at candidate × slotCount + slot in ascending order
 */
export function dive(
  agenda: Agenda,
  { prices, worth, shortfall, bound }: Sea,
  open: Int32Array,
  search: Search,
  isOver: () => boolean,
): void {
  const { problem } = agenda
  const pricing = new SlotPricing(problem, prices, worth, shortfall)
  const often = new Float64Array(problem.allowed.length)
  const stride = STRIDE * Math.max(1, Math.abs(bound))
  let arcs = open
  while (!isOver()) {
    arcs = withoutTaken(agenda, arcs)
    if (arcs.length === 0) break
    pricing.open(arcs)
    pricing.settle(agenda)
    count(pricing, arcs, often, stride)
    search.iterations += DIVING.priceSteps
    settleMost(agenda, arcs, often, search.random)
  }
  addAny(agenda)
}

/** How large a share of the steps puts a candidate in a slot. */
function count(pricing: SlotPricing, arcs: Int32Array, often: Float64Array, distance: number): void {
  const { choice, problem } = pricing
  for (const arc of arcs) often[arc] = 0
  for (let steps = 0; steps < DIVING.priceSteps; steps++) {
    pricing.evaluate()
    for (let c = 0; c < choice.length; c++)
      if (choice[c] >= 0) often[c * problem.slotCount + choice[c]] += 1 / DIVING.priceSteps
    pricing.follow(distance, BETA)
  }
}

/** Settles some meetings, the most frequent first. */
function settleMost(agenda: Agenda, arcs: Int32Array, often: Float64Array, random: Random): void {
  const { slotCount } = agenda.problem
  for (const arc of arcs) often[arc] += CHANCE * random.unit()
  let left = Math.max(DIVING.fewestAtOnce, Math.ceil(DIVING.shareAtOnce * arcs.length))
  const likely = arcs.filter((arc) => often[arc] > LIKELY)
  const order = likely.length > 2 * left ? likely : arcs.slice()
  order.sort((one, other) => often[other] - often[one])
  for (let i = 0; i < order.length && left > 0; i++) {
    const c = Math.floor(order[i] / slotCount)
    const slot = order[i] - c * slotCount
    if (agenda.slotOf[c] >= 0 || !agenda.fits(c, slot)) continue
    agenda.put(c, slot)
    left--
  }
}

/** The slots in which nothing is in the way of who is not held yet. */
function withoutTaken(agenda: Agenda, arcs: Int32Array): Int32Array {
  const { slotOf, problem } = agenda
  return arcs.filter((arc) => {
    const c = Math.floor(arc / problem.slotCount)
    return slotOf[c] < 0 && agenda.fits(c, arc - c * problem.slotCount)
  })
}

/** Adds whatever still fits, the most valuable first. */
function addAny(agenda: Agenda): void {
  const { value, allowed, slotCount, possible } = agenda.problem
  const waiting = [...value.keys()].filter((c) => agenda.slotOf[c] < 0 && possible[c])
  for (const c of waiting.sort((one, other) => value[other] - value[one] || one - other))
    for (let slot = 0; slot < slotCount && agenda.slotOf[c] < 0; slot++)
      if (allowed[c * slotCount + slot] && agenda.fits(c, slot)) agenda.put(c, slot)
}

/** The slots in which a candidate loses at most `gap` against its best one or staying away. */
export function openSlots(problem: Problem, { prices, worth }: Sea, gap: number): Int32Array {
  const { first, second, slotCount, quotasOf, mandatory, allowed } = problem
  const { busy, tables } = prices.days!
  const arcs: number[] = []
  for (let c = 0; c < worth.length; c++) {
    if (!problem.possible[c]) continue
    const [one, two] = [first[c] * slotCount, second[c] * slotCount]
    let excess = worth[c] - prices.participants[first[c]] - prices.participants[second[c]] - prices.tables
    for (const quota of quotasOf[c]) excess -= prices.quotas[quota]
    const { price: least } = priceOfSlot(problem, prices.days!, c)
    const most = gap + (mandatory[c] ? least : Math.min(least, excess))
    for (let slot = 0; slot < slotCount; slot++)
      if (allowed[c * slotCount + slot] && busy[one + slot] + busy[two + slot] + tables[slot] <= most)
        arcs.push(c * slotCount + slot)
  }
  return Int32Array.from(arcs)
}

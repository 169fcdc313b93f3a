import type { Agenda } from '../model/partial-schedule.ts'
import { dive, openSlots, type Sea } from './lp-diving.ts'
import { dualBound } from '../bounds/dual-bound.ts'
import { boundOf } from '../bounds/level-bound.ts'
import type { Problem } from '../model/problem.ts'
import type { Random } from '../model/random.ts'
import { breathe, type Search } from '../model/search-limits.ts'
import type { Selection } from '../select/flow-selection.ts'
import { approximate, isTighter, type Aim } from '../bounds/sharper-prices.ts'
import { DIVING, type Effort, type Rounds } from '../model/effort.ts'
import { scoreOf, shortfallOf, weighLevels } from '../model/score.ts'

/**
 * Comes near the bound where not everything wanted can be held: dives for whole schedules, then frees a part of the
 * best one, again and again, and dives for that (large neighbourhood search: Shaw 1998). Goes on from what is as good
 * as the best schedule; the first that was is left in the agenda. Ends with the rounds, or when nothing better is
 * possible.
 * @param onBetter told with each better one in the agenda
 */
export async function approach(
  agenda: Agenda,
  sea: Sea,
  { rounds, patience }: Rounds,
  search: Search,
  isOver: () => boolean,
  onBetter: () => void = () => {},
): Promise<void> {
  const { problem } = agenda
  const worth = weighLevels(problem)
  const size = openSlots(problem, sea, Infinity).length
  let best = { slotOf: agenda.slotOf.slice(), score: scoreOf(agenda, worth), loss: lossOf(agenda, sea) }
  let first = best
  let idle = 0
  for (let round = 0; round < rounds && idle < patience && !isOver() && best.loss >= 1; round++) {
    const part = round < DIVING.wholeRounds && size <= DIVING.slotsOfWhole ? 1 : partOf(size, search.random)
    agenda.restore(best.slotOf)
    free(agenda, part, search.random)
    dive(agenda, sea, openSlots(problem, sea, best.loss), search, isOver)
    const score = scoreOf(agenda, worth)
    idle = score > best.score ? 0 : idle + 1
    const isBetter = score > best.score
    if (score >= best.score) best = { slotOf: agenda.slotOf.slice(), score, loss: lossOf(agenda, sea) }
    if (isBetter) {
      first = best
      onBetter()
    }
    await breathe()
  }
  agenda.restore(first.slotOf)
}

/** Prices by slot that are sharper than those known so far; sharper still if asked again with a better schedule. */
export function chart(agenda: Agenda, selection: Selection, effort: Effort): Sea {
  const { problem } = agenda
  const { objective } = problem.instance.rules
  const { shortfall, value } = heldBy(agenda)
  const zero = new Float64Array(problem.candidateCount)
  const sharpen = (level: 'shortfall' | 'value', aim: Aim) => {
    const known = selection.sharp[level] ?? selection.prices[level]!
    const prices = approximate(problem, known, aim, effort)
    selection.sharp[level] = isTighter(problem, prices, known, aim) ? prices : known
    return prices
  }
  const least = objective[0] === 'shortfall'
  let fewest = least ? boundOf(problem, 'shortfall', selection.prices.shortfall!, 0) : 0
  if (least && fewest < shortfall) {
    sharpen('shortfall', { worth: zero, target: -shortfall, shortfall: null })
    fewest = boundOf(problem, 'shortfall', selection.sharp.shortfall!, 0)
  }
  const worth = objective.includes('value') ? problem.value : zero
  const level = objective.includes('value') ? 'value' : 'shortfall'
  const prices = sharpen(level, { worth, target: value, shortfall: fewest })
  return {
    prices,
    worth,
    shortfall: fewest,
    bound: dualBound(problem, prices, worth) + prices.shortfall * fewest,
  }
}

/** Whether the prices by slot prove that what the flow selects cannot be placed. */
export function isOutOfReach(problem: Problem, { prices }: Selection, { shortfall, bound }: Sea): boolean {
  if (prices.shortfall && boundOf(problem, 'shortfall', prices.shortfall, 0) < shortfall) return true
  return (
    prices.value !== undefined &&
    Math.floor(bound + 1e-6) < boundOf(problem, 'value', prices.value, shortfall)
  )
}

/** By how much the schedule misses what the prices allow; Infinity if it lacks something that is required. */
function lossOf(agenda: Agenda, { prices, worth, shortfall, bound }: Sea): number {
  const { mandatory, quotas } = agenda.problem
  const isHeld = (c: number) => agenda.slotOf[c] >= 0
  if (mandatory.some((one, c) => one === 1 && !isHeld(c))) return Infinity
  if (quotas.some(({ members, min }) => members.filter(isHeld).length < min)) return Infinity
  const held = heldBy(agenda)
  const value = worth.reduce((sum, one, c) => (isHeld(c) ? sum + one : sum), 0)
  return bound - value + prices.shortfall * (held.shortfall - shortfall)
}

function heldBy(agenda: Agenda): { shortfall: number; value: number } {
  return {
    value: agenda.problem.value.reduce((sum, one, c) => (agenda.slotOf[c] >= 0 ? sum + one : sum), 0),
    shortfall: shortfallOf(agenda),
  }
}

const partOf = (size: number, random: Random): number =>
  Math.min(0.2 + 0.25 * random.unit(), DIVING.slotsOfPart / size)

/** Removes the meetings of a part of the people, or those in a part of the slots. */
function free(agenda: Agenda, part: number, random: Random): void {
  const { first, second, slotCount, participantCount, pinned } = agenda.problem
  const chosen = (count: number) => Uint8Array.from({ length: count }, () => (random.unit() < part ? 1 : 0))
  const people = random.below(3) > 0 ? chosen(participantCount) : null
  const slots = people ? null : chosen(slotCount)
  for (const [c, slot] of agenda.slotOf.entries()) {
    if (slot < 0 || pinned[c]) continue
    if (people ? people[first[c]] || people[second[c]] : slots![slot]) agenda.remove(c)
  }
}

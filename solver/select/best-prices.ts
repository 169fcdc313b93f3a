import { withoutPrices, type Prices } from '../bounds/dual-bound.ts'
import { slackFor } from '../bounds/day-level-bounds.ts'
import { boundOf } from '../bounds/level-bound.ts'
import type { Slack } from '../bounds/reduced-cost-fixing.ts'
import { isTighter, sharpen, type Aim } from '../bounds/sharper-prices.ts'
import type { Level } from '../format/instance.ts'
import type { Meeting } from '../format/solution.ts'
import type { Effort } from '../model/effort.ts'
import { leastShortfall, type Problem } from '../model/problem.ts'
import { measure, type Measured } from '../spec/objective.ts'
import { select, type Selection } from './flow-selection.ts'

/**
 * The prices that prove most of a level, `shortfall` or `value`; null for others.
 * @param measured what is reached of the level and of the shortfall
 */
export function pricesOf(
  problem: Problem,
  selection: () => Selection,
  level: Level,
  measured: Measured,
  effort: Effort,
): Prices | null {
  if (level !== 'shortfall' && level !== 'value') return null
  // Nothing is owed but what no schedule could give: that takes no prices.
  if (level === 'shortfall' && leastShortfall(problem) === measured.shortfall) return withoutPrices(problem)
  const prices = bestPrices(problem, selection(), level, measured)
  const aim = aimOf(problem, level, measured)
  return selection().sharp[level] ? prices : sharpen(problem, prices, aim, effort)
}

/** The level as `sharpen` sees it: of the shortfall, too, the greater is the better. */
function aimOf(problem: Problem, level: 'shortfall' | 'value', measured: Measured): Aim {
  const [value, shortfall] = [measured.value as number, measured.shortfall as number]
  return level === 'value'
    ? { worth: problem.value, target: value, shortfall }
    : { worth: new Float64Array(problem.candidateCount), target: -shortfall, shortfall: null }
}

/** The tightest prices that are known of a level. */
function bestPrices(
  problem: Problem,
  selection: Selection,
  level: 'shortfall' | 'value',
  measured: Measured,
): Prices {
  const prices = flowPrices(problem, selection, level, measured)
  const sharp = selection.sharp[level]
  return sharp && isTighter(problem, sharp, prices, aimOf(problem, level, measured)) ? sharp : prices
}

/** The prices of the level in its place; if an earlier level fell short, those of the level alone may say more. */
function flowPrices(
  problem: Problem,
  selection: Selection,
  level: 'shortfall' | 'value',
  measured: Measured,
): Prices {
  const shortfall = measured.shortfall as number
  const inPlace = selection.prices[level]!
  const order = problem.instance.rules.objective
  const isPriced = order.includes('shortfall') && order.indexOf('shortfall') < order.indexOf('value')
  const usable = level === 'shortfall' ? order[0] === 'shortfall' : isPriced || inPlace.shortfall === 0
  const bound = usable ? boundOf(problem, level, inPlace, shortfall) : NaN
  if (usable && bound === measured[level]) return inPlace
  const alone = select(problem, [level]).prices[level]!
  const other = boundOf(problem, level, alone, shortfall)
  const isAsGood = level === 'shortfall' ? bound >= other : bound <= other
  return usable && isAsGood ? inPlace : alone
}

/** What the value of these meetings lets the search take for certain. */
export function slackOf(problem: Problem, selection: Selection, meetings: Meeting[]): Slack | null {
  if (!selection.prices.value) return null
  const measured = measure(problem.instance, meetings)
  const prices = bestPrices(problem, selection, 'value', measured)
  return slackFor(problem, 'breaks', measured, prices)
}

import { BreakPricing } from './break-relaxation.ts'
import { findCertain, type Certain, type Slack } from './reduced-cost-fixing.ts'
import { fewestMoves, fewestSeatedMoves } from './fewest-moves.ts'
import { fewestBreaks } from './min-breaks.ts'
import { dualBound, type Prices } from './dual-bound.ts'
import type { Level } from '../format/instance.ts'
import { Agenda } from '../model/partial-schedule.ts'
import { onlySlot, type Problem } from '../model/problem.ts'
import type { SlotPrices } from './slot-prices.ts'
import { fewestMovesAt } from './stays-of-times.ts'
import { isOfTables, isSeated, type Measured } from '../spec/objective.ts'

type TableLevel = 'seatedMoves' | 'tableMoves'
export type DayLevel = 'breaks' | 'idle' | TableLevel

export const isDayLevel = (level: Level): level is DayLevel =>
  level === 'breaks' || level === 'idle' || isOfTables(level)

/**
 * Lower bounds of levels, one by one over all schedules that are as good on the levels before.
 * @param value prices that prove the value, or null without them
 * @param days prices that prove breaks, or null without them
 */
export function lowerBounds(
  problem: Problem,
  measured: Measured,
  value: () => Prices | null,
  days: SlotPrices | null,
): (level: DayLevel) => number {
  // What is certain is the same for all levels that come after the value, and for all that come before it.
  const known = new Map<boolean, { certain: Certain; breaks?: number }>()
  return (level) => {
    const slack = slackFor(problem, level, measured, value())
    const found = known.get(slack !== null) ?? { certain: findCertain(problem, slack) }
    known.set(slack !== null, found)
    if (isOfTables(level)) return movesOf(problem, found.certain, measured, level)
    // A break has at least one idle slot.
    return (found.breaks ??= breaksOf(problem, found.certain, days))
  }
}

/** By counting; and by the times, where all are certain. */
function movesOf(problem: Problem, certain: Certain, measured: Measured, level: TableLevel): number {
  const { participants, rules } = problem.instance
  const counts = (p: number) => level === 'tableMoves' || isSeated(participants[p].side, rules)
  const times = Array.isArray(problem.instance.tables) ? timesOf(problem, certain) : null
  const counted =
    level === 'tableMoves' ? fewestMoves(problem, certain, measured) : fewestSeatedMoves(problem, certain)
  return times ? Math.max(counted, fewestMovesAt(times, counts)) : counted
}

/** The one choice of meetings and times that is left, if there is only one. */
function timesOf(problem: Problem, { state, allowed }: Certain): Agenda | null {
  const open = [...state.keys()].filter((c) => state[c] > 0)
  const slots = open.map((c) => (state[c] === 2 ? onlySlot(allowed, problem.slotCount, c) : -1))
  if (slots.includes(-1)) return null
  const agenda = new Agenda(problem)
  for (const [at, c] of open.entries()) {
    if (!agenda.isFree(c, slots[at])) return null
    agenda.put(c, slots[at])
  }
  return agenda
}

function breaksOf(problem: Problem, certain: Certain, days: SlotPrices | null): number {
  const fewest = fewestBreaks(problem, certain)
  const own = fewest.reduce((sum, one) => sum + Math.max(0, one), 0)
  if (!days || fewest.includes(-1)) return own
  return Math.max(own, Math.ceil(new BreakPricing(problem, certain, fewest).evaluate(days)))
}

/** What the prices of the value say of schedules that are as good before the level; null if they say nothing. */
export function slackFor(
  problem: Problem,
  level: Level,
  measured: Measured,
  prices: Prices | null,
): Slack | null {
  const { objective, tolerance } = problem.instance.rules
  const [at, end] = [objective.indexOf('value'), objective.indexOf(level)]
  if (!prices || at < 0 || (end >= 0 && at > end)) return null
  if (objective.some((one) => (tolerance[one] ?? 0) > 0)) return null
  const bound = dualBound(problem, prices, problem.value) + prices.shortfall * (measured.shortfall as number)
  return { prices, gap: bound - (measured.value as number) }
}

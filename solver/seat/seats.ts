import type { Instance, Level } from '../format/instance.ts'
import type { Agenda } from '../model/partial-schedule.ts'
import type { Problem } from '../model/problem.ts'
import { forEachSuccession } from '../model/successions.ts'
import { isOfTables, isSeated } from '../spec/objective.ts'

/** The schedule with a table for each meeting; who sits where before and after is by candidate index. */
export interface Seats {
  agenda: Agenda
  /** Table of each held candidate. */
  tableOf: Int32Array
  /** Candidate at slot × tables + table, −1 if free. */
  holder: Int32Array
  /** Meetings right before and after of both participants: four a candidate, −1 where there is none. */
  beside: Int32Array
  /** What a change of table costs each of these four by the levels, and what it costs while looking. */
  price: Float64Array
  guide: Float64Array
}

/** Everybody at some table that suits. */
export function firstSeats(agenda: Agenda): Seats {
  const { problem, inSlot, seating } = agenda
  const tables = problem.tablesPerSlot
  const tableOf = seating ? seating.tableOf.slice() : new Int32Array(problem.candidateCount).fill(-1)
  const holder = new Int32Array(problem.slotCount * tables).fill(-1)
  inSlot.forEach((list, slot) =>
    list.forEach((c, index) => {
      if (!seating) tableOf[c] = index
      holder[slot * tables + tableOf[c]] = c
    }),
  )
  const beside = new Int32Array(problem.candidateCount * 4).fill(-1)
  const [price, guide] = [0, 1].map(() => new Float64Array(problem.candidateCount * 4))
  return { agenda, tableOf, holder, beside, price, guide }
}

/**
 * Sets who sits where before and after, and what each change of table costs.
 * @param inside how often a change inside a block counts, while looking, of those who keep their table: to them a pause
 *   is the time to move, and as few changes in all are found that way as well. Of two seatings that are as good by the
 *   levels, it only decides which one is kept.
 */
export function link({ agenda, beside, price, guide }: Seats, inside: number): void {
  const { first, block, instance } = agenda.problem
  const prices = pricesOfMoves(agenda.problem)
  const least = leastOf(agenda.problem)
  const corner = (c: number, p: number) => c * 4 + (first[c] === p ? 0 : 2)
  const isInside = (earlier: number, later: number, p: number) =>
    block[agenda.slotOf[earlier]] === block[agenda.slotOf[later]] &&
    isSeated(instance.participants[p].side, instance.rules)
  forEachSuccession(agenda, (p, earlier, later) => {
    const [out, into] = [corner(earlier, p) + 1, corner(later, p)]
    beside[out] = later
    beside[into] = earlier
    const more = isInside(earlier, later, p)
    price[out] = price[into] = prices[p] + (more ? least : 0)
    guide[out] = guide[into] = prices[p] * (more ? inside : 1)
  })
}

/** The levels that count changes of table, as far as the objective names them, the most important first. */
export const moveLevels = ({ rules }: Instance) => rules.objective.filter(isOfTables)

/** What one change of table costs on each of these levels: more than all can cost on those after together. */
export function weightsOfMoves({ instance, candidateCount }: Problem): number[] {
  const levels = moveLevels(instance)
  return levels.map((_, place) => (2 * candidateCount + 1) ** (levels.length - place))
}

/** What is less than any price, however often it counts; a power of two, so that sums stay exact. */
export const leastOf = ({ candidateCount }: Problem): number =>
  2 ** -Math.ceil(Math.log2(2 * candidateCount + 1))

/** What a change of table costs each participant, by the levels and, among equals, a little more for hosts. */
export function pricesOfMoves(problem: Problem): Float64Array {
  const { participants, rules } = problem.instance
  const levels = moveLevels(problem.instance)
  const weights = weightsOfMoves(problem)
  return Float64Array.from(participants, ({ side }) => {
    const isCounted = (level: Level) => level === 'tableMoves' || isSeated(side, rules)
    return levels.reduce(
      (sum, level, place) => sum + (isCounted(level) ? weights[place] : 0),
      +(side === 'host'),
    )
  })
}

export function suits({ agenda }: Seats, c: number, table: number): boolean {
  const { suitable, tableOut, tablesPerSlot } = agenda.problem
  if (tableOut?.[agenda.slotOf[c] * tablesPerSlot + table]) return false
  return suitable[c]?.includes(table) ?? true
}

import type { Level } from '../format/instance.ts'
import type { Certain } from './certain.ts'
import { beginsAnew } from './cheapest-day.ts'
import type { Facts } from './facts.ts'

/**
 * No schedule with so many breaks has fewer changes of table. Who goes on at once stays seated only if nobody else of
 * the table goes on there: in all the slots but the fullest one meeting of each table can be such a stay. Only who
 * pauses, of whom there are few, can stay besides, and between two days nobody changes table.
 */
export function leastMoves(facts: Facts, certain: Certain, breaks: number): number {
  const { slots, tables, rules } = facts.instance
  const place = (level: Level) => rules.objective.indexOf(level)
  const countsBreaks = place('breaks') >= 0 && place('breaks') < place('tableMoves')
  if (!Array.isArray(tables) || slots.length === 0 || !countsBreaks) return 0
  const stretches = slots.filter((_, slot) => slot === 0 || beginsAnew(facts.instance, slot)).length
  const people = certain.high.filter((most) => most > 0)
  const pauses = people.reduce((sum, most) => sum + Math.min(most, stretches) - 1, 0)
  const meetings = leastMeetings(facts, certain)
  const stays = meetings - Math.ceil(meetings / slots.length) + breaks + pauses
  return Math.max(0, 2 * meetings - people.length - stays - repeatedPairs(certain))
}

const leastMeetings = ({ places }: Facts, { held, low, isFull }: Certain): number =>
  Math.max(held.size, Math.ceil(low.reduce((sum, one) => sum + one, 0) / 2), isFull ? places : 0)

/** Meetings of a pair beyond its first: both may stay when they meet again. */
function repeatedPairs({ open }: Certain): number {
  const pairs = [...open].map(({ people: [one, two] }) =>
    one.index < two.index ? `${one.index} ${two.index}` : `${two.index} ${one.index}`,
  )
  return pairs.length - new Set(pairs).size
}

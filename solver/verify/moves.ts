import type { Instance, Level } from '../format/instance.ts'
import { isSeated } from '../spec/objective.ts'
import type { Certain } from './certain.ts'
import { beginsAnew } from './cheapest-day.ts'
import type { Facts, Person } from './facts.ts'

/**
 * No schedule with so many breaks has fewer changes of table. Who goes on at once stays only if nobody else of the
 * table goes on there: between two slots of a stretch one meeting of each table can be such a stay. Besides, only who
 * pauses can stay, in a break, of which there are so many, or from one stretch to the next one.
 */
export function leastMoves(facts: Facts, certain: Certain, breaks: number): number {
  const { slots, tables, rules } = facts.instance
  const place = (level: Level) => rules.objective.indexOf(level)
  const countsBreaks = place('breaks') >= 0 && place('breaks') < place('tableMoves')
  if (!Array.isArray(tables) || slots.length === 0 || !countsBreaks) return 0
  const people = facts.people.filter(({ index }) => certain.high[index] > 0)
  const stretches = stretchesOf(facts.instance)
  const pauses = people.reduce((sum, person) => sum + mostPauses(stretches, certain, person), 0)
  const meetings = leastMeetings(facts, certain)
  const stays = staysAtOnce(facts, stretches, meetings) + breaks + pauses
  return Math.max(0, 2 * meetings - people.length - stays - repeatedPairs(certain))
}

/** Number of the stretch of each slot: breaks count only inside. */
function stretchesOf(instance: Instance): number[] {
  let stretch = 0
  return instance.slots.map((_, slot) => (beginsAnew(instance, slot) ? ++stretch : stretch))
}

/** How often a person's agenda goes over from one stretch to another one. */
function mostPauses(
  stretches: number[],
  { open, high, slots }: Certain,
  { index, meetings }: Person,
): number {
  const possible = meetings.filter((one) => open.has(one)).flatMap((one) => slots[one.index])
  const reached = new Set(possible.map((slot) => stretches[slot]))
  return Math.max(0, Math.min(high[index], reached.size) - 1)
}

/**
 * In each stretch, at each of the tables, one stay less than there are meetings; and no more between two slots than
 * there are tables in both.
 */
function staysAtOnce(facts: Facts, stretches: number[], meetings: number): number {
  const lengths = stretches.map((one) => stretches.filter((other) => other === one).length)
  const between = facts.tablesIn.map((tables, slot) =>
    slot > 0 && stretches[slot - 1] === stretches[slot] ? Math.min(tables, facts.tablesIn[slot - 1]) : 0,
  )
  const places = between.reduce((sum, one) => sum + one, 0)
  return Math.min(places, meetings - Math.ceil(meetings / Math.max(...lengths)))
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

/**
 * Of people who keep their table and have more meetings than half of the slots, no two can share one unless they meet
 * each other: whoever is left over changes.
 */
export function leastSeatedMoves({ instance, people }: Facts, { open, low }: Certain): number {
  const { participants, rules, tables, slots } = instance
  if (!Array.isArray(tables)) return 0
  const isOne = ({ index }: Person) => isSeated(participants[index].side, rules)
  const isOneDay = slots.every(({ day }) => day === slots[0].day)
  if (!isOneDay || [...open].some((meeting) => meeting.people.every(isOne))) return 0
  const large = people.filter((person) => isOne(person) && low[person.index] > slots.length / 2)
  return Math.max(0, large.length - tables.length)
}

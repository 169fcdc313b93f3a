import type { Instance, Limit } from '../format/instance.ts'
import { isInOneStretch } from '../spec/stretch.ts'
import type { Certain } from './certain.ts'
import { beginsAnew, cheapestDay } from './cheapest-day.ts'
import type { Facts, Person, Possible } from './facts.ts'
import type { DayPrices } from './prices.ts'

/**
 * No schedule has fewer breaks: those that each person's own meetings cannot do without, or what prices prove
 * together, by the formula of `DayCertificate`.
 */
export function leastBreaks(facts: Facts, certain: Certain, prices: DayPrices | null): number {
  const fewest = facts.people.map((person) => fewestBreaks(facts.instance, certain, person))
  const alone = sum(fewest, (breaks) => breaks ?? 0)
  if (!prices || fewest.includes(null)) return alone
  return Math.max(alone, Math.ceil(provenBreaks(facts, certain, prices, fewest as number[])))
}

const sum = <T>(list: Iterable<T>, term: (item: T) => number): number => {
  let total = 0
  for (const item of list) total += term(item)
  return total
}

/** Days that are tried for one person; what is not settled by then is left open. */
const MOST_TRIALS = 20_000

/** Fewest breaks with which the meetings of a person fit into slots; null if they fit into none at all. */
export function fewestBreaks(instance: Instance, certain: Certain, person: Person): number | null {
  const { index, meetings } = person
  const held = meetings.filter((meeting) => certain.held.has(meeting))
  if (certain.low[index] !== held.length || certain.high[index] !== held.length || held.length < 2) return 0
  const fixed = held.map((meeting) => certain.slots[meeting.index])
  if (fixed.every((slots) => slots.length === 1)) return countBreaks(instance, fixed.flat())
  const { limits } = instance.participants[index]
  const day: Day = { instance, held, limits, slots: certain.slots, trials: 0 }
  for (let breaks = 0; breaks < held.length; breaks++)
    if (fits(day, 0, new Map(), breaks, 'before') || day.trials > MOST_TRIALS) return breaks
  return null
}

function countBreaks(instance: Instance, busy: number[]): number {
  const inOrder = [...busy].sort((one, other) => one - other)
  const isBreak = (slot: number, before: number) =>
    slot - before > 1 && isInOneStretch(instance, instance.slots[before], instance.slots[slot])
  return inOrder.filter((slot, index) => index > 0 && isBreak(slot, inOrder[index - 1])).length
}

interface Day {
  instance: Instance
  held: Possible[]
  limits: Limit[]
  slots: number[][]
  trials: number
}

/** Before the first meeting of a block, in a meeting, or idle after one. */
type Phase = 'before' | 'busy' | 'idle'
type Busy = ReadonlyMap<Possible, number>

/** Whether the day can go on from a slot so that all meetings are held with so many breaks more at most. */
function fits(day: Day, slot: number, busy: Busy, breaks: number, phase: Phase): boolean {
  const missing = day.held.length - busy.size
  if (missing === 0) return true
  if (day.instance.slots.length - slot < missing || ++day.trials > MOST_TRIALS) return false
  const now = beginsAnew(day.instance, slot) ? 'before' : phase
  const left = now === 'idle' ? breaks - 1 : breaks
  const busier = left >= 0 && hasRoom(day, busy, slot) ? withSlot(day, busy, slot) : null
  if (busier && fits(day, slot + 1, busier, left, 'busy')) return true
  return fits(day, slot + 1, busy, breaks, now === 'before' ? 'before' : 'idle')
}

/** Whether no limit has as many meetings already as it allows. */
function hasRoom({ instance: { slots }, limits }: Day, busy: Busy, slot: number): boolean {
  return limits.every(({ slots: own, max }) => {
    const count = [...busy.values()].filter((at) => own.includes(slots[at].id)).length
    return count < max || !own.includes(slots[slot].id)
  })
}

/** Every busy slot and one more with a meeting of its own, or null: others make way (H. W. Kuhn 1955). */
function withSlot({ held, slots }: Day, busy: Busy, slot: number): Busy | null {
  const matching = new Map(busy)
  const asked = new Set<Possible>()
  const take = (at: number): boolean =>
    held.some((meeting) => {
      if (asked.has(meeting) || !slots[meeting.index].includes(at)) return false
      asked.add(meeting)
      const old = matching.get(meeting)
      if (old !== undefined && !take(old)) return false
      matching.set(meeting, at)
      return true
    })
  return take(slot) ? matching : null
}

/** Σ of each person's cheapest day, of each meeting's cheapest slot, less what the tables are paid for. */
export function provenBreaks(facts: Facts, certain: Certain, prices: DayPrices, fewest: number[]): number {
  const tables = ofTables(facts.instance, prices)
  if (tables === -Infinity) return -Infinity
  return (
    sum(facts.people, (person) =>
      cheapestDay(facts, certain, person, fewest[person.index], prices.busy[person.index]),
    ) +
    sum(certain.open, (meeting) => ofMeeting(certain, meeting, prices)) +
    tables
  )
}

/** Tables may stay free: only a price of 0 or more proves anything, and none where they have no limit. */
function ofTables({ tables }: Instance, prices: DayPrices): number {
  if (prices.tables.some((price) => price < 0 || (price > 0 && tables === null))) return -Infinity
  const count = Array.isArray(tables) ? tables.length : (tables ?? 0)
  return -count * sum(prices.tables, (price) => price)
}

function ofMeeting({ held, slots }: Certain, meeting: Possible, { busy, tables }: DayPrices): number {
  const [one, two] = meeting.people
  return slots[meeting.index].reduce(
    (least, slot) => Math.min(least, tables[slot] - busy[one.index][slot] - busy[two.index][slot]),
    held.has(meeting) ? Infinity : 0,
  )
}

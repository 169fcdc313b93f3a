import type { Certificate, DayCertificate } from '../format/solution.ts'
import { isInOneBlock } from '../spec/stretch.ts'
import type { Facts, Person, Possible } from './facts.ts'

/** Sums of prices are exact to much more than this. */
export const ROUNDING = 1e-6

/** The prices of a certificate: see `Certificate` for the formula they stand in. */
export interface Prices {
  /** By the index of the person. */
  people: number[]
  table: number
  /** μ, of one missing guaranteed meeting. */
  missing: number
  quotas: Map<string, number>
  days: DayPrices | null
}

/** Prices by slot: of being busy, by the index of the person, and of a table. */
export interface DayPrices {
  busy: number[][]
  tables: number[]
}

/** The prices as given; whoever is not named has none. */
export function readPrices(facts: Facts, given: Certificate, missing: number): Prices {
  const { quotas } = facts.instance
  return {
    people: facts.people.map(({ id }) => priceOf(given.participants, id)),
    table: given.tables,
    missing,
    quotas: new Map(quotas.map(({ id }) => [id, priceOf(given.quotas, id)])),
    days: given.days ? readDayPrices(facts, given.days) : null,
  }
}

export function readDayPrices({ instance, people }: Facts, given: DayCertificate): DayPrices {
  const bySlot = (prices?: Record<string, number>) => instance.slots.map(({ id }) => priceOf(prices, id))
  return {
    busy: people.map(({ id }) =>
      bySlot(Object.hasOwn(given.participants, id) ? given.participants[id] : undefined),
    ),
    tables: bySlot(given.tables),
  }
}

const priceOf = (prices: Record<string, number> | undefined, id: string): number =>
  prices && Object.hasOwn(prices, id) ? prices[id] : 0

/** The most value that any schedule with so much shortfall can have. */
export const mostValue = (facts: Facts, prices: Prices, shortfall: number): number =>
  Math.floor(provenMost(facts, prices, ({ value }) => value) + prices.missing * shortfall + ROUNDING)

/** The least shortfall of any schedule: of meetings that are worth nothing, what is missing costs 1 each. */
export const leastShortfall = (facts: Facts, prices: Prices): number =>
  Math.max(0, Math.ceil(-provenMost(facts, prices, () => 0) - ROUNDING))

/** No schedule has more worth, less μ for each missing meeting: the formula of `Certificate`, term by term. */
export function provenMost(facts: Facts, prices: Prices, worth: (meeting: Possible) => number): number {
  return (
    ofMeetings(facts, prices, worth) +
    (prices.table > 0 ? prices.table * facts.places : 0) +
    ofQuotas(facts, prices) +
    sum(facts.people, (person) => Math.max(...countsOf(person).map((n) => ofPerson(person, prices, n)))) +
    (prices.days ? ofDays(facts, prices.days) : 0)
  )
}

const sum = <T>(list: T[], term: (item: T) => number): number =>
  list.reduce((total, item) => total + term(item), 0)

/** A meeting is held where that pays, or where it must be. */
const ofMeetings = ({ meetings }: Facts, prices: Prices, worth: (meeting: Possible) => number): number =>
  sum(meetings, (meeting) => {
    if (meeting.slots.length === 0) return 0
    const gain = worth(meeting) - costOf(meeting, prices)
    return meeting.isMust ? gain : Math.max(0, gain)
  })

/** All that a meeting has to pay, in the slot where that is least. */
export function costOf({ people, quotas, slots }: Possible, prices: Prices): number {
  const [one, two] = people
  const named = prices.people[one.index] + prices.people[two.index] + prices.table
  const days = prices.days
  return (
    named + sum(quotas, (id) => prices.quotas.get(id)!) + (days ? cheapestSlot(slots, one, two, days) : 0)
  )
}

const cheapestSlot = (slots: number[], one: Person, two: Person, { busy, tables }: DayPrices): number =>
  slots.reduce(
    (least, slot) => Math.min(least, busy[one.index][slot] + busy[two.index][slot] + tables[slot]),
    Infinity,
  )

const ofQuotas = ({ instance }: Facts, { quotas }: Prices): number =>
  sum(instance.quotas, ({ id, min, max }) => {
    const price = quotas.get(id)!
    return price === 0 ? 0 : price * (price > 0 ? max : min)
  })

/** The numbers of meetings that a person can have. */
export const countsOf = ({ fewest, most }: Person): number[] =>
  Array.from({ length: Math.max(0, most - fewest) + 1 }, (_, more) => fewest + more)

/** What a person pays for so many meetings, less what is missing from the guarantee. */
export const ofPerson = ({ index, guarantee }: Person, { people, missing }: Prices, count: number): number =>
  people[index] * count - missing * Math.max(0, guarantee - count)

const ofDays = (facts: Facts, { busy, tables }: DayPrices): number =>
  sum(facts.people, (person) => dearestDay(facts, person, busy[person.index])) +
  sum([...tables.entries()], ([slot, price]) => (price > 0 ? price * facts.tablesIn[slot] : 0))

/** The most that a day without too long a row can cost: the best of the first slots, for more and more of them. */
function dearestDay({ instance: { slots } }: Facts, { longestRow }: Person, price: number[]): number {
  const best = [0]
  const beginsBlock = (slot: number) => slot === 0 || !isInOneBlock(slots[slot - 1], slots[slot])
  for (let last = 0; last < slots.length; last++) {
    // The last slot is idle, or ends a row before which there is an idle slot or nothing of the block.
    best[last + 1] = best[last]
    let row = 0
    for (let first = last; first >= 0 && last - first < longestRow; first--) {
      row += price[first]
      const before = beginsBlock(first) ? best[first] : best[first - 1]
      best[last + 1] = Math.max(best[last + 1], before + row)
      if (beginsBlock(first)) break
    }
  }
  return best[slots.length]
}

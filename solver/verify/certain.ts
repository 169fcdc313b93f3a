import type { Facts, Person, Possible } from './facts.ts'
import { costOf, countsOf, ofPerson, ROUNDING, type Prices } from './prices.ts'

/** What all schedules have in common that are as good on the earlier levels. */
export interface Certain {
  /** Meetings that some of them may hold, and those that all of them hold. */
  open: Set<Possible>
  held: Set<Possible>
  /** Fewest and most meetings of each person, by index. */
  low: number[]
  high: number[]
  /** Whether every place at the tables is taken. */
  isFull: boolean
  /** Slots that are left to a meeting, by index. */
  slots: number[][]
}

/** Prices of the value, and by how much a schedule may stay below what they prove. */
export interface Slack {
  prices: Prices
  gap: number
}

/**
 * By the rules, and by prices: each term of their formula is at its most, so that a schedule which keeps a term lower
 * than that by more than the gap is not good enough.
 */
export function findCertain(facts: Facts, slack: Slack | null): Certain {
  const gains = facts.meetings.map((one) => (slack ? one.value - costOf(one, slack.prices) : 0))
  const most = slack ? slack.gap + ROUNDING : Infinity
  const isOpen = ({ index, slots, isMust }: Possible) => slots.length > 0 && (isMust || gains[index] >= -most)
  const open = new Set(facts.meetings.filter(isOpen))
  const held = new Set([...open].filter(({ index, isMust }) => isMust || gains[index] > most))
  const ranges = facts.people.map((person) => rangeOf(person, open, held, slack))
  return {
    open,
    held,
    low: ranges.map(([low]) => low),
    high: ranges.map(([, high]) => high),
    isFull: slack !== null && slack.prices.table > most,
    slots: slotsLeft(facts, held),
  }
}

function rangeOf(person: Person, open: Set<Possible>, held: Set<Possible>, slack: Slack | null) {
  const count = (those: Set<Possible>) => person.meetings.filter((one) => those.has(one)).length
  const [low, high] = [count(held), Math.min(person.most, count(open))]
  if (!slack) return [low, high]
  const counts = countsOf(person)
  const paid = (n: number) => ofPerson(person, slack.prices, n)
  const least = Math.max(...counts.map(paid)) - slack.gap - ROUNDING
  const good = counts.filter((n) => paid(n) >= least)
  return [Math.max(low, good[0]), Math.min(high, good[good.length - 1])]
}

/** A meeting that is held for certain and has one slot left takes that slot from all others of its people. */
function slotsLeft({ meetings }: Facts, held: Set<Possible>): number[][] {
  const slots = meetings.map((one) => one.slots)
  const fixed = [...held].filter(({ index }) => slots[index].length === 1)
  for (const meeting of fixed) {
    const [slot] = slots[meeting.index]
    for (const other of meeting.people.flatMap((person) => person.meetings)) {
      if (other === meeting || !slots[other.index].includes(slot)) continue
      slots[other.index] = slots[other.index].filter((one) => one !== slot)
      if (held.has(other) && slots[other.index].length === 1) fixed.push(other)
    }
  }
  return slots
}

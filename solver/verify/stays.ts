import type { Instance, Level, Table } from '../format/instance.ts'
import { isSeated } from '../spec/objective.ts'
import type { Certain } from './certain.ts'
import type { Facts, Possible } from './facts.ts'

/** A meeting at a time, with the tables that suit it then. */
interface Held {
  people: string[]
  slot: number
  day: number
  tables: Set<string>
}

/** Of two meetings, how many people go from the one to the other, and whether there is a table for both. */
interface Way {
  from: Held
  to: Held
  people: number
}

/**
 * The fewest changes of table that the times leave, where it is certain what is held and when; 0 where it is not.
 * Between two slots those who stay are a matching of the meetings of the one with those of the other.
 */
export function movesOfTimes(facts: Facts, { open, held, slots }: Certain, level: Level): number {
  const { instance } = facts
  const times = [...open].map((meeting) => ({ meeting, slots: slots[meeting.index] }))
  const isGiven = times.every(({ meeting, slots }) => held.has(meeting) && slots.length === 1)
  if (!Array.isArray(instance.tables) || !isGiven) return 0
  const all = times.map(({ meeting, slots: [slot] }) => heldAt(instance, meeting, slot))
  return fewestMoves(all, countedPeople(instance, level))
}

const countedPeople = ({ participants, rules }: Instance, level: Level): string[] =>
  participants.filter(({ side }) => level === 'tableMoves' || isSeated(side, rules)).map(({ id }) => id)

function heldAt(
  { tables, slots, candidates, participants }: Instance,
  { index, people }: Possible,
  slot: number,
): Held {
  const { lock } = candidates[index]
  const both = people.map((person) => participants[person.index])
  const suits = (table: Table) =>
    !table.unavailable.includes(slots[slot].id) &&
    (lock?.table ?? table.id) === table.id &&
    both.every(
      (one) =>
        (one.tables?.includes(table.id) ?? true) && one.needs.every((need) => table.features.includes(need)),
    )
  const own = (tables as Table[]).filter(suits).map(({ id }) => id)
  return { people: people.map(({ id }) => id), slot, day: slots[slot].day, tables: new Set(own) }
}

function fewestMoves(all: Held[], people: string[]): number {
  const agendas = Map.groupBy(
    all.flatMap((held) => held.people.map((id) => ({ id, held }))),
    ({ id }) => id,
  )
  const ways = people.flatMap((id) => {
    const agenda = (agendas.get(id) ?? []).map(({ held }) => held)
    agenda.sort((one, other) => one.slot - other.slot)
    const inOrder = agenda.slice(1).map((to, index) => ({ from: agenda[index], to }))
    return inOrder.filter(({ from, to }) => from.day === to.day)
  })
  return ways.length - mostStays(merge(ways))
}

/** A pair that meets twice in a row goes the way together. */
function merge(ways: { from: Held; to: Held }[]): Way[] {
  const merged = new Map<Held, Map<Held, Way>>()
  for (const { from, to } of ways) {
    const onward = merged.get(from) ?? new Map<Held, Way>()
    const same = onward.get(to)
    if (same) same.people++
    else onward.set(to, { from, to, people: 1 })
    merged.set(from, onward)
  }
  return [...merged.values()].flatMap((onward) => [...onward.values()])
}

/** By matching, each way as one; of those that two people go the second may stay as well. */
function mostStays(ways: Way[]): number {
  const usable = ways.filter(({ from, to }) => [...from.tables].some((table) => to.tables.has(table)))
  const pairs = Map.groupBy(usable, ({ from, to }) => `${from.slot} ${to.slot}`)
  const together = usable.reduce((sum, { people }) => sum + people - 1, 0)
  return [...pairs.values()].reduce((sum, between) => sum + matching(between), together)
}

function matching(ways: Way[]): number {
  const takenBy = new Map<Held, Held>()
  const canPlace = (from: Held, tried: Set<Held>): boolean =>
    ways.some(({ from: own, to }) => {
      if (own !== from || tried.has(to)) return false
      tried.add(to)
      const other = takenBy.get(to)
      if (other && !canPlace(other, tried)) return false
      takenBy.set(to, from)
      return true
    })
  return [...new Set(ways.map(({ from }) => from))].filter((from) => canPlace(from, new Set())).length
}

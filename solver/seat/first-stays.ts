import { findPath } from '../model/augmenting-path.ts'
import { suits, type Seats } from './seats.ts'

/**
 * Slot after slot as many as can be sit where one of their people comes from, those whose changes cost most first: a
 * matching of meetings and tables. For events with too many tables to deal all of them out at once.
 */
export function stayWhereTheyWere(seats: Seats): void {
  const { problem, inSlot } = seats.agenda
  for (let slot = 1; slot < problem.slotCount; slot++) {
    const placed = placeBySlot(seats, inSlot[slot])
    if (!placed) continue
    const row = slot * problem.tablesPerSlot
    seats.holder.fill(-1, row, row + problem.tablesPerSlot)
    for (const [table, c] of placed) {
      seats.holder[row + table] = c
      seats.tableOf[c] = table
    }
  }
}

/** Who sits at which table; null if not everybody finds one that way. */
function placeBySlot(seats: Seats, meetings: readonly number[]): Map<number, number> | null {
  const placed = new Map<number, number>()
  const isPlaced = new Set<number>()
  const wishes = new Map(meetings.map((c) => [c, wishesOf(seats, c)]))
  const prices = [...new Set([...wishes.values()].flat().map(({ price }) => price))].sort(
    (one, other) => other - one,
  )
  for (const price of prices) {
    // Those of a dearer price stay where they are.
    const taken = new Set(placed.keys())
    const tablesOf = (c: number) =>
      wishes
        .get(c)!
        .filter((one) => one.price === price && !taken.has(one.table))
        .map(({ table }) => table)
    for (const c of meetings) {
      if (isPlaced.has(c)) continue
      const { moves } = findPath(c, tablesOf, (table) => placed.get(table) ?? -1)
      for (const { mover, place } of moves) placed.set(place, mover)
      if (moves.length > 0) isPlaced.add(c)
    }
  }
  return placeOthers(
    seats,
    meetings.filter((c) => !isPlaced.has(c)),
    placed,
  )
}

interface Wish {
  table: number
  price: number
}

/** The tables that people of a meeting come from and that suit it. */
function wishesOf(seats: Seats, c: number): Wish[] {
  const { tableOf, beside, price } = seats
  return [c * 4, c * 4 + 2]
    .filter((corner) => beside[corner] >= 0)
    .map((corner) => ({ table: tableOf[beside[corner]], price: price[corner] }))
    .filter(({ table }) => suits(seats, c, table))
}

function placeOthers(
  seats: Seats,
  others: number[],
  placed: Map<number, number>,
): Map<number, number> | null {
  const { tablesPerSlot } = seats.agenda.problem
  let next = 0
  for (const c of others) {
    const own = seats.agenda.problem.suitable[c]
    while (next < tablesPerSlot && placed.has(next)) next++
    const isFree = (table: number) => !placed.has(table) && suits(seats, c, table)
    let table = own ? (own.find(isFree) ?? tablesPerSlot) : next
    while (table < tablesPerSlot && !isFree(table)) table++
    if (table >= tablesPerSlot) return null
    placed.set(table, c)
  }
  return placed
}

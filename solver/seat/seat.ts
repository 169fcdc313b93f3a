import type { Agenda } from '../model/partial-schedule.ts'
import type { Search } from '../model/search-limits.ts'
import { SEATING } from '../model/effort.ts'

/** The schedule with a table for each meeting; who sits where before and after is by candidate index. */
interface Seats {
  agenda: Agenda
  /** Table of each held candidate. */
  tableOf: Int32Array
  /** Candidate at slot × tables + table, −1 if free. */
  holder: Int32Array
  /** Meetings right before and after of both participants: four a candidate, −1 where there is none. */
  beside: Int32Array
  /** What a change of table costs each of these four. */
  price: Float64Array
}

/**
 * Assigns tables so that few people change table between meetings, hosts last of all: each meeting tries the
 * tables its people come from or go to, swapping with whoever sits there, with a slowly closing threshold
 * (Dueck and Scheuer 1990). Returns the table of each held candidate, or null if tables have no names.
 */
export function seat(agenda: Agenda, search: Search): Int32Array | null {
  if (!Array.isArray(agenda.problem.instance.tables)) return null
  const seats = firstSeats(agenda)
  const isFree = (c: number) => agenda.slotOf[c] >= 0 && agenda.problem.suitable[c]?.length !== 1
  const held = [...agenda.slotOf.keys()].filter(isFree)
  if (!agenda.problem.instance.rules.objective.includes('tableMoves')) return seats.tableOf
  const steps = held.length * (search.isStopped() ? SEATING.stepsWhenStopped : SEATING.stepsPerMeeting)
  let [change, least] = [0, 0]
  // Who sat where since the best: undone in the end, which is cheaper than a copy at each step forward.
  const since: number[] = []
  for (let step = 0; step < steps; step++) {
    search.iterations++
    const c = held[search.random.below(held.length)]
    const old = seats.tableOf[c]
    change += tryTable(seats, c, pickTable(seats, c, search), START_THRESHOLD * (1 - (step * 1.2) / steps))
    if (seats.tableOf[c] !== old) since.push(c, old)
    if (change >= least) continue
    least = change
    since.length = 0
  }
  for (let at = since.length - 2; at >= 0; at -= 2) swapTo(seats, since[at], since[at + 1])
  return seats.tableOf
}

const MOVE = 1_000_000
const HOST_MOVE = MOVE + 1
const START_THRESHOLD = 1.5 * MOVE

function firstSeats(agenda: Agenda): Seats {
  const { problem, slotOf, inSlot, seating } = agenda
  const tables = problem.tablesPerSlot
  const tableOf = seating ? seating.tableOf.slice() : new Int32Array(problem.candidateCount).fill(-1)
  const holder = new Int32Array(problem.slotCount * tables).fill(-1)
  inSlot.forEach((list, slot) =>
    list.forEach((c, index) => {
      if (!seating) tableOf[c] = index
      holder[slot * tables + tableOf[c]] = c
    }),
  )
  const seats = {
    agenda,
    tableOf,
    holder,
    beside: new Int32Array(slotOf.length * 4).fill(-1),
    price: new Float64Array(slotOf.length * 4),
  }
  problem.instance.participants.forEach(({ side }, p) =>
    linkDay(seats, p, side === 'host' ? HOST_MOVE : MOVE),
  )
  return seats
}

function linkDay({ agenda, beside, price }: Seats, participant: number, cost: number): void {
  const { slotCount, first, day } = agenda.problem
  let before = -1
  const corner = (c: number) => c * 4 + (first[c] === participant ? 0 : 2)
  for (let slot = 0; slot < slotCount; slot++) {
    if (slot > 0 && day[slot] !== day[slot - 1]) before = -1
    const c = agenda.at[participant * slotCount + slot]
    if (c < 0) continue
    beside[corner(c)] = before
    price[corner(c)] = price[corner(c) + 1] = cost
    if (before >= 0) beside[corner(before) + 1] = c
    before = c
  }
}

/** A table that somebody at the meeting comes from or goes to, or any other now and then. */
function pickTable({ agenda, tableOf, beside }: Seats, c: number, search: Search): number {
  const other = beside[c * 4 + search.random.below(4)]
  if (other >= 0 && search.random.below(16) > 0) return tableOf[other]
  return search.random.below(agenda.problem.tablesPerSlot)
}

function tryTable(seats: Seats, c: number, table: number, threshold: number): number {
  const { agenda, tableOf, holder } = seats
  const { tablesPerSlot } = agenda.problem
  const old = tableOf[c]
  if (table === old || !suits(seats, c, table)) return 0
  const row = agenda.slotOf[c] * tablesPerSlot
  const other = holder[row + table]
  if (other >= 0 && !suits(seats, other, old)) return 0
  const change =
    costAt(seats, c, table) -
    costAt(seats, c, old) +
    (other < 0 ? 0 : costAt(seats, other, old) - costAt(seats, other, table))
  if (change > Math.max(0, threshold)) return 0
  swapTo(seats, c, table)
  return change
}

function swapTo({ agenda, tableOf, holder }: Seats, c: number, table: number): void {
  const row = agenda.slotOf[c] * agenda.problem.tablesPerSlot
  const [old, other] = [tableOf[c], holder[row + table]]
  tableOf[c] = table
  holder[row + table] = c
  holder[row + old] = other
  if (other >= 0) tableOf[other] = old
}

function suits({ agenda }: Seats, c: number, table: number): boolean {
  const { suitable, tableOut, tablesPerSlot } = agenda.problem
  if (tableOut?.[agenda.slotOf[c] * tablesPerSlot + table]) return false
  return suitable[c]?.includes(table) ?? true
}

function costAt({ tableOf, beside, price }: Seats, c: number, table: number): number {
  let cost = 0
  for (let corner = c * 4; corner < c * 4 + 4; corner++)
    if (beside[corner] >= 0 && tableOf[beside[corner]] !== table) cost += price[corner]
  return cost
}

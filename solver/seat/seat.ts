import { SEATING } from '../model/effort.ts'
import type { Agenda } from '../model/partial-schedule.ts'
import type { Search } from '../model/search-limits.ts'
import { stayWhereTheyWere } from './first-stays.ts'
import { firstSeats, link, moveLevels, weightsOfMoves, type Seats } from './seats.ts'
import { TableExchange } from './table-exchange.ts'

/**
 * Assigns tables so that few people change table between meetings, by the levels that count that, and hosts last of
 * all. Slot after slot everybody stays as far as they can; then the tables of random stretches of slots are dealt out
 * anew, with chance in it that fades (as in simulated annealing, Kirkpatrick et al. 1983), level after level.
 * Returns the table of each held candidate, or null if tables have no names.
 */
export function seat(agenda: Agenda, search: Search): Int32Array | null {
  const { instance, slotCount, tablesPerSlot } = agenda.problem
  if (!Array.isArray(instance.tables)) return null
  const seats = firstSeats(agenda)
  if (moveLevels(instance).length === 0 || tablesPerSlot < 2 || slotCount < 2) return seats.tableOf
  improveSeats(seats, search)
  return seats.tableOf
}

function improveSeats(seats: Seats, search: Search): void {
  const { problem, slotOf } = seats.agenda
  const isFree = (c: number) => slotOf[c] >= 0 && problem.suitable[c]?.length !== 1
  const free = [...slotOf.keys()].filter(isFree)
  if (free.length === 0) return
  const exchange = new TableExchange(seats)
  const slots = [...new Set(free.map((c) => slotOf[c]))].sort((one, other) => one - other)
  link(seats, INSIDE)
  stayWherePossible(exchange, seats, search, slots)
  const weights = weightsOfMoves(problem)
  const rounds = Math.ceil(roundsFor(free.length) / weights.length)
  const noise = noiseFor(free.length)
  for (const weight of weights) dealAnew(exchange, seats, search, { slots, rounds, noise: noise * weight })
  if (problem.instance.rules.seated.length === 0) return
  link(seats, HARDLY_MORE)
  dealAnew(exchange, seats, search, { slots, rounds: Math.ceil(rounds * POLISHING), noise: 0 })
}

/** How often a change inside a block counts of those who keep their table, at first and in the end. */
const INSIDE = 2
const HARDLY_MORE = 1.125
/** The end, as a share of the rounds of a level. */
const POLISHING = 0.1

function roundsFor(meetings: number): number {
  const { leastRounds, roundsPerFew, roundsPerMeeting, mostRounds } = SEATING
  // One meeting by itself is dealt out to its best table at once.
  if (meetings === 1) return 1
  const least = Math.min(leastRounds, roundsPerFew * meetings)
  return Math.min(mostRounds, Math.max(least, roundsPerMeeting * meetings))
}

/** How much better a change may seem at first, as a share of what it costs; nothing where there are too few rounds. */
const noiseFor = (meetings: number): number =>
  meetings === 1 || SEATING.roundsPerMeeting * meetings > SEATING.mostRounds ? 0 : NOISE
const NOISE = 0.5

/** Everybody's table is given slot after slot, by where people sat before. */
function stayWherePossible(
  exchange: TableExchange,
  seats: Seats,
  search: Search,
  slots: readonly number[],
): void {
  if (seats.agenda.problem.tablesPerSlot > SEATING.tablesAtOnce) return stayWhereTheyWere(seats)
  for (const slot of slots) {
    if (slot === 0) continue
    search.iterations++
    exchange.deal(slot, slot + 1, { random: search.random, noise: 0, until: slot }, () => {})
  }
}

interface Dealing {
  /** Where somebody can change table, in order: each stretch begins and ends at one of them. */
  slots: number[]
  rounds: number
  noise: number
}

/** Ends at the best seating that comes up. */
function dealAnew(
  exchange: TableExchange,
  seats: Seats,
  search: Search,
  { slots, rounds, noise }: Dealing,
): void {
  const { random } = search
  const { slotCount } = seats.agenda.problem
  let [change, least] = [0, 0]
  // Who has left which table since the best, which is cheaper than a copy at each step forward.
  const since: [number, number][] = []
  const remember = (c: number) => since.push([c, seats.tableOf[c]])
  for (let round = 0; round < rounds; round++) {
    search.iterations++
    const [one, other] = [slots[random.below(slots.length)], slots[random.below(slots.length)]]
    const [from, to] = [Math.min(one, other), Math.max(one, other) + 1]
    if (to - from === slotCount) continue
    const fading = { random, noise: noise * (1 - round / rounds), until: slotCount }
    change += exchange.deal(from, to, fading, remember)
    if (change > least) continue
    least = change
    since.length = 0
  }
  goBack(seats, since)
}

function goBack({ agenda, tableOf, holder }: Seats, moves: [number, number][]): void {
  const { slotOf, problem } = agenda
  for (const [c] of moves) holder[slotOf[c] * problem.tablesPerSlot + tableOf[c]] = -1
  for (const [c, table] of moves.toReversed()) tableOf[c] = table
  for (const [c] of moves) holder[slotOf[c] * problem.tablesPerSlot + tableOf[c]] = c
}

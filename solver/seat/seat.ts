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
  const free = [...slotOf.keys()].filter(isFree).length
  if (free === 0) return
  const exchange = new TableExchange(seats)
  link(seats, INSIDE)
  stayWherePossible(exchange, seats, search)
  const weights = weightsOfMoves(problem)
  const rounds = Math.ceil(roundsFor(free) / weights.length)
  for (const weight of weights) dealAnew(exchange, seats, search, { rounds, noise: noiseFor(free) * weight })
  if (problem.instance.rules.seated.length === 0) return
  link(seats, HARDLY_MORE)
  dealAnew(exchange, seats, search, { rounds: Math.ceil(rounds * POLISHING), noise: 0 })
}

/** How often a change inside a block counts of those who keep their table, at first and in the end. */
const INSIDE = 2
const HARDLY_MORE = 1.125
/** The end, as a share of the rounds of a level. */
const POLISHING = 0.1

function roundsFor(meetings: number): number {
  const { leastRounds, roundsPerMeeting, mostRounds } = SEATING
  return Math.min(mostRounds, Math.max(leastRounds, roundsPerMeeting * meetings))
}

/** How much better a change may seem at first, as a share of what it costs; nothing where there are too few rounds. */
const noiseFor = (meetings: number): number =>
  SEATING.roundsPerMeeting * meetings > SEATING.mostRounds ? 0 : NOISE
const NOISE = 0.5

/** Everybody's table is given slot after slot, by where people sat before. */
function stayWherePossible(exchange: TableExchange, seats: Seats, search: Search): void {
  const { slotCount, tablesPerSlot } = seats.agenda.problem
  if (tablesPerSlot > SEATING.tablesAtOnce) return stayWhereTheyWere(seats)
  for (let slot = 1; slot < slotCount; slot++) {
    search.iterations++
    exchange.deal(slot, slot + 1, { random: search.random, noise: 0, until: slot }, () => {})
  }
}

/** Ends at the best seating that comes up. */
function dealAnew(
  exchange: TableExchange,
  seats: Seats,
  search: Search,
  { rounds, noise }: { rounds: number; noise: number },
): void {
  const { random } = search
  const { slotCount } = seats.agenda.problem
  let [change, least] = [0, 0]
  // Who has left which table since the best, which is cheaper than a copy at each step forward.
  const since: [number, number][] = []
  const remember = (c: number) => since.push([c, seats.tableOf[c]])
  for (let round = 0; round < rounds; round++) {
    search.iterations++
    const [one, other] = [random.below(slotCount), random.below(slotCount)]
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

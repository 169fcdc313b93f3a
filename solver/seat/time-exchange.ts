import { DayCosts } from '../compact/break-costs.ts'
import { findChain, newChain, swap, type Chain } from '../compact/kempe-chain.ts'
import { SEATING } from '../model/effort.ts'
import type { Agenda } from '../model/partial-schedule.ts'
import type { Search } from '../model/search-limits.ts'
import { isSeated } from '../spec/objective.ts'
import { firstSeats, pricesOfMoves, suits, weightsOfMoves, type Seats } from './seats.ts'

/**
 * Exchanges the times of meetings where that saves changes of table, by annealing over Kempe chains that leave breaks
 * and idle slots as many as they are, and over tables that swap who sits there in a stretch of slots. The agenda ends
 * at the best that comes up. Returns the table of each held candidate.
 * @param tableOf a seating to begin with
 */
export function exchangeTimes(agenda: Agenda, tableOf: Int32Array, search: Search): Int32Array {
  const { problem } = agenda
  const weights = weightsOfMoves(problem)
  const held = [...agenda.slotOf.keys()].filter((c) => agenda.slotOf[c] >= 0)
  // Which spread of breaks there may be depends on everybody, not on those of one chain.
  const isFree = problem.instance.rules.maxBreakSpread === null
  const isFew = held.length > 0 && held.length <= SEATING.meetingsToExchange
  if (weights.length === 0 || !isFew || !isFree) return tableOf
  const exchange = new Exchange(agenda, tableOf, held)
  const steps = Math.min(SEATING.mostExchanges, SEATING.exchangesPerMeeting * held.length)
  for (const weight of weights) exchange.anneal(search, Math.floor(steps / weights.length), weight)
  return exchange.tableOf
}

/** Temperatures as shares of what a change costs. */
const HOT = 0.3
const COLD = 0.1
/** How often a change inside a block counts of those who keep their table. */
const INSIDE = 1.125

class Exchange {
  private readonly agenda: Agenda
  private readonly seats: Seats
  private readonly held: number[]
  private readonly costs: DayCosts
  private readonly price: Float64Array
  private readonly inside: Float64Array
  private readonly chain: Chain = newChain()
  private cost = 0
  private readonly best: { cost: number; slotOf: Int32Array; tableOf: Int32Array }
  /** Whose agendas a step touches. */
  private readonly people: number[] = []
  private readonly tables: number[] = []

  constructor(agenda: Agenda, tableOf: Int32Array, held: number[]) {
    const { instance } = agenda.problem
    this.agenda = agenda
    this.held = held
    this.seats = { ...firstSeats(agenda), tableOf: tableOf.slice() }
    this.sitDown()
    this.costs = new DayCosts(agenda)
    this.costs.reset()
    this.price = pricesOfMoves(agenda.problem)
    const isOne = (p: number) => isSeated(instance.participants[p].side, instance.rules)
    this.inside = this.price.map((price, p) => (isOne(p) ? price * INSIDE : price))
    this.best = { cost: 0, slotOf: agenda.slotOf.slice(), tableOf: tableOf.slice() }
  }

  get tableOf(): Int32Array {
    return this.best.tableOf
  }

  /** Ends at the best. */
  anneal(search: Search, steps: number, weight: number): void {
    const { random } = search
    for (let step = 1; step <= steps; step++) {
      search.iterations++
      const temperature = weight * HOT * (COLD / HOT) ** (step / steps)
      const allowance = -temperature * Math.log(1 - random.unit())
      this.cost += random.below(2) ? this.trySwap(search, allowance) : this.tryChain(search, allowance)
      if (this.cost >= this.best.cost) continue
      this.best.cost = this.cost
      this.best.slotOf.set(this.agenda.slotOf)
      this.best.tableOf.set(this.seats.tableOf)
    }
    this.goBack()
  }

  private goBack(): void {
    this.agenda.restore(this.best.slotOf)
    this.seats.tableOf.set(this.best.tableOf)
    this.sitDown()
    this.costs.reset()
    this.cost = this.best.cost
  }

  private sitDown(): void {
    const { agenda, seats } = this
    seats.holder.fill(-1)
    for (const c of this.held) seats.holder[this.placeOf(agenda.slotOf[c], seats.tableOf[c])] = c
  }

  private placeOf(slot: number, table: number): number {
    return slot * this.agenda.problem.tablesPerSlot + table
  }

  /** Two tables swap who sits there, from a meeting's slot on or up to it, where its people come from the other. */
  private trySwap({ random }: Search, allowance: number): number {
    const { slotOf, problem } = this.agenda
    const c = this.held[random.below(this.held.length)]
    const step = random.below(2) ? 1 : -1
    const other = this.beside(c, random.below(2) ? problem.first[c] : problem.second[c], step)
    if (other < 0 || this.seats.tableOf[other] === this.seats.tableOf[c]) return 0
    const back = step > 0 ? slotOf[c] : problem.slotCount - 1 - slotOf[c]
    const end = slotOf[c] - step * (random.below(2) ? random.below(back + 1) : 0)
    const [from, to] = [Math.min(slotOf[c], end), Math.max(slotOf[c], end)]
    const [one, two] = [this.seats.tableOf[c], this.seats.tableOf[other]]
    if (!this.canSwap(one, two, from, to)) return 0
    const before = this.costOfPeople()
    this.swapTables(one, two, from, to)
    const change = this.costOfPeople() - before
    if (change > allowance) this.swapTables(one, two, from, to)
    return change > allowance ? 0 : change
  }

  /** Also notes whose agendas that would touch. */
  private canSwap(one: number, two: number, from: number, to: number): boolean {
    this.people.length = 0
    for (let slot = from; slot <= to; slot++) {
      const [a, b] = [this.seats.holder[this.placeOf(slot, one)], this.seats.holder[this.placeOf(slot, two)]]
      if ((a >= 0 && !suits(this.seats, a, two)) || (b >= 0 && !suits(this.seats, b, one))) return false
      if (a >= 0) this.touch(a)
      if (b >= 0) this.touch(b)
    }
    return true
  }

  private swapTables(one: number, two: number, from: number, to: number): void {
    const { holder, tableOf } = this.seats
    for (let slot = from; slot <= to; slot++) {
      const [a, b] = [holder[this.placeOf(slot, one)], holder[this.placeOf(slot, two)]]
      holder[this.placeOf(slot, one)] = b
      holder[this.placeOf(slot, two)] = a
      if (a >= 0) tableOf[a] = two
      if (b >= 0) tableOf[b] = one
    }
  }

  private tryChain({ random }: Search, allowance: number): number {
    const { agenda, chain } = this
    const { slotCount, allowed } = agenda.problem
    const c = this.held[random.below(this.held.length)]
    const to = random.below(slotCount)
    if (to === agenda.slotOf[c] || !allowed[c * slotCount + to] || !findChain(agenda, c, to, chain)) return 0
    if (!this.costs.keeps(chain) || !this.costs.keepsLimits(chain)) return 0
    this.people.length = 0
    for (const one of chain.meetings) this.touch(one)
    const before = this.costOfPeople()
    this.standUp()
    if (!swap(agenda, chain)) {
      this.sitBack()
      return 0
    }
    const isSeated = this.sitAnew()
    const change = isSeated ? this.costOfPeople() - before : Infinity
    if (change <= allowance) {
      this.costs.accept(chain)
      return change
    }
    this.leave()
    swap(agenda, chain)
    this.sitBack()
    return 0
  }

  /** Frees the tables of the chain, and notes them. */
  private standUp(): void {
    const { meetings } = this.chain
    for (const [at, c] of meetings.entries()) {
      this.tables[at] = this.seats.tableOf[c]
      this.seats.holder[this.placeOf(this.agenda.slotOf[c], this.tables[at])] = -1
    }
  }

  private sitBack(): void {
    for (const [at, c] of this.chain.meetings.entries()) this.sit(c, this.tables[at])
  }

  private leave(): void {
    const { holder, tableOf } = this.seats
    for (const c of this.chain.meetings) {
      const place = this.placeOf(this.agenda.slotOf[c], tableOf[c])
      if (tableOf[c] >= 0 && holder[place] === c) holder[place] = -1
    }
  }

  private sit(c: number, table: number): void {
    this.seats.tableOf[c] = table
    this.seats.holder[this.placeOf(this.agenda.slotOf[c], table)] = c
  }

  /** First those who find the table free that somebody of them comes from or goes to. */
  private sitAnew(): boolean {
    const { meetings } = this.chain
    for (const c of meetings) this.seats.tableOf[c] = -1
    for (const c of meetings) {
      const table = this.wishOf(c)
      if (table >= 0) this.sit(c, table)
    }
    for (const c of meetings) {
      if (this.seats.tableOf[c] >= 0) continue
      const table = this.freeFor(c)
      if (table < 0) return false
      this.sit(c, table)
    }
    return true
  }

  private wishOf(c: number): number {
    const { first, second } = this.agenda.problem
    let [best, most] = [-1, 0]
    for (const p of [first[c], second[c]])
      for (const step of [-1, 1]) {
        const other = this.beside(c, p, step)
        const table = other < 0 ? -1 : this.seats.tableOf[other]
        if (table < 0 || this.price[p] <= most || !this.isFree(c, table)) continue
        most = this.price[p]
        best = table
      }
    return best
  }

  private freeFor(c: number): number {
    for (let table = 0; table < this.agenda.problem.tablesPerSlot; table++)
      if (this.isFree(c, table)) return table
    return -1
  }

  private isFree(c: number, table: number): boolean {
    return this.seats.holder[this.placeOf(this.agenda.slotOf[c], table)] < 0 && suits(this.seats, c, table)
  }

  /** The meeting that somebody has right before or after one, −1 without. */
  private beside(c: number, p: number, step: number): number {
    const { at, slotOf, problem } = this.agenda
    const row = p * problem.slotCount
    for (let slot = slotOf[c] + step; slot >= 0 && slot < problem.slotCount; slot += step)
      if (at[row + slot] >= 0) return at[row + slot]
    return -1
  }

  private touch(c: number): void {
    const { first, second } = this.agenda.problem
    if (!this.people.includes(first[c])) this.people.push(first[c])
    if (!this.people.includes(second[c])) this.people.push(second[c])
  }

  private costOfPeople(): number {
    let cost = 0
    for (const p of this.people) cost += this.costOf(p)
    return cost
  }

  private costOf(p: number): number {
    const { at, problem } = this.agenda
    const { slotCount, block, day } = problem
    let [before, cost] = [-1, 0]
    for (let slot = 0; slot < slotCount; slot++) {
      const c = at[p * slotCount + slot]
      if (c < 0) continue
      if (
        before >= 0 &&
        day[before] === day[slot] &&
        this.seats.tableOf[at[p * slotCount + before]] !== this.seats.tableOf[c]
      )
        cost += block[before] === block[slot] ? this.inside[p] : this.price[p]
      before = slot
    }
    return cost
  }
}

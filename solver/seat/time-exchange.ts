import { DayCosts } from '../compact/break-costs.ts'
import { findChain, newChain, swap, type Chain } from '../compact/kempe-chain.ts'
import { COMPACTING, SEATING } from '../model/effort.ts'
import type { Agenda } from '../model/partial-schedule.ts'
import { breathe, type Search } from '../model/search-limits.ts'
import { isSeated } from '../spec/objective.ts'
import { firstSeats, leastOf, pricesOfMoves, suits, weightsOfMoves, type Seats } from './seats.ts'

/** How long to go on: places of agendas and tables that all steps may look at, and whether it is to end before. */
export interface Patience {
  work: number
  isOver: () => boolean
}

/**
 * Exchanges the times of meetings where that saves changes of table, by annealing over Kempe chains that leave breaks
 * and idle slots as many as they are, and over tables that swap who sits there in a stretch of slots. The agenda ends
 * at the best that comes up. Returns the table of each held candidate.
 * @param tableOf a seating to begin with
 */
export async function exchangeTimes(
  agenda: Agenda,
  tableOf: Int32Array,
  search: Search,
  { work, isOver }: Patience = atOnce(agenda),
): Promise<Int32Array> {
  const { problem } = agenda
  const weights = weightsOfMoves(problem)
  const held = heldIn(agenda)
  if (weights.length === 0 || !canExchange(agenda, held.length)) return tableOf
  const exchange = new Exchange(agenda, tableOf, held)
  for (const weight of weights) await exchange.anneal(search, { work: work / weights.length, isOver }, weight)
  return exchange.tableOf
}

const heldIn = ({ slotOf }: Agenda): number[] => [...slotOf.keys()].filter((c) => slotOf[c] >= 0)

/** Not where the spread of breaks is limited, which depends on everybody and not on those of one chain. */
const canExchange = ({ problem }: Agenda, meetings: number): boolean =>
  problem.instance.rules.maxBreakSpread === null && meetings > 0 && meetings <= SEATING.meetingsToExchange

/** What is spent even when the time is over: a tenth of a second at the size of a camp. */
const atOnce = (agenda: Agenda): Patience => ({
  work: Math.min(SEATING.mostExchangeWork, SEATING.exchangeWorkPerMeeting * heldIn(agenda).length),
  isOver: () => false,
})

/** Temperatures as shares of what a change costs. */
const HOT = 0.3
const COLD = 0.1
/** How much more a change inside a block counts, while looking, of those who keep their table. */
const INSIDE = 0.125
/** What a step, and a meeting of a chain, take beside the slots and tables they look at, counted in such places. */
const A_STEP = 16
const A_MEETING = 32

class Exchange {
  private readonly agenda: Agenda
  private readonly seats: Seats
  private readonly held: number[]
  private readonly costs: DayCosts
  private readonly price: Float64Array
  /** Whose changes inside a block count more: for looking, and to choose among what is as good by the levels. */
  private readonly isKept: boolean[]
  private readonly least: number
  private readonly chain: Chain = newChain()
  private cost = 0
  private readonly best: { cost: number; slotOf: Int32Array; tableOf: Int32Array }
  /** Whose agendas a step touches. */
  private readonly people: number[] = []
  /** The step that last touched each participant's. */
  private readonly touchedAt: Int32Array
  private step = 0
  private work = 0
  private readonly tables: number[] = []
  /** What the changes of table of these people cost by the levels, and what they cost for looking. */
  private readonly sum = { levels: 0, guide: 0 }

  constructor(agenda: Agenda, tableOf: Int32Array, held: number[]) {
    const { instance } = agenda.problem
    this.agenda = agenda
    this.held = held
    this.seats = { ...firstSeats(agenda), tableOf: tableOf.slice() }
    this.sitDown()
    this.costs = new DayCosts(agenda)
    this.costs.reset()
    this.touchedAt = new Int32Array(agenda.problem.participantCount)
    this.price = pricesOfMoves(agenda.problem)
    this.isKept = instance.participants.map(({ side }) => isSeated(side, instance.rules))
    this.least = leastOf(agenda.problem)
    this.best = { cost: 0, slotOf: agenda.slotOf.slice(), tableOf: tableOf.slice() }
  }

  get tableOf(): Int32Array {
    return this.best.tableOf
  }

  /** Ends at the best. */
  async anneal(search: Search, { work, isOver }: Patience, weight: number): Promise<void> {
    const { random } = search
    const { betweenQuestions, betweenPauses } = COMPACTING
    this.work = 0
    for (let step = 1; this.work < work; step++, this.work += A_STEP) {
      search.iterations++
      if (step % betweenQuestions === 0 && isOver()) break
      if (step % betweenPauses === 0) await breathe()
      const temperature = weight * HOT * (COLD / HOT) ** (this.work / work)
      const allowance = -temperature * Math.log(1 - random.unit())
      this.cost += random.below(2) ? this.trySwap(search, allowance) : this.tryChain(search, allowance)
      if (this.cost < this.best.cost) this.keep()
    }
    this.goBack()
  }

  private keep(): void {
    this.best.cost = this.cost
    this.best.slotOf.set(this.agenda.slotOf)
    this.best.tableOf.set(this.seats.tableOf)
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
    const { levels, guide } = this.weigh()
    this.swapTables(one, two, from, to)
    const now = this.weigh()
    if (now.guide - guide <= allowance) return now.levels - levels
    this.swapTables(one, two, from, to)
    return 0
  }

  /** Also notes whose agendas that would touch. */
  private canSwap(one: number, two: number, from: number, to: number): boolean {
    this.touchNobody()
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
    this.touchNobody()
    for (const one of chain.meetings) this.touch(one)
    const { levels, guide } = this.weigh()
    this.work += chain.meetings.length * A_MEETING
    this.standUp()
    if (!swap(agenda, chain)) {
      this.sitBack()
      return 0
    }
    if (this.sitAnew() && this.weigh().guide - guide <= allowance) {
      this.costs.accept(chain)
      return this.sum.levels - levels
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
    const { tablesPerSlot } = this.agenda.problem
    let table = 0
    while (table < tablesPerSlot && !this.isFree(c, table)) table++
    this.work += table
    return table < tablesPerSlot ? table : -1
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

  private touchNobody(): void {
    this.people.length = 0
    this.step++
  }

  private touch(c: number): void {
    const { first, second } = this.agenda.problem
    this.touchPerson(first[c])
    this.touchPerson(second[c])
  }

  private touchPerson(p: number): void {
    if (this.touchedAt[p] === this.step) return
    this.touchedAt[p] = this.step
    this.people.push(p)
  }

  private weigh(): Exchange['sum'] {
    this.work += this.people.length * this.agenda.problem.slotCount
    this.sum.levels = this.sum.guide = 0
    for (const p of this.people) this.weighDays(p)
    return this.sum
  }

  private weighDays(p: number): void {
    const { at, problem } = this.agenda
    const { slotCount, block, day } = problem
    let [before, moves, inside] = [-1, 0, 0]
    for (let slot = 0; slot < slotCount; slot++) {
      if (at[p * slotCount + slot] < 0) continue
      if (before >= 0 && day[before] === day[slot] && this.isMove(p * slotCount, before, slot)) {
        moves++
        if (this.isKept[p] && block[before] === block[slot]) inside++
      }
      before = slot
    }
    this.sum.levels += moves * this.price[p] + inside * this.least
    this.sum.guide += (moves + inside * INSIDE) * this.price[p]
  }

  private isMove(row: number, before: number, slot: number): boolean {
    const { at } = this.agenda
    return this.seats.tableOf[at[row + before]] !== this.seats.tableOf[at[row + slot]]
  }
}

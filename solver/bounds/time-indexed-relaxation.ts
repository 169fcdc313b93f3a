import type { Agenda } from '../model/partial-schedule.ts'
import { DearestDay } from './day-dp.ts'
import type { Prices } from './dual-bound.ts'
import { Subgradient } from './subgradient.ts'
import type { Problem } from '../model/problem.ts'
import { mostBusySlots } from '../model/slot-limits.ts'

/**
 * The linear program over candidates and slots by its prices: being busy in a slot, a table in it, a meeting of a
 * participant and quotas have a price, candidates take their cheapest slot if they are worth it, and `follow` moves
 * the prices towards agreement. Any prices give a valid bound. A part of the schedule may be settled; the bound is
 * about the rest then.
 */
export class SlotPricing extends Subgradient {
  readonly problem: Problem
  /** Slot that each candidate takes at the prices last evaluated, −1 if none. */
  readonly choice: Int32Array
  private readonly worth: Float64Array
  /** μ of the shortfall, which stays, and the shortfall of the schedules that the bound is about. */
  private readonly missing: number
  private readonly shortfall: number
  /** 1 for the prices that move. */
  private readonly moves: Uint8Array
  /** Where those of tables, participants and quotas begin, after those of being busy. */
  private readonly tables: number
  private readonly people: number
  private readonly quotas: number
  private readonly day: DearestDay
  /** Open slots, at candidate × slotCount + slot in ascending order, and where those of each candidate begin. */
  private arcs: Int32Array = new Int32Array(0)
  private starts: number[] = []
  /** At participant × slotCount + slot: 1 where somebody can be met, and where a settled meeting is. */
  private readonly free: Uint8Array
  private readonly must: Uint8Array
  /** Participants whose days have to be looked at as a whole, and the free slots of all others. */
  private rowed: number[] = []
  private single: number[] = []
  private readonly held: Int32Array
  private readonly heldOf: Int32Array
  private readonly rooms: Float64Array
  private gained = 0

  constructor(problem: Problem, prices: Prices, worth: Float64Array, shortfall: number) {
    const { participantCount, slotCount, candidateCount } = problem
    const size = participantCount * slotCount + slotCount + participantCount + problem.quotas.length
    super(size, true)
    this.problem = problem
    this.worth = worth
    this.missing = prices.shortfall
    this.shortfall = shortfall
    this.choice = new Int32Array(candidateCount).fill(-1)
    this.tables = participantCount * slotCount
    this.people = this.tables + slotCount
    this.quotas = this.people + participantCount
    this.lowest.fill(-Infinity, this.quotas)
    this.moves = new Uint8Array(size)
    this.day = new DearestDay(problem)
    this.free = new Uint8Array(this.tables)
    this.must = new Uint8Array(this.tables)
    this.held = new Int32Array(participantCount)
    this.heldOf = new Int32Array(problem.quotas.length)
    this.rooms = problem.tablesIn.slice()
    this.open(Int32Array.from(problem.allowed.keys()).filter((arc) => problem.allowed[arc] === 1))
    this.begin(prices)
    this.gather()
  }

  /** Leaves only these slots open, at candidate × slotCount + slot in ascending order. */
  open(arcs: Int32Array): void {
    const { slotCount, first, second } = this.problem
    this.arcs = arcs
    this.starts = []
    this.free.fill(0)
    for (let i = 0, last = -1; i < arcs.length; i++) {
      const c = Math.floor(arcs[i] / slotCount)
      const slot = arcs[i] - c * slotCount
      if (c !== last) this.starts.push(i)
      last = c
      this.free[first[c] * slotCount + slot] = this.free[second[c] * slotCount + slot] = 1
    }
    this.starts.push(arcs.length)
    for (let i = 0; i < this.tables; i++) {
      this.moves[i] = this.free[i]
      if (!this.free[i]) this.at[i] = this.direction[i] = 0
    }
    this.choice.fill(-1)
    this.gather()
  }

  private gather(): void {
    const { free, moves } = this
    const { participantCount, slotCount, maxConsecutive } = this.problem
    this.rowed = []
    this.single = []
    for (let p = 0; p < participantCount; p++) {
      const from = p * slotCount
      const isRowed = maxConsecutive[p] < slotCount
      if (isRowed && free.subarray(from, from + slotCount).includes(1)) this.rowed.push(p)
      for (let i = from; !isRowed && i < from + slotCount; i++) if (free[i]) this.single.push(i)
    }
    const moving: number[] = []
    for (let i = 0; i < moves.length; i++) if (moves[i]) moving.push(i)
    this.moving = [moving]
  }

  /** Takes what the agenda holds for settled; those candidates must not be open any more. */
  settle({ slotOf, at, count, inSlot }: Agenda): void {
    const { worth, problem } = this
    this.gained = 0
    this.heldOf.fill(0)
    for (let c = 0; c < slotOf.length; c++) {
      if (slotOf[c] < 0) continue
      this.gained += worth[c]
      for (const quota of problem.quotasOf[c]) this.heldOf[quota]++
    }
    for (let i = 0; i < at.length; i++) this.must[i] = at[i] >= 0 ? 1 : 0
    this.held.set(count)
    for (let slot = 0; slot < inSlot.length; slot++)
      this.rooms[slot] = problem.tablesIn[slot] - inSlot[slot].length
  }

  /** The given prices, with one by slot where one did for all slots: the bound is the same. */
  private begin(prices: Prices): void {
    const { problem, at, moves, people } = this
    const { participantCount, slotCount, tablesPerSlot } = problem
    if (prices.days) at.set(prices.days.busy)
    if (prices.days) at.set(prices.days.tables, this.tables)
    at.set(prices.participants, people)
    at.set(prices.quotas, this.quotas)
    moves.fill(1, this.quotas)
    for (let slot = 0; slot < slotCount; slot++)
      if (tablesPerSlot < Infinity && this.isUsed(slot)) {
        at[this.tables + slot] += prices.tables
        moves[this.tables + slot] = 1
      }
    for (let p = 0; p < participantCount; p++) this.beginWith(p)
  }

  private beginWith(p: number): void {
    const { problem, at, moves, lowest, people, missing } = this
    const { slotCount, block, maxConsecutive, guarantee, fewest, capacity, instance, limits } = problem
    const day = this.free.subarray(p * slotCount, (p + 1) * slotCount)
    const seats = mostBusySlots(day, block, maxConsecutive[p])
    const isOwed = guarantee[p] > 0 && missing > 0
    const isLimited = instance.participants[p].maxMeetings < seats || limits[p].length > 0
    moves[people + p] = isOwed || isLimited ? 1 : 0
    lowest[people + p] = isOwed ? -missing : Math.min(0, at[people + p])
    if (isOwed || fewest[p] > 0 || capacity[p] !== seats || at[people + p] <= 0) return
    for (let i = p * slotCount; i < (p + 1) * slotCount; i++) if (this.free[i]) at[i] += at[people + p]
    at[people + p] = 0
  }

  private isUsed(slot: number): boolean {
    const { participantCount, slotCount } = this.problem
    for (let p = 0; p < participantCount; p++) if (this.free[p * slotCount + slot]) return true
    return false
  }

  /** The bound that the prices prove; sets the slope and everybody's choice on the way. */
  evaluate(): number {
    this.slope.fill(0)
    const taken = this.priceCandidates()
    const places = this.priceDays() + this.priceTables() + this.priceNumbers() + this.priceQuotas()
    const bound = this.gained + taken + places + this.missing * this.shortfall
    this.remember(bound)
    return bound
  }

  private priceCandidates(): number {
    const { at, choice, starts, arcs, tables, people, quotas, problem, worth } = this
    const { first, second, slotCount, mandatory, quotasOf } = problem
    let sum = 0
    for (let i = 0; i + 1 < starts.length; i++) {
      const c = Math.floor(arcs[starts[i]] / slotCount)
      const [one, two] = [first[c] * slotCount, second[c] * slotCount]
      let excess = worth[c] - at[people + first[c]] - at[people + second[c]]
      for (const quota of quotasOf[c]) excess -= at[quotas + quota]
      let [best, least] = [-1, mandatory[c] ? Infinity : excess]
      for (let arc = starts[i]; arc < starts[i + 1]; arc++) {
        const slot = arcs[arc] - c * slotCount
        const price = at[one + slot] + at[two + slot] + at[tables + slot]
        if (price >= least) continue
        least = price
        best = slot
      }
      choice[c] = best
      if (best < 0) continue
      sum += excess - least
      this.take(c, best)
    }
    return sum
  }

  private take(c: number, slot: number): void {
    const { slope, people, quotas } = this
    const { first, second, slotCount, quotasOf } = this.problem
    slope[first[c] * slotCount + slot]++
    slope[second[c] * slotCount + slot]++
    slope[this.tables + slot]++
    slope[people + first[c]]++
    slope[people + second[c]]++
    for (const quota of quotasOf[c]) slope[quotas + quota]++
  }

  private priceDays(): number {
    const { at, slope, must, day, rowed, single } = this
    let sum = 0
    for (const p of rowed) sum += day.find(p, at, must, slope)
    for (const i of single) {
      sum += at[i]
      slope[i]--
    }
    return sum
  }

  private priceTables(): number {
    const { at, slope, rooms, tables } = this
    let sum = 0
    for (let slot = 0; slot < rooms.length; slot++) {
      if (rooms[slot] === Infinity) continue
      sum += at[tables + slot] * rooms[slot]
      slope[tables + slot] -= rooms[slot]
    }
    return sum
  }

  private priceNumbers(): number {
    const { at, slope, held, people, missing, problem } = this
    let sum = 0
    for (let p = 0; p < held.length; p++) {
      const price = at[people + p]
      const guarantee = missing === 0 ? 0 : problem.guarantee[p] - held[p]
      const number = this.numberAt(p, price, guarantee)
      sum += price * number - missing * Math.max(0, guarantee - number)
      slope[people + p] -= number
    }
    return sum
  }

  /**
   * The number of further meetings that pays most: what it pays is concave and piecewise linear, with its only kink at
   * the guarantee. Where several pay the same, the one nearest to what candidates take.
   */
  private numberAt(p: number, price: number, guarantee: number): number {
    const { fewest, capacity } = this.problem
    const high = capacity[p] - this.held[p]
    const low = Math.min(high, Math.max(0, fewest[p] - this.held[p]))
    const kink = clamp(guarantee, low, high)
    const taken = this.slope[this.people + p]
    if (price > 0) return high
    if (price === 0) return clamp(taken, kink, high)
    if (price > -this.missing) return kink
    return price === -this.missing ? clamp(taken, low, kink) : low
  }

  private priceQuotas(): number {
    const { at, slope, heldOf, quotas, problem } = this
    let sum = 0
    problem.quotas.forEach(({ members, min, max }, quota) => {
      const price = at[quotas + quota]
      const least = Math.max(0, min - heldOf[quota])
      const most = Math.max(least, Math.min(max, members.length) - heldOf[quota])
      const number = price > 0 ? most : price < 0 ? least : clamp(slope[quotas + quota], least, most)
      sum += price * number
      slope[quotas + quota] -= number
    })
    return sum
  }

  /** The best prices so far. */
  read(): Prices {
    const { sharpest: best, tables, people, quotas, missing } = this
    return {
      participants: best.slice(people, quotas),
      tables: 0,
      shortfall: missing,
      quotas: best.slice(quotas),
      days: { busy: best.slice(0, tables), tables: best.slice(tables, people) },
    }
  }
}

const clamp = (number: number, low: number, high: number): number => Math.min(high, Math.max(low, number))

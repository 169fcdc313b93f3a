import { countBreaks } from '../model/breaks.ts'
import type { Agenda } from '../model/partial-schedule.ts'
import type { Problem } from '../model/problem.ts'
import { isOfTables } from '../spec/objective.ts'
import type { Chain } from './kempe-chain.ts'
import type { Random } from '../model/random.ts'

type End = Chain['ends'][number]

const FIRST_LEVEL = 10
const SECOND_LEVEL = 2
const TOO_MANY_BREAKS = 40
/** Where idle slots do not count, fewer of them still lead to fewer breaks. */
const GUIDE = 1

/** Outweighs all that a later level may count, and still leaves whole numbers exact. */
const STEP = 2 ** 22
const EXCESS = 2 ** 36

/** What a break and an idle slot weigh in the rank. */
function ranksOf({ instance }: Problem): { breaks: number; idle: number } {
  const { objective } = instance.rules
  const [breaks, idle] = [objective.indexOf('breaks'), objective.indexOf('idle')]
  const isFree = !objective.some(isOfTables)
  if (breaks < 0) return { breaks: 0, idle: idle >= 0 ? 1 : 0 }
  if (idle < 0) return { breaks: STEP, idle: isFree ? 1 : 0 }
  return breaks < idle ? { breaks: STEP, idle: 1 } : { breaks: 1, idle: STEP }
}

/** The cost of agendas for `breaks`, `idle` and `maxBreakSpread`, and how a Kempe chain changes it. */
export class DayCosts {
  /** False if neither level counts and there is no spread to keep. */
  readonly isWanted: boolean
  private readonly agenda: Agenda
  private readonly weights: { breaks: number; idle: number }
  private readonly most: number
  private readonly breaksOf: Int32Array
  private readonly idleOf: Int32Array
  private readonly counted: { breaks: boolean; idle: boolean }
  /** First slot of the stretch in which breaks count, and the slot after its last. */
  private readonly start: Int32Array
  private readonly end: Int32Array
  /**
   * The agendas as the levels see them, of which less is better: breaks beyond the spread before all, then the levels in
   * their order. Where no later level depends on times, idle slots that do not count come last.
   */
  rank = 0
  private readonly ranks: { breaks: number; idle: number }
  /** Breaks and idle slots that the last `shift` would add. */
  private breaks = 0
  private idle = 0

  constructor(agenda: Agenda) {
    const { stretch, instance } = agenda.problem
    const { objective, maxBreakSpread } = instance.rules
    const [breaks, idle] = [objective.indexOf('breaks'), objective.indexOf('idle')]
    this.agenda = agenda
    this.weights = {
      breaks: breaks < 0 ? 0 : idle < 0 || breaks < idle ? FIRST_LEVEL : SECOND_LEVEL,
      idle: idle < 0 ? GUIDE : breaks < 0 || idle < breaks ? FIRST_LEVEL : SECOND_LEVEL,
    }
    this.ranks = ranksOf(agenda.problem)
    this.counted = { breaks: breaks >= 0, idle: idle >= 0 }
    this.most = maxBreakSpread ?? Infinity
    this.isWanted = breaks >= 0 || idle >= 0 || maxBreakSpread !== null
    this.start = stretch.map((one) => stretch.indexOf(one))
    this.end = stretch.map((one) => stretch.lastIndexOf(one) + 1)
    this.breaksOf = new Int32Array(agenda.problem.participantCount)
    this.idleOf = new Int32Array(agenda.problem.participantCount)
  }

  /** Counts afresh; the cost of all agendas. */
  reset(): number {
    let cost = 0
    this.rank = 0
    for (let p = 0; p < this.breaksOf.length; p++) {
      const { breaks, idle } = this.countDay(p)
      this.breaksOf[p] = breaks
      this.idleOf[p] = idle
      cost += breaks * this.weights.breaks + idle * this.weights.idle + this.excess(breaks)
      this.rank += this.rankOf(breaks, idle)
    }
    return cost
  }

  changeOf({ ends }: Chain): number {
    let change = 0
    for (let i = 0; i < ends.length; i++) {
      this.shift(ends[i])
      const before = this.breaksOf[ends[i].participant]
      change += this.breaks * this.weights.breaks + this.idle * this.weights.idle
      change += this.excess(before + this.breaks) - this.excess(before)
    }
    return change
  }

  /** Whether there are as many breaks and idle slots with the chain swapped. */
  keeps({ ends }: Chain): boolean {
    let [breaks, idle] = [0, 0]
    for (const end of ends) {
      this.shift(end)
      breaks += this.breaks
      idle += this.idle
    }
    return breaks === 0 && idle === 0
  }

  /** To be called after the chain was swapped. */
  accept({ ends }: Chain): void {
    for (const { participant } of ends) {
      const { breaks, idle } = this.countDay(participant)
      this.rank +=
        this.rankOf(breaks, idle) - this.rankOf(this.breaksOf[participant], this.idleOf[participant])
      this.breaksOf[participant] = breaks
      this.idleOf[participant] = idle
    }
  }

  /** A random participant among those with breaks, counted afresh. */
  someWithBreaks(random: Random): number | undefined {
    this.reset()
    const some = [...this.breaksOf.keys()].filter((p) => this.breaksOf[p] > 0)
    return some[random.below(some.length)]
  }

  /** Breaks of all agendas, or Infinity if they differ by too many. */
  breaksInAll(): number {
    let [sum, least, most] = [0, Infinity, 0]
    for (const breaks of this.breaksOf) {
      sum += breaks
      least = Math.min(least, breaks)
      most = Math.max(most, breaks)
    }
    return most - least > this.most ? Infinity : sum
  }

  /** Whether nothing can be better, `lower` breaks being unavoidable. */
  isLeast(lower: number): boolean {
    const breaks = this.breaksInAll()
    const idle = this.idleOf.reduce((sum, one) => sum + one, 0)
    return (
      (this.counted.breaks ? breaks <= lower : breaks < Infinity) && (!this.counted.idle || idle <= lower)
    )
  }

  /** Whether nobody gets too many meetings in a row or in the slots of a limit. */
  keepsLimits({ ends }: Chain): boolean {
    const { maxConsecutive, slotCount } = this.agenda.problem
    return ends.every(
      (end) => (maxConsecutive[end.participant] >= slotCount || this.keepsRow(end)) && this.keepsNumbers(end),
    )
  }

  private rankOf(breaks: number, idle: number): number {
    return breaks * this.ranks.breaks + idle * this.ranks.idle + this.excess(breaks) * EXCESS
  }

  private excess(breaks: number): number {
    return breaks > this.most ? (breaks - this.most) * TOO_MANY_BREAKS : 0
  }

  /** What one meeting more in `to` and one less in `from` adds; only the slots around them are looked at. */
  private shift({ participant, from, to }: End): void {
    this.breaks = 0
    this.idle = 0
    this.count(this.before(participant, from, -1), from, this.after(participant, from, -1), -1)
    this.count(this.before(participant, to, from), to, this.after(participant, to, from), 1)
  }

  private count(before: number, slot: number, after: number, sign: 1 | -1): void {
    if (before >= 0) this.gap(before, slot, sign)
    if (after >= 0) this.gap(slot, after, sign)
    if (before >= 0 && after >= 0) this.gap(before, after, -sign)
  }

  private gap(earlier: number, later: number, sign: number): void {
    if (later - earlier < 2) return
    this.breaks += sign
    this.idle += sign * (later - earlier - 1)
  }

  /** The last busy slot before this one in its stretch as if `without` were idle, −1 if there is none. */
  private before(participant: number, slot: number, without: number): number {
    const { at, problem } = this.agenda
    const row = participant * problem.slotCount
    for (let s = slot - 1; s >= this.start[slot]; s--) if (at[row + s] >= 0 && s !== without) return s
    return -1
  }

  private after(participant: number, slot: number, without: number): number {
    const { at, problem } = this.agenda
    const row = participant * problem.slotCount
    for (let s = slot + 1; s < this.end[slot]; s++) if (at[row + s] >= 0 && s !== without) return s
    return -1
  }

  private countDay(participant: number): { breaks: number; idle: number } {
    const { at, problem } = this.agenda
    return countBreaks(problem, at, participant * problem.slotCount)
  }

  private keepsRow({ participant, from, to }: End): boolean {
    const { at, problem } = this.agenda
    const leaving = [at[participant * problem.slotCount + from]]
    return this.agenda.rowLength(participant, to, leaving) <= problem.maxConsecutive[participant]
  }
  private keepsNumbers({ participant, from, to }: End): boolean {
    for (const limit of this.agenda.problem.limits[participant])
      if (
        limit.isIn[to] &&
        !limit.isIn[from] &&
        this.agenda.meetingsIn(participant, limit, []).length >= limit.max
      )
        return false
    return true
  }
}

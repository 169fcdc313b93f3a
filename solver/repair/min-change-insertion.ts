import type { Agenda } from '../model/partial-schedule.ts'
import { DROPPED, MOVED } from '../spec/objective.ts'
import { waysIn, type Way } from '../model/ejections.ts'
import { REPAIRING } from '../model/effort.ts'

/** What putting meetings into a schedule cost, in units of the level `changes`. */
export interface Insertion {
  /** Meetings for which no place was found. */
  stuck: number[]
  /** Meetings that took changes to the base, each by itself. */
  costly: number[]
  cost: number
  /** True if no cheaper way to hold all of them exists. */
  exact: boolean
}

export interface Inserting {
  agenda: Agenda
  /** Slot of each candidate in the base, −1 if it has none to keep. */
  base: Int32Array
  /** Whether a meeting of the base may be given up for others. */
  mayDrop(c: number): boolean
  /** Of the wanted meetings of the base, how many are not where they were in any schedule; by default all. */
  leastOut?: number
}

/**
 * Puts the wanted meetings into the schedule with few changes to the base. First one by one, each in the smallest
 * neighbourhood that has room for it (expanding neighbourhood: Phillips, Walker, Ehrgott and Ryan, Annals of
 * Operations Research 2016); then all together, asking for ever fewer changes within `nodes` steps.
 */
export function insertAll(inserting: Inserting, wanted: number[], nodes: number): Insertion {
  const { agenda } = inserting
  const before = agenda.slotOf.slice()
  const found = oneByOne(inserting, wanted, Math.min(nodes, REPAIRING.nodesOneByOne))
  if (found.stuck.length > 0) return found
  const after = agenda.slotOf.slice()
  agenda.restore(before)
  const better = cheapest(inserting, wanted, found.cost - 1, nodes)
  if (better.cost === null) agenda.restore(after)
  return { ...found, cost: better.cost ?? found.cost, exact: better.exact }
}

/**
 * What it costs at least: those that have to leave pay for a move, and each that is too many for the places at tables
 * has to go. Wanted meetings of the base have been counted as moved already.
 */
function leastCost(inserting: Inserting, wanted: number[]): number {
  const { base } = inserting
  const paid = wanted.filter((c) => base[c] >= 0).length
  const tooMany = countTooMany(inserting, wanted)
  const leave = Math.max(Math.min(inserting.leastOut ?? paid, paid), tooMany)
  return leave * MOVED + tooMany * (DROPPED - MOVED) - paid * MOVED
}

/** By how many the meetings are more than the places at tables in the slots they can be in. */
function countTooMany({ agenda }: Inserting, wanted: number[]): number {
  if (hasPlaces(agenda, wanted)) return 0
  const { slotCount, allowed, tablesIn, pinned } = agenda.problem
  const meetings = wanted.filter((c) => !pinned[c] && agenda.slotOf[c] < 0)
  for (let c = 0; c < pinned.length; c++) if (!pinned[c] && agenda.slotOf[c] >= 0) meetings.push(c)
  let places = 0
  for (let slot = 0; slot < slotCount; slot++) {
    const taken = agenda.inSlot[slot].reduce((sum, c) => sum + pinned[c], 0)
    const isUsed = meetings.some((c) => allowed[c * slotCount + slot])
    if (isUsed) places += Math.max(0, tablesIn[slot] - taken)
  }
  return Math.max(0, meetings.length - places)
}

/** Whether the slots they can be in have free tables for all of them: then nobody has to go for want of a table. */
function hasPlaces({ problem, inSlot }: Agenda, wanted: number[]): boolean {
  const { slotCount, allowed, tablesIn } = problem
  let free = 0
  for (let slot = 0; slot < slotCount && free < wanted.length; slot++)
    if (wanted.some((c) => allowed[c * slotCount + slot])) free += tablesIn[slot] - inSlot[slot].length
  return free >= wanted.length
}

function oneByOne(inserting: Inserting, wanted: number[], nodes: number): Insertion {
  const [stuck, costly]: [number[], number[]] = [[], []]
  let cost = 0
  let patience = nodes
  for (const c of wanted) {
    const found = cheapest({ ...inserting, leastOut: undefined }, [c], REPAIRING.mostCost, patience)
    cost += found.cost ?? 0
    if (found.cost !== null) {
      if (found.cost > 0) costly.push(c)
      continue
    }
    stuck.push(c)
    // Where one finds no room, the next ones hardly do: a full day is not searched again for each of them.
    patience = Math.max(REPAIRING.fewestNodes, patience / 2)
  }
  return { stuck, costly, cost, exact: false }
}

/** The cheapest way to hold all of `wanted` at up to `most`; exact if every cheaper cost was ruled out. */
function cheapest(inserting: Inserting, wanted: number[], most: number, nodes: number) {
  const fixed = new Uint8Array(inserting.base.length)
  const trial: Trial = { ...inserting, fixed, nodes, sawAll: true, givesCredit: false, isOnCredit: false }
  const least = leastCost(inserting, wanted)
  for (let budget = least; budget <= most && trial.nodes > 0; budget++) {
    const cost = settleOrTryCredit(trial, wanted, budget)
    if (cost !== null) return { cost, exact: trial.sawAll || cost <= least }
  }
  return { cost: null, exact: least > most || (trial.sawAll && trial.nodes > 0) }
}

interface Trial extends Inserting {
  /** Meetings that have their final place. */
  fixed: Uint8Array
  nodes: number
  /** False once some ways were left out. */
  sawAll: boolean
  /** Whether moves beyond the budget are tried that others might pay for, and whether there were any. */
  givesCredit: boolean
  isOnCredit: boolean
}

/** Credit is tried last: it is seldom of use, and widens the search. */
function settleOrTryCredit(trial: Trial, wanted: number[], budget: number): number | null {
  trial.isOnCredit = false
  const cost = settle(trial, wanted, budget)
  if (cost !== null || !trial.isOnCredit || trial.nodes <= 0) return cost
  trial.givesCredit = true
  const late = settle(trial, wanted, budget)
  trial.givesCredit = false
  return late
}

/**
 * Finds places for everybody in `pending` within the budget, depth first, the most cramped first; a place is
 * final, so that whoever is in its way has to change. Returns the cost, with the schedule changed, or null.
 */
function settle(trial: Trial, pending: number[], budget: number): number | null {
  if (pending.length === 0) return budget >= 0 ? 0 : null
  const [c, moves] = mostCramped(trial, pending, budget)
  if (moves === null) return null
  const rest = pending.filter((one) => one !== c)
  for (const move of moves) {
    if (trial.nodes <= 0) return null
    const left = budget - move.cost
    const old = move.leaving.map((other) => trial.agenda.slotOf[other])
    apply(trial, c, move)
    const cost = settle(trial, [...rest, ...move.leaving], left)
    if (cost !== null) {
      trial.fixed[c] = 0
      return cost + move.cost
    }
    undo(trial, c, move, old)
  }
  return null
}

/** A way in, or giving the meeting up (slot −1), with what it costs at once. */
interface Move extends Way {
  cost: number
}

function apply({ agenda, fixed }: Trial, c: number, { slot, leaving }: Move): void {
  for (const other of leaving) agenda.remove(other)
  if (slot >= 0) agenda.put(c, slot)
  fixed[c] = 1
}

function undo({ agenda, fixed }: Trial, c: number, { slot, leaving }: Move, old: number[]): void {
  if (slot >= 0) agenda.remove(c)
  leaving.forEach((other, index) => agenda.put(other, old[index]))
  fixed[c] = 0
}

/** The pending meeting whose cheapest move costs most, with its moves, or null if one has none within the budget. */
function mostCramped(trial: Trial, pending: number[], budget: number): [number, Move[] | null] {
  let worst: [number, Move[] | null] = [pending[0], null]
  let most = -1
  for (const c of pending) {
    if (trial.nodes <= 0) return [c, null]
    const moves = affordable(trial, movesOf(trial, c, pending), budget, () =>
      pending.filter((one) => one !== c && canReturn(trial, one)),
    )
    if (moves.length === 0) return [c, null]
    const least = Math.min(...moves.map(({ cost }) => cost)) - 1 / moves.length
    if (least <= most && worst[1]) continue
    most = least
    worst = [c, moves]
  }
  return worst
}

/** What is beyond the budget could be paid later by those who go back to where they were. */
function affordable(trial: Trial, moves: Move[], budget: number, returning: () => number[]): Move[] {
  const within = moves.filter(({ cost }) => cost <= budget)
  if (within.length === moves.length) return moves
  const credit = MOVED * returning().length
  if (credit === 0) return within
  trial.isOnCredit = true
  return trial.givesCredit ? moves.filter(({ cost }) => cost <= budget + credit) : within
}

function movesOf(trial: Trial, c: number, pending: number[]): Move[] {
  const { agenda, base, fixed } = trial
  const { slotCount, allowed } = agenda.problem
  const moves: Move[] = []
  trial.nodes--
  for (let slot = 0; slot < slotCount; slot++) {
    if (!allowed[c * slotCount + slot]) continue
    const back = slot === base[c] ? MOVED : 0
    const ways = waysIn(agenda, c, slot, fixed, REPAIRING.ways)
    if (ways.length === REPAIRING.ways) trial.sawAll = false
    for (const way of ways)
      moves.push({ ...way, cost: way.leaving.reduce((sum, other) => sum + leaveCost(trial, other), -back) })
  }
  moves.sort((one, other) => one.cost - other.cost)
  // Within a budget that allows for it, giving up settles the matter at once.
  if (base[c] >= 0 && canGiveUp(trial, c, pending))
    moves.unshift({ slot: -1, leaving: [], cost: DROPPED - MOVED })
  return moves
}

/** Whether a meeting could be where it was in the base, for all that is final. */
function canReturn({ agenda, base, fixed }: Trial, c: number): boolean {
  const { first, second, slotCount, allowed, pinned } = agenda.problem
  const home = base[c]
  if (home < 0 || !allowed[c * slotCount + home]) return false
  return [first[c], second[c]].every((p) => {
    const other = agenda.at[p * slotCount + home]
    return other < 0 || !(fixed[other] || pinned[other])
  })
}

/** Leaving a place of the base costs a move, and one more only if the meeting is dropped in the end. */
const leaveCost = ({ agenda, base }: Trial, c: number): number => (agenda.slotOf[c] === base[c] ? MOVED : 0)

function canGiveUp({ agenda, mayDrop }: Trial, c: number, pending: number[]): boolean {
  const { mandatory, quotasOf, quotas } = agenda.problem
  if (mandatory[c] || !mayDrop(c)) return false
  const comes = (other: number) => other !== c && (agenda.slotOf[other] >= 0 || pending.includes(other))
  return quotasOf[c].every((quota) => quotas[quota].members.filter(comes).length >= quotas[quota].min)
}

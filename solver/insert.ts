import type { Agenda } from './agenda.ts'
import { DROPPED, MOVED } from './objective.ts'
import { waysIn, type Way } from './ways.ts'

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
}

const MOST_WAYS = 48
const ONE_BY_ONE_NODES = 400
const LEAST_NODES = 25
const MOST_COST = 12

/**
 * Puts the wanted meetings into the schedule with few changes to the base. First one by one, each in the smallest
 * neighbourhood that has room for it (expanding neighbourhood: Phillips, Walker, Ehrgott and Ryan, Annals of
 * Operations Research 2016); then all together, asking for ever fewer changes within `nodes` steps.
 */
export function insertAll(inserting: Inserting, wanted: number[], nodes: number): Insertion {
  const { agenda } = inserting
  const before = agenda.slotOf.slice()
  const found = oneByOne(inserting, wanted, Math.min(nodes, ONE_BY_ONE_NODES))
  if (found.stuck.length > 0) return found
  const after = agenda.slotOf.slice()
  agenda.restore(before)
  const better = cheapest(inserting, wanted, found.cost - 1, nodes)
  if (better.cost === null) agenda.restore(after)
  return { ...found, cost: better.cost ?? found.cost, exact: better.exact }
}

/** What it costs at least that there are fewer places at tables than meetings: each that is too many has to go. */
function leastDrops({ agenda, base }: Inserting, wanted: number[]): number {
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
  const tooMany = Math.max(0, meetings.length - places)
  // One that is pushed out already has paid for its move.
  const paid = wanted.filter((c) => base[c] >= 0).length
  return tooMany * (DROPPED - MOVED) + Math.max(0, tooMany - paid) * MOVED
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
    const found = cheapest(inserting, [c], MOST_COST, patience)
    cost += found.cost ?? 0
    if (found.cost !== null) {
      if (found.cost > 0) costly.push(c)
      continue
    }
    stuck.push(c)
    // Where one finds no room, the next ones hardly do: a full day is not searched again for each of them.
    patience = Math.max(LEAST_NODES, patience / 2)
  }
  return { stuck, costly, cost, exact: false }
}

/** The cheapest way to hold all of `wanted` at up to `most`; exact if every cheaper cost was ruled out. */
function cheapest(inserting: Inserting, wanted: number[], most: number, nodes: number) {
  const trial: Trial = { ...inserting, fixed: new Uint8Array(inserting.base.length), nodes, sawAll: true }
  const least = leastDrops(inserting, wanted)
  for (let budget = least; budget <= most && trial.nodes > 0; budget++) {
    const cost = settle(trial, wanted, budget)
    if (cost !== null) return { cost, exact: trial.sawAll }
  }
  return { cost: null, exact: least > most || (trial.sawAll && trial.nodes > 0) }
}

interface Trial extends Inserting {
  /** Meetings that have their final place. */
  fixed: Uint8Array
  nodes: number
  /** False once some ways were left out. */
  sawAll: boolean
}

/**
 * Finds places for everybody in `pending` within the budget, depth first, the most cramped first; a place is
 * final, so that whoever is in its way has to change. Returns the cost, with the schedule changed, or null.
 */
function settle(trial: Trial, pending: number[], budget: number): number | null {
  if (pending.length === 0) return 0
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
    const moves = movesOf(trial, c, pending).filter(({ cost }) => cost <= budget)
    if (moves.length === 0) return [c, null]
    const least = Math.min(...moves.map(({ cost }) => cost)) - 1 / moves.length
    if (least <= most && worst[1]) continue
    most = least
    worst = [c, moves]
  }
  return worst
}

function movesOf(trial: Trial, c: number, pending: number[]): Move[] {
  const { agenda, base, fixed } = trial
  const { slotCount, allowed } = agenda.problem
  const moves: Move[] = []
  trial.nodes--
  for (let slot = 0; slot < slotCount; slot++) {
    if (!allowed[c * slotCount + slot]) continue
    const back = slot === base[c] ? MOVED : 0
    const ways = waysIn(agenda, c, slot, fixed, MOST_WAYS)
    if (ways.length === MOST_WAYS) trial.sawAll = false
    for (const way of ways)
      moves.push({ ...way, cost: way.leaving.reduce((sum, other) => sum + leaveCost(trial, other), -back) })
  }
  moves.sort((one, other) => one.cost - other.cost)
  // Within a budget that allows for it, giving up settles the matter at once.
  if (base[c] >= 0 && canGiveUp(trial, c, pending))
    moves.unshift({ slot: -1, leaving: [], cost: DROPPED - MOVED })
  return moves
}

/** Leaving a place of the base costs a move, and one more only if the meeting is dropped in the end. */
const leaveCost = ({ agenda, base }: Trial, c: number): number => (agenda.slotOf[c] === base[c] ? MOVED : 0)

function canGiveUp({ agenda, mayDrop }: Trial, c: number, pending: number[]): boolean {
  const { mandatory, quotasOf, quotas } = agenda.problem
  if (mandatory[c] || !mayDrop(c)) return false
  const comes = (other: number) => other !== c && (agenda.slotOf[other] >= 0 || pending.includes(other))
  return quotasOf[c].every((quota) => quotas[quota].members.filter(comes).length >= quotas[quota].min)
}

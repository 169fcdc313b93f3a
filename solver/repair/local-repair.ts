import { Agenda } from '../model/partial-schedule.ts'
import type { Places } from '../model/assignment.ts'
import { confine, type Confined } from './subproblem.ts'
import { insertAll, type Insertion } from './min-change-insertion.ts'
import { DROPPED, MOVED, RESEATED } from '../spec/objective.ts'
import { compile, leastShortfall, type Problem } from '../model/problem.ts'
import type { Search } from '../model/search-limits.ts'
import { seat } from '../seat/seat.ts'
import type { FromNothing } from './repair-search.ts'
import { leastOut } from './min-displaced.ts'
import { REPAIRING } from '../model/effort.ts'

/** A schedule near the base, with what is known of its changes. */
export interface Near {
  places: Places
  changes: number
  /** No schedule has fewer changes. */
  bound: number
  shortfall: number
}

/** As much of the base as there is room for beside what is locked. */
export interface Start {
  agenda: Agenda
  base: Places
  /** Meetings of the base for which there is no room where they were, and how many have to leave in any schedule. */
  pushedOut: number[]
  leastOut: number
}

export function startFrom(problem: Problem, base: Places): Start {
  const { pinned, value } = problem
  const start: Start = { agenda: new Agenda(problem), base, pushedOut: [], leastOut: leastOut(problem, base) }
  // Whoever has a table sits down first, of those for whom there are tables at all.
  const extra = extraInSlots(problem, base)
  const rank = (c: number) => (extra.has(c) ? -1 : 2 * pinned[c] + (base.tables[c] >= 0 ? 1 : 0))
  const inOrder = [...base.slots.keys()].filter((c) => base.slots[c] >= 0)
  inOrder.sort((one, other) => rank(other) - rank(one) || value[other] - value[one] || one - other)
  for (const c of inOrder) if (!putBack(start, c)) start.pushedOut.push(c)
  return start
}

/** The least valuable meetings of the slots in which the base has more of them than there are tables now. */
export function extraInSlots(
  { slotCount, tablesIn, pinned, mandatory, value }: Problem,
  base: Places,
): Set<number> {
  const inSlot = Array.from({ length: slotCount }, (): number[] => [])
  for (const [c, slot] of base.slots.entries()) if (slot >= 0) inSlot[slot].push(c)
  const extra = inSlot.flatMap((list, slot) => {
    const free = list.filter((c) => !pinned[c] && !mandatory[c])
    free.sort((one, other) => value[one] - value[other] || other - one)
    return free.slice(0, Math.max(0, list.length - tablesIn[slot]))
  })
  return new Set(extra)
}

function putBack({ agenda, base }: Start, c: number): boolean {
  const { allowed, slotCount } = agenda.problem
  const slot = base.slots[c]
  if (!allowed[c * slotCount + slot]) return false
  const isFree = agenda.fits(c, slot)
  if (isFree) agenda.put(c, slot, base.tables[c])
  return isFree
}

/**
 * Touches only what cannot stay: what must be held and is not is put in with few changes, by exact search; then
 * everything is kept where it is and what is still open beside it is solved by itself. Null where that is not
 * enough to hold what must be held, or to owe nobody more than has to be owed.
 */
export async function mendNear(start: Start, search: Search, solve: FromNothing): Promise<Near | null> {
  const { agenda, base, pushedOut, leastOut } = start
  const { problem } = agenda
  if (problem.instance.rules.maxBreakSpread !== null) return null
  const missing = [...problem.mandatory.keys()].filter((c) => problem.mandatory[c] && agenda.slotOf[c] < 0)
  const wanted = [...new Set([...missing, ...pushedOut])]
  const found = insertAll(
    { agenda, base: base.slots, mayDrop: () => true, leastOut },
    wanted,
    REPAIRING.nodes,
  )
  if (found.stuck.length > 0) return null
  const places =
    (await fill(start, (c) => base.slots[c] >= 0, search, solve)) ??
    (await fill(start, () => true, search, solve))
  if (!places) return null
  const near = judge(start, places, found)
  return near.shortfall > leastShortfall(problem) || !hasQuotas(problem, places) ? null : near
}

/** Keeps those meetings where they are and solves the rest; null if not everybody finds a place. */
async function fill(
  start: Start,
  isKept: (c: number) => boolean,
  search: Search,
  solve: FromNothing,
): Promise<Places | null> {
  const { agenda } = start
  const tables = ownTables(start)
  const loose = [...agenda.slotOf.keys()].filter((c) => agenda.slotOf[c] >= 0 && !isKept(c))
  const slots = loose.map((c) => agenda.slotOf[c])
  for (const c of loose) agenda.remove(c)
  const confined = confine(agenda, tables)
  const kept = { slots: agenda.slotOf.slice(), tables }
  loose.forEach((c, index) => agenda.put(c, slots[index]))
  const isListed = Array.isArray(agenda.problem.instance.tables)
  return (await solveConfined(confined, kept, isListed, search, solve)) ? kept : null
}

/** Tables of the base that are still theirs, −1 for who has none or has to change. */
function ownTables({ agenda, base }: Start): Int32Array {
  const { slotOf, seating } = agenda
  return base.tables.map((table, c) =>
    slotOf[c] >= 0 && slotOf[c] === base.slots[c] && (!seating || seating.tableOf[c] === table) ? table : -1,
  )
}

/** Solves what is open and writes it to the places; false if somebody who must have one finds none. */
export async function solveConfined(
  { instance, candidates, tables }: Confined,
  places: Places,
  isListed: boolean,
  search: Search,
  solve: FromNothing,
): Promise<boolean> {
  if (candidates.length === 0) return true
  const problem = compile(instance)
  const agenda = await solve(problem)
  if (!agenda || problem.mandatory.some((one, c) => one && agenda.slotOf[c] < 0)) return false
  const seats = isListed ? seat(agenda, search) : null
  for (const [own, c] of candidates.entries()) {
    places.slots[c] = agenda.slotOf[own]
    if (agenda.slotOf[own] < 0) continue
    if (seats && seats[own] < 0) return false
    places.tables[c] = seats ? tables[seats[own]] : -1
  }
  return true
}

export function judge({ agenda, base, pushedOut, leastOut }: Start, places: Places, found: Insertion): Near {
  const { problem } = agenda
  const changes = base.slots.reduce((sum, slot, c) => sum + (slot < 0 ? 0 : changeAt(base, places, c)), 0)
  // Where least numbers are asked for, other meetings could make up for those that go.
  const isForced = problem.quotas.every(({ min }) => min === 0)
  const exact = found.exact && isForced ? found.cost + MOVED * pushedOut.length : 0
  const bound = Math.min(changes, Math.max(exact, MOVED * leastOut))
  return { places, changes, bound, shortfall: shortfallOf(problem, places.slots) }
}

function changeAt(base: Places, { slots, tables }: Places, c: number): number {
  if (slots[c] < 0) return DROPPED
  if (slots[c] !== base.slots[c]) return MOVED
  return base.tables[c] >= 0 && tables[c] !== base.tables[c] ? RESEATED : 0
}

function shortfallOf({ first, second, guarantee }: Problem, slots: Int32Array): number {
  if (guarantee.every((one) => one === 0)) return 0
  const left = guarantee.slice()
  slots.forEach((slot, c) => {
    if (slot < 0) return
    left[first[c]]--
    left[second[c]]--
  })
  return left.reduce((sum, one) => sum + Math.max(0, one), 0)
}

export const hasQuotas = ({ quotas }: Problem, { slots }: Places): boolean =>
  quotas.every(({ members, min }) => members.filter((c) => slots[c] >= 0).length >= min)

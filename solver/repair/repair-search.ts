import type { Agenda } from '../model/partial-schedule.ts'
import { meetingsAt, placesOf } from '../model/assignment.ts'
import { isBetter, isSame } from '../spec/level-order.ts'
import { insertAll, type Insertion } from './min-change-insertion.ts'
import type { Level } from '../format/instance.ts'
import { keepMeetings } from '../spec/scope.ts'
import { mendNear, startFrom, type Near, type Start } from './local-repair.ts'
import { DROPPED, measure, MOVED } from '../spec/objective.ts'
import { boundOf } from '../bounds/level-bound.ts'
import { compile, type Problem } from '../model/problem.ts'
import { chairsNear, seatNear } from '../seat/seat-near-base.ts'
import type { Search } from '../model/search-limits.ts'
import { select, type Selection } from '../select/flow-selection.ts'
import type { LevelValue, Meeting } from '../format/solution.ts'
import { checkRules } from '../spec/rules.ts'
import { REPAIRING } from '../model/effort.ts'

/** A schedule near the base of its instance. */
export interface Mended {
  meetings: Meeting[]
  /** No schedule that is as good on the levels before `changes` has fewer. */
  changes: number
}

/** Arranges a problem from nothing; null if it has no schedule. */
export type FromNothing = (problem: Problem) => Promise<Agenda | null>

/**
 * Keeps the base of an instance as far as its rules and the levels before `changes` allow, then, with everything
 * kept where it is, does the best for the levels after. Returns null if no schedule was found.
 */
export async function mend(problem: Problem, search: Search, solve: FromNothing): Promise<Mended | null> {
  const { instance } = problem
  const start = startFrom(problem, placesOf(instance, instance.base!))
  const before = start.agenda.slotOf.slice()
  const near = await mendNear(start, search, solve)
  if (near && near.changes === near.bound && isBestBefore(problem, near))
    return { meetings: meetingsAt(instance, near.places), changes: near.bound }
  start.agenda.restore(before)
  return mendWhole(start, near, search, solve)
}

/** Whether nothing could be better on the levels before `changes`: `near` owes no more than it has to. */
function isBestBefore(problem: Problem, near: Near): boolean {
  const before = levelsBefore(problem)
  if (before.every((level) => level === 'shortfall')) return true
  const measured = measure(problem.instance, meetingsAt(problem.instance, near.places))
  return reachesBounds(problem, select(problem, before), before, measured)
}

/** The same where the levels before ask for another selection, or more has to move than the exact search could see. */
async function mendWhole(
  { agenda, base, pushedOut, leastOut }: Start,
  near: Near | null,
  search: Search,
  solve: FromNothing,
): Promise<Mended | null> {
  const { problem } = agenda
  const { instance } = problem
  const before = levelsBefore(problem)
  const selection = select(problem, before)
  const state: Mending = { problem, agenda, ...base, pushedOut, leastOut }
  const lowest = boundByDrops(state, selection)
  const arranged = arrangeNear(state, selection, lowest, search)
  const kept = compile(keepMeetings(instance, keptOf(state)))
  const found = [state.agenda, await solve(kept)]
  if (arranged.stuck.length > 0) found.push(await solve(problem))
  const good = found
    .map((agenda) => agenda && seatNear(problem, agenda, state.tables, search))
    .concat(near ? [meetingsAt(instance, near.places)] : [])
    .filter((one): one is Meeting[] => one !== null && checkRules(instance, one).length === 0)
  if (good.length === 0) return null
  const meetings = good.reduce((best, one) =>
    isBetter(instance.rules.objective, measure(instance, one), measure(instance, best)) ? one : best,
  )
  return { meetings, changes: boundOfChanges(state, selection, before, meetings, arranged, lowest) }
}

function levelsBefore({ instance }: Problem): Level[] {
  const { objective } = instance.rules
  return objective.slice(0, objective.indexOf('changes'))
}

interface Mending {
  problem: Problem
  agenda: Agenda
  /** Slot and table of each candidate in the base, −1 if it has none. */
  slots: Int32Array
  tables: Int32Array
  /** As in `Start`. */
  pushedOut: number[]
  leastOut: number
}

/** Holds what the selection holds, near the base; what finds no place is chosen again at equal value. */
function arrangeNear(state: Mending, selection: Selection, lowest: number, search: Search): Arranged {
  const { agenda, slots } = state
  const start = agenda.slotOf.slice()
  const penalty = Float64Array.from(slots, (slot, c) =>
    slot >= 0 ? -DROPPED * SCALE : priceOfNew(state, c) * SCALE + 1,
  )
  const inserting = {
    agenda,
    base: slots,
    mayDrop: (c: number) => mayDrop(state, c),
    leastOut: state.leastOut,
  }
  // Where only the guarantee comes before, which meetings go is better decided slot by slot.
  const keepsAll = levelsBefore(state.problem).every((level) => level === 'shortfall')
  let best: Arranged | null = null
  for (let round = 0; round < REPAIRING.selections && (round === 0 || !search.isStopped()); round++) {
    agenda.restore(start)
    const chosen = selection.reselect(penalty)
    const share = round === 0 && keepsAll ? chosen.map((part, c) => (slots[c] >= 0 ? 1 : part)) : chosen
    for (const [c, slot] of start.entries()) if (slot >= 0 && share[c] === 0) agenda.remove(c)
    const wanted = [...share.keys()].filter((c) => share[c] === 1 && agenda.slotOf[c] < 0)
    const found = insertAll(inserting, wanted, REPAIRING.nodes)
    const dropped = [...slots.keys()].filter((c) => slots[c] >= 0 && share[c] === 0).length
    const arranged = {
      ...found,
      cost: found.cost + DROPPED * dropped,
      dropped,
      slotOf: agenda.slotOf.slice(),
    }
    if (!best || isCloser(arranged, best)) best = arranged
    if (best.stuck.length === 0 && best.cost <= lowest) break
    for (const c of found.stuck) penalty[c] += 4 * SCALE
    for (const c of found.costly) penalty[c] += SCALE
  }
  agenda.restore(best!.slotOf)
  return best!
}

interface Arranged extends Insertion {
  /** Meetings of the base that were left out from the start. */
  dropped: number
  slotOf: Int32Array
}

const isCloser = (one: Insertion, other: Insertion): boolean =>
  (one.stuck.length - other.stuck.length || one.cost - other.cost) < 0

/** Outweighs the number of new meetings, of which as few as possible are taken. */
const SCALE = 1_000_000

/** Changes that holding a new meeting seems to take: none if it has a free place. */
function priceOfNew(state: Mending, c: number): number {
  return hasFreePlace(state, c) ? 0 : 2
}

function hasFreePlace({ problem, agenda }: Mending, c: number): boolean {
  const { slotCount, allowed } = problem
  for (let slot = 0; slot < slotCount; slot++)
    if (allowed[c * slotCount + slot] && agenda.isFree(c, slot)) return true
  return false
}

/** Whether a meeting of the base may go for the sake of others: not if an earlier level counts it. */
function mayDrop({ problem, agenda }: Mending, c: number): boolean {
  const before = levelsBefore(problem)
  if (before.some((level) => level !== 'shortfall')) return false
  const isOwed = (p: number) => agenda.count[p] < problem.guarantee[p]
  return before.length === 0 || !(isOwed(problem.first[c]) || isOwed(problem.second[c]))
}

/** 1 for every new meeting that could end a path with another one: see `boundByDrops`. */
function pathEnds({ problem, agenda, slots }: Mending, isCrowded: (c: number) => boolean): Uint8Array {
  const { first, second, slotCount, allowed, tablesIn } = problem
  const ends = new Uint8Array(slots.length)
  const crowded = [...slots.keys()].filter((c) => slots[c] < 0 && isCrowded(c))
  for (let slot = 0; slot < slotCount; slot++) {
    if (agenda.inSlot[slot].length >= tablesIn[slot]) continue
    const isBusy = (p: number) => agenda.at[p * slotCount + slot] >= 0
    const here = crowded.filter(
      (c) => allowed[c * slotCount + slot] && isBusy(first[c]) !== isBusy(second[c]),
    )
    if (here.length > 1) for (const c of here) ends[c] = 1
  }
  return ends
}

/**
 * Fewest changes of any selection that is best on the levels before: a dropped meeting counts 3. Or, 1 a dropped
 * one and 2 a new one without a free place: in each slot the new meetings and those that leave it for them
 * hang together in paths, with as many that leave as come, but for paths with a new one at both ends.
 * Those take a table that is free already; a new meeting that could be such an end counts only 1.
 */
function boundByDrops(state: Mending, selection: Selection): number {
  const { slots } = state
  const ends = pathEnds(state, (c) => !hasFreePlace(state, c))
  const crowding = ends.map((isEnd, c) => (hasFreePlace(state, c) ? 0 : 2 - isEnd))
  const kept = slots.reduce((sum, slot) => (slot >= 0 ? sum + 1 : sum), 0)
  const cheapest = (drop: number, crowded: number) => {
    const penalty = Float64Array.from(slots, (slot, c) => (slot >= 0 ? -drop : crowding[c] * crowded))
    const share = selection.reselect(penalty)
    return share.reduce((sum, part, c) => sum + part * penalty[c], drop * kept)
  }
  const least = Math.max(cheapest(DROPPED, 0), cheapest(1, 1))
  // Not less than one move, if anything has to change at all.
  return Math.max(least > 1e-6 ? MOVED : 0, Math.ceil(least - 1e-6), MOVED * state.leastOut)
}

function reachesBounds(
  problem: Problem,
  selection: Selection,
  levels: Level[],
  measured: Record<Level, LevelValue>,
): boolean {
  return levels.every((level) => {
    if (level === 'fairness') return isSame(selection.fairness ?? [], measured.fairness)
    const prices = level === 'shortfall' || level === 'value' ? selection.prices[level] : undefined
    return (
      !prices || boundOf(problem, level as 'value', prices, measured.shortfall as number) === measured[level]
    )
  })
}

/** The bound of `changes`: by drops, or by the exact search where nothing else was to be chosen. */
function boundOfChanges(
  { problem, pushedOut }: Mending,
  selection: Selection,
  before: Level[],
  meetings: Meeting[],
  arranged: Arranged,
  lowest: number,
): number {
  const { instance, guarantee, quotas } = problem
  const measured = measure(instance, meetings)
  const changes = measured.changes as number
  if (!reachesBounds(problem, selection, before, measured)) return 0
  const isForced =
    arranged.dropped === 0 &&
    before.every((level) => level === 'shortfall') &&
    guarantee.every((one) => one === 0) &&
    quotas.every(({ min }) => min === 0) &&
    instance.rules.maxBreakSpread === null
  const exact = arranged.exact && isForced ? arranged.cost + MOVED * pushedOut.length : 0
  return Math.min(changes, Math.max(lowest, exact))
}

/** The meetings of the base that are held, locked in their slots; at their tables where tables differ. */
function keptOf({ agenda, slots, tables, problem }: Mending): Meeting[] {
  const ids = problem.instance
  const tableOf = agenda.seating && chairsNear(agenda, tables)
  const kept = [...slots.keys()].filter((c) => slots[c] >= 0 && agenda.slotOf[c] >= 0)
  return kept.map((c) => {
    const meeting = { candidate: ids.candidates[c].id, slot: ids.slots[agenda.slotOf[c]].id }
    const isAtOwn = tableOf && tables[c] >= 0 && tableOf[c] === tables[c] && Array.isArray(ids.tables)
    return isAtOwn ? { ...meeting, table: (ids.tables as { id: string }[])[tables[c]].id } : meeting
  })
}

import { Agenda } from './agenda.ts'
import { isBetter } from './compare.ts'
import { insertAll, type Insertion } from './insert.ts'
import type { Level } from './instance.ts'
import { keepMeetings } from './keep.ts'
import { DROPPED, measure } from './objective.ts'
import { boundOf } from './price-bound.ts'
import { compile, type Problem } from './problem.ts'
import { seatNear } from './seat-near.ts'
import type { Search } from './search.ts'
import { select, type Selection } from './select.ts'
import type { Meeting } from './solution.ts'
import { checkRules } from './validate.ts'
import { waysIn } from './ways.ts'

/** A schedule near the base of its instance. */
export interface Mended {
  meetings: Meeting[]
  /** No schedule that is as good on the levels before `changes` has fewer. */
  changes: number
}

/** Solves a problem from nothing; null if it has no schedule or none was found. */
export type FromNothing = (problem: Problem) => Promise<Meeting[] | null>

/**
 * Keeps the base of an instance as far as its rules and the levels before `changes` allow, then, with everything
 * kept where it is, does the best for the levels after. Returns null if no schedule was found.
 */
export async function mend(problem: Problem, search: Search, solve: FromNothing): Promise<Mended | null> {
  const { instance } = problem
  const before = levelsBefore(problem)
  const selection = select(problem, before)
  const state = startFromBase(problem)
  const lowest = boundByDrops(state, selection)
  const arranged = arrangeNear(state, selection, search)
  const near = meetingsNear(state)
  const kept = compile(keepMeetings(instance, keptOf(state, near)))
  const found = [near, await solve(kept)]
  if (arranged.stuck.length > 0) found.push(await solve(problem))
  const good = found.filter((one): one is Meeting[] => one !== null && checkRules(instance, one).length === 0)
  if (good.length === 0) return null
  const meetings = good.reduce((best, one) =>
    isBetter(instance.rules.objective, measure(instance, one), measure(instance, best)) ? one : best,
  )
  return { meetings, changes: boundOfChanges(state, selection, before, meetings, arranged, lowest) }
}

/** Steps of the exact search: some milliseconds at the size of a camp. */
const EXACT_NODES = 3_000
const ROUNDS = 4

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
  /** Meetings of the base that cannot be where they were, because others are locked there. */
  pushedOut: number[]
  /** Whether the selection leaves out some of the base. */
  leavesOut: boolean
}

/** As much of the base as there is room for beside what is locked. */
function startFromBase(problem: Problem): Mending {
  const { candidates, slots, tables, base } = problem.instance
  const index = new Map(candidates.map(({ id }, c) => [id, c]))
  const state: Mending = {
    problem,
    agenda: new Agenda(problem),
    slots: new Int32Array(candidates.length).fill(-1),
    tables: new Int32Array(candidates.length).fill(-1),
    pushedOut: [],
    leavesOut: false,
  }
  const tableList = Array.isArray(tables) ? tables.map(({ id }) => id) : []
  for (const { candidate, slot, table } of base!) {
    const c = index.get(candidate)!
    state.slots[c] = slots.findIndex(({ id }) => id === slot)
    state.tables[c] = table === undefined ? -1 : tableList.indexOf(table)
  }
  const inOrder = [...state.slots.keys()].filter((c) => state.slots[c] >= 0)
  inOrder.sort((one, other) => problem.pinned[other] - problem.pinned[one])
  for (const c of inOrder) if (!putBack(state, c)) state.pushedOut.push(c)
  return state
}

const NOBODY = new Uint8Array(0)

function putBack({ problem, agenda, slots }: Mending, c: number): boolean {
  if (!problem.allowed[c * problem.slotCount + slots[c]]) return false
  const isFree = waysIn(agenda, c, slots[c], NOBODY, 1).some((way) => way.leaving.length === 0)
  if (isFree) agenda.put(c, slots[c])
  return isFree
}

/** Holds what the selection holds, near the base; what finds no place is chosen again at equal value. */
function arrangeNear(state: Mending, selection: Selection, search: Search): Insertion {
  const { problem, agenda, slots } = state
  const start = agenda.slotOf.slice()
  const penalty = Float64Array.from(slots, (slot, c) =>
    slot >= 0 ? -DROPPED * SCALE : priceOfNew(state, c) * SCALE + 1,
  )
  const inserting = { agenda, base: slots, mayDrop: (c: number) => mayDrop(state, c) }
  let found: Insertion = { stuck: [], cost: 0, exact: false }
  for (let round = 0; round < ROUNDS && (round === 0 || !search.isStopped()); round++) {
    agenda.restore(start)
    const share = selection.reselect(penalty)
    for (const [c, slot] of start.entries()) if (slot >= 0 && share[c] === 0) agenda.remove(c)
    state.leavesOut = slots.some((slot, c) => slot >= 0 && share[c] < 1)
    const wanted = [...share.keys()].filter((c) => share[c] === 1 && agenda.slotOf[c] < 0)
    found = insertAll(inserting, wanted, EXACT_NODES)
    if (found.stuck.length === 0) break
    for (const c of found.stuck) penalty[c] += 4 * SCALE
  }
  return found
}

/** Outweighs the number of new meetings, of which as few as possible are taken. */
const SCALE = 1_000_000

/** Changes that holding a new meeting seems to take: none if it has a free place. */
function priceOfNew(state: Mending, c: number): number {
  return hasFreePlace(state, c) ? 0 : 2
}

function hasFreePlace({ problem, agenda }: Mending, c: number): boolean {
  const { first, second, slotCount, allowed, tablesIn } = problem
  for (let slot = 0; slot < slotCount; slot++) {
    const isBusy = agenda.at[first[c] * slotCount + slot] >= 0 || agenda.at[second[c] * slotCount + slot] >= 0
    if (allowed[c * slotCount + slot] && !isBusy && agenda.inSlot[slot].length < tablesIn[slot]) return true
  }
  return false
}

/** Whether a meeting of the base may go for the sake of others: not if an earlier level counts it. */
function mayDrop({ problem, agenda }: Mending, c: number): boolean {
  const before = levelsBefore(problem)
  if (before.some((level) => level !== 'shortfall')) return false
  const isOwed = (p: number) => agenda.count[p] < problem.guarantee[p]
  return before.length === 0 || !(isOwed(problem.first[c]) || isOwed(problem.second[c]))
}

/**
 * Fewest changes of any selection that is best on the levels before: a dropped meeting counts 3. Or, since a
 * changed meeting makes room for at most two others, 1 a dropped one and 1 a new one that has no free place.
 */
function boundByDrops(state: Mending, selection: Selection): number {
  const { slots } = state
  const kept = slots.reduce((sum, slot) => (slot >= 0 ? sum + 1 : sum), 0)
  const cheapest = (drop: number, crowded: number) => {
    const penalty = Float64Array.from(slots, (slot, c) =>
      slot >= 0 ? -drop : hasFreePlace(state, c) ? 0 : crowded,
    )
    const share = selection.reselect(penalty)
    return share.reduce((sum, part, c) => sum + part * penalty[c], drop * kept)
  }
  const least = Math.max(cheapest(DROPPED, 0), cheapest(1, 1))
  return Math.max(0, Math.ceil(least - 1e-6), 2 * state.pushedOut.length)
}

/** The bound of `changes`: by drops, or by the exact search where nothing else was to be chosen. */
function boundOfChanges(
  { problem, pushedOut, leavesOut }: Mending,
  selection: Selection,
  before: Level[],
  meetings: Meeting[],
  arranged: Insertion,
  lowest: number,
): number {
  const { instance, guarantee, quotas } = problem
  const measured = measure(instance, meetings)
  const changes = measured.changes as number
  const shortfall = measured.shortfall as number
  const isBest = before.every((level) => {
    if (level === 'fairness') return String(selection.fairness) === String(measured.fairness)
    const prices = level === 'shortfall' || level === 'value' ? selection.prices[level] : undefined
    return !prices || boundOf(problem, level as 'value', prices, shortfall) === measured[level]
  })
  if (!isBest) return 0
  const isForced =
    !leavesOut &&
    before.every((level) => level === 'shortfall') &&
    guarantee.every((one) => one === 0) &&
    quotas.every(({ min }) => min === 0) &&
    instance.rules.maxBreakSpread === null
  const exact = arranged.exact && isForced ? arranged.cost + 2 * pushedOut.length : 0
  return Math.min(changes, Math.max(lowest, exact))
}

const idOf = (list: { id: string }[], index: number): string => list[index].id

/** The schedule with tables near those of the base. */
function meetingsNear({ problem, agenda, tables }: Mending): Meeting[] {
  const { candidates, slots } = problem.instance
  const own = problem.instance.tables
  const tableOf = Array.isArray(own) ? seatNear(agenda, tables) : null
  return [...agenda.slotOf.keys()]
    .filter((c) => agenda.slotOf[c] >= 0)
    .map((c) => {
      const meeting = { candidate: idOf(candidates, c), slot: idOf(slots, agenda.slotOf[c]) }
      return tableOf && Array.isArray(own) ? { ...meeting, table: idOf(own, tableOf[c]) } : meeting
    })
}

/** Meetings of the base as they are now, with their table if it is still the one of the base. */
function keptOf({ problem, slots, tables }: Mending, meetings: Meeting[]): Meeting[] {
  const { candidates, base } = problem.instance
  const index = new Map(candidates.map(({ id }, c) => [id, c]))
  const before = new Map(base!.map((meeting) => [meeting.candidate, meeting]))
  return meetings
    .filter(({ candidate }) => slots[index.get(candidate)!] >= 0)
    .map(({ candidate, slot, table }) => {
      const was = before.get(candidate)!
      const keepsTable = tables[index.get(candidate)!] >= 0 && was.slot === slot && was.table === table
      return keepsTable ? { candidate, slot, table } : { candidate, slot }
    })
}

import { Agenda } from '../model/partial-schedule.ts'
import { indexOf, meetingsAt, placesOf, type Places } from '../model/assignment.ts'
import { confine, isOpen, type Confined } from './subproblem.ts'
import type { Disruption, Stretch } from '../format/disruption.ts'
import { insertAll } from './min-change-insertion.ts'
import type { Instance } from '../format/instance.ts'
import { shortfallOf } from '../place/shortfall-tolerance.ts'
import { EXACT_NODES, extraInSlots, hasQuotas, judge, solveConfined, type Near } from './local-repair.ts'
import { compile, type Problem } from '../model/problem.ts'
import { startSearch, type SolveOptions } from '../model/search-limits.ts'
import type { Meeting } from '../format/solution.ts'
import { arrangeBy, MENDING_EFFORT } from '../solve.ts'
import { checkRules } from '../spec/rules.ts'

/** What a repair changes, to be applied as a whole. */
export interface Proposal {
  disruption: Disruption
  /** Places of meetings before and after, null where there is none. */
  moves: {
    candidate: string
    from: Omit<Meeting, 'candidate'> | null
    to: Omit<Meeting, 'candidate'> | null
  }[]
  /** In units of the level `changes`: table 1, time 2, dropped 3. */
  changes: number
  /** No repair that holds what must be held has fewer. */
  bound: number
}

type Place = { c: number; slot: number; table: number }

/**
 * What a disruption leaves: candidates that may have more room than before, meetings that are one too many, and
 * whether a locked meeting went, for whose sake others were ruled out.
 */
interface Left {
  touched: number[]
  extra: Place[]
  isUnlocked: boolean
}

/**
 * The schedule of a day, compiled once, for one small disruption after the other: a proposal takes what the
 * disruption touches, not the size of the event. Where it cannot tell, `propose` answers null, and `repair` can.
 * Time does not go back: what was over when a disruption was told stays over.
 */
export class Repairer {
  private readonly problem: Problem
  private readonly agenda: Agenda
  /** Table of each meeting, −1 without. */
  private readonly tables: Int32Array
  /** Candidates that could be held beside all others as it is. */
  private readonly open: Set<number>
  /** Slots that are over. */
  private begun = 0
  private isBusy = false
  private readonly index: Record<'candidates' | 'participants' | 'slots' | 'tables', Map<string, number>>

  /** @throws Error if the meetings do not keep the rules of the instance */
  constructor(instance: Instance, meetings: Meeting[]) {
    const [wrong] = checkRules(instance, meetings)
    if (wrong) throw new Error(wrong.message)
    const { candidates, participants } = instance
    this.index = {
      candidates: indexOf(candidates),
      participants: indexOf(participants),
      slots: indexOf(instance.slots),
      tables: indexOf(Array.isArray(instance.tables) ? instance.tables : []),
    }
    this.problem = compile(instance)
    this.agenda = new Agenda(this.problem)
    const { slots, tables } = placesOf(instance, meetings)
    for (const [c, slot] of slots.entries()) if (slot >= 0) this.agenda.put(c, slot, tables[c])
    this.tables = tables
    this.open = new Set([...slots.keys()].filter((c) => isOpen(this.agenda, c)))
  }

  get meetings(): Meeting[] {
    return meetingsAt(this.problem.instance, { slots: this.agenda.slotOf, tables: this.tables })
  }

  /**
   * What to do about a disruption; nothing changes before it is applied. Null if that is for `repair` to say.
   * @throws Error while another proposal is being made
   */
  async propose(disruption: Disruption, options: SolveOptions = {}): Promise<Proposal | null> {
    if (isBeyond(this.problem.instance, disruption)) return null
    if (this.isBusy) throw new Error('Another proposal is being made.')
    this.isBusy = true
    this.closePast(this.index.slots.get(disruption.now)!)
    const goBack = this.remember()
    const before = this.places()
    const owed = shortfallOf(this.agenda)
    const after = await this.mend(this.disturb(disruption), owed, options).finally(() => {
      goBack()
      this.isBusy = false
    })
    if (!after) return null
    const { places, changes, bound } = after
    return { disruption, moves: movesBetween(this.problem.instance, before, places), changes, bound }
  }

  /** @throws Error if something else has been applied since it was proposed */
  apply({ disruption, moves }: Proposal): void {
    const { candidates, slots, tables } = this.index
    const at = (place: Proposal['moves'][number]['to']) => (place ? slots.get(place.slot)! : -1)
    const isStale = ({ candidate, from }: Proposal['moves'][number]) =>
      this.agenda.slotOf[candidates.get(candidate)!] !== at(from)
    if (moves.some(isStale)) throw new Error('The schedule has changed since this was proposed.')
    this.closePast(slots.get(disruption.now)!)
    const { touched, extra } = this.disturb(disruption)
    const moved = moves.map(({ candidate }) => candidates.get(candidate)!)
    for (const place of extra) if (!moved.includes(place.c)) this.put(place)
    for (const c of moved) if (this.agenda.slotOf[c] >= 0) this.take(c)
    moves.forEach(({ to }, index) => {
      if (to) this.put({ c: moved[index], slot: at(to), table: tables.get(to.table ?? '') ?? -1 })
    })
    for (const c of new Set([...touched, ...this.around(moved)]))
      if (isOpen(this.agenda, c)) this.open.add(c)
      else this.open.delete(c)
  }

  private places(): Places {
    return { slots: this.agenda.slotOf.slice(), tables: this.tables.slice() }
  }

  private take(c: number): void {
    this.agenda.remove(c)
    this.tables[c] = -1
  }

  private put({ c, slot, table }: Place): void {
    this.agenda.put(c, slot, table)
    this.tables[c] = table
  }

  /** All candidates that these can be in the way of: of the same people, in an order with them, or of the same quota. */
  private around(candidates: Iterable<number>): Set<number> {
    const { first, second, incident, earlier, later, quotas, quotasOf } = this.problem
    const list = [...candidates]
    const people = new Set(list.flatMap((c) => [first[c], second[c]]))
    const found = new Set([...people].flatMap((p) => incident[p]))
    for (const c of list)
      for (const others of [earlier[c], later[c], ...quotasOf[c].map((quota) => quotas[quota].members)])
        for (const other of others) found.add(other)
    return found
  }

  /** Returns what puts everything back as it is now. */
  private remember(): () => void {
    const { problem, agenda, tables } = this
    const { slots, tables: seats } = this.places()
    const { allowed, mandatory, tablesIn, tableOut } = problem
    const kept = { allowed: allowed.slice(), mandatory: mandatory.slice(), tablesIn: tablesIn.slice() }
    const out = tableOut?.slice() ?? null
    return () => {
      allowed.set(kept.allowed)
      mandatory.set(kept.mandatory)
      tablesIn.set(kept.tablesIn)
      problem.tableOut = out
      agenda.restore(slots)
      tables.set(seats)
    }
  }

  /** Lets happen what happens; what cannot be where it is loses its place. */
  private disturb({ absent, tablesOut, slotsLost }: Disruption): Left {
    const { problem, agenda, index, begun } = this
    const wasFull = agenda.inSlot.map((list, slot) => list.length >= problem.tablesIn[slot])
    const gone = [
      ...absent.flatMap((one) => {
        const own = problem.incident[index.participants.get(one.participant)!]
        return this.slotsOf(one).flatMap((slot) => this.forbid(own, slot))
      }),
      ...slotsLost
        .map((id) => index.slots.get(id)!)
        .filter((slot) => slot >= begun)
        .flatMap((slot) => this.forbid(agenda.slotOf.keys(), slot)),
    ]
    this.letGo(gone)
    for (const one of tablesOut) this.closeTable(one.table, this.slotsOf(one))
    const isOverfull = agenda.inSlot.some((list, slot) => list.length > problem.tablesIn[slot])
    const tooMany = isOverfull ? [...extraInSlots(problem, this.places())] : []
    const extra = tooMany.map((c) => ({ c, slot: agenda.slotOf[c], table: this.tables[c] }))
    for (const { c } of extra) this.take(c)
    const freed = [...wasFull.keys()].filter(
      (slot) => wasFull[slot] && agenda.inSlot[slot].length < problem.tablesIn[slot],
    )
    const near = this.around([...gone, ...tooMany])
    const isUnlocked = gone.some((c) => problem.pinned[c])
    return { touched: [...new Set([...this.open, ...near, ...this.ableIn(freed)])], extra, isUnlocked }
  }

  /** Whose people are both free in one of the slots. */
  private ableIn(slots: number[]): number[] {
    const { first, second, allowed, slotCount, candidateCount } = this.problem
    const { at, slotOf } = this.agenda
    const able: number[] = []
    for (let c = 0; c < candidateCount; c++) {
      if (slotOf[c] >= 0) continue
      for (const slot of slots)
        if (
          allowed[c * slotCount + slot] &&
          at[first[c] * slotCount + slot] < 0 &&
          at[second[c] * slotCount + slot] < 0
        ) {
          able.push(c)
          break
        }
    }
    return able
  }

  private slotsOf({ from, to }: Stretch): number[] {
    const [low, high] = [Math.max(this.begun, this.index.slots.get(from)!), this.index.slots.get(to)!]
    return Array.from({ length: Math.max(0, high - low + 1) }, (_, index) => low + index)
  }

  /** None of these can be in the slot any more; returns those that were. */
  private forbid(candidates: Iterable<number>, slot: number): number[] {
    const { allowed, slotCount } = this.problem
    const gone: number[] = []
    for (const c of candidates) {
      allowed[c * slotCount + slot] = 0
      if (this.agenda.slotOf[c] === slot) gone.push(c)
    }
    for (const c of gone) this.take(c)
    return gone
  }

  /** What has been is as it was, and nothing else can be there any more. */
  private closePast(start: number): void {
    if (start <= this.begun) return
    this.begun = start
    const { allowed, slotCount, candidateCount, pinned } = this.problem
    const { slotOf } = this.agenda
    for (let c = 0; c < candidateCount; c++) {
      const isOver = slotOf[c] >= 0 && slotOf[c] < start
      const [from, to] = isOver ? [0, slotCount] : [0, start]
      allowed.fill(0, c * slotCount + from, c * slotCount + to)
      if (!isOver) continue
      allowed[c * slotCount + slotOf[c]] = 1
      pinned[c] = 1
    }
  }

  private closeTable(id: string, slots: number[]): void {
    const { problem, agenda, tables } = this
    const { tablesPerSlot, slotCount } = problem
    const table = this.index.tables.get(id)!
    problem.tableOut ??= new Uint8Array(slotCount * tablesPerSlot)
    for (const slot of slots) {
      if (problem.tableOut[slot * tablesPerSlot + table]) continue
      problem.tableOut[slot * tablesPerSlot + table] = 1
      problem.tablesIn[slot]--
      for (const c of agenda.inSlot[slot]) if (tables[c] === table) tables[c] = -1
    }
  }

  /** What must be held but has no place left need not be held. */
  private letGo(candidates: Iterable<number>): void {
    const { allowed, mandatory, slotCount } = this.problem
    for (const c of candidates)
      if (!allowed.subarray(c * slotCount, (c + 1) * slotCount).includes(1)) mandatory[c] = 0
  }

  /** As `mendNear`, beside what the disruption has left; null if not all that must be held finds a place. */
  private async mend(left: Left, owed: number, options: SolveOptions): Promise<Near | null> {
    if (left.isUnlocked) return null
    const { touched, extra } = left
    const { problem, agenda, tables } = this
    const { mandatory, instance } = problem
    const base = this.places()
    for (const { c, slot, table } of extra) [base.slots[c], base.tables[c]] = [slot, table]
    const missing = touched.filter((c) => mandatory[c] && agenda.slotOf[c] < 0)
    const pushedOut = extra.map(({ c }) => c)
    const wanted = [...new Set([...missing, ...pushedOut])]
    const found = insertAll({ agenda, base: base.slots, mayDrop: () => true }, wanted, EXACT_NODES)
    if (found.stuck.length > 0) return null
    const seated = tables.map((table, c) => (agenda.slotOf[c] === base.slots[c] ? table : -1))
    const places = { slots: agenda.slotOf.slice(), tables: seated }
    const confined = confine(agenda, seated, touched)
    const search = startSearch({ maxIterations: MENDING_EFFORT, ...options }, MENDING_EFFORT)
    const isListed = Array.isArray(instance.tables)
    const isSolved = await solveConfined(confined, places, isListed, search, arrangeBy(search))
    if (!isSolved || !hasQuotas(problem, places)) return null
    if (checkRules(confined.instance, meetingsWithin(instance, confined, places)).length > 0) return null
    // All else was a schedule: of those that are too many in a slot, as many have to leave.
    const near = judge({ agenda, base, pushedOut, leastOut: pushedOut.length }, places, found)
    return near.shortfall > owed ? null : near
  }
}

/** What only `repair` sees as a whole: newcomers, locks, breaks of all people, and losses before changes. */
function isBeyond({ rules }: Instance, { newParticipants, newCandidates, locks }: Disruption): boolean {
  const isMore = newParticipants.length + newCandidates.length + locks.length > 0
  return isMore || rules.maxBreakSpread !== null || rules.repair !== 'fewest-changes'
}

/** The meetings of the part that was solved: the validator looks at them alone. */
function meetingsWithin(instance: Instance, { candidates }: Confined, places: Places): Meeting[] {
  const inside = new Set(candidates)
  const slots = places.slots.map((slot, c) => (inside.has(c) ? slot : -1))
  return meetingsAt(instance, { slots, tables: places.tables })
}

function movesBetween(instance: Instance, before: Places, after: Places): Proposal['moves'] {
  const changed: number[] = []
  for (let c = 0; c < before.slots.length; c++)
    if (before.slots[c] !== after.slots[c] || before.tables[c] !== after.tables[c]) changed.push(c)
  const placeAt = ({ slots, tables }: Places, c: number) => {
    if (slots[c] < 0) return null
    const place = { slot: instance.slots[slots[c]].id }
    return Array.isArray(instance.tables) ? { ...place, table: instance.tables[tables[c]].id } : place
  }
  return changed.map((c) => ({
    candidate: instance.candidates[c].id,
    from: placeAt(before, c),
    to: placeAt(after, c),
  }))
}

import { indexOf } from './assignment.ts'
import { suits, type Instance, type Participant, type Slot } from '../format/instance.ts'
import { isInOneBlock, isInOneStretch } from '../spec/stretch.ts'
import { compileLimits, mostBusySlots, type SlotLimit } from './slot-limits.ts'

/** The instance by index, as typed arrays: what the steps of the solver work on. */
export interface Problem {
  instance: Instance
  slotCount: number
  participantCount: number
  candidateCount: number
  /** Number of the day of each slot, of its block, and of the stretch inside which breaks count: block or day. */
  day: Int32Array
  block: Int32Array
  stretch: Int32Array
  /** The two participants of each candidate. */
  first: Int32Array
  second: Int32Array
  value: Float64Array
  /** 1 at candidate × slotCount + slot if it may be held there (availability, slots, lock). */
  allowed: Uint8Array
  /** 1 if the candidate has a slot and a table at all. */
  possible: Uint8Array
  /** 1 if it must be held: required or locked. */
  mandatory: Uint8Array
  /** 1 if a lock pins its slot. */
  pinned: Uint8Array
  /** Most meetings a participant can have, by maxMeetings, candidates, free slots, limits and maxConsecutive. */
  capacity: Int32Array
  /** Mandatory meetings of each participant: the fewest it can have. */
  fewest: Int32Array
  guarantee: Int32Array
  fair: Uint8Array
  maxConsecutive: Int32Array
  /** Most meetings of each participant in some slots. */
  limits: SlotLimit[][]
  /** Candidates of each participant. */
  incident: number[][]
  /** All tables; Infinity without a limit. */
  tablesPerSlot: number
  /** Tables that can be used in each slot. */
  tablesIn: Float64Array
  /** 1 at slot × tablesPerSlot + table if the table cannot be used there, or null if every table always can. */
  tableOut: Uint8Array | null
  /** Places at tables in the whole event: tables in the slots in which anybody can meet. */
  places: number
  /** Tables that suit a candidate, or null if every table does. */
  suitable: (number[] | null)[]
  /** Candidates that must come strictly earlier, and those that must come strictly later. */
  earlier: number[][]
  later: number[][]
  /** Whether any candidate must come after another. */
  isOrdered: boolean
  quotas: { members: number[]; min: number; max: number }[]
  quotasOf: number[][]
}

/** Compiles a parsed instance; every derived limit here is implied by the rules of the instance. */
export function compile(instance: Instance): Problem {
  const index = {
    slots: indexOf(instance.slots),
    participants: indexOf(instance.participants),
    candidates: indexOf(instance.candidates),
  }
  const { candidates, participants, slots } = instance
  const first = Int32Array.from(candidates, (one) => index.participants.get(one.participants[0])!)
  const second = Int32Array.from(candidates, (one) => index.participants.get(one.participants[1])!)
  const suitable = suitableTables(instance, first, second)
  const tablesPerSlot = countTables(instance)
  const tableOut = missingTables(instance, index.slots)
  const tablesIn = tablesInSlots(slots.length, tablesPerSlot, tableOut)
  const allowed = allowedSlots(instance, index.slots, first, second, suitable)
  if (tableOut) forbidMissingTables(allowed, suitable, tableOut, slots.length)
  forbidTaken(instance, allowed, first, second, tablesIn)
  const mandatory = Uint8Array.from(candidates, (one) => (one.required || one.lock ? 1 : 0))
  const incident = incidentCandidates(participants.length, first, second)
  const { earlier, later } = precedences(instance, index.candidates)
  const problem: Problem = {
    instance,
    slotCount: slots.length,
    participantCount: participants.length,
    candidateCount: candidates.length,
    day: numberRuns(slots, (one, other) => one.day === other.day),
    block: numberRuns(slots, isInOneBlock),
    stretch: numberRuns(slots, (one, other) => isInOneStretch(instance, one, other)),
    first,
    second,
    value: Float64Array.from(candidates, (one) => one.value),
    allowed,
    possible: Uint8Array.from(candidates, (_, c) => (hasSlot(allowed, c, slots.length) ? 1 : 0)),
    mandatory,
    pinned: Uint8Array.from(candidates, (one) => (one.lock?.slot ? 1 : 0)),
    capacity: new Int32Array(participants.length),
    fewest: new Int32Array(participants.length),
    guarantee: Int32Array.from(participants, (one) => one.minMeetings),
    fair: Uint8Array.from(participants, (one) => (one.fairnessGroup === null ? 0 : 1)),
    maxConsecutive: Int32Array.from(participants, (one) => one.maxConsecutive),
    limits: compileLimits(instance, index.slots),
    incident,
    tablesPerSlot,
    tablesIn,
    tableOut,
    places: 0,
    suitable,
    earlier,
    later,
    isOrdered: earlier.some((list) => list.length > 0),
    ...compileQuotas(instance, index.candidates),
  }
  setLimits(problem)
  return problem
}

/** The same number for slots that follow each other and are together. */
function numberRuns(slots: Slot[], areTogether: (one: Slot, other: Slot) => boolean): Int32Array {
  let run = 0
  return Int32Array.from(slots, (slot, index) =>
    index > 0 && !areTogether(slots[index - 1], slot) ? ++run : run,
  )
}

function countTables({ tables }: Instance): number {
  if (tables === null) return Infinity
  return typeof tables === 'number' ? tables : tables.length
}

function missingTables({ tables, slots }: Instance, index: Map<string, number>): Uint8Array | null {
  if (!Array.isArray(tables) || tables.every((table) => table.unavailable.length === 0)) return null
  const out = new Uint8Array(slots.length * tables.length)
  tables.forEach(({ unavailable }, table) => {
    for (const slot of unavailable) out[index.get(slot)! * tables.length + table] = 1
  })
  return out
}

function tablesInSlots(slotCount: number, tables: number, out: Uint8Array | null): Float64Array {
  const missing = (slot: number) =>
    out ? out.subarray(slot * tables, (slot + 1) * tables).reduce((sum, one) => sum + one, 0) : 0
  return Float64Array.from({ length: slotCount }, (_, slot) => tables - missing(slot))
}

function forbidMissingTables(
  allowed: Uint8Array,
  suitable: (number[] | null)[],
  out: Uint8Array,
  slotCount: number,
): void {
  const tables = out.length / slotCount
  const all = [...Array(tables).keys()]
  const isNone = Array.from({ length: slotCount }, (_, slot) => all.every((one) => out[slot * tables + one]))
  suitable.forEach((own, c) => {
    for (let slot = 0; slot < slotCount; slot++)
      if (own ? own.every((table) => out[slot * tables + table]) : isNone[slot])
        allowed[c * slotCount + slot] = 0
  })
}

/** Where a participant or every table is taken by meetings locked in the slot, nothing else can be. */
function forbidTaken(
  { candidates, participants }: Instance,
  allowed: Uint8Array,
  first: Int32Array,
  second: Int32Array,
  tablesIn: Float64Array,
): void {
  const slotCount = tablesIn.length
  const busy = new Uint8Array(participants.length * slotCount)
  const free = tablesIn.slice()
  const isPinned = (c: number) => candidates[c].lock?.slot != null
  const pinned = [...candidates.keys()].filter(isPinned)
  if (pinned.length === 0) return
  for (const c of pinned)
    for (let slot = 0; slot < slotCount; slot++) {
      if (!allowed[c * slotCount + slot]) continue
      busy[first[c] * slotCount + slot] = busy[second[c] * slotCount + slot] = 1
      free[slot]--
    }
  for (let c = 0; c < candidates.length; c++) {
    if (isPinned(c)) continue
    const [one, two] = [first[c] * slotCount, second[c] * slotCount]
    for (let slot = 0; slot < slotCount; slot++)
      if (busy[one + slot] || busy[two + slot] || free[slot] <= 0) allowed[c * slotCount + slot] = 0
  }
}

function suitableTables(instance: Instance, first: Int32Array, second: Int32Array): (number[] | null)[] {
  const { tables } = instance
  if (!Array.isArray(tables)) return instance.candidates.map(() => null)
  const own = instance.participants.map((one) =>
    one.tables === null && one.needs.length === 0 ? null : tables.map((table) => suits(one, table)),
  )
  const index = indexOf(tables)
  const all = [...tables.keys()]
  return instance.candidates.map((candidate, c) => {
    const [a, b, pin] = [own[first[c]], own[second[c]], candidate.lock?.table ?? null]
    if (!a && !b && pin === null && tables.length > 0) return null
    // A locked table is the only one to look at: at the end of the day most meetings have one.
    const choices = pin === null ? all : [index.get(pin)!]
    return choices.filter((t) => (a?.[t] ?? true) && (b?.[t] ?? true))
  })
}

function allowedSlots(
  instance: Instance,
  slots: Map<string, number>,
  first: Int32Array,
  second: Int32Array,
  suitable: (number[] | null)[],
): Uint8Array {
  const count = slots.size
  const absent = instance.participants.map((one) => neverIn(one).map((id) => slots.get(id)!))
  const allowed = new Uint8Array(instance.candidates.length * count)
  const never = new Set(
    instance.quotas.filter((quota) => quota.max === 0).flatMap((quota) => quota.candidates),
  )
  const indices = new Map<string[], number[]>()
  const indexed = (list: string[]) => {
    const found = indices.get(list) ?? list.map((id) => slots.get(id)!)
    indices.set(list, found)
    return found
  }
  const meets = instance.participants.map((one) => one.maxMeetings > 0)
  const isRuledOut = (c: number) =>
    instance.tables === 0 || !meets[first[c]] || !meets[second[c]] || never.has(instance.candidates[c].id)
  instance.candidates.forEach((candidate, c) => {
    const row = allowed.subarray(c * count, (c + 1) * count)
    if (suitable[c]?.length === 0 || isRuledOut(c)) return
    if (candidate.slots === null) row.fill(1)
    else for (const slot of indexed(candidate.slots)) row[slot] = 1
    for (const slot of absent[first[c]]) row[slot] = 0
    for (const slot of absent[second[c]]) row[slot] = 0
    if (candidate.lock?.slot) keepOnly(row, slots.get(candidate.lock.slot)!)
  })
  return allowed
}

/** Slots in which somebody is not there, or may have no meeting. */
export const neverIn = ({ unavailable, limits }: Pick<Participant, 'unavailable' | 'limits'>): string[] => [
  ...unavailable,
  ...limits.flatMap(({ slots, max }) => (max === 0 ? slots : [])),
]

function keepOnly(row: Uint8Array, slot: number): void {
  const kept = row[slot]
  row.fill(0)
  row[slot] = kept
}

function hasSlot(allowed: Uint8Array, candidate: number, slotCount: number): boolean {
  for (let at = candidate * slotCount; at < (candidate + 1) * slotCount; at++) if (allowed[at]) return true
  return false
}

/** The one slot that a candidate can be in, by slots at candidate × slotCount + slot; −1 if there are none or more. */
export function onlySlot(allowed: Uint8Array, slotCount: number, c: number): number {
  const row = allowed.subarray(c * slotCount, (c + 1) * slotCount)
  const slot = row.indexOf(1)
  return slot >= 0 && row.indexOf(1, slot + 1) < 0 ? slot : -1
}

function incidentCandidates(count: number, first: Int32Array, second: Int32Array): number[][] {
  const incident: number[][] = Array.from({ length: count }, () => [])
  first.forEach((participant, candidate) => {
    incident[participant].push(candidate)
    incident[second[candidate]].push(candidate)
  })
  return incident
}

function precedences(instance: Instance, index: Map<string, number>) {
  const earlier: number[][] = instance.candidates.map((one) => one.after.map((id) => index.get(id)!))
  const later: number[][] = instance.candidates.map(() => [])
  earlier.forEach((list, candidate) => list.forEach((other) => later[other].push(candidate)))
  return { earlier, later }
}

function compileQuotas(instance: Instance, index: Map<string, number>) {
  const quotas = instance.quotas.map(({ candidates, min, max }) => ({
    members: candidates.map((id) => index.get(id)!),
    min,
    max,
  }))
  const quotasOf: number[][] = instance.candidates.map(() => [])
  quotas.forEach(({ members }, quota) => members.forEach((candidate) => quotasOf[candidate].push(quota)))
  return { quotas, quotasOf }
}

/** How much everybody can have and how many places there are, by what is allowed. */
export function setLimits(problem: Problem): void {
  const { slotCount, incident, allowed, mandatory, instance } = problem
  const anybody = new Uint8Array(slotCount)
  incident.forEach((candidates, participant) => {
    const free = new Uint8Array(slotCount)
    for (const candidate of candidates)
      for (let slot = 0; slot < slotCount; slot++)
        if (allowed[candidate * slotCount + slot]) free[slot] = anybody[slot] = 1
    const limits = problem.limits[participant]
    const seats = mostBusySlots(free, problem.block, problem.maxConsecutive[participant], limits)
    const wishes = candidates.filter((candidate) => problem.possible[candidate]).length
    problem.capacity[participant] = Math.min(instance.participants[participant].maxMeetings, seats, wishes)
    problem.fewest[participant] = candidates.filter((candidate) => mandatory[candidate]).length
  })
  problem.places = anybody.reduce((sum, usable, slot) => (usable ? sum + problem.tablesIn[slot] : sum), 0)
}

/** What is owed to people who cannot have as many meetings as they are promised. */
export const leastShortfall = ({ guarantee, capacity }: Problem): number =>
  guarantee.reduce((sum, one, p) => sum + Math.max(0, one - capacity[p]), 0)

/** Whether nothing but what must be held can be: then it is certain which meetings there are. */
export const isAllGiven = ({ mandatory, possible }: Problem): boolean =>
  mandatory.every((one, c) => one || !possible[c])

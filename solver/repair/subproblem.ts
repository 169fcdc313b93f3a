import type { Agenda } from '../model/partial-schedule.ts'
import type { Candidate, Instance, Level, Participant, Table } from '../format/instance.ts'
import type { Problem } from '../model/problem.ts'
import { isOfTables } from '../spec/objective.ts'

/** What is still open where most meetings stay where they are, as a small instance of its own. */
export interface Confined {
  instance: Instance
  /** Index in the whole event of each candidate and of each table. */
  candidates: number[]
  tables: number[]
}

/**
 * Everything that has a choice beside the meetings of the agenda, which stay in their slots and at the tables given
 * (−1 where they may take any): candidates with a free place, and the whole days of their people, whose breaks and
 * moves depend on it. Whoever else these days meet takes part without a choice.
 */
export function confine(agenda: Agenda, tables: Int32Array): Confined {
  const { instance } = agenda.problem
  const { rules } = instance
  const isListed = Array.isArray(instance.tables)
  const open = [...agenda.slotOf.keys()].filter((c) => isOpen(agenda, c))
  const unseated: number[] = []
  if (isListed) agenda.slotOf.forEach((slot, c) => slot >= 0 && tables[c] < 0 && unseated.push(c))
  const people = peopleOf(agenda.problem, [...open, ...unseated])
  const days = new Set([...people].flatMap((p) => agenda.problem.incident[p]))
  const held = [...days].filter((c) => agenda.slotOf[c] >= 0)
  const candidates = [...open, ...held].sort((one, other) => one - other)
  const nobody = instance.tables === null ? null : []
  const seats = candidates.length > 0 ? seatsLeft(agenda, tables, held, [...open, ...unseated]) : nobody
  return {
    instance: {
      ...instance,
      participants: participantsOf(agenda.problem, candidates, people),
      candidates: describe(agenda, tables, candidates),
      tables: seats?.map(({ table }) => table) ?? null,
      quotas: quotasLeft(agenda, candidates),
      rules: { ...rules, objective: isListed ? rules.objective : rules.objective.filter(isNotOfTables) },
      base: null,
    },
    candidates,
    tables: seats?.map(({ index }) => index) ?? [],
  }
}

const isNotOfTables = (level: Level): boolean => !isOfTables(level)

/** Whether a candidate that is not held must be, or has a place in which nobody is in its way. */
function isOpen(agenda: Agenda, c: number): boolean {
  const { slotCount, possible, mandatory } = agenda.problem
  if (agenda.slotOf[c] >= 0 || !possible[c]) return false
  if (mandatory[c]) return true
  if (isFullDay(agenda, agenda.problem.first[c]) || isFullDay(agenda, agenda.problem.second[c])) return false
  for (let slot = 0; slot < slotCount; slot++) if (isFree(agenda, c, slot)) return true
  return false
}

const isFullDay = ({ count, problem }: Agenda, p: number): boolean =>
  count[p] >= problem.instance.participants[p].maxMeetings

/** A slot in which both people and a table are free, in the right order with what stays. */
function isFree(agenda: Agenda, c: number, slot: number): boolean {
  const { slotCount, allowed, pinned } = agenda.problem
  if (!allowed[c * slotCount + slot]) return false
  return pinned[c] ? agenda.isFree(c, slot) : agenda.fits(c, slot)
}

const peopleOf = ({ first, second }: Problem, candidates: number[]): Set<number> =>
  new Set(candidates.flatMap((c) => [first[c], second[c]]))

function participantsOf(problem: Problem, candidates: number[], people: Set<number>): Participant[] {
  const all = [...peopleOf(problem, candidates)].sort((one, other) => one - other)
  const endless = { maxMeetings: problem.slotCount, maxConsecutive: problem.slotCount }
  return all.map((p) => {
    const participant = { ...problem.instance.participants[p], unavailable: [] }
    return people.has(p) ? participant : { ...participant, ...WITHOUT_CHOICE, ...endless }
  })
}

const WITHOUT_CHOICE = {
  minMeetings: 0,
  needs: [],
  tables: null,
  fairnessGroup: null,
}

function describe(agenda: Agenda, tables: Int32Array, candidates: number[]): Candidate[] {
  const { instance, slotCount, mandatory, suitable } = agenda.problem
  const inside = new Set(candidates.map((c) => instance.candidates[c].id))
  const tableAt = (table: number) =>
    table >= 0 && Array.isArray(instance.tables) ? instance.tables[table].id : null
  return candidates.map((c) => {
    const given = instance.candidates[c]
    const after = given.after.filter((id) => inside.has(id))
    const slot = agenda.slotOf[c]
    if (slot >= 0) {
      const lock = { slot: instance.slots[slot].id, table: tableAt(tables[c]) }
      return { ...given, slots: null, after, required: true, lock }
    }
    const free = [...Array(slotCount).keys()].filter((one) => isFree(agenda, c, one))
    const own = suitable[c]?.length === 1 ? tableAt(suitable[c][0]) : null
    return {
      ...given,
      slots: free.map((one) => instance.slots[one].id),
      after,
      required: mandatory[c] === 1,
      lock: mandatory[c] && own !== null ? { slot: null, table: own } : null,
    }
  })
}

/** Tables with the slots in which somebody outside has them; without those that nobody here needs. */
function seatsLeft(
  agenda: Agenda,
  tables: Int32Array,
  held: number[],
  looking: number[],
): { table: Table; index: number }[] | null {
  const { problem, inSlot } = agenda
  const { instance, slotCount, tablesPerSlot, tableOut } = problem
  if (instance.tables === null) return null
  const isHere = new Set(held)
  const taken = tableOut?.slice() ?? new Uint8Array(slotCount * tablesPerSlot)
  const isListed = Array.isArray(instance.tables)
  inSlot.forEach((list, slot) => {
    const others = list.filter((c) => !isHere.has(c))
    others.forEach((c, index) => (taken[slot * tablesPerSlot + (isListed ? tables[c] : index)] = 1))
  })
  const wanted = wantedTables(agenda, taken, tables, held, looking)
  return wanted.map((index) => ({
    index,
    table: {
      ...(Array.isArray(instance.tables) ? instance.tables[index] : { id: String(index), features: [] }),
      unavailable: instance.slots
        .filter((_, slot) => taken[slot * tablesPerSlot + index])
        .map(({ id }) => id),
    },
  }))
}

/** The tables that meetings here have, those that suit who is choosy, and as many more as could be taken at once. */
function wantedTables(
  { problem, slotOf }: Agenda,
  taken: Uint8Array,
  tables: Int32Array,
  held: number[],
  looking: number[],
): number[] {
  const { slotCount, tablesPerSlot, suitable } = problem
  const isWanted = new Uint8Array(tablesPerSlot)
  for (const c of held) if (tables[c] >= 0) isWanted[tables[c]] = 1
  for (const c of looking) for (const table of suitable[c] ?? []) isWanted[table] = 1
  const missing = new Int32Array(slotCount).fill(looking.length)
  for (const c of held) missing[slotOf[c]]++
  const use = (table: number) => {
    isWanted[table] = 1
    for (let slot = 0; slot < slotCount; slot++) if (!taken[slot * tablesPerSlot + table]) missing[slot]--
  }
  for (let table = 0; table < tablesPerSlot; table++) if (isWanted[table]) use(table)
  const helps = (table: number) =>
    missing.some((more, slot) => more > 0 && !taken[slot * tablesPerSlot + table])
  for (let table = 0; table < tablesPerSlot; table++) if (!isWanted[table] && helps(table)) use(table)
  return [...isWanted.keys()].filter((table) => isWanted[table])
}

/** Quotas over what is open here, less what is held elsewhere. */
function quotasLeft({ problem, slotOf }: Agenda, candidates: number[]): Instance['quotas'] {
  const inside = new Set(candidates)
  return problem.quotas.flatMap(({ members, min, max }, quota) => {
    const here = members.filter((c) => inside.has(c))
    const elsewhere = members.filter((c) => slotOf[c] >= 0 && !inside.has(c)).length
    const left = { min: Math.max(0, min - elsewhere), max: max - elsewhere }
    const ids = here.map((c) => problem.instance.candidates[c].id)
    return here.length > 0 ? [{ id: problem.instance.quotas[quota].id, candidates: ids, ...left }] : []
  })
}

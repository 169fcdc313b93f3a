import { SHIFTS } from '../model/effort.ts'
import { Agenda } from '../model/partial-schedule.ts'
import { shuffle, type Random } from '../model/random.ts'
import { isSeated } from '../spec/objective.ts'

/**
 * The slots of each who keeps a table, where they are dealt out as shifts: as many slots in a row as somebody has
 * meetings, so that the shifts of one table fill its day. Whoever has a shift need never change table. Nobody has one,
 * by the answer, who is not there in a row or is left over when the tables are full.
 */
export type Shifts = Map<number, { from: number; to: number }>

/**
 * The most shifts that come up, rows of tables being filled by chance, those of most meetings first. None at all where
 * less than half of those who keep a table would have one.
 */
export function dealShifts(agenda: Agenda, random: Random): Shifts {
  const keepers = keepersOf(agenda)
  const crew = keepers.filter((p) => canHaveOne(agenda, p))
  let best: Shifts = new Map()
  for (let deal = 0; deal < SHIFTS.deals && best.size < crew.length; deal++) {
    const shifts = dealOnce(agenda, crew, random)
    if (shifts.size > best.size) best = shifts
  }
  return 2 * best.size < keepers.length ? new Map() : best
}

function keepersOf({ count, problem }: Agenda): number[] {
  const { participants, rules } = problem.instance
  return [...count.keys()].filter((p) => count[p] > 0 && isSeated(participants[p].side, rules))
}

/** Whether somebody could have all of their meetings in a row. */
const canHaveOne = ({ count, problem }: Agenda, p: number): boolean =>
  count[p] <= problem.maxConsecutive[p] && problem.limits[p].length === 0

function dealOnce(agenda: Agenda, crew: number[], random: Random): Shifts {
  const { count, problem } = agenda
  const rank = new Map(crew.map((p) => [p, count[p] + SHIFTS.luck * random.unit()]))
  const left = new Set(crew.toSorted((one, other) => rank.get(other)! - rank.get(one)!))
  const shifts: Shifts = new Map()
  const meetings = crew.reduce((sum, p) => sum + count[p], 0)
  const filling: Filling = {
    agenda,
    random,
    left,
    spare: Math.max(0, problem.slotCount * problem.tablesPerSlot - meetings),
    nodes: 0,
  }
  let tables = problem.tablesPerSlot
  for (const p of left) {
    if (tables === 0) break
    left.delete(p)
    filling.nodes = SHIFTS.nodes
    const row = fillRow(filling, { from: 0, must: p })
    if (!row) continue
    tables--
    for (const { p: one, from } of row) {
      left.delete(one)
      shifts.set(one, { from, to: from + count[one] })
    }
  }
  return shifts
}

interface Filling {
  agenda: Agenda
  random: Random
  left: Set<number>
  /** Places at tables that may stay free. */
  spare: number
  nodes: number
}

type Row = { p: number; from: number }[]

/** People one after the other up to the last slot, among them the one who must be; null if none are found. */
function fillRow(filling: Filling, { from, must }: { from: number; must: number | null }): Row | null {
  const { agenda, random, left } = filling
  const { slotCount } = agenda.problem
  if (from === slotCount) return must === null ? [] : null
  if (filling.nodes-- <= 0 || (must !== null && from + agenda.count[must] > slotCount)) return null
  const { count } = agenda
  const options = shuffle([...left, ...(must === null ? [] : [must])], random)
  const shortest = filling.spare > 0 ? 0 : options.reduce((least, p) => Math.min(least, count[p]), slotCount)
  for (const p of options) {
    const open = slotCount - from - count[p]
    if ((open > 0 && open < shortest) || !isThere(agenda, p, from)) continue
    left.delete(p)
    const rest = fillRow(filling, { from: from + agenda.count[p], must: p === must ? null : must })
    if (rest) return [{ p, from }, ...rest]
    if (p !== must) left.add(p)
  }
  if (filling.spare === 0) return null
  filling.spare--
  const later = fillRow(filling, { from: from + 1, must })
  if (!later) filling.spare++
  return later
}

function isThere({ count, problem, slotOf }: Agenda, p: number, from: number): boolean {
  const { slotCount, incident, allowed } = problem
  const to = from + count[p]
  if (to > slotCount) return false
  const held = incident[p].filter((c) => slotOf[c] >= 0)
  for (let slot = from; slot < to; slot++) if (!held.some((c) => allowed[c * slotCount + slot])) return false
  return true
}

/** The same meetings with nobody out of their shift, none of them with a time yet. */
export function withinShifts({ problem }: Agenda, shifts: Shifts): Agenda {
  const { slotCount, first, second } = problem
  const allowed = problem.allowed.slice()
  for (const [c, one] of first.entries())
    for (const shift of [shifts.get(one), shifts.get(second[c])])
      if (shift) {
        allowed.fill(0, c * slotCount, c * slotCount + shift.from)
        allowed.fill(0, c * slotCount + shift.to, (c + 1) * slotCount)
      }
  return new Agenda({ ...problem, allowed })
}

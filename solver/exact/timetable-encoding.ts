import { anyOf, atMostOne, count, sumOf } from '../engines/cardinality.ts'
import type { Premises, Under } from './assumptions.ts'
import type { Problem } from '../model/problem.ts'
import type { SlotLimit } from '../model/slot-limits.ts'
import type { SatEngine } from '../engines/sat.ts'
import { writeSeats } from './table-encoding.ts'

/** A timetable of given meetings as clauses, with literals to read it and to ask for few breaks. */
export interface Timetable {
  /** Variable of a meeting in a slot, at meeting × slotCount + slot; 0 where it may not be. */
  variables: Int32Array
  /** The k-th is true if there are at least k + 1 breaks more than `fewest`. */
  breaks: number[]
  fewest: number
}

/**
 * Writes the rules for these meetings, all to be held: the encoding of Bofill et al. (JAIR 74, 2022) with its
 * implied constraints (as many busy slots as meetings, at most two people a table) and clusters.
 * @param fewest breaks that each participant has at least
 * @param most breaks in all beyond which nothing needs to be counted
 * @param premises puts every rule under an assumption of its own; then only the mandatory ones of the meetings
 *   have to be held, and what limits their number is written too
 */
export function writeTimetable(
  sat: SatEngine,
  problem: Problem,
  allowed: Uint8Array,
  meetings: readonly number[],
  fewest: Int32Array,
  most: number,
  premises?: Premises,
): Timetable {
  const { slotCount, candidateCount, maxConsecutive } = problem
  const under: Under = premises?.under ?? (() => sat)
  const isNeeded = (c: number) => !premises || problem.mandatory[c] === 1
  const variables = new Int32Array(candidateCount * slotCount)
  for (const c of meetings)
    writeMeeting(
      sat,
      variables,
      allowed,
      c,
      slotCount,
      isNeeded(c) ? under({ kind: 'held', candidate: c }) : null,
    )
  const own = ownMeetings(problem, meetings)
  const busy = own.map((list) => writeDay(sat, problem, variables, list, !premises))
  busy.forEach((day, participant) => {
    writeRows(under({ kind: 'maxConsecutive', participant }), problem, day, maxConsecutive[participant])
    writeLimits(sat, under({ kind: 'limits', participant }), problem.limits[participant], day)
  })
  writeTables(under({ kind: 'tables' }), problem, variables, meetings, busy)
  writeSeats(sat, problem, variables, meetings, under)
  writeOrder(problem, variables, meetings, under)
  if (premises) writeNumbers(sat, problem, variables, own, under)
  const counts = own.map((list, p) => writeBreaks(sat, problem, busy[p], list.length))
  writeSpread(under({ kind: 'maxBreakSpread' }), problem, counts)
  const above = counts.map((list, p) => {
    for (const literal of list.slice(0, fewest[p])) sat.addClause([literal])
    return list.slice(fewest[p])
  })
  const sum = sumOf(
    sat,
    above.filter((list) => list.length > 0),
    most,
  )
  return { variables, breaks: sum, fewest: fewest.reduce((total, one) => total + one, 0) }
}

/** After `satisfiable`: the slot of each of the meetings, −1 for those that are not held. */
export function readTimetable(
  sat: SatEngine,
  { slotCount, candidateCount }: Problem,
  { variables }: Timetable,
  meetings: readonly number[],
): Int32Array {
  const found = new Int32Array(candidateCount).fill(-1)
  for (const c of meetings)
    for (let slot = 0; slot < slotCount; slot++) {
      const variable = variables[c * slotCount + slot]
      if (variable > 0 && sat.isTrue(variable)) found[c] = slot
    }
  return found
}

/** @param held takes the clause that it is held somewhere, if it has to be */
function writeMeeting(
  sat: SatEngine,
  variables: Int32Array,
  allowed: Uint8Array,
  c: number,
  slotCount: number,
  held: SatEngine | null,
) {
  const literals: number[] = []
  for (let at = c * slotCount; at < (c + 1) * slotCount; at++)
    if (allowed[at]) literals.push((variables[at] = sat.newVariable()))
  held?.addClause(literals)
  atMostOne(sat, literals)
}

function ownMeetings({ first, second, participantCount }: Problem, meetings: readonly number[]): number[][] {
  const own: number[][] = Array.from({ length: participantCount }, () => [])
  for (const c of meetings) {
    own[first[c]].push(c)
    own[second[c]].push(c)
  }
  return own
}

/** One meeting at a time, and `all` of them; returns the literal of being busy in each slot, 0 for never. */
function writeDay(
  sat: SatEngine,
  problem: Problem,
  variables: Int32Array,
  list: number[],
  all: boolean,
): number[] {
  const { slotCount } = problem
  const busy = Array.from({ length: slotCount }, (_, slot) => {
    const here = list.map((c) => variables[c * slotCount + slot]).filter((literal) => literal > 0)
    atMostOne(sat, here)
    return here.length === 0 ? 0 : anyOf(sat, here)
  })
  if (!all) return busy
  const free = busy.filter((literal) => literal > 0)
  const counted = count(sat, free, list.length + 1, true)
  if (list.length > 0) sat.addClause(counted.slice(list.length - 1, list.length))
  if (counted.length > list.length) sat.addClause([-counted[list.length]])
  return busy
}

/** At most as many meetings as tables: people's days are the clusters that are counted, not single meetings. */
function writeTables(
  sat: SatEngine,
  problem: Problem,
  variables: Int32Array,
  meetings: readonly number[],
  busy: number[][],
): void {
  const { tablesIn, slotCount } = problem
  if (tablesIn.every((tables) => meetings.length <= tables)) return
  for (let slot = 0; slot < slotCount; slot++) {
    const people = busy.map((day) => day[slot]).filter((literal) => literal > 0)
    const chairs = 2 * tablesIn[slot]
    if (people.length > chairs) sat.addClause([-count(sat, people, chairs + 1, false)[chairs]])
  }
  const clusters = findClusters(problem, meetings)
  for (let slot = 0; slot < slotCount; slot++) {
    const here = clusters
      .map((list) => list.map((c) => variables[c * slotCount + slot]).filter((literal) => literal > 0))
      .filter((list) => list.length > 0)
    if (here.length <= tablesIn[slot]) continue
    const counted = count(
      sat,
      here.map((list) => anyOf(sat, list)),
      tablesIn[slot] + 1,
      false,
    )
    sat.addClause([-counted[tablesIn[slot]]])
  }
}

/** Groups of meetings of one participant each, who has the most of those still left. */
function findClusters({ first, second, participantCount }: Problem, meetings: readonly number[]): number[][] {
  let left = [...meetings]
  const clusters: number[][] = []
  while (left.length > 0) {
    const of = new Int32Array(participantCount)
    for (const c of left) {
      of[first[c]]++
      of[second[c]]++
    }
    const p = of.indexOf(of.reduce((most, one) => Math.max(most, one), 0))
    clusters.push(left.filter((c) => first[c] === p || second[c] === p))
    left = left.filter((c) => first[c] !== p && second[c] !== p)
  }
  return clusters
}

function writeOrder(
  problem: Problem,
  variables: Int32Array,
  meetings: readonly number[],
  under: Under,
): void {
  const { earlier, slotCount } = problem
  const isWritten = new Set(meetings)
  for (const c of meetings)
    for (const other of earlier[c].filter((one) => isWritten.has(one)))
      for (let slot = 0; slot < slotCount; slot++)
        for (let late = slot; late < slotCount; late++) {
          const [one, two] = [variables[c * slotCount + slot], variables[other * slotCount + late]]
          if (one > 0 && two > 0) under({ kind: 'after', candidate: c }).addClause([-one, -two])
        }
}

/** Most meetings of a participant, fewest and most of a quota. */
function writeNumbers(
  sat: SatEngine,
  problem: Problem,
  variables: Int32Array,
  own: number[][],
  under: Under,
): void {
  const { slotCount, instance } = problem
  const known = new Map<number, number[]>()
  const isHeld = (c: number): number[] => {
    const literals = [...variables.subarray(c * slotCount, (c + 1) * slotCount)].filter((one) => one > 0)
    if (!known.has(c)) known.set(c, literals.length > 0 ? [anyOf(sat, literals)] : [])
    return known.get(c)!
  }
  own.forEach((list, participant) => {
    const { maxMeetings } = instance.participants[participant]
    if (list.length <= maxMeetings) return
    const counted = count(sat, list.flatMap(isHeld), maxMeetings + 1, false)
    under({ kind: 'maxMeetings', participant }).addClause([-counted[maxMeetings]])
  })
  problem.quotas.forEach(({ members, min, max }, quota) => {
    const literals = members.flatMap(isHeld)
    const engine = under({ kind: 'quotas', quota })
    const counted = count(sat, literals, Math.max(min, max + 1), true)
    if (min > 0) engine.addClause(counted.slice(min - 1, min))
    if (literals.length > max) engine.addClause([-counted[max]])
  })
}

/** Literals counting the breaks of a day. */
function writeBreaks(sat: SatEngine, problem: Problem, busy: number[], meetings: number): number[] {
  const { slotCount, stretch } = problem
  const ends: number[] = []
  // Busy in the slot before, and in any slot before that one.
  let [last, seen] = [0, 0]
  for (let slot = 0; slot < slotCount; slot++) {
    const isApart = slot > 0 && stretch[slot] !== stretch[slot - 1]
    if (isApart) last = seen = 0
    if (seen > 0 && busy[slot] > 0) ends.push(writeEnd(sat, seen, last, busy[slot]))
    if (last > 0) seen = seen > 0 ? anyOf(sat, [seen, last]) : last
    last = busy[slot]
  }
  const counts = count(sat, ends, Math.max(0, meetings - 1), true)
  if (counts.length > 0) writeNearness(sat, problem, busy, meetings, counts[0])
  return counts
}

/** Implied: without a break, all of a day's meetings are within as many slots. */
function writeNearness(
  sat: SatEngine,
  { slotCount, stretch }: Problem,
  busy: number[],
  meetings: number,
  anyBreak: number,
): void {
  for (let early = 0; early < slotCount; early++)
    for (let late = early + meetings; late < slotCount; late++)
      if (busy[early] > 0 && busy[late] > 0 && stretch[early] === stretch[late])
        sat.addClause([-busy[early], -busy[late], anyBreak])
}

/** True exactly if a break ends now. */
function writeEnd(sat: SatEngine, seen: number, last: number, now: number): number {
  const end = sat.newVariable()
  const idle = last > 0 ? [last] : []
  sat.addClause([-seen, -now, end, ...idle])
  for (const literal of [now, seen, ...idle.map((one) => -one)]) sat.addClause([-end, literal])
  return end
}

/** If anybody has k + spread breaks, everybody has k. */
function writeSpread(sat: SatEngine, { instance }: Problem, counts: number[][]): void {
  const spread = instance.rules.maxBreakSpread
  if (spread === null) return
  const most = counts.reduce((top, list) => Math.max(top, list.length), 0)
  for (let k = 1; k + spread <= most; k++) {
    const all = sat.newVariable()
    for (const list of counts) {
      if (list.length >= k + spread) sat.addClause([-list[k + spread - 1], all])
      sat.addClause(list.length >= k ? [-all, list[k - 1]] : [-all])
    }
  }
}

function writeRows(sat: SatEngine, { block, slotCount }: Problem, busy: number[], most: number): void {
  for (let end = most; end < slotCount; end++) {
    const window = busy.slice(end - most, end + 1)
    const isRow = block[end - most] === block[end] && window.every((literal) => literal > 0)
    if (isRow) sat.addClause(window.map((literal) => -literal))
  }
}

/** At most so many busy slots among those of each limit. */
function writeLimits(sat: SatEngine, engine: SatEngine, limits: readonly SlotLimit[], busy: number[]): void {
  for (const { isIn, max } of limits) {
    const counted = busy.filter((literal, slot) => literal > 0 && isIn[slot])
    if (counted.length > max) engine.addClause([-count(sat, counted, max + 1, false)[max]])
  }
}

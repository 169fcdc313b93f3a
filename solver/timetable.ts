import { anyOf, atMostOne, count, sumOf } from './clauses.ts'
import type { Problem } from './problem.ts'
import type { SatEngine } from './sat.ts'

/** A timetable of given meetings as clauses, with literals to read it and to ask for few breaks. */
export interface Timetable {
  /** Variable of a meeting in a slot, at meeting × slotCount + slot; 0 where it may not be. */
  variables: Int32Array
  /** The k-th is true if there are at least k + 1 breaks more than `fewest`. */
  breaks: number[]
  fewest: number
}

/**
 * Writes the rules of time for these meetings, all to be held: the encoding of Bofill et al. (JAIR 74, 2022) with
 * its implied constraints (as many busy slots as meetings, at most two people a table) and clusters.
 * Tables that differ are left out, so a refusal stands but an answer has to be seated.
 * @param fewest breaks that each participant has at least
 * @param most breaks in all beyond which nothing needs to be counted
 * @param isHeld variable of a meeting under which alone it has to be held; without it, every meeting is
 */
export function writeTimetable(
  sat: SatEngine,
  problem: Problem,
  allowed: Uint8Array,
  meetings: readonly number[],
  fewest: Int32Array,
  most: number,
  isHeld?: Map<number, number>,
): Timetable {
  const { slotCount, candidateCount } = problem
  const variables = new Int32Array(candidateCount * slotCount)
  for (const c of meetings) writeMeeting(sat, variables, allowed, c, slotCount, isHeld?.get(c))
  const own = ownMeetings(problem, meetings)
  const busy = own.map((list) => writeDay(sat, problem, variables, list, !isHeld))
  busy.forEach((day, p) => writeRows(sat, problem, day, problem.maxConsecutive[p]))
  writeTables(sat, problem, variables, meetings, busy)
  writeOrder(sat, problem, variables, meetings)
  const counts = own.map((list, p) => writeBreaks(sat, problem, busy[p], list.length))
  writeSpread(sat, problem, counts)
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

function writeMeeting(
  sat: SatEngine,
  variables: Int32Array,
  allowed: Uint8Array,
  c: number,
  slotCount: number,
  isHeld?: number,
) {
  const literals: number[] = isHeld ? [-isHeld] : []
  for (let at = c * slotCount; at < (c + 1) * slotCount; at++)
    if (allowed[at]) literals.push((variables[at] = sat.newVariable()))
  sat.addClause(literals)
  atMostOne(sat, isHeld ? literals.slice(1) : literals)
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
  const { tablesPerSlot, slotCount } = problem
  if (meetings.length <= tablesPerSlot) return
  for (let slot = 0; slot < slotCount; slot++) {
    const people = busy.map((day) => day[slot]).filter((literal) => literal > 0)
    if (people.length > 2 * tablesPerSlot)
      sat.addClause([-count(sat, people, 2 * tablesPerSlot + 1, false)[2 * tablesPerSlot]])
  }
  const clusters = findClusters(problem, meetings)
  for (let slot = 0; slot < slotCount; slot++) {
    const here = clusters
      .map((list) => list.map((c) => variables[c * slotCount + slot]).filter((literal) => literal > 0))
      .filter((list) => list.length > 0)
    if (here.length <= tablesPerSlot) continue
    const counted = count(
      sat,
      here.map((list) => anyOf(sat, list)),
      tablesPerSlot + 1,
      false,
    )
    sat.addClause([-counted[tablesPerSlot]])
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
  sat: SatEngine,
  problem: Problem,
  variables: Int32Array,
  meetings: readonly number[],
): void {
  const { earlier, slotCount } = problem
  const isHeld = new Set(meetings)
  for (const c of meetings)
    for (const other of earlier[c].filter((one) => isHeld.has(one)))
      for (let slot = 0; slot < slotCount; slot++)
        for (let late = slot; late < slotCount; late++) {
          const [one, two] = [variables[c * slotCount + slot], variables[other * slotCount + late]]
          if (one > 0 && two > 0) sat.addClause([-one, -two])
        }
}

/** Literals counting the breaks of a day. */
function writeBreaks(sat: SatEngine, problem: Problem, busy: number[], meetings: number): number[] {
  const { slotCount, block, instance } = problem
  const ends: number[] = []
  // Busy in the slot before, and in any slot before that one.
  let [last, seen] = [0, 0]
  for (let slot = 0; slot < slotCount; slot++) {
    const isApart = slot > 0 && instance.rules.breakScope === 'block' && block[slot] !== block[slot - 1]
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
  { slotCount, block, instance }: Problem,
  busy: number[],
  meetings: number,
  anyBreak: number,
): void {
  const isWhole = instance.rules.breakScope === 'event'
  for (let early = 0; early < slotCount; early++)
    for (let late = early + meetings; late < slotCount; late++)
      if (busy[early] > 0 && busy[late] > 0 && (isWhole || block[early] === block[late]))
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

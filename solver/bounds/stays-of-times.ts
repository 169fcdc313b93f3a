import type { Agenda } from '../model/partial-schedule.ts'
import type { Problem } from '../model/problem.ts'
import { forEachSuccession } from '../model/successions.ts'

/** Two meetings of which the one follows the other in the agendas of one participant, or of both. */
interface Edge {
  earlier: number
  later: number
  people: number
}

/**
 * No seating of these meetings at these times has fewer changes of table of those who count. Two people who leave one
 * meeting for the same slot cannot both stay at its table, nor can two who come to one meeting from the same slot: each
 * such pair is a conflict. As nobody is in more than two, conflicts hang together in paths and rings, of which the most
 * stays without any can be counted. Exact where all tables are alike and no agenda skips a slot.
 */
export function fewestMovesAt(agenda: Agenda, counts: (participant: number) => boolean): number {
  const edges = edgesOf(agenda, counts)
  const all = edges.reduce((sum, { people }) => sum + people, 0)
  return (
    all -
    mostStays(
      agenda,
      edges.filter((edge) => canStay(agenda, edge)),
    )
  )
}

function edgesOf(agenda: Agenda, counts: (participant: number) => boolean): Edge[] {
  const edges = new Map<number, Edge>()
  forEachSuccession(agenda, (p, earlier, later) => {
    if (!counts(p)) return
    const key = earlier * agenda.problem.candidateCount + later
    const edge = edges.get(key) ?? { earlier, later, people: 0 }
    edge.people++
    edges.set(key, edge)
  })
  return [...edges.values()]
}

/** Whether there is a table for both. */
function canStay({ problem, slotOf }: Agenda, { earlier, later }: Edge): boolean {
  const { suitable, tableOut } = problem
  if (!tableOut && !suitable[earlier] && !suitable[later]) return true
  const tables = suitable[earlier] ?? suitable[later] ?? [...Array(problem.tablesPerSlot).keys()]
  return tables.some(
    (table) => fits(problem, earlier, slotOf[earlier], table) && fits(problem, later, slotOf[later], table),
  )
}

const fits = (
  { suitable, tableOut, tablesPerSlot }: Problem,
  c: number,
  slot: number,
  table: number,
): boolean => (suitable[c]?.includes(table) ?? true) && !tableOut?.[slot * tablesPerSlot + table]

function mostStays({ slotOf, problem }: Agenda, edges: Edge[]): number {
  const { slotCount, candidateCount } = problem
  const rivals: number[][] = edges.map(() => [])
  const leaving = new Map<number, number>()
  const meet = (place: number, edge: number) => {
    const other = leaving.get(place)
    if (other === undefined) leaving.set(place, edge)
    else {
      rivals[edge].push(other)
      rivals[other].push(edge)
    }
  }
  edges.forEach(({ earlier, later }, edge) => {
    meet(earlier * slotCount + slotOf[later], edge)
    meet((candidateCount + later) * slotCount + slotOf[earlier], edge)
  })
  return sumOfParts(
    edges.map(({ people }) => people),
    rivals,
  )
}

/** The greatest weight without two neighbours, in a graph of paths and rings. */
function sumOfParts(weights: number[], neighbours: number[][]): number {
  const seen = new Uint8Array(weights.length)
  const walk = (start: number): number[] => {
    const part: number[] = []
    for (
      let at: number | undefined = start;
      at !== undefined;
      at = neighbours[at].find((one) => !seen[one])
    ) {
      seen[at] = 1
      part.push(weights[at])
    }
    return part
  }
  let sum = 0
  for (const [at, list] of neighbours.entries()) if (!seen[at] && list.length < 2) sum += mostOfPath(walk(at))
  // What is left are rings: one of two neighbours is out.
  for (const at of weights.keys()) {
    if (seen[at]) continue
    const ring = walk(at)
    sum += Math.max(mostOfPath(ring.slice(1)), mostOfPath(ring.slice(0, -1)))
  }
  return sum
}

/** Of a row of numbers the greatest sum without two next to each other. */
function mostOfPath(numbers: number[]): number {
  let [without, most] = [0, 0]
  for (const one of numbers) [without, most] = [most, Math.max(most, without + one)]
  return most
}

import type { Problem } from '../model/problem.ts'
import { isSeated, type Measured } from '../spec/objective.ts'
import type { Certain } from './reduced-cost-fixing.ts'

/**
 * No schedule with so many breaks has fewer changes of table. Who goes on at once stays only if nobody else of the
 * table goes on there: between two slots of a stretch one meeting of each table can be such a stay. Besides, only who
 * pauses can stay, in a break, of which there are so many, or from one stretch to the next one.
 */
export function fewestMoves(problem: Problem, certain: Certain, measured: Measured): number {
  const { state, high } = certain
  if (!Array.isArray(problem.instance.tables) || problem.slotCount === 0) return 0
  if (!areBreaksKnown(problem)) return 0
  const people = high.filter((most) => most > 0).length
  const pauses = high.reduce(
    (sum, most, p) => sum + Math.max(0, Math.min(most, stretchesOf(problem, certain, p)) - 1),
    0,
  )
  const meetings = fewestMeetings(problem, certain)
  const stays = mostStaysAtOnce(problem, meetings) + (measured.breaks as number) + pauses
  return Math.max(0, 2 * meetings - people - stays - repeatedPairs(problem, state))
}

/** Whether schedules that are as good before the table moves all have the same number of breaks. */
function areBreaksKnown({ instance }: Problem): boolean {
  const { objective, tolerance } = instance.rules
  const [breaks, moves] = [objective.indexOf('breaks'), objective.indexOf('tableMoves')]
  return breaks >= 0 && breaks < moves && objective.every((level) => (tolerance[level] ?? 0) === 0)
}

const fewestMeetings = ({ places }: Problem, { state, low, full }: Certain): number =>
  Math.max(
    state.filter((one) => one === 2).length,
    Math.ceil(low.reduce((sum, one) => sum + one, 0) / 2),
    full ? places : 0,
  )

/** Stretches of slots in which somebody may have meetings. */
function stretchesOf(
  { slotCount, stretch, incident }: Problem,
  { state, allowed }: Certain,
  p: number,
): number {
  const open = incident[p].filter((c) => state[c] > 0)
  const isOpen = (slot: number) => open.some((c) => allowed[c * slotCount + slot])
  return new Set(stretch.filter((_, slot) => isOpen(slot))).size
}

/** Of so many meetings, or of more at the same cost, how many can stay where they are in the very next slot. */
function mostStaysAtOnce({ stretch, tablesIn }: Problem, meetings: number): number {
  const lengths = new Map<number, number>()
  let pairs = 0
  stretch.forEach((one, slot) => {
    lengths.set(one, (lengths.get(one) ?? 0) + 1)
    if (slot > 0 && stretch[slot - 1] === one) pairs += Math.min(tablesIn[slot - 1], tablesIn[slot])
  })
  return Math.min(pairs, meetings - Math.ceil(meetings / Math.max(...lengths.values())))
}

/** Candidates of a pair beyond its first: both may stay when they meet again. */
function repeatedPairs({ first, second }: Problem, state: Uint8Array): number {
  const pairs = new Set<string>()
  let candidates = 0
  state.forEach((one, c) => {
    if (one === 0) return
    candidates++
    pairs.add(`${Math.min(first[c], second[c])} ${Math.max(first[c], second[c])}`)
  })
  return candidates - pairs.size
}

/**
 * No schedule has fewer changes of table of those who keep theirs. Of those who have more meetings than half of the
 * slots no two can share a table, unless they meet each other: whoever is left over changes.
 */
export function fewestSeatedMoves(
  { instance, participantCount, slotCount, day, first, second }: Problem,
  { state, low }: Certain,
): number {
  const { participants, rules, tables } = instance
  if (!Array.isArray(tables) || new Set(day).size > 1) return 0
  const seated = participants.map(({ side }) => isSeated(side, rules))
  if (state.some((one, c) => one > 0 && seated[first[c]] && seated[second[c]])) return 0
  let large = 0
  for (let p = 0; p < participantCount; p++) if (seated[p] && 2 * low[p] > slotCount) large++
  return Math.max(0, large - tables.length)
}

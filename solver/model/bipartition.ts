import type { Problem } from './problem.ts'

const UNSEEN = 2

/** Two sides (0 and 1) with every possible candidate across them, or null if there is an odd cycle of pairs. */
export function splitSides(problem: Problem): Uint8Array | null {
  const side = new Uint8Array(problem.participantCount).fill(UNSEEN)
  for (let start = 0; start < side.length; start++) {
    if (side[start] !== UNSEEN) continue
    side[start] = 0
    if (!colour(problem, side, start)) return null
  }
  return side
}

function colour({ incident, possible, first, second }: Problem, side: Uint8Array, start: number): boolean {
  const queue = [start]
  for (const participant of queue)
    for (const candidate of incident[participant]) {
      if (!possible[candidate]) continue
      const other = first[candidate] === participant ? second[candidate] : first[candidate]
      if (side[other] === side[participant]) return false
      if (side[other] === UNSEEN) queue.push(other)
      side[other] = 1 - side[participant]
    }
  return true
}

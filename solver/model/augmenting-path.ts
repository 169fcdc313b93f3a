/** How one more gets a place in a bipartite matching, or why not. */
export interface Path {
  /** Who takes which place, the free one first and the newcomer's last; empty if there is no way. */
  moves: Move[]
  /** If there is none, the places there are for the newcomer and for their holders: fewer than these are (P. Hall 1935). */
  reached: number[]
}

interface Move {
  mover: number
  place: number
}

/**
 * A shortest augmenting path of a bipartite matching (H. W. Kuhn 1955), breadth first; nothing is changed by it.
 * @param start who is to get a place and has none
 * @param placesFor places that somebody could have, the preferred first
 * @param holderOf who has a place, −1 if nobody
 */
export function findPath(
  start: number,
  placesFor: (mover: number) => readonly number[],
  holderOf: (place: number) => number,
): Path {
  // Who would move to each place, with the one left for it; −1 for the newcomer's.
  const from = new Map<number, Move>()
  const queue: Move[] = [{ mover: start, place: -1 }]
  for (const one of queue)
    for (const place of placesFor(one.mover)) {
      if (from.has(place)) continue
      from.set(place, one)
      const holder = holderOf(place)
      if (holder < 0) return { moves: traceBack(from, place), reached: [] }
      queue.push({ mover: holder, place })
    }
  return { moves: [], reached: [...from.keys()] }
}

function traceBack(from: Map<number, Move>, free: number): Move[] {
  const moves: Move[] = []
  for (let place = free; place >= 0;) {
    const { mover, place: left } = from.get(place)!
    moves.push({ mover, place })
    place = left
  }
  return moves
}

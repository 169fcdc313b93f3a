import { expect, test } from 'vitest'
import { findPath } from '../../../solver/model/augmenting-path.ts'
import { seededRandom } from '../../../solver/model/random.ts'

/** The most of these that can have a place each. */
function mostMatched([own, ...others]: number[][], taken: number[] = []): number {
  if (!own) return 0
  const free = own.filter((place) => !taken.includes(place))
  return Math.max(
    mostMatched(others, taken),
    ...free.map((place) => 1 + mostMatched(others, [...taken, place])),
  )
}

/** The fewest moves that give the newcomer a place, trying all that move in turn. */
function fewestMoves(places: number[][], holder: number[], mover: number, seen: number[] = []): number {
  const lengths = places[mover]
    .filter((place) => !seen.includes(place))
    .map(
      (place) => 1 + (holder[place] < 0 ? 0 : fewestMoves(places, holder, holder[place], [...seen, place])),
    )
  return Math.min(Infinity, ...lengths)
}

test('a path gives one more a place with the fewest moves, or shows that there are too few places', () => {
  const seen = { direct: 0, moved: 0, refused: 0 }
  for (let seed = 1; seed <= 150; seed++) {
    const random = seededRandom(seed)
    const places = Array.from({ length: 6 }, () => [0, 1, 2, 3, 4].filter(() => random.below(3) === 0))
    const holder = [-1, -1, -1, -1, -1]
    const held: number[] = []
    for (const newcomer of places.keys()) {
      const before = [...holder]
      const { moves, reached } = findPath(
        newcomer,
        (mover) => places[mover],
        (place) => holder[place],
      )
      expect(holder).toEqual(before)
      const isPossible = mostMatched([...held, newcomer].map((one) => places[one])) > held.length
      expect(moves.length > 0).toBe(isPossible)
      if (!isPossible) {
        const rivals = [newcomer, ...reached.map((place) => holder[place])]
        expect(new Set(rivals).size).toBe(reached.length + 1)
        expect(new Set(rivals.flatMap((one) => places[one]))).toEqual(new Set(reached))
        seen.refused++
        continue
      }
      expect(moves).toHaveLength(fewestMoves(places, holder, newcomer))
      for (const { mover, place } of moves) {
        expect(places[mover]).toContain(place)
        holder[place] = mover
      }
      held.push(newcomer)
      expect(holder.filter((one) => one >= 0).sort()).toEqual(held.toSorted())
      seen[moves.length > 1 ? 'moved' : 'direct']++
    }
  }
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20)
})

import { SIDES, type PreferenceLevel, type Side } from '../../schemas/common.ts'
import type { PlanView } from '../../schemas/schedule.ts'
import type { MeetingRow } from './repository.ts'

type Wish = { fromId: string; toId: string; level: PreferenceLevel | null }
const WISHED = ['must', 'want', 'open'] as const

const key = (fromId: string, toId: string) => `${fromId} ${toId}`

/** What each of two said of the other, by the pair. */
export function levelsOf(wishes: Wish[]) {
  const byPair = new Map(wishes.map((wish) => [key(wish.fromId, wish.toId), wish.level]))
  return (fromId: string, toId: string): PreferenceLevel | null => byPair.get(key(fromId, toId)) ?? null
}

/** How many wishes of each level and side there are, and how many of them the meetings meet. */
export function countWishes(
  wishes: Wish[],
  meetings: Pick<MeetingRow, 'projectId' | 'hostId' | 'state'>[],
  sides: Map<string, Side>,
): PlanView['wishes'] {
  const held = meetings.filter(({ state }) => state !== 'cancelled')
  const met = new Set(
    held.flatMap(({ projectId, hostId }) => [key(projectId, hostId), key(hostId, projectId)]),
  )
  return WISHED.flatMap((level) =>
    SIDES.map((side) => {
      const stated = wishes.filter((wish) => wish.level === level && sides.get(wish.fromId) === side)
      return {
        level,
        side,
        stated: stated.length,
        met: stated.filter((wish) => met.has(key(wish.fromId, wish.toId))).length,
      }
    }),
  )
}

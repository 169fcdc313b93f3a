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
  const stated = Map.groupBy(wishes, ({ level, fromId }) => `${level} ${sides.get(fromId)}`)
  return WISHED.flatMap((level) =>
    SIDES.map((side) => {
      const some = stated.get(`${level} ${side}`) ?? []
      return {
        level,
        side,
        stated: some.length,
        met: some.filter(({ fromId, toId }) => met.has(key(fromId, toId))).length,
      }
    }),
  )
}

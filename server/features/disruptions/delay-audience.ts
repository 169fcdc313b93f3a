import { topic, type LookedUp } from '../../change-catalogue.ts'
import type { Transaction } from '../../database/client.ts'
import { findRooms } from '../events/repository.ts'

type Pair = { projectId: string; hostId: string }

/** The people of meetings, each once. */
export const topicsOf = (pairs: Pair[]): string[] => [
  ...new Set(pairs.flatMap(({ projectId, hostId }) => [projectId, hostId]).map(topic.participant)),
]

/** Where a room is behind, a meeting in another place may hold up, or no longer hold up, anybody after it. */
export async function pairsAndDelayed(
  tx: Transaction,
  eventId: string,
  pairs: Pair[],
): Promise<LookedUp<'pairs and delayed'>> {
  const isDelayed = (await findRooms(tx, eventId)).some(({ delayFromId }) => delayFromId !== null)
  return { of: 'pairs and delayed', topics: [...topicsOf(pairs), ...(isDelayed ? [topic.everyone] : [])] }
}

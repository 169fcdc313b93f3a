import { topic } from '../../changes.ts'
import type { Transaction } from '../../database/client.ts'
import { findRooms } from '../events/repository.ts'

/** Where a room is behind, a meeting in another place may hold up, or no longer hold up, anybody after it. */
export async function withDelayed(tx: Transaction, eventId: string, audience: string[]): Promise<string[]> {
  const isDelayed = (await findRooms(tx, eventId)).some(({ delayFromId }) => delayFromId !== null)
  return isDelayed ? [...audience, topic.everyone] : audience
}

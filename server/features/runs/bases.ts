import type { Reader } from '../../database/client.ts'
import type { Keep } from '../../schemas/run.ts'
import { findSchedules } from '../schedules/repository.ts'

type Base = Awaited<ReturnType<typeof findSchedules>>[number]
const MOST_DRAFTS = 8

/** Schedules that a run can start from: the plan in force, then drafts with locks, then the newest others. */
export async function findBases(reader: Reader, eventId: string): Promise<Base[]> {
  const all = await findSchedules(reader, eventId)
  const drafts = all.filter(({ kind }) => kind === 'draft')
  const isLocked = ({ locked }: Base) => locked > 0
  const ordered = [...drafts.filter(isLocked), ...drafts.filter((draft) => !isLocked(draft))]
  return [...all.filter(({ kind }) => kind === 'live'), ...ordered.slice(0, MOST_DRAFTS)]
}

/** Once something is published or locked it stays as far as it can. */
export const usualKeep = (usual: Pick<Base, 'kind' | 'locked'> | undefined): Keep =>
  usual && (usual.kind === 'live' || usual.locked > 0) ? 'all' : 'nothing'

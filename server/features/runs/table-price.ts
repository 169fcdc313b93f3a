import type { Actor } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { TablePrice } from '../../schemas/run.ts'
import type { SolverPool } from '../../jobs/solver-pool.ts'
import { findCandidates } from '../choices/service.ts'
import { openEvent } from '../events/open.ts'
import { buildInstance } from '../solver-input/instance.ts'
import { findCamp } from '../solver-input/repository.ts'

/** Past this time the flow answers instead of the linear program, and of a problem with more pairs at once. */
const LIMIT_MS = 4_000
const MOST_FOR_LP = 1_200
const FLOW_LIMIT_MS = 10_000

/** What more tables would bring, by choosing the meetings again. */
export async function readTablePrice(
  { db, solver }: { db: Database; solver: SolverPool },
  actor: Actor,
  eventId: string,
  extra: number,
  signal: AbortSignal,
): Promise<TablePrice> {
  const { programme } = await openEvent(db, actor, eventId, 'run.read')
  const [camp, candidates] = await Promise.all([findCamp(db, eventId), findCandidates(db, eventId)])
  if (!camp || camp.slots.length === 0 || camp.tables.length === 0 || candidates.length === 0)
    throw new DomainError('nothing-to-solve')
  const pairs = candidates.map(({ projectParticipantId: projectId, hostParticipantId: hostId, value }) => ({
    id: `${projectId} ${hostId}`,
    projectId,
    hostId,
    value,
    lock: null,
  }))
  const instance = JSON.stringify(buildInstance(camp, pairs))
  const ask = async (engine: 'lp' | 'flow', limitMs: number) => {
    const options = { programmeId: programme.id, limitMs, signal }
    return (await solver.ask({ type: 'price', instance, extra, engine }, options))?.price
  }
  const quick = pairs.length <= MOST_FOR_LP ? await ask('lp', LIMIT_MS) : null
  const price = quick ?? (await ask('flow', FLOW_LIMIT_MS))
  if (!price) throw new DomainError('solver-slow')
  return { tables: camp.tables.length, extra, ...price }
}

import { parseInstance, priceOfTables } from '../../../solver/index.ts'
import type { Actor } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { TablePrice } from '../../schemas/run.ts'
import { priceInThread } from '../../jobs/solver-thread.ts'
import { findCandidates } from '../choices/service.ts'
import { findEvent } from '../events/repository.ts'
import { buildInstance } from '../solver-input/instance.ts'
import { findCamp } from '../solver-input/repository.ts'

/** A linear program cannot be interrupted: past this its thread is ended, and the flow answers instead. */
const LIMIT_MS = 4_000

/** What more tables would bring, by choosing the meetings again. */
export async function readTablePrice(
  db: Database,
  actor: Actor,
  eventId: string,
  extra: number,
): Promise<TablePrice> {
  const found = await findEvent(db, eventId)
  if (!found) throw notFound()
  allow(actor, 'run.read', { programmeId: found.programme.id, eventId })
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
  const instance = buildInstance(camp, pairs)
  const price =
    (await priceInThread(instance, extra, LIMIT_MS)) ?? (await priceOfTables(parseInstance(instance), extra))
  return { tables: camp.tables.length, extra, ...price }
}

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
  const about = { key: `price ${eventId} ${extra}`, programmeId: programme.id, signal }
  const prepare = () => prepareQuestion(db, eventId, extra)
  const { answer, context } = await solver.ask({ ...about, prepare, limitMs: LIMIT_MS })
  const price = answer?.price ?? (await priceByFlow())
  return { ...context, extra, ...price }

  async function priceByFlow() {
    const byFlow = async () => {
      const { question, context } = await prepare()
      return { question: { ...question, engine: 'flow' as const }, context }
    }
    const { answer } = await solver.ask({
      ...{ ...about, key: `${about.key} flow`, prepare: byFlow, limitMs: FLOW_LIMIT_MS },
    })
    if (!answer) throw new DomainError('solver-slow')
    return answer.price
  }
}

async function prepareQuestion(db: Database, eventId: string, extra: number) {
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
  const engine = pairs.length <= MOST_FOR_LP ? ('lp' as const) : ('flow' as const)
  const question = { type: 'price' as const, instance: JSON.stringify(buildInstance(camp, pairs)), extra }
  return { question: { ...question, engine }, context: { tables: camp.tables.length } }
}

import type { Actor } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { TablePrice } from '../../schemas/run.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { findCandidates } from '../choices/pairs.ts'
import { countWishes } from '../choices/service.ts'
import { openEvent } from '../events/open.ts'
import { findSlots, findTables } from '../events/repository.ts'
import { buildInstance, pairsFor } from '../solver-input/instance.ts'
import { findCamp } from '../solver-input/repository.ts'

/** Past this time the flow answers instead of the linear program, and of a problem with more pairs at once. */
const LIMIT_MS = 4_000
const MOST_FOR_LP = 1_200
const FLOW_LIMIT_MS = 10_000
/** Whatever waits for a thread besides: nobody looks at a page for longer. */
const PATIENCE_MS = 20_000

/** What more tables would bring, by choosing the meetings again. */
export async function readTablePrice(
  { db, solver }: { db: Database; solver: SolverPool },
  actor: Actor,
  eventId: string,
  extra: number,
  signal: AbortSignal,
): Promise<TablePrice> {
  const { programmeId, wishes } = await solver.lookUp(() => openSolvable(db, actor, eventId))
  const about = { programmeId, signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) }
  const byEngine = (engine: Engine | null, limitMs: number) =>
    solver.ask({
      ...{ ...about, key: `price ${eventId} ${extra} ${engine}`, limitMs },
      prepare: () => prepareQuestion(db, eventId, extra, engine),
    })
  // A pair has two wishes at most. What is the flow's from the start is not given to it twice.
  const isLarge = wishes > 2 * MOST_FOR_LP
  const first = isLarge ? null : await byEngine(null, LIMIT_MS)
  const answered = first ?? (await byEngine('flow', FLOW_LIMIT_MS))
  if (!answered) throw new DomainError('solver-slow')
  return { ...answered.context, extra, ...answered.answer.price }
}

type Engine = 'lp' | 'flow'

/**
 * Its programme, and how much there is to solve. Where there is nothing to solve, that is told at once, however much waits for the solver: what little
 * shows of it, and what it takes more to see is told when the question is read.
 */
async function openSolvable(db: Database, actor: Actor, eventId: string) {
  const { programme } = await openEvent(db, actor, eventId, 'run.read')
  const [slots, tables, wishes] = await Promise.all([
    findSlots(db, eventId),
    findTables(db, eventId),
    countWishes(db, eventId),
  ])
  if (slots.length === 0 || tables.length === 0 || wishes === 0) throw new DomainError('nothing-to-solve')
  return { programmeId: programme.id, wishes }
}

/** By the engine that suits the size of the problem, where none is named. */
async function prepareQuestion(db: Database, eventId: string, extra: number, named: Engine | null = null) {
  const [camp, candidates] = await Promise.all([findCamp(db, eventId), findCandidates(db, eventId)])
  if (!camp || camp.slots.length === 0 || camp.tables.length === 0 || candidates.length === 0)
    throw new DomainError('nothing-to-solve')
  const known = candidates.map((pair) => ({
    ...pair,
    id: `${pair.projectParticipantId} ${pair.hostParticipantId}`,
  }))
  const pairs = pairsFor(known, [])
  const engine: Engine = named ?? (pairs.length <= MOST_FOR_LP ? 'lp' : 'flow')
  const question = { type: 'price' as const, instance: JSON.stringify(buildInstance(camp, pairs)), extra }
  return { question: { ...question, engine }, context: { tables: camp.tables.length } }
}

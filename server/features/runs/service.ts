import { randomInt } from 'node:crypto'
import { userIdOf } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Queue } from '../../queue.ts'
import { allow } from '../../policy.ts'
import type { NewRun } from '../../schemas/run.ts'
import { write, type Call } from '../../write.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import { identifyPairs } from '../solver-input/repository.ts'
import { readProblem } from './problem.ts'
import {
  findActiveRun,
  findNextRound,
  findRun,
  ofRun,
  insertRun,
  ringStop,
  tellWaiting,
  updateRun,
  updateRunIf,
} from './repository.ts'

export { findActiveRun } from './repository.ts'

/** Long enough for a camp; a run that has proved everything ends earlier by itself. */
const USUAL_SECONDS = 2
const MOST_SEED = 2_147_483_647

/** Stores the problem as it is now and queues the work on it. */
export async function startRun(db: Database, queue: Queue, call: Call, eventId: string, input: NewRun) {
  return write(db, call, ofEvent(eventId), async ({ tx, call, record }) => {
    const { programme } = await openEvent(tx, call.actor, eventId, 'run.start')
    if (await findActiveRun(tx, eventId)) throw new DomainError('run-in-progress')
    const round = await findNextRound(tx, programme.id)
    const id = await insertRun(tx, {
      eventId,
      seed: input.seed ?? randomInt(MOST_SEED),
      seconds: input.seconds ?? USUAL_SECONDS,
      ...(await readProblem(tx, eventId, input, identifyPairs)),
      requestedBy: userIdOf(call.actor),
    })
    await queue.enqueue(tx, 'run', { runId: id }, { priority: -round })
    await tellWaiting(tx)
    await record({ eventId, type: 'run.queued', payload: { runId: id } })
    return { id }
  })
}

/** Ends a run; the best schedule found so far is kept. One that still waits is over at once. */
export async function stopRun(db: Database, call: Call, runId: string) {
  return write(db, call, ofRun(runId), async ({ tx, call, record }) => {
    const found = await findRun(tx, runId)
    if (!found) throw notFound()
    const { programmeId, run } = found
    allow(call.actor, 'run.start', { programmeId, eventId: run.eventId })
    if (!['queued', 'running'].includes(run.status)) throw new DomainError('run-finished')
    await updateRun(tx, runId, { stopRequested: true })
    const unbegun = { status: 'stopped' as const, reason: 'run_unbegun', finishedAt: new Date() }
    if (await updateRunIf(tx, runId, ['queued'], unbegun)) await tellWaiting(tx)
    else await ringStop(tx, runId)
    await record({ eventId: run.eventId, type: 'run.stopRequested', payload: { runId } })
    return { id: runId }
  })
}

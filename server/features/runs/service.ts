import { randomInt } from 'node:crypto'
import { userIdOf } from '../../actor.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Queue } from '../../queue.ts'
import { allow } from '../../policy.ts'
import type { NewRun } from '../../schemas/run.ts'
import { write, type Call } from '../../write.ts'
import { findCandidates } from '../choices/pairs.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import { findWithdrawn } from '../participants/repository.ts'
import { findLockedMeetings } from '../schedules/service.ts'
import { buildInstance, pairsFor, type Pair } from '../solver-input/instance.ts'
import { findCamp, identifyPairs } from '../solver-input/repository.ts'
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
      instance: await readInstance(tx, eventId, input.keepLocksOf ?? null),
      requestedBy: userIdOf(call.actor),
    })
    await queue.enqueue(tx, 'run', { runId: id }, -round)
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

async function readInstance(tx: Transaction, eventId: string, keepLocksOf: string | null) {
  const camp = await findCamp(tx, eventId)
  if (!camp) throw notFound()
  const pairs = await readPairs(tx, eventId, keepLocksOf)
  if (camp.slots.length === 0 || camp.tables.length === 0 || pairs.length === 0)
    throw new DomainError('nothing-to-solve')
  return buildInstance(camp, pairs)
}

/** The pairs that could meet, and those that organisers pinned whatever the wishes say. */
async function readPairs(tx: Transaction, eventId: string, keepLocksOf: string | null): Promise<Pair[]> {
  const locked = keepLocksOf === null ? [] : await findLockedMeetings(tx, eventId, keepLocksOf)
  const found = await findCandidates(tx, eventId)
  const idOf = await identifyPairs(tx, eventId, found)
  const gone = await findWithdrawn(tx, eventId)
  return pairsFor(
    found.map((pair) => ({ ...pair, id: idOf(pair) })),
    locked.filter(({ projectId, hostId }) => !gone.has(projectId) && !gone.has(hostId)),
  )
}

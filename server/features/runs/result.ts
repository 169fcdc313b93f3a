import { digest, type InstanceFile, type Solution } from '../../../solver/index.ts'
import type { Checked } from '../../../solver/worker.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { say, type MessageKey } from '../../messages.ts'
import { writeByItself } from '../../write.ts'
import type { RunProgress, RunStatus } from '../../schemas/run.ts'
import { createDraft } from '../schedules/service.ts'
import { insertPairs, knownPairs } from '../solver-input/repository.ts'
import type { CampInstance } from '../solver-input/instance.ts'
import { presentLevels } from './present.ts'
import {
  countRunsUntil,
  findLostRuns,
  findRun,
  ofRun,
  tellProgress,
  tellWaiting,
  updateRun,
  updateRunIf,
  type RunRow,
} from './repository.ts'
import type { Suggested } from './suggestions.ts'

type Reason = Extract<MessageKey, `run_${string}`>
/** A solution of a run, the problem that it is of, and the pairs of that which nobody asked for. */
export type Solved = Checked & { instance: InstanceFile; added: Suggested[] }
type Outcome = { status: RunStatus; reason: Reason | null }

/** The run to work on; null if it is over or gone. One whose worker died is simply begun again. */
export async function claimRun(db: Database, runId: string): Promise<RunRow | null> {
  const fields = { status: 'running' as const, startedAt: new Date() }
  const found = (await updateRunIf(db, runId, OPEN, fields)) ? await findRun(db, runId) : null
  if (!found) return null
  await tellProgress(db, { type: 'run', eventId: found.run.eventId, runId, status: 'running', progress: [] })
  await tellWaiting(db)
  return found.run
}

const OPEN: RunStatus[] = ['queued', 'running']
const isOpen = ({ status }: RunRow): boolean => OPEN.includes(status)

/** Keeps what the solver found, if the referee agrees, and makes a draft of it. Publishing is for people. */
export async function finishRun(db: Database, runId: string, solved: Solved, progress: RunProgress[]) {
  await closeRun(db, runId, async (tx, found) => {
    const { solution, valid, instance, added } = await withLastingIds(tx, found.eventId, solved)
    const suggestions = { ...found.suggestions, ...suggestionsOf(added) }
    const run = { ...found, instance, suggestions }
    const outcome = valid
      ? judge(run, solution)
      : { status: 'failed' as const, reason: 'run_invalid' as const }
    const kept = outcome.reason === 'run_invalid' ? null : solution
    const problem = added.length > 0 ? { instance, suggestions } : {}
    await updateRun(tx, runId, { ...outcome, ...problem, solution: kept, progress, finishedAt: new Date() })
    if (outcome.reason === null) await draftOf(tx, run, solution)
    return outcome.status
  })
}

/** The same, with each proposed pair called as it is from now on: meanwhile it may have been given another id. */
async function withLastingIds(tx: Transaction, eventId: string, solved: Solved): Promise<Solved> {
  await insertPairs(tx, eventId, solved.added)
  const idOf = await knownPairs(tx, eventId)
  const renamed = solved.added.flatMap(({ id, participants: [projectParticipantId, hostParticipantId] }) => {
    const lasting = idOf({ projectParticipantId, hostParticipantId })
    return lasting === id ? [] : [{ id, lasting }]
  })
  if (renamed.length === 0) return solved
  const text = renamed.reduce((all, { id, lasting }) => all.replaceAll(id, lasting), JSON.stringify(solved))
  const { solution, ...rest } = JSON.parse(text) as Solved
  return { ...rest, solution: { ...solution, instance: await digest(rest.instance) } }
}

const suggestionsOf = (added: Suggested[]) =>
  Object.fromEntries(added.map(({ id, suggestion }) => [id, suggestion]))

export async function failRun(db: Database, runId: string, error: unknown): Promise<void> {
  const reason: Reason = isOutdated(error) ? 'run_outdated' : 'run_failed'
  await closeRun(db, runId, async (tx) => {
    await updateRun(tx, runId, { status: 'failed', reason, finishedAt: new Date() })
    return 'failed'
  })
}

/** Runs that nobody will finish any more: their job is gone, for example after the last retry. */
export async function failLostRuns(db: Database): Promise<void> {
  for (const runId of await findLostRuns(db))
    await closeRun(db, runId, async (tx) => {
      await updateRun(tx, runId, { status: 'failed', reason: 'run_lost', finishedAt: new Date() })
      return 'failed'
    })
}

async function closeRun(
  db: Database,
  runId: string,
  act: (tx: Transaction, run: RunRow) => Promise<RunStatus>,
): Promise<void> {
  await writeByItself(db, ofRun(runId), async ({ tx, record }) => {
    const found = await findRun(tx, runId)
    if (!found || !isOpen(found.run)) return
    const { requestedBy, eventId } = found.run
    const status = await act(tx, found.run)
    await tellWaiting(tx)
    await record(requestedBy, { eventId, type: 'run.finished', payload: { runId, status } })
  })
}

function judge({ stopRequested }: RunRow, solution: Solution): Outcome {
  if (solution.status === 'infeasible') return { status: 'infeasible', reason: 'run_infeasible' }
  if (solution.status === 'unknown')
    return { status: stopRequested ? 'stopped' : 'failed', reason: 'run_unfinished' }
  return { status: stopRequested ? 'stopped' : 'done', reason: null }
}

/** Makes a draft of a solution of the run's instance. */
export async function draftOf(
  tx: Transaction,
  run: RunRow & { name?: string },
  solution: Solution,
): Promise<string> {
  // Read by the solver when the run began, and not once more here, where everybody waits for it.
  const { candidates, rules } = run.instance as CampInstance
  const pairs = new Map(candidates.map((candidate) => [candidate.id, candidate]))
  const number = await countRunsUntil(tx, run)
  const draft = {
    eventId: run.eventId,
    runId: run.id,
    name: run.name ?? say('it', 'run_name', { number }),
    objective: presentLevels(solution.objective, rules.objective ?? null),
  }
  const meetings = solution.meetings.map(
    ({ candidate: candidateId, slot: slotId, table: tableId = null }) => {
      const { value, lock } = pairs.get(candidateId)!
      return { candidateId, slotId, tableId, value, locked: lock !== undefined }
    },
  )
  return createDraft(tx, draft, meetings)
}

/** Somebody removed a slot, a table or a participant while the run was going on. */
export function isOutdated(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if ((cause as { code?: string }).code === '23503') return true
  return false
}

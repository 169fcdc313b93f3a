import type { Reason, Remedy } from '../../../solver/index.ts'
import type { Actor } from '../../actor.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { allow, type Action } from '../../policy.ts'
import type { UnmetWish, UnmetWishes } from '../../schemas/run.ts'
import { namesFor, type Names } from './names.ts'
import { findCamp, findPairs, type Pairs } from '../solver-input/repository.ts'
import { findFiles, findResult, findUnmet } from './repository.ts'
import { sayReason, sayRemedy } from './unmet-words.ts'

/** Looking for a remedy tries many changes; past this it is given up. */
const LIMIT_MS = 10_000

/** The pairs that could meet and do not in the schedule of a run, those that count most first. */
export async function readUnmetWishes(db: Database, actor: Actor, runId: string): Promise<UnmetWishes> {
  const { eventId, hasSchedule } = await openResult(db, actor, runId)
  if (!hasSchedule) return { wishes: [] }
  const [names, unmet] = await Promise.all([readNames(db, actor, eventId), findUnmet(db, runId)])
  return {
    wishes: unmet.map(({ id, projectId, hostId, value }) => ({
      candidateId: id,
      project: names.person(projectId),
      host: names.name(hostId),
      organisation: names.organisation(hostId),
      value,
    })),
  }
}

/** Why a pair of a run does not meet, and what would make it possible: the remedy has been tried out. */
export async function readUnmetWish(
  { db, solver }: { db: Database; solver: SolverPool },
  actor: Actor,
  runId: string,
  candidateId: string,
  signal: AbortSignal,
): Promise<UnmetWish> {
  const { eventId, programmeId } = await solver.lookUp(() => openUnmet(db, actor, runId, candidateId))
  const answered = await solver.ask({
    ...{ key: `explain ${runId} ${candidateId}`, programmeId, limitMs: LIMIT_MS, signal },
    async prepare() {
      const files = await findFiles(db, runId)
      return { question: { type: 'explain' as const, ...files, candidates: [candidateId] }, context: null }
    },
  })
  if (!answered) throw new DomainError('solver-slow')
  return { candidateId, ...presentReason(await readNames(db, actor, eventId), answered.answer.reasons[0]) }
}

function presentReason(names: Names, reason: Reason) {
  const words = (remedy: Remedy | null) => remedy && sayRemedy(names, remedy)
  return { reason: sayReason(names, reason), remedy: words(reason.remedy), instead: words(reason.instead) }
}

/** The run, for whom may read it, and whether it ended with a schedule. */
export async function openResult(reader: Reader, actor: Actor, runId: string, action: Action = 'run.read') {
  const found = await findResult(reader, runId)
  if (!found) throw notFound()
  allow(actor, action, found)
  // A run that was stopped before it found anything has no meetings, only the reason.
  return { ...found, hasSchedule: ['done', 'stopped'].includes(found.status) && found.reason === null }
}

async function openUnmet(reader: Reader, actor: Actor, runId: string, candidateId: string) {
  const found = await openResult(reader, actor, runId)
  if (!found.hasSchedule || (await findUnmet(reader, runId, candidateId)).length === 0) throw notFound()
  return found
}

/** `asked`: the pairs of the question, where some of them have no lasting id. */
export async function readNames(
  reader: Reader,
  { locale }: Actor,
  eventId: string,
  asked?: Pairs,
): Promise<Names> {
  const [camp, pairs] = [await findCamp(reader, eventId), asked ?? (await findPairs(reader, eventId))]
  if (!camp) throw notFound()
  return namesFor(locale, { ...camp, pairs })
}

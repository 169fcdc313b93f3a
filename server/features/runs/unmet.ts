import {
  explain,
  parseInstance,
  parseSolution,
  type Candidate,
  type Instance,
  type Reason,
  type Remedy,
  type Solution,
} from '../../../solver/index.ts'
import type { Actor } from '../../actor.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import { explainInThread } from '../../jobs/solver-thread.ts'
import { allow } from '../../policy.ts'
import type { UnmetWish, UnmetWishes } from '../../schemas/run.ts'
import { findEvent } from '../events/repository.ts'
import { namesFor, type Names } from './names.ts'
import { findRun, type RunRow } from './repository.ts'
import { findCamp, findPairs } from '../solver-input/repository.ts'
import { sayReason, sayRemedy } from './unmet-words.ts'

/** Some milliseconds at the size of a camp; larger events get a thread, whose start takes longer than that. */
const MOST_AT_ONCE = 1_500
/** Looking for a remedy tries many changes; past this the thread is ended. */
const LIMIT_MS = 10_000

/** The pairs that could meet and do not in the schedule of a run, those that count most first. */
export async function readUnmetWishes(db: Database, actor: Actor, runId: string): Promise<UnmetWishes> {
  const result = await openResult(db, actor, runId)
  if (!result) return { wishes: [] }
  const names = await readNames(db, actor, result.run)
  return {
    wishes: unmetOf(result).map(({ id, participants: [project, host], value }) => ({
      candidateId: id,
      project: names.person(project),
      host: names.person(host),
      organisation: names.organisation(host),
      value,
    })),
  }
}

function unmetOf({ instance, solution }: Result): Candidate[] {
  const held = new Set(solution.meetings.map(({ candidate }) => candidate))
  return instance.candidates
    .filter(({ id }) => !held.has(id))
    .toSorted((one, other) => other.value - one.value)
}

/** Why a pair of a run does not meet, and what would make it possible: the remedy has been tried out. */
export async function readUnmetWish(
  db: Database,
  actor: Actor,
  runId: string,
  candidateId: string,
): Promise<UnmetWish> {
  const result = await openResult(db, actor, runId)
  if (!result || !unmetOf(result).some(({ id }) => id === candidateId)) throw notFound()
  const { run, instance, solution } = result
  const isSmall = instance.candidates.length <= MOST_AT_ONCE
  const reason = isSmall
    ? await explain(instance, solution, candidateId)
    : await explainInThread(instance.source, solution, candidateId, LIMIT_MS)
  if (!reason) throw new DomainError('unavailable')
  return { candidateId, ...presentReason(await readNames(db, actor, run), reason) }
}

function presentReason(names: Names, reason: Reason) {
  const words = (remedy: Remedy | null) => remedy && sayRemedy(names, remedy)
  return { reason: sayReason(names, reason), remedy: words(reason.remedy), instead: words(reason.instead) }
}

type Result = { run: RunRow; instance: Instance; solution: Solution }

/** A run that ended with a schedule, for whom may read it; null if it did not. */
async function openResult(reader: Reader, actor: Actor, runId: string): Promise<Result | null> {
  const found = await findRun(reader, runId)
  if (!found) throw notFound()
  const { run, programmeId } = found
  allow(actor, 'run.read', { programmeId, eventId: run.eventId })
  // A run that was stopped before it found anything has no meetings, only the reason.
  if (!['done', 'stopped'].includes(run.status) || run.reason !== null) return null
  const solution = parseSolution(run.solution)
  return { run, instance: parseInstance(run.instance), solution }
}

async function readNames(reader: Reader, { locale }: Actor, { eventId }: RunRow): Promise<Names> {
  const [camp, pairs, found] = await Promise.all([
    findCamp(reader, eventId),
    findPairs(reader, eventId),
    findEvent(reader, eventId),
  ])
  if (!camp || !found) throw notFound()
  return namesFor(locale, { ...camp, pairs, timezone: found.programme.timezone })
}

import type { Reason, Remedy } from '../../../solver/index.ts'
import type { Actor } from '../../actor.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { allow, type Action } from '../../policy.ts'
import type { UnmetWish, UnmetWishes } from '../../schemas/run.ts'
import { findCandidates, findKeptApart } from '../choices/pairs.ts'
import { pairKey } from '../pair-rulings/service.ts'
import { namesFor, type Names } from './names.ts'
import { findCamp, findPairs, type Pairs } from '../solver-input/repository.ts'
import { findFiles, findPairsOfRun, findResult, findTerms, findUnmet } from './repository.ts'
import { sayApart, type Terms } from './rule-words.ts'
import { sayReason, sayRemedy } from './unmet-words.ts'

/** Looking for a remedy tries many changes; past this it is given up. */
const LIMIT_MS = 10_000

/** The pairs that could meet and do not in the schedule of a run, those that count most first. */
export async function readUnmetWishes(db: Database, actor: Actor, runId: string): Promise<UnmetWishes> {
  const { eventId, hasSchedule } = await openResult(db, actor, runId)
  if (!hasSchedule) return { wishes: [], apart: [] }
  const [names, unmet, apart, known] = await Promise.all([
    readNames(db, actor, eventId),
    findUnmet(db, runId),
    findKeptApart(db, eventId),
    findPairsOfRun(db, runId),
  ])
  // Rules may have changed since: what the run could have held is told with the rest.
  const could = new Set(known.map(({ projectId, hostId }) => pairKey(projectId, hostId)))
  return {
    apart: apart
      .filter(({ projectId, hostId }) => !could.has(pairKey(projectId, hostId)))
      .toSorted((one, other) => other.value - one.value)
      .map(({ projectId, hostId, value, rule }) => ({
        id: pairKey(projectId, hostId),
        project: names.person(projectId),
        host: names.name(hostId),
        organisation: names.organisation(hostId),
        ...{ value, reason: sayApart(actor.locale, rule) },
      })),
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
  const [reason] = answered.answer.reasons
  const [names, terms] = [
    await readNames(db, actor, eventId),
    await readTerms(db, eventId, runId, [candidateId, ...heldBy(reason)]),
  ]
  return { candidateId, ...presentReason(names, reason, terms) }
}

const heldBy = ({ instead }: Reason) => (instead?.change.kind === 'instead' ? instead.change.candidates : [])

async function readTerms(reader: Reader, eventId: string, runId: string, ids: string[]): Promise<Terms> {
  const [camp, pairs, found, { rules: order, values }] = await Promise.all([
    findCamp(reader, eventId),
    findPairs(reader, eventId),
    findCandidates(reader, eventId),
    findTerms(reader, runId, ids),
  ])
  if (!camp) throw notFound()
  const byPair = new Map(
    found.map((one) => [pairKey(one.projectParticipantId, one.hostParticipantId), one] as const),
  )
  const candidates = ids.flatMap((id) => {
    const pair = pairs.get(id)
    const candidate = pair && byPair.get(pairKey(pair.projectId, pair.hostId))
    return candidate ? [[id, candidate] as const] : []
  })
  return { camp, order, values, candidates: new Map(candidates) }
}

function presentReason(names: Names, reason: Reason, terms: Terms) {
  const words = (remedy: Remedy | null) => remedy && sayRemedy(names, remedy)
  return {
    reason: sayReason(names, reason, terms),
    remedy: words(reason.remedy),
    instead: words(reason.instead),
  }
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

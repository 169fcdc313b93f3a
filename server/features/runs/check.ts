import type { Actor } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { CheckView, RunStart } from '../../schemas/run.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { openEvent } from '../events/open.ts'
import { knownPairs } from '../solver-input/repository.ts'
import { sayFinding, sayProposable, sayWayOut } from './check-words.ts'
import { readProblem } from './problem.ts'
import { findSuggestible } from './suggestions.ts'
import { readNames } from './unmet.ts'

/** Counting takes milliseconds; what would help is sought for so long. */
const SEEK_MS = 2_000
const LIMIT_MS = 10_000

/** What is impossible or tight before a run that starts there, named, with the smallest change that helps. */
export async function readCheck(
  { db, solver }: { db: Database; solver: SolverPool },
  actor: Actor,
  eventId: string,
  start: RunStart,
  signal: AbortSignal,
): Promise<CheckView> {
  const { programme } = await solver.lookUp(() => openEvent(db, actor, eventId, 'run.read'))
  const answered = await solver.ask({
    ...{
      key: `check ${eventId} ${start.keep} ${start.base}`,
      programmeId: programme.id,
      limitMs: LIMIT_MS,
      signal,
    },
    async prepare() {
      const { instance } = await readProblem(db, eventId, start, knownPairs)
      const question = { type: 'check' as const, instance: JSON.stringify(instance), timeMs: SEEK_MS }
      return { question, context: instance }
    },
  })
  if (!answered) throw new DomainError('solver-slow')
  const pairs = new Map(
    answered.context.candidates.map(({ id, participants: [projectId, hostId] }) => [
      id,
      { projectId, hostId },
    ]),
  )
  const names = await readNames(db, actor, eventId, pairs)
  const { findings } = answered.answer
  const short = findings.flatMap(({ code, participants = [] }) =>
    code === 'guaranteeTooHigh' ? participants : [],
  )
  const fitting = await findSuggestible(db, eventId, answered.context, short)
  return {
    findings: findings.map((finding) => ({
      severity: finding.severity,
      words: sayFinding(names, finding),
      remedy: sayProposable(names, finding, fitting) ?? sayWayOut(names, finding),
    })),
  }
}

import type { Actor } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { RunStress } from '../../schemas/run.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { findFiles } from './repository.ts'
import { openResult, readNames } from './unmet.ts'

/** So many days at a time: who asks for more sees them grow, and can stop. */
const DAYS = 25
const SEARCH_MS = 10_000
const LIMIT_MS = 15_000

/** What is left of a run's meetings on days on which some, drawn by chance, do not come. */
export async function readStress(
  { db, solver }: { db: Database; solver: SolverPool },
  actor: Actor,
  runId: string,
  { percent, seed }: { percent: number; seed: number },
  signal: AbortSignal,
): Promise<RunStress> {
  const { eventId, programmeId, hasSchedule } = await solver.lookUp(() => openResult(db, actor, runId))
  if (!hasSchedule) throw new DomainError('nothing-to-solve')
  const answered = await solver.ask({
    ...{ key: `stress ${runId} ${percent} ${seed}`, programmeId, limitMs: LIMIT_MS, signal },
    async prepare() {
      const files = await findFiles(db, runId)
      const options = { absence: percent / 100, scenarios: DAYS, seed, timeMs: SEARCH_MS }
      return { question: { type: 'stress' as const, ...files, ...options }, context: null }
    },
  })
  if (!answered) throw new DomainError('solver-slow')
  const { stress } = answered.answer
  const days = stress.outcomes.filter((one) => one !== null)
  const names = await readNames(db, actor, eventId)
  return {
    planned: stress.plan.held,
    kept: days.map(({ kept }) => kept),
    broken: days.map(({ broken }) => broken),
    exposed: stress.participants.flatMap(({ participant: id, absent, lost }) => {
      const there = days.length - absent
      return lost > 0 ? [{ id, name: names.person(id), days: there, lost: lost * there }] : []
    }),
    complete: stress.scenarios === DAYS,
  }
}

import type { InstanceFile } from '../../../solver/index.ts'
import type { Actor } from '../../actor.ts'
import type { Database } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { RunStress } from '../../schemas/run.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { findNotComing } from '../participants/repository.ts'
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
  const refused = await findNotComing(db, eventId)
  const answered = await solver.ask({
    // Whoever says so meanwhile makes it another question.
    ...{
      key: `stress ${runId} ${percent} ${seed} ${refused.join(' ')}`,
      programmeId,
      limitMs: LIMIT_MS,
      signal,
    },
    async prepare() {
      const { instance, solution } = await findFiles(db, runId)
      const options = { absence: percent / 100, scenarios: DAYS, seed, timeMs: SEARCH_MS }
      const files = { instance: withAbsent(instance, refused), solution }
      const planned = refused.length > 0 ? peopleOf(solution, instance) : new Set<string>()
      return {
        question: { type: 'stress' as const, ...files, ...options },
        context: refused.filter((id) => planned.has(id)),
      }
    },
  })
  if (!answered) throw new DomainError('solver-slow')
  const { answer, context: notComing } = answered
  const { stress } = answer
  const days = stress.outcomes.filter((one) => one !== null)
  const names = await readNames(db, actor, eventId)
  return {
    planned: stress.plan.held,
    kept: days.map(({ kept }) => kept),
    broken: days.map(({ broken }) => broken),
    under: stress.plan.broken,
    exposed: stress.participants.flatMap(({ participant: id, absent, lost }) => {
      const there = days.length - absent
      return lost > 0 ? [{ id, name: names.person(id), days: there, lost: lost * there }] : []
    }),
    complete: stress.scenarios === DAYS,
    notComing: notComing.map((id) => names.person(id)),
  }
}

/** The instance as it was solved, with those who have said since that they do not come away on every day that is drawn. */
function withAbsent(text: string, ids: string[]): string {
  if (ids.length === 0) return text
  const file = JSON.parse(text) as InstanceFile
  const participants = (file.participants ?? []).map((one) =>
    ids.includes(one.id) ? { ...one, absence: 1 } : one,
  )
  return JSON.stringify({ ...file, participants })
}

/** Who has a meeting in the schedule. */
function peopleOf(solution: string, instance: string): Set<string> {
  const { meetings } = JSON.parse(solution) as { meetings: { candidate: string }[] }
  const held = new Set(meetings.map(({ candidate }) => candidate))
  const { candidates = [] } = JSON.parse(instance) as InstanceFile
  return new Set(candidates.filter(({ id }) => held.has(id)).flatMap(({ participants }) => participants))
}

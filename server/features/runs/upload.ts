import { randomUUID } from 'node:crypto'
import { FormatError, parseSolution, type Solution, type Violation } from '../../../solver/index.ts'
import type { Database, Transaction } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import type { SolverPool } from '../../solver-threads/pool.ts'
import { say } from '../../messages.ts'
import { write, type Call } from '../../write.ts'
import { allow } from '../../policy.ts'
import { GONE, type Names } from './names.ts'
import { findFiles, findRun, ofRun, type RunRow } from './repository.ts'
import { draftOf, isOutdated } from './result.ts'
import { openResult, readNames } from './unmet.ts'

const LIMIT_MS = 20_000

/** Takes a solution that was computed elsewhere from the data of a run, checks every rule of it, and makes it a draft. */
export async function takeSolution(
  { db, solver }: { db: Database; solver: SolverPool },
  call: Call,
  runId: string,
  file: unknown,
  signal: AbortSignal,
) {
  const solution = await verified({ db, solver }, call, runId, file, signal)
  return write(db, call, ofRun(runId), async ({ tx, call, record }) => {
    const found = await findRun(tx, runId)
    if (!found) throw new DomainError('not-found')
    const { run, programmeId } = found
    allow(call.actor, 'run.start', { programmeId, eventId: run.eventId })
    const scheduleId = await keep(tx, run, solution)
    await record({ eventId: run.eventId, type: 'schedule.taken', payload: { scheduleId } })
    return { id: scheduleId }
  })
}

async function keep(tx: Transaction, run: RunRow, solution: Solution): Promise<string> {
  try {
    return await draftOf(tx, { ...run, name: say('it', 'run_taken') }, solution)
  } catch (error) {
    throw isOutdated(error) ? new DomainError('solution-outdated') : error
  }
}

async function verified(
  { db, solver }: { db: Database; solver: SolverPool },
  call: Call,
  runId: string,
  file: unknown,
  signal: AbortSignal,
): Promise<Solution> {
  const { eventId, programmeId } = await solver.lookUp(() => openResult(db, call.actor, runId, 'run.start'))
  const solution = readSolution(file)
  const answered = await solver.ask({
    ...{ key: `verify ${runId} ${randomUUID()}`, programmeId, limitMs: LIMIT_MS, signal },
    async prepare() {
      const { instance } = await findFiles(db, runId)
      return { question: { type: 'verify' as const, instance, solution: file }, context: null }
    },
  })
  if (!answered) throw new DomainError('solver-slow')
  const { isOfInstance, violations } = answered.answer
  if (!isOfInstance) throw new DomainError('solution-foreign')
  if (violations.length > 0) throw refusalOf(violations, await readNames(db, call.actor, eventId))
  if (solution.meetings.length === 0) throw new DomainError('solution-empty')
  return solution
}

function readSolution(file: unknown): Solution {
  try {
    return parseSolution(file)
  } catch (error) {
    if (error instanceof FormatError) throw new DomainError('solution-unreadable')
    throw error
  }
}

function refusalOf(violations: Violation[], { person, pair, people, slot, table, list }: Names): DomainError {
  const nameOf = (id: string) =>
    [people(id).some(Boolean) ? pair(id) : GONE, person(id), slot(id), table(id)].find(
      (name) => name !== GONE,
    )
  const who = violations[0].ids.flatMap((id) => nameOf(id) ?? [])
  return new DomainError('solution-broken', {
    count: String(violations.length),
    who: list(who) || violations[0].rule,
  })
}

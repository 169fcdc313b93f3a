import type { Database, Transaction } from '../../database/client.ts'
import type { RepairedMeeting } from '../../database/schema.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Answer, AnswerTo, Question, SolverPool } from '../../solver-threads/pool.ts'
import { REPAIR_ORDERS, type RepairOrder } from '../../schemas/day.ts'
import type { Written } from '../../schemas/common.ts'
import type { ObjectiveLevel } from '../../schemas/run.ts'
import type { Call } from '../../write.ts'
import type { Solution } from '../../../solver/index.ts'
import { findCandidates } from '../choices/pairs.ts'
import { presentObjective } from '../runs/present.ts'
import { slotsAhead } from '../disruptions/facts.ts'
import { findNotComing } from '../participants/repository.ts'
import { findCamp, identifyPairs } from '../solver-input/repository.ts'
import { findMeetings } from '../schedules/repository.ts'
import { changeDay, liveOf, openDay, type Day } from './open.ts'
import { repairProblem, type Standing } from '../solver-input/repair-problem.ts'
import { replaceRepairs } from './repository.ts'

/** A search that takes longer is ended: on the day an answer late is no answer. */
const LIMIT_MS = 20_000

/**
 * Asks the solver how to go on after what is open, once with as few changes and once with as few losses as
 * possible. Stored, so that what is applied is what was shown.
 */
export async function proposeRepairs(
  { db, solver }: { db: Database; solver: SolverPool },
  call: Call,
  eventId: string,
  signal: AbortSignal,
) {
  const asked = await solver.lookUp(async () => {
    const day = await openRepairable(db, call, eventId)
    return { key: keyOf(day, await findNotComing(db, eventId)), programmeId: day.programme.id }
  })
  const answered = await solver.ask({
    ...{ ...asked, isUrgent: true, limitMs: LIMIT_MS, signal },
    prepare: () => prepareQuestion(db, call, eventId),
  })
  if (!answered) throw new DomainError('solver-slow')
  const store = () => storeProposals(db, call, eventId, answered)
  const before = STORED.get(answered)
  const reply = before ? before.catch(store) : store()
  STORED.set(answered, reply)
  return reply
}

type Prepared = Awaited<ReturnType<typeof prepareQuestion>>
type Answered = Answer<Prepared['question'], Prepared['context']>

/** Many may have asked the same: what the first of them stored is there for all. */
const STORED = new WeakMap<Answered, Promise<Written>>()

async function storeProposals(
  db: Database,
  call: Call,
  eventId: string,
  { answer, context: { day, standing } }: Answered,
): Promise<Written> {
  const live = liveOf(day)
  const found = distinctOf(answer)
  return changeDay(db, call, eventId, async ({ tx, record }, current) => {
    if (liveOf(current).version !== live.version) throw new DomainError('stale-version')
    const ids = await replaceRepairs(
      tx,
      eventId,
      found.map(({ order, solution }) => ({
        ...{ eventId, scheduleId: live.id, baseVersion: live.version, order },
        disruptionIds: openOnes(day),
        meetings: heldAfter(solution, standing),
        objective: withoutProof(solution),
        changes: changesOf(solution),
        shortfallBefore: answer.shortfall,
      })),
    )
    await record({ eventId, type: 'repair.proposed', payload: { count: ids.length } })
    return { id: ids[0], version: live.version }
  })
}

/** Whose request cannot be answered is told so at once, however much waits for the solver. */
async function openRepairable(db: Database, call: Call, eventId: string): Promise<Day> {
  const day = await openDay(db, call, eventId, 'day.edit')
  liveOf(day)
  if (slotsAhead(day.slots, day.now).length === 0) throw new DomainError('slot-past')
  return day
}

/** Of the day as it stands: an answer to it as it stood before says nothing of what has gone wrong since. */
const keyOf = (day: Day, notComing: string[]) =>
  ['repair', day.event.id, liveOf(day).version, ...openOnes(day).toSorted(), ...notComing].join(' ')

/** Everything as it is when the solver has time for it. */
async function prepareQuestion(db: Database, call: Call, eventId: string) {
  const day = await openRepairable(db, call, eventId)
  const standing = await db.transaction((tx) => readStanding(tx, day))
  const problem = repairProblem(standing)
  if (!problem) throw new DomainError('slot-past')
  const [instance, solution, disruption] = [problem.instance, problem.solution, problem.disruption].map(
    (file) => JSON.stringify(file),
  )
  const orders = [...REPAIR_ORDERS]
  const question = { type: 'repair' as const, instance, solution, disruption, orders }
  return { question, context: { day, standing } }
}

const openOnes = ({ disruptions }: Day) =>
  disruptions.filter(({ state }) => state === 'open').map(({ id }) => id)

async function readStanding(tx: Transaction, { event, live, disruptions, now }: Day): Promise<Standing> {
  const camp = await findCamp(tx, event.id)
  if (!camp || !live) throw notFound()
  const all = await findMeetings(tx, live.id)
  const cancelled = new Set(
    all.filter(({ state }) => state === 'cancelled').map(({ candidateId }) => candidateId),
  )
  const pairs = await findCandidates(tx, event.id)
  const idOf = await identifyPairs(tx, event.id, pairs)
  return {
    camp,
    meetings: all.filter(({ state }) => state !== 'cancelled'),
    candidates: pairs.map((pair) => ({ ...pair, id: idOf(pair) })).filter(({ id }) => !cancelled.has(id)),
    disruptions,
    now,
  }
}

/** Bounds of a repair hold among those with as few changes, not among all schedules. */
const withoutProof = ({ objective }: Solution): ObjectiveLevel[] =>
  presentObjective(objective).map(({ level, value }) => ({ level, value, bound: null, proven: false }))

function changesOf({ objective: { changes } }: Solution) {
  if (!changes) throw new Error('a repair has no number of changes')
  return { value: Number(changes.value), bound: Number(changes.bound), proven: changes.proven }
}

type Found = { order: RepairOrder; solution: Solution }

/** Each answer has been checked again; where both are the same, the first stands for both. */
function distinctOf({ answers }: AnswerTo<Extract<Question, { type: 'repair' }>>): Found[] {
  const good = answers
    .map((answer, index) => ({ ...answer, order: REPAIR_ORDERS[index] }))
    .filter(({ solution, valid }) => valid && ['optimal', 'feasible'].includes(solution.status))
  if (good.length === 0) throw new DomainError('no-repair')
  const keys = good.map(({ solution }) =>
    solution.meetings
      .map(({ candidate, slot, table = '' }) => `${candidate} ${slot} ${table}`)
      .toSorted()
      .join(),
  )
  return good.filter((_, index) => keys.indexOf(keys[index]) === index)
}

function heldAfter({ meetings }: Solution, { candidates, meetings: before }: Standing): RepairedMeeting[] {
  const values = new Map([
    ...candidates.map(({ id, value }) => [id, value] as const),
    ...before.map(({ candidateId, value }) => [candidateId, value] as const),
  ])
  return meetings.map(({ candidate: candidateId, slot: slotId, table = null }) => ({
    ...{ candidateId, slotId, tableId: table },
    value: values.get(candidateId) ?? 0,
  }))
}

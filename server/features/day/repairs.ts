import { topic } from '../../changes.ts'
import type { Database, Transaction } from '../../database/client.ts'
import type { RepairedMeeting } from '../../database/schema.ts'
import { DomainError, notFound } from '../../errors.ts'
import { repairInThread } from '../../jobs/solver-thread.ts'
import { REPAIR_ORDERS, type RepairOrder } from '../../schemas/day.ts'
import type { ObjectiveLevel } from '../../schemas/run.ts'
import { expectVersion, type Call, type WriteContext } from '../../write.ts'
import { parseInstance, validate, type Solution } from '../../../solver/index.ts'
import { findCandidates } from '../choices/service.ts'
import { presentObjective } from '../runs/present.ts'
import { findCamp, identifyPairs } from '../runs/repository.ts'
import { affectedBy, compareMeetings, type Placement } from '../schedules/difference.ts'
import {
  findMeetings,
  rewriteMeetings,
  updateSchedule,
  type MeetingRow,
  type NewMeeting,
} from '../schedules/repository.ts'
import { changeDay, liveOf, openDay, type Day } from './open.ts'
import { repairProblem, type RepairProblem, type Standing } from './problem.ts'
import { findPairs, findRepair, replaceRepairs, updateDisruptions } from './repository.ts'

/** A search that takes longer is ended: on the day an answer late is no answer. */
const LIMIT_MS = 20_000

/**
 * Asks the solver how to go on after what is open, once with as few changes and once with as few losses as
 * possible. Stored, so that what is applied is what was shown.
 */
export async function proposeRepairs(db: Database, call: Call, eventId: string) {
  const day = await openDay(db, call, eventId, 'day.edit')
  const live = liveOf(day)
  const standing = await db.transaction((tx) => readStanding(tx, day))
  const problem = await repairProblem(standing)
  if (!problem) throw new DomainError('slot-past')
  const found = await solveBoth(problem)
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
        shortfallBefore: problem.shortfall,
      })),
    )
    const payload = { count: ids.length }
    await record({ eventId, type: 'repair.proposed', payload, audience: [topic.organisers] })
    return { id: ids[0], version: live.version }
  })
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

/** Each answer is checked again; where both are the same, the first stands for both. */
async function solveBoth(problem: RepairProblem): Promise<Found[]> {
  const { instance, solution, disruption } = problem
  const answers = await repairInThread({ instance, solution, disruption }, [...REPAIR_ORDERS], LIMIT_MS)
  const good = answers
    .map((answer, index) => ({ ...answer, order: REPAIR_ORDERS[index] }))
    .filter((answer) => isSound(answer.instance, answer.solution))
  if (good.length === 0) throw new DomainError('no-repair')
  const key = ({ solution }: Found) =>
    JSON.stringify(solution.meetings.map(({ candidate, slot, table }) => [candidate, slot, table]).toSorted())
  return good.filter((one, index) => good.findIndex((other) => key(other) === key(one)) === index)
}

const isSound = (instance: unknown, solution: Solution): boolean =>
  (solution.status === 'optimal' || solution.status === 'feasible') &&
  validate(parseInstance(instance), solution).valid

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

/** Makes a proposal the schedule, if the schedule is still the one it started from. */
export async function applyRepair(db: Database, call: Call, repairId: string) {
  const known = await findRepair(db, repairId)
  if (!known) throw notFound()
  return changeDay(db, call, known.eventId, async (context, day) => {
    const repair = await findRepair(context.tx, repairId)
    const live = liveOf(day)
    if (!repair) throw new DomainError('stale-version')
    expectVersion(call, live.version)
    if (repair.baseVersion !== live.version || repair.scheduleId !== live.id)
      throw new DomainError('stale-version')
    const { disruptionIds, objective } = repair
    const before = await heldNow(context.tx, day)
    const steps = stepsOf(before, repair.meetings)
    refusePast(day, steps)
    await replaceRepairs(context.tx, day.event.id, [])
    const version = await rewrite(context, day, steps, objective)
    await updateDisruptions(context.tx, disruptionIds, 'repaired')
    await recordRepair(context, day, 'repair.applied', steps, disruptionIds)
    return { id: live.id, version }
  })
}

/** One pair before and after. Null: not held. */
export type RepairStep = { candidateId: string; before: NewMeeting | null; after: NewMeeting | null }

const heldNow = async (tx: Transaction, day: Day): Promise<MeetingRow[]> =>
  (await findMeetings(tx, liveOf(day).id)).filter(({ state }) => state !== 'cancelled')

const cellOf = ({ candidateId, slotId, tableId, value, locked }: NewMeeting): NewMeeting => ({
  ...{ candidateId, slotId, tableId, value, locked },
})

function stepsOf(before: MeetingRow[], after: RepairedMeeting[]): RepairStep[] {
  const old = new Map(before.map((meeting) => [meeting.candidateId, cellOf(meeting)]))
  const fresh = new Map(
    after.map((meeting) => {
      const locked = old.get(meeting.candidateId)?.locked ?? false
      return [meeting.candidateId, { ...meeting, locked }]
    }),
  )
  const at = (cell: NewMeeting | undefined) => cell && `${cell.slotId} ${cell.tableId}`
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .filter((id) => at(old.get(id)) !== at(fresh.get(id)))
    .map((candidateId) => ({
      candidateId,
      before: old.get(candidateId) ?? null,
      after: fresh.get(candidateId) ?? null,
    }))
}

/** Time went on between proposing and applying: what has begun is no longer for moving. */
function refusePast({ slots, now }: Day, steps: RepairStep[]): void {
  const past = new Set(slots.filter(({ startsAt }) => startsAt <= now).map(({ id }) => id))
  const touched = steps.flatMap(({ before, after }) => [before?.slotId, after?.slotId])
  if (touched.some((id) => id !== undefined && past.has(id))) throw new DomainError('repair-too-late')
}

async function rewrite(
  { tx }: WriteContext,
  day: Day,
  steps: RepairStep[],
  objective: ObjectiveLevel[],
): Promise<number> {
  const live = liveOf(day)
  const puts = steps.map(({ after }) => after).filter((one) => one !== null)
  const drops = steps.filter(({ after }) => after === null).map(({ candidateId }) => candidateId)
  await rewriteMeetings(tx, live, puts, drops)
  return updateSchedule(tx, live.id, { objective })
}

async function recordRepair(
  { tx, record }: WriteContext,
  day: Day,
  type: 'repair.applied' | 'repair.undone',
  steps: RepairStep[],
  disruptionIds: string[],
): Promise<void> {
  await record({
    eventId: day.event.id,
    type,
    payload: { scheduleId: liveOf(day).id, count: steps.length },
    inverse: { steps, disruptionIds, objective: liveOf(day).objective },
    audience: [
      ...[topic.organisers, topic.screens, topic.desk],
      ...(await peopleOf(tx, day, steps)).map(topic.participant),
    ],
  })
}

async function peopleOf(tx: Transaction, day: Day, steps: RepairStep[]): Promise<string[]> {
  const pairs = await findPairs(tx, day.event.id)
  return [
    ...new Set(
      steps.flatMap(({ candidateId }) => {
        const pair = pairs.get(candidateId)
        return pair ? [pair.projectId, pair.hostId] : []
      }),
    ),
  ]
}

export type RepairInverse = {
  steps: RepairStep[]
  disruptionIds: string[]
  objective: ObjectiveLevel[]
}

/** Undoes a repair, or its undoing, as long as every meeting it touched is still where it put it. */
export async function repairBack(
  context: WriteContext,
  { steps, disruptionIds, objective }: RepairInverse,
  day: Day,
  type: 'repair.applied' | 'repair.undone',
): Promise<void> {
  const now = new Map((await heldNow(context.tx, day)).map((meeting) => [meeting.candidateId, meeting]))
  const stays = ({ candidateId, after }: RepairStep) => {
    const held = now.get(candidateId)
    return after ? held?.slotId === after.slotId && held.tableId === after.tableId : !held
  }
  if (!steps.every(stays)) throw new DomainError('moved-on')
  const back = steps.map(({ candidateId, before, after }) => ({ candidateId, before: after, after: before }))
  refusePast(day, back)
  await rewrite(context, day, back, objective)
  await updateDisruptions(context.tx, disruptionIds, type === 'repair.undone' ? 'open' : 'repaired')
  await recordRepair(context, day, type, back, disruptionIds)
}

/** What a proposal changes for people, against the schedule it starts from. */
export function differenceOf(
  before: MeetingRow[],
  after: RepairedMeeting[],
  pairs: Map<string, { projectId: string; hostId: string }>,
) {
  const held = after.flatMap((meeting): (Placement & { candidateId: string })[] => {
    const pair = pairs.get(meeting.candidateId)
    return pair ? [{ ...meeting, ...pair }] : []
  })
  const steps = compareMeetings(before, held)
  return { steps, affected: affectedBy(steps) }
}

import type { Inverse } from '../../change-catalogue.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import type { RepairedMeeting } from '../../database/schema.ts'
import { DomainError } from '../../errors.ts'
import { shownAs } from '../../naming.ts'
import type { ObjectiveLevel } from '../../schemas/run.ts'
import { expectVersion, type Call, type WriteContext } from '../../write.ts'
import { findParticipants } from '../participants/repository.ts'
import { findPairs } from '../solver-input/repository.ts'
import {
  findMeetings,
  newMeetingOf,
  revivePairs,
  rewriteMeetings,
  updateSchedule,
  type MeetingRow,
  type NewMeeting,
} from '../schedules/repository.ts'
import { pairsAndDelayed } from '../disruptions/delay-audience.ts'
import { changeDay, liveOf, type Day } from './open.ts'
import { findRepair, replaceRepairs } from './repository.ts'
import { updateDisruptions } from '../disruptions/repository.ts'

const eventOfRepair = (id: string) => async (reader: Reader) =>
  (await findRepair(reader, id))?.eventId ?? null

/** Makes a proposal the schedule, if the schedule is still the one it started from. */
export async function applyRepair(db: Database, call: Call, repairId: string) {
  return changeDay(db, call, eventOfRepair(repairId), async (context, day) => {
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

type RepairInverse = Inverse<'repair.applied' | 'repair.undone'>
/** One pair before and after. Null: not held. */
type RepairStep = RepairInverse['steps'][number]

const heldNow = async (tx: Transaction, day: Day): Promise<MeetingRow[]> =>
  (await findMeetings(tx, liveOf(day).id)).filter(({ state }) => state !== 'cancelled')

function stepsOf(before: MeetingRow[], after: RepairedMeeting[]): RepairStep[] {
  const old = new Map(before.map((meeting) => [meeting.candidateId, newMeetingOf(meeting)]))
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
  // Cancelled in a schedule that went by long ago: held again now.
  await revivePairs(
    tx,
    puts.map(({ candidateId }) => candidateId),
  )
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
    also: await pairsAndDelayed(tx, day.event.id, await pairsOf(tx, day, steps)),
  })
}

async function pairsOf(tx: Transaction, day: Day, steps: RepairStep[]) {
  const pairs = await findPairs(tx, day.event.id)
  return steps.flatMap(({ candidateId }) => pairs.get(candidateId) ?? [])
}

/**
 * Undoes a repair, or its undoing, as long as every meeting it touched is still where it put it. Who no longer takes
 * part gets no meeting back.
 */
export async function repairBack(
  context: WriteContext,
  { steps, disruptionIds, objective }: RepairInverse,
  day: Day,
  type: 'repair.applied' | 'repair.undone',
): Promise<void> {
  const all = await findMeetings(context.tx, liveOf(day).id)
  const now = new Map(all.map((meeting) => [meeting.candidateId, meeting]))
  // One that was cancelled since has no table any more: that is another place than where the repair put it.
  const stays = ({ candidateId, after }: RepairStep) => {
    const held = now.get(candidateId)
    return after ? held?.slotId === after.slotId && held.tableId === after.tableId : !held
  }
  if (!steps.every(stays)) throw new DomainError('moved-on')
  const back = await stillPossible(
    context.tx,
    day,
    steps.map(({ candidateId, before, after }) => ({ candidateId, before: after, after: before })),
  )
  refusePast(day, back)
  await rewrite(context, day, back, objective)
  await updateDisruptions(context.tx, disruptionIds, type === 'repair.undone' ? 'open' : 'repaired')
  await recordRepair(context, day, type, back, disruptionIds)
}

/** All but the meetings that would come back to who no longer takes part; refused, with their names, where nothing is left. */
async function stillPossible(tx: Transaction, day: Day, steps: RepairStep[]): Promise<RepairStep[]> {
  const pairs = await findPairs(tx, day.event.id)
  const gone = (await findParticipants(tx, day.event.id)).filter(({ withdrawn }) => withdrawn)
  const inTheWay = ({ candidateId, before }: RepairStep) => {
    const pair = before === null ? Object.values(pairs.get(candidateId) ?? {}) : []
    return gone.filter(({ id }) => pair.includes(id))
  }
  const possible = steps.filter((step) => inTheWay(step).length === 0)
  if (possible.length > 0 || steps.length === 0) return possible
  const names = steps.flatMap(inTheWay).map(({ organisations, name }) => shownAs(organisations, name))
  throw new DomainError('undo-withdrawn', { names: [...new Set(names)].join('; ') })
}

import type { Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Published } from '../../schemas/schedule.ts'
import type { Services } from '../../services.ts'
import { expectVersion, write, type Call, type WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import { affectedBy, compareMeetings } from './difference.ts'
import { tellAffected } from './notice.ts'
import {
  findLive,
  findVersion,
  insertMeetings,
  insertSchedule,
  newMeetingOf,
  nextVersionNumber,
  revivePairs,
  rewriteMeetings,
  sealSchedule,
  updateSchedule,
  type MeetingRow,
  type ScheduleRow,
} from './repository.ts'
import { ofSchedule, openSchedule } from './service.ts'
import { isHeld, readSuccession, type Succession } from './succession.ts'

/** Makes a draft the schedule everybody goes by, and keeps it for ever as the next version. */
export async function publishDraft(services: Services, call: Call, draftId: string, note: string) {
  const { db } = services
  return write(db, call, ofSchedule(draftId), async (context) => {
    const found = await openSchedule(context.tx, context.call, draftId, 'plan.publish')
    const { event, programme } = found
    if (found.schedule.kind !== 'draft') throw new DomainError('not-a-draft')
    expectVersion(call, found.schedule.version)
    const live = await findLive(context.tx, found.schedule.eventId)
    const now = clockOf(programme)
    const { affected, reply } = await publish(context, found.schedule, live, now)
    await tellAffected(context.tx, services, affected, { event, programme, note })
    return reply
  })
}

/** Publishes an earlier version again. The log and the versions only ever grow, so it gets a number of its own. */
export async function rollBack(services: Services, call: Call, eventId: string, number: number) {
  const { db } = services
  return write(db, call, ofEvent(eventId), async (context) => {
    const found = await openEvent(context.tx, context.call.actor, eventId, 'plan.publish')
    const live = await findLive(context.tx, eventId)
    const version = await findVersion(context.tx, eventId, number)
    if (!live || !version) throw notFound()
    expectVersion(call, live.version)
    const { affected, reply } = await publish(context, version, live, clockOf(found.programme))
    await tellAffected(context.tx, services, affected, { ...found, note: '' })
    return reply
  })
}

async function publish(
  { tx, record }: WriteContext,
  source: ScheduleRow,
  old: ScheduleRow | null,
  now: Date,
): Promise<Outcome> {
  const succession = await readSuccession(tx, source, old, now)
  const { held, kept, leftOut } = succession
  const number = await nextVersionNumber(tx, source.eventId)
  const live = await replaceLive(tx, source, old, { number, succession })
  const frozen = await freeze(tx, source, number, held)
  await record({
    eventId: source.eventId,
    type: 'schedule.published',
    payload: {
      ...{ scheduleId: live.id, versionId: frozen.id, fromId: source.id, number },
      again: source.number,
    },
  })
  const affected = affectedBy(compareMeetings(succession.old.filter(isHeld), held))
  return { affected, reply: { ...live, kept, leftOut } }
}

type Outcome = { affected: Set<string>; reply: Published }

async function replaceLive(
  tx: Transaction,
  source: ScheduleRow,
  old: ScheduleRow | null,
  { number, succession }: { number: number; succession: Succession },
) {
  const { eventId, name, runId, objective } = source
  const fields = { name, runId, objective, number }
  const live = old ?? (await insertSchedule(tx, { ...fields, eventId, kind: 'live' }))
  await changeMeetings(tx, live, succession)
  return { id: live.id, version: old ? await updateSchedule(tx, live.id, fields) : live.version }
}

/** Rows of pairs that stay keep their identity; only what differs is written. */
async function changeMeetings(tx: Transaction, live: ScheduleRow, { old, held, records }: Succession) {
  const cells = new Map(old.map((meeting) => [meeting.candidateId, JSON.stringify(newMeetingOf(meeting))]))
  const puts = held.map(newMeetingOf).filter((cell) => cells.get(cell.candidateId) !== JSON.stringify(cell))
  const stay = new Set([...held, ...records].map(({ candidateId }) => candidateId))
  const drops = old.map(({ candidateId }) => candidateId).filter((id) => !stay.has(id))
  await revivePairs(
    tx,
    held.map(({ candidateId }) => candidateId),
  )
  await rewriteMeetings(tx, live, puts, drops, 'as it stands')
}

async function freeze(
  tx: Transaction,
  source: ScheduleRow,
  number: number,
  held: MeetingRow[],
): Promise<ScheduleRow> {
  const { eventId, name, runId, objective } = source
  const version = await insertSchedule(tx, { eventId, name, runId, objective, number, kind: 'version' })
  await insertMeetings(tx, version, held.map(newMeetingOf), 'as it stands')
  await sealSchedule(tx, version.id)
  return version
}

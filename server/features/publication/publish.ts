import { userIdOf } from '../../actor.ts'
import type { Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Published, PublishInput, RollbackInput } from '../../schemas/schedule.ts'
import type { Services } from '../../services.ts'
import { expectVersion, write, type Call, type WriteContext } from '../../write.ts'
import { clockOf } from '../events/clock.ts'
import { ofEvent, openEvent } from '../events/open.ts'
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
} from '../schedules/repository.ts'
import { ofSchedule, openSchedule } from '../schedules/service.ts'
import { readSuccession, type Succession } from '../schedules/succession.ts'
import { decide } from './service.ts'

/**
 * Makes a draft the schedule everybody goes by, and keeps it for ever as the next version. Whom it concerns is told as
 * was decided with it; otherwise that stays to be decided.
 */
export async function publishDraft(
  services: Services,
  call: Call,
  draftId: string,
  { note = '', tell }: PublishInput,
) {
  return write(services.db, call, ofSchedule(draftId), async (context) => {
    const found = await openSchedule(context.tx, context.call, draftId, 'plan.publish')
    if (found.schedule.kind !== 'draft') throw new DomainError('not-a-draft')
    expectVersion(call, found.schedule.version)
    const live = await findLive(context.tx, found.schedule.eventId)
    const reply = await publish(context, { ...found.schedule, note }, live, clockOf(found.programme))
    if (tell) await decide(context, services, found, { how: tell, note, by: userIdOf(call.actor) })
    return reply
  })
}

/** Publishes an earlier version again. The log and the versions only ever grow, so it gets a number of its own. */
export async function rollBack(
  services: Services,
  call: Call,
  eventId: string,
  { number, tell }: RollbackInput,
) {
  return write(services.db, call, ofEvent(eventId), async (context) => {
    const found = await openEvent(context.tx, context.call.actor, eventId, 'plan.publish')
    const live = await findLive(context.tx, eventId)
    const version = await findVersion(context.tx, eventId, number)
    if (!live || !version) throw notFound()
    expectVersion(call, live.version)
    const reply = await publish(context, { ...version, note: '' }, live, clockOf(found.programme))
    if (tell) await decide(context, services, found, { how: tell, note: '', by: userIdOf(call.actor) })
    return reply
  })
}

async function publish(
  { tx, record }: WriteContext,
  source: ScheduleRow,
  old: ScheduleRow | null,
  now: Date,
): Promise<Published> {
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
  return { ...live, kept, leftOut }
}

async function replaceLive(
  tx: Transaction,
  source: ScheduleRow,
  old: ScheduleRow | null,
  { number, succession }: { number: number; succession: Succession },
) {
  const { eventId, name, note, runId, objective } = source
  const fields = { name, note, runId, objective, number }
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
  const { eventId, name, note, runId, objective } = source
  const version = await insertSchedule(tx, { eventId, name, note, runId, objective, number, kind: 'version' })
  await insertMeetings(tx, version, held.map(newMeetingOf), 'as it stands')
  await sealSchedule(tx, version.id)
  return version
}

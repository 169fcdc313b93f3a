import type { Inverse } from '../../change-catalogue.ts'
import type { Database } from '../../database/client.ts'
import { DomainError } from '../../errors.ts'
import { say } from '../../messages.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import { deleteSchedule, findLive, findMeetings, findSchedule, newMeetingOf } from './repository.ts'
import { createDraft } from './service.ts'
import { isHeld } from './succession.ts'

/** What is in force as a draft: it can be edited at leisure, and published as what differs by then. */
export async function copyLive(db: Database, call: Call, eventId: string) {
  return write(db, call, ofEvent(eventId), async ({ tx, call: { actor }, record }) => {
    await openEvent(tx, actor, eventId, 'plan.edit')
    const live = await findLive(tx, eventId)
    if (!live) throw new DomainError('nothing-published')
    const name = say(actor.locale, 'copy_name', { number: String(live.number) })
    const held = (await findMeetings(tx, live.id)).filter(isHeld)
    const { runId, objective } = live
    const scheduleId = await createDraft(
      tx,
      { eventId, name, runId, objective },
      held.map(newMeetingOf),
      'as it stands',
    )
    const inverse = { scheduleId }
    await record({ eventId, type: 'schedule.copied', payload: { scheduleId, number: live.number }, inverse })
    return { id: scheduleId }
  })
}

/** Takes a copy back, as long as nobody has worked on it. */
export async function copyBack(
  { tx, record }: WriteContext,
  eventId: string,
  { scheduleId }: Inverse<'schedule.copied'>,
): Promise<void> {
  const found = await findSchedule(tx, scheduleId)
  if (found?.schedule.kind !== 'draft' || found.schedule.version > 1) throw new DomainError('moved-on')
  const count = (await findMeetings(tx, scheduleId)).length
  await deleteSchedule(tx, scheduleId)
  await record({ eventId, type: 'schedule.discarded', payload: { scheduleId, count } })
}

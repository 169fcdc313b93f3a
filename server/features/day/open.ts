import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, notFound } from '../../errors.ts'
import type { Action } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { topic, type LookedUp } from '../../change-catalogue.ts'
import { clockOf } from '../events/clock.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import { findSlots } from '../events/repository.ts'
import { findLive, findMeetings, type ScheduleRow } from '../schedules/repository.ts'
import { findDisruptions } from '../disruptions/repository.ts'

/** The day of an event as it stands, for whoever may act on it. */
export type Day = Awaited<ReturnType<typeof openDay>>

export async function openDay(reader: Reader, { actor }: Call, eventId: string, action: Action) {
  const found = await openEvent(reader, actor, eventId, action)
  const [slots, disruptions, live] = await Promise.all([
    findSlots(reader, eventId),
    findDisruptions(reader, eventId),
    findLive(reader, eventId),
  ])
  return { ...found, slots, disruptions, live, now: clockOf(found.programme) }
}

/** A write of the organisers about the day of an event, given or found by what the write is about. */
export async function changeDay<Reply extends Written>(
  db: Database,
  call: Call,
  eventOf: string | ((reader: Reader) => Promise<string | null>),
  act: (context: WriteContext, day: Day) => Promise<Reply>,
): Promise<Reply> {
  const find = async (reader: Reader) => (typeof eventOf === 'string' ? eventOf : eventOf(reader))
  const ofDay = async (reader: Reader) => {
    const eventId = await find(reader)
    return eventId && ofEvent(eventId)(reader)
  }
  return write(db, call, ofDay, async (context) => {
    const eventId = await find(context.tx)
    if (eventId === null) throw notFound()
    return act(context, await openDay(context.tx, context.call, eventId, 'day.edit'))
  })
}

/** The schedule that everybody goes by; most of what a day does needs one. */
export function liveOf({ live }: Pick<Day, 'live'>): ScheduleRow {
  if (!live) throw new DomainError('nothing-published')
  return live
}

/** The people themselves and all whom they still meet: it is news for each of them. */
export async function peopleAround(
  tx: Transaction,
  live: ScheduleRow | null,
  ids: string[],
): Promise<LookedUp<'around'>> {
  const meetings = live ? await findMeetings(tx, live.id) : []
  const around = meetings
    .map(({ projectId, hostId }) => [projectId, hostId])
    .filter((pair) => pair.some((id) => ids.includes(id)))
  return { of: 'around', topics: [...new Set([...ids, ...around.flat()].map(topic.participant))] }
}

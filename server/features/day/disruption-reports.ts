import { topic, type Inverse } from '../../change-catalogue.ts'
import type { Database, Reader } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import type { Written } from '../../schemas/common.ts'
import type { DisruptionInput } from '../../schemas/day.ts'
import type { Call, WriteContext } from '../../write.ts'
import { findTables } from '../events/repository.ts'
import { bringBack, markAbsent, toStored } from './attendance.ts'
import { currentDay, currentSlot, slotsAhead } from '../disruptions/facts.ts'
import { changeDay, peopleAround, type Day } from './open.ts'
import { findParticipantRows } from '../participants/repository.ts'
import {
  findDisruption,
  insertDisruptions,
  updateDisruptions,
  type NewDisruption,
} from '../disruptions/repository.ts'

/** Notes what goes differently from now on. What is done about it is another matter: see repairs.ts. */
export async function reportDisruption(db: Database, call: Call, eventId: string, input: DisruptionInput) {
  return changeDay<Written>(db, call, eventId, async (context, day) => {
    const { kind, participantId, fromSlotId, toSlotId } = input
    if (kind === 'no_show' && participantId && !fromSlotId && !toSlotId) {
      checkSubject(call, input)
      return markAbsent(context, eventId, participantId)
    }
    const { tx, record } = context
    const row = await rowOf(tx, call, day, input)
    const [id] = await insertDisruptions(tx, [row])
    await record({
      eventId,
      type: 'disruption.reported',
      payload: { disruptionId: id, ...told(day, row) },
      inverse: { created: [id], deleted: [] },
      also: await around(tx, day, row),
    })
    return { id }
  })
}

const eventOfDisruption = (id: string) => async (reader: Reader) =>
  (await findDisruption(reader, id))?.eventId ?? null

/** The organisers let the schedule stay as it is; the disruption takes nothing any more. */
export async function dismissDisruption(db: Database, call: Call, id: string) {
  return changeDay(db, call, eventOfDisruption(id), async ({ tx, record }, day) => {
    const row = day.disruptions.find((one) => one.id === id)
    if (!row) throw notFound()
    if (row.state === 'dismissed') return { id }
    await updateDisruptions(tx, [id], 'dismissed')
    await record({
      eventId: row.eventId,
      type: 'disruption.dismissed',
      payload: { disruptionId: id, ...told(day, row) },
      inverse: { created: [id], deleted: [toStored(row)] },
      also: await around(tx, day, row),
    })
    return { id }
  })
}

/** Undoes a report or a dismissal: the rows that it made give way to those that it found. */
export async function disruptionBack(
  { tx, record }: WriteContext,
  inverse: Inverse<'disruption.reported'>,
  day: Day,
): Promise<void> {
  const { undone, back } = await bringBack(tx, day.event.id, inverse)
  const [row] = [...undone, ...back]
  const { participantId } = row
  await record({
    eventId: day.event.id,
    type: 'disruption.withdrawn',
    payload: told(day, row),
    inverse: { created: back.map(({ id }) => id), deleted: undone.map(toStored) },
    also: { of: 'subject', topics: participantId ? [topic.participant(participantId)] : [] },
  })
}

/** A report as a row: about what its kind says, in slots of this event, from now on where it doesn't say. */
async function rowOf(
  tx: WriteContext['tx'],
  call: Call,
  day: Day,
  input: DisruptionInput,
): Promise<NewDisruption> {
  checkSubject(call, input)
  const { kind, participantId, tableId, fromSlotId, toSlotId } = input
  const { event, slots, now } = day
  if (participantId && !(await findParticipantRows(tx, event.id)).some(({ id }) => id === participantId))
    throw notFound()
  if (tableId && !(await findTables(tx, event.id)).some(({ id }) => id === tableId)) throw notFound()
  const indexOf = (id: string | undefined) => slots.findIndex((slot) => slot.id === id)
  // Without slots it is of the day that it is: once its last turn is over, nothing says which one is meant.
  const today = currentDay(slots, now, day.programme.timezone)
  const ofToday = slots.filter((slot) => slot.day === today)
  const first = kind === 'slot_lost' ? slotsAhead(ofToday, now)[0] : currentSlot(ofToday, now)
  const from = fromSlotId ? indexOf(fromSlotId) : indexOf(first?.id)
  const endOfDay = slots.findLastIndex(({ day }) => day === slots[from]?.day)
  const to = toSlotId ? indexOf(toSlotId) : kind === 'slot_lost' ? from : endOfDay
  if ((fromSlotId && from < 0) || (toSlotId && to < 0)) throw notFound()
  if (from < 0) throw new DomainError('slot-past')
  if (to < from) throw invalidInput(call, '/toSlotId', 'field_endsBefore')
  return { eventId: event.id, kind, participantId, tableId, fromId: slots[from].id, toId: slots[to].id }
}

/** Somebody's absence names them, a table that is out names it, and a lost slot is about nobody in particular. */
function checkSubject(call: Call, { kind, participantId, tableId }: DisruptionInput): void {
  const wants = { participantId: kind === 'no_show' || kind === 'early', tableId: kind === 'table_out' }
  for (const [member, given] of Object.entries({ participantId, tableId })) {
    const wanted = wants[member as keyof typeof wants]
    if ((given !== undefined) !== wanted)
      throw invalidInput(call, `/${member}`, wanted ? 'field_required' : 'field_unknown')
  }
}

const around = (
  tx: WriteContext['tx'],
  { live }: Day,
  { participantId }: Pick<NewDisruption, 'participantId'>,
) => peopleAround(tx, live, participantId ? [participantId] : [])

/** What the log tells of a disruption: about whom or what, and from when to when. */
function told({ slots }: Day, { kind, participantId = null, tableId = null, fromId, toId }: NewDisruption) {
  const slot = (wanted: string) => slots.find(({ id }) => id === wanted)!
  const [from, to] = [slot(fromId).startsAt.toISOString(), slot(toId).endsAt.toISOString()]
  return { kind, participantId, tableId, from, to }
}

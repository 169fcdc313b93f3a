import { topic } from '../../changes.ts'
import type { Database } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import type { DisruptionInput } from '../../schemas/day.ts'
import type { Call, WriteContext } from '../../write.ts'
import { findTables } from '../events/repository.ts'
import { bringBack, setAttendance, type Stored } from './attendance.ts'
import { currentSlot, slotsAhead } from '../disruptions/facts.ts'
import { audienceAround, changeDay, type Day } from './open.ts'
import { findParticipantRows } from '../participants/repository.ts'
import { findDisruption, insertDisruptions, updateDisruptions } from '../disruptions/repository.ts'
import { type DisruptionRow, type NewDisruption } from '../disruptions/repository.ts'

/** Notes what goes differently from now on. What is done about it is another matter: see repairs.ts. */
export async function reportDisruption(db: Database, call: Call, eventId: string, input: DisruptionInput) {
  const { kind, participantId, fromSlotId } = input
  if (kind === 'no_show' && participantId && !fromSlotId && !input.toSlotId)
    return setAttendance(db, call, participantId, { attendance: 'absent' })
  return changeDay(db, call, eventId, async ({ tx, record }, day) => {
    const row = await rowOf(tx, call, day, input)
    const [id] = await insertDisruptions(tx, [row])
    const { participantId = null, tableId = null } = row
    await record({
      eventId,
      type: 'disruption.reported',
      payload: { disruptionId: id, kind, participantId, tableId },
      inverse: { created: [id], deleted: [] },
      audience: await audienceOf(tx, day, row),
    })
    return { id }
  })
}

/** The organisers let the schedule stay as it is; the disruption takes nothing any more. */
export async function dismissDisruption(db: Database, call: Call, id: string) {
  const found = await findDisruption(db, id)
  if (!found) throw notFound()
  return changeDay(db, call, found.eventId, async ({ tx, record }, day) => {
    const row = day.disruptions.find((one) => one.id === id)
    if (!row) throw notFound()
    if (row.state === 'dismissed') return { id }
    await updateDisruptions(tx, [id], 'dismissed')
    await record({
      eventId: row.eventId,
      type: 'disruption.dismissed',
      payload: { disruptionId: id, participantId: row.participantId, tableId: row.tableId },
      inverse: { created: [id], deleted: [row] },
      audience: await audienceOf(tx, day, row),
    })
    return { id }
  })
}

/** Undoes a report or a dismissal: the rows that it made give way to those that it found. */
export async function disruptionBack(
  { tx, record }: WriteContext,
  inverse: { created: string[]; deleted: Stored<DisruptionRow>[] },
  eventId: string,
): Promise<void> {
  const { undone, back } = await bringBack(tx, eventId, inverse)
  const [{ participantId, tableId }] = [...undone, ...back]
  await record({
    eventId,
    type: 'disruption.withdrawn',
    payload: { participantId, tableId },
    inverse: { created: back.map(({ id }) => id), deleted: undone },
    audience: [topic.organisers, topic.desk, ...(participantId ? [topic.participant(participantId)] : [])],
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
  const first = kind === 'slot_lost' ? slotsAhead(slots, now)[0] : currentSlot(slots, now)
  const from = fromSlotId ? indexOf(fromSlotId) : indexOf(first?.id)
  const to = toSlotId ? indexOf(toSlotId) : kind === 'slot_lost' ? from : slots.length - 1
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

const audienceOf = (
  tx: WriteContext['tx'],
  { live }: Day,
  { participantId }: Pick<NewDisruption, 'participantId'>,
) => audienceAround(tx, live, participantId ? [participantId] : [])

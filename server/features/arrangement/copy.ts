import type { Database } from '../../database/client.ts'
import { invalidInput } from '../../errors.ts'
import type { Written } from '../../schemas/common.ts'
import type { EventCopy } from '../../schemas/event.ts'
import { addDays, daysBetween } from '../../schemas/slot-times.ts'
import { write, type Call } from '../../write.ts'
import { ofEvent, openEvent } from '../events/open.ts'
import {
  findGridSlots,
  findGridTables,
  insertEvent,
  insertEveryone,
  insertSlots,
  writeTables,
} from '../events/repository.ts'
import { movedTimes } from '../events/service.ts'
import { copyAnswers, copyOwnTables, copyPeople } from './repository.ts'

/** A new event with the same rules, slots and tables on other days; with people and what they answered where asked. */
export async function copyEvent(db: Database, call: Call, eventId: string, input: EventCopy) {
  return write(db, call, ofEvent(eventId), async ({ tx, call, record }): Promise<Written> => {
    const { event, programme } = await openEvent(tx, call.actor, eventId, 'event.edit')
    const { kind, venue, rules } = event
    const { date, title = event.title, people = 'everyone', answers = false } = input
    const meets = kind === 'camp' || kind === 'tutoring'
    const days = daysBetween(event.date, date)
    const moved = movedTimes(event, await findGridSlots(tx, eventId), days, programme.timezone)
    if (!moved) throw invalidInput(call, '/date', 'field_noSuchTime')
    const values = { programmeId: programme.id, kind, venue, rules, date, title, ...moved.hours }
    const id = await insertEvent(tx, values)
    await insertSlots(
      tx,
      id,
      moved.slots.map(({ position, day, block, startsAt, endsAt }) => ({
        position,
        day,
        block,
        startsAt,
        endsAt,
      })),
    )
    const tables = await findGridTables(tx, eventId)
    const tableIds = await writeTables(
      tx,
      id,
      tables.map(({ name, room, features, daysOut }) => ({
        ...{ name, room, features },
        daysOut: daysOut.map((day) => addDays(day, days)),
      })),
    )
    if (people === 'same') await copyPeople(tx, eventId, id)
    else if (people === 'everyone' && meets) await insertEveryone(tx, programme.id, id)
    if (answers) await copyAnswers(tx, eventId, id)
    await copyOwnTables(
      tx,
      id,
      tables.map(({ ownerId }, at) => ({ ownerId, tableId: tableIds[at] })),
    )
    await record({ eventId: id, type: 'event.copied', payload: { sourceId: eventId } })
    return { id }
  })
}

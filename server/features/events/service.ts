import type { Actor } from '../../actor.ts'
import type { Inverse } from '../../change-catalogue.ts'
import { ringSessions } from '../../changes.ts'
import { expectContent, versionOf } from '../../content-version.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'

import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type {
  EventCopy,
  EventPatch,
  EventView,
  NewEvent,
  SlotGrid,
  TablesInput,
} from '../../schemas/event.ts'
import { sameKey } from '../../spreadsheets/words.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import { instantOf, MAX_SLOTS, moveSlots, makeSlots, type NewSlot } from './slot-grid.ts'
import { ofEvent, openEvent, type FoundEvent } from './open.ts'
import { presentEvent, presentSlot, presentTable } from './present.ts'
import {
  countNeeds,
  countPublished,
  countSchedules,
  countSides,
  findProgramme,
  findScreens,
  findSlots,
  findTables,
  hasMeetingsAt,
  insertEvent,
  insertEveryone,
  purgeEvents,
  replaceSlots,
  replaceTables,
  restoreEvent,
  updateEvent,
  updateSlotTimes,
  type EventRow,
} from './repository.ts'
import { longestOf } from './stretches.ts'
import { DEFAULT_RULES } from '../../schemas/rules.ts'

const ROOM = 'Sala'

export async function readEvent(reader: Reader, actor: Actor, eventId: string): Promise<EventView> {
  const { event, programme } = await openEvent(reader, actor, eventId, 'event.read')
  const screens = await findScreens(reader, eventId)
  const content = await contentOf(reader, event)
  return {
    event: presentEvent(event, programme),
    version: versionOf(content),
    slots: content.slots,
    tables: content.tables,
    rules: event.rules,
    counts: await countSides(reader, eventId),
    needs: await countNeeds(reader, eventId),
    longest: longestOf(await findSlots(reader, eventId), programme.timezone),
    screens: screens.map(({ id, label, createdAt }) => ({ id, label, createdAt: createdAt.toISOString() })),
    gridEditable: (await countSchedules(reader, eventId)) === 0,
  }
}

/** What the forms of an event change. */
async function contentOf(reader: Reader, event: EventRow) {
  const { title, date, venue, replyBy, rehearsal, rules } = event
  const tables = (await findTables(reader, event.id)).map(presentTable)
  const slots = (await findSlots(reader, event.id)).map(presentSlot)
  return { title, date, venue, replyBy, rehearsal, rules, tables, slots }
}

export async function addEvent(
  db: Database,
  call: Call,
  programmeId: string,
  input: NewEvent,
): Promise<Written> {
  return write(db, call, programmeId, async ({ tx, call, record }) => {
    const programme = await findProgramme(tx, programmeId)
    if (!programme) throw notFound()
    allow(call.actor, 'event.edit', { programmeId })
    const { timezone } = programme
    const meets = input.kind === 'camp' || input.kind === 'tutoring'
    const slots = input.grid && meets ? madeSlots(call, input.grid, input.date, timezone, '/grid') : []
    const { kind, title, date, venue = '', replyBy, rehearsal } = input
    const hours = meets ? {} : hoursOf(call, input, timezone)
    const values = { programmeId, kind, title, date, venue, rehearsal, rules: DEFAULT_RULES }
    const eventId = await insertEvent(tx, { ...values, replyBy: dateOf(replyBy), ...hours })
    await replaceSlots(tx, eventId, slots)
    if (meets) await replaceTables(tx, eventId, numberedTables(input.tables ?? 0))
    if (input.inviteEveryone ?? meets) await insertEveryone(tx, programmeId, eventId)
    await record({ eventId, type: 'event.added', payload: { eventId } })
    return { id: eventId }
  })
}

export async function editEvent(
  db: Database,
  call: Call,
  eventId: string,
  patch: EventPatch,
): Promise<Written> {
  return change(db, call, eventId, async (context, { event, programme }) => {
    const { tx, record } = context
    const fields = Object.keys(patch)
    await expectContent(context, await contentOf(tx, event), { kinds: ['event.edited'], eventId, fields })
    if (patch.date && patch.date !== event.date)
      await moveDate(tx, call, event, patch.date, programme.timezone)
    const { replyBy, rules, ...values } = patch
    await updateEvent(tx, eventId, {
      ...values,
      ...(rules && { rules: { ...event.rules, ...rules } }),
      ...(replyBy !== undefined && { replyBy: dateOf(replyBy) }),
      // A rehearsal is never shown.
      ...(patch.rehearsal && { public: false }),
    })
    await record({ eventId, type: 'event.edited', payload: { fields } })
  })
}

async function moveDate(
  tx: Transaction,
  call: Call,
  event: EventRow,
  date: string,
  zone: string,
): Promise<void> {
  if ((await countSchedules(tx, event.id)) > 0) throw new DomainError('grid-in-use')
  const slots = await findSlots(tx, event.id)
  const moved = moveSlots(slots, date, zone)
  const hours = [event.startsAt, event.endsAt].map((time) => time && movedTime(time, date, zone))
  if (!moved || hours.includes(undefined)) throw invalidInput(call, '/date', 'field_noSuchTime')
  for (const [index, times] of moved.entries()) await updateSlotTimes(tx, slots[index].id, times)
  await updateEvent(tx, event.id, { startsAt: hours[0], endsAt: hours[1] })
}

/** Undefined where that day has no such hour. */
const movedTime = (time: Date, date: string, zone: string): Date | undefined =>
  moveSlots([{ position: 0, block: 0, startsAt: time, endsAt: time }], date, zone)?.[0].startsAt

export async function replaceGrid(
  db: Database,
  call: Call,
  eventId: string,
  grid: SlotGrid,
): Promise<Written> {
  return change(db, call, eventId, async (context, { event, programme }) => {
    const { tx, record } = context
    if ((await countSchedules(tx, eventId)) > 0) throw new DomainError('grid-in-use')
    await expectContent(context, await contentOf(tx, event), { kinds: ['grid.replaced'], eventId })
    const slots = madeSlots(call, grid, event.date, programme.timezone, '')
    await replaceSlots(tx, eventId, slots)
    const payload = { slots: slots.length }
    await record({ eventId, type: 'grid.replaced', payload })
  })
}

export async function changeTables(db: Database, call: Call, eventId: string, { tables }: TablesInput) {
  return change(db, call, eventId, async (context, { event }) => {
    const { tx, record } = context
    const content = await contentOf(tx, event)
    await expectContent(context, content, { kinds: ['tables.replaced'], eventId })
    checkTableNames(call, tables)
    const known = content.tables.map(({ id }) => id)
    const kept = new Set(tables.map(({ id }) => id).filter((id) => id !== undefined))
    if (![...kept].every((id) => known.includes(id))) throw notFound()
    const removed = known.filter((id) => !kept.has(id))
    if (await hasMeetingsAt(tx, removed)) throw new DomainError('grid-in-use')
    await replaceTables(tx, eventId, tables)
    const payload = { tables: tables.length }
    await record({ eventId, type: 'tables.replaced', payload })
  })
}

/** In one room no two that look the same on a sign: "Tavolo 1", "tavolo  1" and "Tavolo 01". */
const signOf = ({ name, room }: TablesInput['tables'][number]) =>
  `${sameKey(room)} / ${sameKey(name).replace(/\b0+(?=\d)/g, '')}`

function checkTableNames(call: Call, tables: TablesInput['tables']): void {
  const twiceAt = (values: (string | undefined)[]) =>
    values.findIndex((value, index) => value !== undefined && values.indexOf(value) < index)
  const sameId = twiceAt(tables.map(({ id }) => id))
  if (sameId >= 0) throw invalidInput(call, `/tables/${sameId}/id`, 'field_uniqueItems')
  const sameSign = twiceAt(tables.map(signOf))
  if (sameSign >= 0) throw invalidInput(call, `/tables/${sameSign}/name`, 'field_sameTable')
}

/** Hides an event with all that it holds; one that people were told of stays on record, unless it was a rehearsal. */
export async function deleteEvent(db: Database, call: Call, eventId: string): Promise<Written> {
  return write(db, call, ofEvent(eventId), async ({ tx, call, record }) => {
    const { event } = await openEvent(tx, call.actor, eventId, 'event.edit')
    if (!event.rehearsal && (await countPublished(tx, eventId)) > 0) throw new DomainError('event-published')
    await updateEvent(tx, eventId, { deletedAt: new Date() })
    await ringSessions(tx)
    await record({ type: 'event.deleted', payload: { eventId }, inverse: { eventId } })
    return { id: eventId }
  })
}

/** An event that was deleted is there again with all that it held, until it is purged. */
export async function eventBack(
  { tx, record }: WriteContext,
  { eventId }: Inverse<'event.deleted'>,
): Promise<void> {
  if (!(await restoreEvent(tx, eventId))) throw new DomainError('moved-on')
  await record({ type: 'event.restored', payload: { eventId } })
}

/** For good: of all programmes, what was deleted long enough ago. */
export const forgetDeletedEvents = (db: Database) => purgeEvents(db)

/** A new event with the same rules, slots, tables and participants' places, on another day. */
export async function copyEvent(db: Database, call: Call, eventId: string, { date, title }: EventCopy) {
  return write(db, call, ofEvent(eventId), async ({ tx, call, record }): Promise<Written> => {
    const { event, programme } = await openEvent(tx, call.actor, eventId, 'event.edit')
    const { kind, venue, rules } = event
    const slots = moveSlots(await findSlots(tx, eventId), date, programme.timezone)
    const hours = [event.startsAt, event.endsAt].map(
      (time) => time && movedTime(time, date, programme.timezone),
    )
    if (!slots || hours.includes(undefined)) throw invalidInput(call, '/date', 'field_noSuchTime')
    const values = { programmeId: programme.id, kind, venue, rules, date, title: title ?? event.title }
    const id = await insertEvent(tx, { ...values, startsAt: hours[0], endsAt: hours[1] })
    await replaceSlots(tx, id, slots.map(newSlot))
    await replaceTables(
      tx,
      id,
      (await findTables(tx, eventId)).map(({ name, room, features }) => ({ name, room, features })),
    )
    if (kind === 'camp' || kind === 'tutoring') await insertEveryone(tx, programme.id, id)
    await record({
      eventId: id,
      type: 'event.copied',
      payload: { sourceId: eventId },
    })
    return { id }
  })
}

const newSlot = ({ position, block, startsAt, endsAt }: NewSlot): NewSlot => ({
  position,
  block,
  startsAt,
  endsAt,
})

async function change(
  db: Database,
  call: Call,
  eventId: string,
  act: (context: WriteContext, found: FoundEvent) => Promise<void>,
): Promise<Written> {
  return write(db, call, ofEvent(eventId), async (context) => {
    await act(context, await openEvent(context.tx, context.call.actor, eventId, 'event.edit'))
    return { id: eventId }
  })
}

function madeSlots(call: Call, grid: SlotGrid, date: string, zone: string, root: string): NewSlot[] {
  const made = makeSlots(grid, date, zone)
  if (Array.isArray(made)) return made
  throw invalidInput(call, root + made.pointer, made.reason, { limit: MAX_SLOTS })
}

function hoursOf(call: Call, { date, start, end }: NewEvent, zone: string) {
  const startsAt = start ? instantOf(date, start, zone)?.toJSDate() : null
  const endsAt = end ? instantOf(date, end, zone)?.toJSDate() : null
  if (startsAt === undefined) throw invalidInput(call, '/start', 'field_noSuchTime')
  if (endsAt === undefined) throw invalidInput(call, '/end', 'field_noSuchTime')
  if (startsAt && endsAt && endsAt <= startsAt) throw invalidInput(call, '/end', 'field_endsBefore')
  return { startsAt, endsAt }
}

const numberedTables = (count: number): TablesInput['tables'] =>
  Array.from({ length: count }, (_, index) => ({ name: String(index + 1), room: ROOM, features: [] }))

const dateOf = (time: string | null | undefined): Date | null => (time ? new Date(time) : null)

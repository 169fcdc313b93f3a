import { isDeepStrictEqual } from 'node:util'
import type { Actor } from '../../actor.ts'
import type { Inverse } from '../../change-catalogue.ts'
import { ringSessions } from '../../changes.ts'
import { expectContent, versionOf } from '../../content-version.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { DomainError, invalidInput, notFound } from '../../errors.ts'
import { allow } from '../../policy.ts'
import type { Written } from '../../schemas/common.ts'
import type { EventPatch, EventView, NewEvent, SlotGrid, TablesInput } from '../../schemas/event.ts'
import { DEFAULT_RULES, type EventRules } from '../../schemas/rules.ts'
import { write, type Call, type WriteContext } from '../../write.ts'
import {
  addDays,
  daysBetween,
  instantOf,
  MAX_SLOTS,
  makeSlots,
  moveSlots,
  wallTime,
  type SlotTime,
} from '../../schemas/slot-times.ts'
import { ofEvent, openEvent, type FoundEvent } from './open.ts'
import { presentEvent, presentSlot, presentTable } from './present.ts'
import {
  countNeeds,
  countPublished,
  countSchedules,
  countSides,
  findHostsOf,
  findProgramme,
  findScreens,
  findGridSlots,
  findGridTables,
  findSlots,
  insertEvent,
  insertEveryone,
  insertSlots,
  purgeEvents,
  restoreEvent,
  shiftTableDays,
  updateEvent,
  writeSlots,
  writeTables,
  type EventRow,
} from './repository.ts'
import { longestOf } from './stretches.ts'

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
    hosts: await findHostsOf(reader, eventId),
    needs: await countNeeds(reader, eventId),
    longest: longestOf(await findGridSlots(reader, eventId)),
    screens: screens.map(({ id, label, createdAt }) => ({ id, label, createdAt: createdAt.toISOString() })),
  }
}

/** What the forms of an event change. */
export async function contentOf(reader: Reader, event: EventRow) {
  const { title, date, venue, replyBy, rehearsal, rules } = event
  const tables = (await findGridTables(reader, event.id)).map(presentTable)
  const slots = (await findGridSlots(reader, event.id)).map(presentSlot)
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
    const { kind, title, venue = '', replyBy, rehearsal } = input
    const date = slots[0]?.day ?? input.date
    const hours = meets ? {} : hoursOf(call, input, timezone)
    const values = { programmeId, kind, title, date, venue, rehearsal, rules: DEFAULT_RULES }
    const eventId = await insertEvent(tx, { ...values, replyBy: dateOf(replyBy), ...hours })
    await insertSlots(tx, eventId, slots)
    if (meets) await writeTables(tx, eventId, numberedTables(input.tables ?? 0))
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
      await moveUnplanned(tx, call, event, patch.date, programme.timezone)
    const { replyBy, rules, ...values } = patch
    await updateEvent(tx, eventId, {
      ...values,
      ...(rules && { rules: { ...event.rules, ...rules } }),
      ...(replyBy !== undefined && { replyBy: dateOf(replyBy) }),
      // A rehearsal is never shown.
      ...(patch.rehearsal && { public: false }),
    })
    const changed = rules ? changedRules(event.rules, rules) : null
    await record({ eventId, type: 'event.edited', payload: { fields, rules: changed } })
  })
}

/** The kinds of rules that are another way now; null where none is. */
function changedRules(before: EventRules, given: Partial<EventRules>) {
  const kinds = (Object.keys(given) as (keyof EventRules)[]).filter(
    (kind) => !isDeepStrictEqual(before[kind], given[kind]),
  )
  const of = (rules: Partial<EventRules>) => Object.fromEntries(kinds.map((kind) => [kind, rules[kind]]))
  return kinds.length > 0 ? { before: of(before), after: of(given) } : null
}

/** Once there is a plan, what a move means for people is shown before: see features/arrangement. */
async function moveUnplanned(tx: Transaction, call: Call, event: EventRow, date: string, zone: string) {
  if ((await countSchedules(tx, event.id)) > 0) throw new DomainError('confirm-change')
  await moveDays(tx, call, event, date, zone)
}

/** An event so many days later, each time at the same hour of the clock; null where a day has no such hour. */
export function movedTimes<S extends SlotTime>(event: EventRow, slots: S[], days: number, zone: string) {
  const date = addDays(event.date, days)
  const hours = [event.startsAt, event.endsAt].map((time) => {
    const moved = time && instantOf(date, wallTime(time, zone).slice(11), zone)
    return time && !moved ? undefined : moved
  })
  const moved = moveSlots(slots, days, zone)
  if (!moved || hours.includes(undefined)) return null
  return { date, slots: moved, hours: { startsAt: hours[0], endsAt: hours[1] } }
}

/** Puts the whole event on other days; who meets whom there stays as it is. */
export async function moveDays(
  tx: Transaction,
  call: Call,
  event: EventRow,
  date: string,
  zone: string,
): Promise<void> {
  const days = daysBetween(event.date, date)
  const moved = movedTimes(event, await findSlots(tx, event.id), days, zone)
  if (!moved) throw invalidInput(call, '/date', 'field_noSuchTime')
  await writeSlots(tx, event.id, moved.slots)
  await shiftTableDays(tx, event.id, days)
  await updateEvent(tx, event.id, { date, ...moved.hours })
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

/** The slots of a grid, or what is wrong with it. */
export function madeSlots(call: Call, grid: SlotGrid, date: string, zone: string, root: string): SlotTime[] {
  const made = makeSlots(grid, date, zone)
  if (Array.isArray(made)) return made
  throw invalidInput(call, root + made.pointer, made.reason, { limit: MAX_SLOTS })
}

function hoursOf(call: Call, { date, start, end }: NewEvent, zone: string) {
  const startsAt = start ? instantOf(date, start, zone) : null
  const endsAt = end ? instantOf(date, end, zone) : null
  if (start && !startsAt) throw invalidInput(call, '/start', 'field_noSuchTime')
  if (end && !endsAt) throw invalidInput(call, '/end', 'field_noSuchTime')
  if (startsAt && endsAt && endsAt <= startsAt) throw invalidInput(call, '/end', 'field_endsBefore')
  return { startsAt, endsAt }
}

const numberedTables = (count: number): TablesInput['tables'] =>
  Array.from({ length: count }, (_, index) => ({ name: String(index + 1), room: ROOM, features: [] }))

const dateOf = (time: string | null | undefined): Date | null => (time ? new Date(time) : null)

import { randomUUID } from 'node:crypto'
import {
  and,
  asc,
  count,
  eq,
  getTableColumns,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  not,
  notInArray,
  or,
  sql,
  type SQL,
} from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { takesPart } from '../../database/taking-part.ts'
import {
  candidates,
  events,
  hosts,
  meetings,
  organisations,
  participants,
  people,
  programmes,
  projects,
  rooms,
  schedules,
  screens,
  slots,
  tables,
  unavailableSlots,
} from '../../database/schema.ts'
import { byWords, nameOf, surnameFirst } from '../../naming.ts'
import { HOST_KINDS } from '../../schemas/common.ts'
import type { TablesInput } from '../../schemas/event.ts'
import type { SlotTime } from '../../schemas/slot-times.ts'

/** `lastDate` is its last day; of an event without slots its only one. */
export type EventRow = typeof events.$inferSelect & { lastDate: string }
export type ProgrammeRow = typeof programmes.$inferSelect
export type SlotRow = typeof slots.$inferSelect
/** `ownerId`: the host who takes part and sits at no other one. */
export type TableRow = typeof tables.$inferSelect & { room: string; ownerId: string | null }
export type RoomRow = typeof rooms.$inferSelect

export async function findProgramme(reader: Reader, programmeId: string) {
  const [row] = await reader.select().from(programmes).where(eq(programmes.id, programmeId))
  return row ?? null
}

/** Programmes by name. */
export const findProgrammes = (reader: Reader, ids: string[]): Promise<ProgrammeRow[]> =>
  reader.select().from(programmes).where(inArray(programmes.id, ids)).orderBy(asc(programmes.name))

export const eventFields = {
  ...getTableColumns(events),
  // Named in full: in a selection of one table drizzle leaves the table out.
  lastDate: sql<string>`coalesce((select max(turn.day) from ${slots} turn
    where turn.event_id = "events"."id" and turn.removed_at is null), "events"."date")::text`,
}

/** An event with the programme that owns it, or null; one that was deleted is not there. */
export async function findEvent(reader: Reader, eventId: string) {
  const [row] = await reader
    .select({ event: eventFields, programme: programmes })
    .from(events)
    .innerJoin(programmes, eq(programmes.id, events.programmeId))
    .where(and(eq(events.id, eventId), isNull(events.deletedAt)))
  return row ?? null
}

/** In the plan in force, or in the schedule that is looked at: what was taken out since is still shown with it. */
const isHeld = (column: typeof slots.id | typeof tables.id, scheduleId: string | null) => sql`exists (
  select 1 from ${meetings} held join ${schedules} plan on plan.id = held.schedule_id
  join ${candidates} pair on pair.id = held.candidate_id
  where ${column === slots.id ? sql`held.slot_id` : sql`held.table_id`} = ${column}
    and (plan.id = ${scheduleId} or plan.kind = 'live' and pair.state <> 'cancelled'))`

/** Slots in the order of time; those taken out of the event only as long as meetings are still planned in them. */
export const findSlots = (
  reader: Reader,
  eventId: string,
  scheduleId: string | null = null,
): Promise<SlotRow[]> =>
  reader
    .select()
    .from(slots)
    .where(and(eq(slots.eventId, eventId), or(isNull(slots.removedAt), isHeld(slots.id, scheduleId))))
    .orderBy(asc(slots.day), asc(slots.startsAt), asc(slots.position))

/** The slots that the event has from now on. */
export const findGridSlots = (reader: Reader, eventId: string): Promise<SlotRow[]> =>
  reader
    .select()
    .from(slots)
    .where(and(eq(slots.eventId, eventId), isNull(slots.removedAt)))
    .orderBy(asc(slots.position))

export const findTables = (
  reader: Reader,
  eventId: string,
  scheduleId: string | null = null,
): Promise<TableRow[]> =>
  selectTables(reader, eventId, or(isNull(tables.removedAt), isHeld(tables.id, scheduleId)))

/** The tables that the event has from now on. */
export const findGridTables = (reader: Reader, eventId: string): Promise<TableRow[]> =>
  selectTables(reader, eventId, isNull(tables.removedAt))

async function selectTables(reader: Reader, eventId: string, which: SQL | undefined): Promise<TableRow[]> {
  const rows = await reader
    .select({ table: tables, room: rooms.name, ownerId: participants.id })
    .from(tables)
    .innerJoin(rooms, eq(rooms.id, tables.roomId))
    .leftJoin(participants, and(eq(participants.ownTableId, tables.id), takesPart))
    .where(and(eq(tables.eventId, eventId), which))
    .orderBy(sql`${tables.removedAt} is not null`, asc(tables.position))
  return rows.map(({ table, room, ownerId }) => ({ ...table, room, ownerId }))
}

export const findRooms = (reader: Reader, eventId: string): Promise<RoomRow[]> =>
  reader.select().from(rooms).where(eq(rooms.eventId, eventId)).orderBy(asc(rooms.name))

export async function insertEvent(tx: Transaction, values: typeof events.$inferInsert): Promise<string> {
  const [{ id }] = await tx.insert(events).values(values).returning({ id: events.id })
  return id
}

export async function updateEvent(
  tx: Transaction,
  id: string,
  values: Partial<typeof events.$inferInsert>,
): Promise<void> {
  if (Object.keys(values).length > 0) await tx.update(events).set(values).where(eq(events.id, id))
}

export async function countSides(reader: Reader, eventId: string) {
  const side = (wanted: 'project' | 'host') =>
    and(eq(participants.eventId, eventId), eq(participants.side, wanted), takesPart)
  const financed = inArray(
    participants.projectId,
    reader.select({ id: projects.id }).from(projects).where(eq(projects.financed, true)),
  )
  return {
    projects: await reader.$count(participants, side('project')),
    financed: await reader.$count(participants, and(side('project'), financed)),
    hosts: await reader.$count(participants, side('host')),
    ...(await countOrganisations(reader, eventId)),
  }
}

/** Hosts of each kind of organisation, and organisations that come with several. */
async function countOrganisations(reader: Reader, eventId: string) {
  const rows = await reader
    .select({ kind: organisations.kind, hosts: count() })
    .from(participants)
    .innerJoin(hosts, eq(hosts.id, participants.hostId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(and(eq(participants.eventId, eventId), takesPart))
    .groupBy(organisations.id)
  const kinds = Map.groupBy(rows, ({ kind }) => kind ?? 'other')
  return {
    kinds: HOST_KINDS.flatMap((kind) => {
      const some = kinds.get(kind)
      return some ? [{ kind, hosts: some.reduce((sum, one) => sum + one.hosts, 0) }] : []
    }),
    several: rows.filter((one) => one.hosts > 1).length,
  }
}

/** The hosts who take part, by surname. */
export async function findHostsOf(reader: Reader, eventId: string) {
  const rows = await reader
    .select({
      id: participants.id,
      needs: participants.needs,
      person: people,
      organisation: organisations.name,
    })
    .from(participants)
    .innerJoin(hosts, eq(hosts.id, participants.hostId))
    .innerJoin(people, eq(people.id, hosts.personId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(and(eq(participants.eventId, eventId), takesPart))
  return rows
    .toSorted((one, other) => byWords(surnameFirst(one.person), surnameFirst(other.person)))
    .map(({ person, ...row }) => ({ ...row, name: nameOf(person) }))
}

export async function countNeeds(reader: Reader, eventId: string) {
  const rows = await reader
    .select({ needs: participants.needs })
    .from(participants)
    .where(and(eq(participants.eventId, eventId), ne(participants.needs, []), takesPart))
  const alike = Map.groupBy(rows, ({ needs }) => needs.toSorted().join('\n'))
  return [...alike.values()].map((some) => ({ features: some[0].needs, people: some.length }))
}

export const countSchedules = (reader: Reader, eventId: string): Promise<number> =>
  reader.$count(schedules, eq(schedules.eventId, eventId))

export const countPublished = (reader: Reader, eventId: string): Promise<number> =>
  reader.$count(schedules, and(eq(schedules.eventId, eventId), ne(schedules.kind, 'draft')))

/** Whether it was deleted and is there again. */
export async function restoreEvent(tx: Transaction, eventId: string): Promise<boolean> {
  const rows = await tx
    .update(events)
    .set({ deletedAt: null })
    .where(and(eq(events.id, eventId), isNotNull(events.deletedAt)))
    .returning({ id: events.id })
  return rows.length > 0
}

const HIDDEN_DAYS = 30

/** Events deleted so long ago go with their log and all that they hold. */
export async function purgeEvents(reader: Reader): Promise<void> {
  const since = sql`now() - ${HIDDEN_DAYS} * interval '1 day'`
  await reader.delete(events).where(lt(events.deletedAt, since))
}

export const findScreens = (reader: Reader, eventId: string) =>
  reader
    .select({ id: screens.id, label: screens.label, createdAt: screens.createdAt })
    .from(screens)
    .where(and(eq(screens.eventId, eventId), isNull(screens.revokedAt)))
    .orderBy(asc(screens.createdAt))

/** Everybody of the programme who has not withdrawn takes part. */
export async function insertEveryone(tx: Transaction, programmeId: string, eventId: string): Promise<void> {
  const [ofProjects, ofHosts] = await Promise.all([
    tx
      .select({ projectId: projects.id })
      .from(projects)
      .where(and(eq(projects.programmeId, programmeId), isNull(projects.withdrawnAt))),
    tx
      .select({ hostId: hosts.id })
      .from(hosts)
      .where(and(eq(hosts.programmeId, programmeId), isNull(hosts.withdrawnAt))),
  ])
  const everyone = [
    ...ofProjects.map(({ projectId }) => ({ eventId, side: 'project' as const, projectId })),
    ...ofHosts.map(({ hostId }) => ({ eventId, side: 'host' as const, hostId })),
  ]
  if (everyone.length > 0) await tx.insert(participants).values(everyone)
}

export async function insertSlots(tx: Transaction, eventId: string, values: SlotTime[]): Promise<SlotRow[]> {
  if (values.length === 0) return []
  return tx
    .insert(slots)
    .values(values.map((slot) => ({ ...slot, eventId })))
    .returning()
}

/** Writes the tables in their order, and answers their ids; those with a known id keep it. Rooms come and go with them. */
export async function writeTables(
  tx: Transaction,
  eventId: string,
  input: TablesInput['tables'],
): Promise<string[]> {
  const roomIds = await upsertRooms(tx, eventId, [...new Set(input.map(({ room }) => room))])
  // Two tables may swap names: that they are each there once is asked when all are written.
  await tx.execute(sql`set constraints tables_name deferred`)
  const ids: string[] = []
  for (const [position, { id = randomUUID(), name, room, features, daysOut = [] }] of input.entries()) {
    const values = { name, features, daysOut, position, roomId: roomIds.get(room) as string }
    const { id: target } = tables
    await tx
      .insert(tables)
      .values({ id, ...values, eventId })
      .onConflictDoUpdate({ target, set: values })
    ids.push(id)
  }
  await tx.execute(sql`set constraints tables_name immediate`)
  const used = tx.select({ id: tables.roomId }).from(tables).where(eq(tables.eventId, eventId))
  await tx.delete(rooms).where(and(eq(rooms.eventId, eventId), notInArray(rooms.id, used)))
  return ids
}

export type OwnTable = { participantId: string; tableId: string | null }

/** Hosts and the tables of their own; whoever had one of these before has none. */
export async function writeOwnTables(tx: Transaction, given: OwnTable[]): Promise<void> {
  if (given.length === 0) return
  const rows = JSON.stringify(given)
  await tx.execute(sql`
    with given as (
      select "participantId" as id, "tableId" as table_id
      from jsonb_to_recordset(${rows}::jsonb) as row ("participantId" uuid, "tableId" uuid)
    )
    update ${participants} host
    set own_table_id = (select table_id from given where given.id = host.id)
    where host.id in (select id from given) or host.own_table_id in (select table_id from given)`)
}

/** Slots may change places with each other and with new ones: that each place is taken once is asked at the end. */
export async function writeSlots(
  tx: Transaction,
  eventId: string,
  rows: (SlotTime & { id: string })[],
  added: SlotTime[] = [],
): Promise<SlotRow[]> {
  await tx.execute(sql`set constraints slots_position deferred`)
  for (const { id, position, day, block, startsAt, endsAt } of rows)
    await tx.update(slots).set({ position, day, block, startsAt, endsAt }).where(eq(slots.id, id))
  const made = await insertSlots(tx, eventId, added)
  await tx.execute(sql`set constraints slots_position immediate`)
  return made
}

/** Slots leave the event; those of which a published version tells stay on its record. */
export async function takeOutSlots(tx: Transaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  const late = { delayMinutes: 0, delayFromId: null }
  await tx.update(rooms).set(late).where(inArray(rooms.delayFromId, ids))
  await tx.delete(unavailableSlots).where(inArray(unavailableSlots.slotId, ids))
  const isNamed = sql`exists (select 1 from ${meetings} held where held.slot_id = ${slots.id})`
  await tx.delete(slots).where(and(inArray(slots.id, ids), not(isNamed)))
  await tx.update(slots).set({ removedAt: new Date() }).where(inArray(slots.id, ids))
}

export async function takeOutTables(tx: Transaction, ids: string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.update(participants).set({ ownTableId: null }).where(inArray(participants.ownTableId, ids))
  const isNamed = sql`exists (select 1 from ${meetings} held where held.table_id = ${tables.id})`
  await tx.delete(tables).where(and(inArray(tables.id, ids), not(isNamed)))
  await tx.update(tables).set({ removedAt: new Date() }).where(inArray(tables.id, ids))
}

/** Tables that are not there on some days of the event, when those days move. */
export const shiftTableDays = (tx: Transaction, eventId: string, days: number) =>
  tx.execute(sql`update ${tables} set days_out = array(select day + ${days}::int from unnest(days_out) day)
    where event_id = ${eventId} and days_out <> '{}'`)

async function upsertRooms(tx: Transaction, eventId: string, names: string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map()
  await tx
    .insert(rooms)
    .values(names.map((name) => ({ eventId, name })))
    .onConflictDoNothing()
  const rows = await tx.select().from(rooms).where(eq(rooms.eventId, eventId))
  return new Map(rows.map(({ id, name }) => [name, id]))
}

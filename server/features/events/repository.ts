import { and, asc, count, eq, inArray, isNotNull, isNull, lt, ne, notInArray, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { takesPart } from '../../database/taking-part.ts'
import {
  events,
  hosts,
  meetings,
  organisations,
  participants,
  programmes,
  projects,
  rooms,
  schedules,
  screens,
  slots,
  tables,
  unavailableSlots,
} from '../../database/schema.ts'
import { HOST_KINDS } from '../../schemas/common.ts'
import type { TablesInput } from '../../schemas/event.ts'
import type { NewSlot } from './slot-grid.ts'

export type EventRow = typeof events.$inferSelect
export type ProgrammeRow = typeof programmes.$inferSelect
export type SlotRow = typeof slots.$inferSelect
export type TableRow = typeof tables.$inferSelect & { room: string }
export type RoomRow = typeof rooms.$inferSelect

export async function findProgramme(reader: Reader, programmeId: string) {
  const [row] = await reader.select().from(programmes).where(eq(programmes.id, programmeId))
  return row ?? null
}

/** Programmes by name. */
export const findProgrammes = (reader: Reader, ids: string[]): Promise<ProgrammeRow[]> =>
  reader.select().from(programmes).where(inArray(programmes.id, ids)).orderBy(asc(programmes.name))

/** An event with the programme that owns it, or null; one that was deleted is not there. */
export async function findEvent(reader: Reader, eventId: string) {
  const [row] = await reader
    .select({ event: events, programme: programmes })
    .from(events)
    .innerJoin(programmes, eq(programmes.id, events.programmeId))
    .where(and(eq(events.id, eventId), isNull(events.deletedAt)))
  return row ?? null
}

export const findSlots = (reader: Reader, eventId: string): Promise<SlotRow[]> =>
  reader.select().from(slots).where(eq(slots.eventId, eventId)).orderBy(asc(slots.position))

export async function findTables(reader: Reader, eventId: string): Promise<TableRow[]> {
  const rows = await reader
    .select({ table: tables, room: rooms.name })
    .from(tables)
    .innerJoin(rooms, eq(rooms.id, tables.roomId))
    .where(eq(tables.eventId, eventId))
    .orderBy(asc(tables.position))
  return rows.map(({ table, room }) => ({ ...table, room }))
}

export const findRooms = (reader: Reader, eventId: string): Promise<RoomRow[]> =>
  reader.select().from(rooms).where(eq(rooms.eventId, eventId)).orderBy(asc(rooms.name))

export async function insertEvent(tx: Transaction, values: typeof events.$inferInsert): Promise<string> {
  const [{ id }] = await tx.insert(events).values(values).returning({ id: events.id })
  return id
}

export async function updateEvent(tx: Transaction, id: string, values: Partial<EventRow>): Promise<void> {
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

/** Replaces the slots. Who could not come at a time can't come to the new slots that touch it. */
export async function replaceSlots(tx: Transaction, eventId: string, values: NewSlot[]): Promise<void> {
  const away = await tx
    .select({ participantId: unavailableSlots.participantId, startsAt: slots.startsAt, endsAt: slots.endsAt })
    .from(unavailableSlots)
    .innerJoin(slots, eq(slots.id, unavailableSlots.slotId))
    .where(eq(unavailableSlots.eventId, eventId))
  await tx.delete(slots).where(eq(slots.eventId, eventId))
  if (values.length === 0) return
  const made = await tx
    .insert(slots)
    .values(values.map((slot) => ({ ...slot, eventId })))
    .returning()
  const kept = away.flatMap(({ participantId, startsAt, endsAt }) =>
    made
      .filter((slot) => slot.startsAt < endsAt && startsAt < slot.endsAt)
      .map((slot) => ({ participantId, slotId: slot.id, eventId })),
  )
  if (kept.length > 0) await tx.insert(unavailableSlots).values(kept).onConflictDoNothing()
}

export async function updateSlotTimes(
  tx: Transaction,
  id: string,
  times: Pick<NewSlot, 'startsAt' | 'endsAt'>,
) {
  await tx.update(slots).set(times).where(eq(slots.id, id))
}

export async function hasMeetingsAt(reader: Reader, tableIds: string[]): Promise<boolean> {
  if (tableIds.length === 0) return false
  return (await reader.$count(meetings, inArray(meetings.tableId, tableIds))) > 0
}

/** Replaces the tables; those with a known id keep it. Rooms come and go with their tables. */
export async function replaceTables(
  tx: Transaction,
  eventId: string,
  input: TablesInput['tables'],
): Promise<void> {
  const kept = input.map(({ id }) => id).filter((id) => id !== undefined)
  await tx.delete(tables).where(and(eq(tables.eventId, eventId), notInArray(tables.id, kept)))
  const roomIds = await upsertRooms(tx, eventId, [...new Set(input.map(({ room }) => room))])
  // Two tables may swap names: each first lets its old name go.
  for (const id of kept) await tx.update(tables).set({ name: id }).where(eq(tables.id, id))
  for (const [position, { id, name, room, features }] of input.entries()) {
    const values = { name, features, position, roomId: roomIds.get(room) as string }
    if (id) await tx.update(tables).set(values).where(eq(tables.id, id))
    else await tx.insert(tables).values({ ...values, eventId })
  }
  const used = tx.select({ id: tables.roomId }).from(tables).where(eq(tables.eventId, eventId))
  await tx.delete(rooms).where(and(eq(rooms.eventId, eventId), notInArray(rooms.id, used)))
}

async function upsertRooms(tx: Transaction, eventId: string, names: string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map()
  await tx
    .insert(rooms)
    .values(names.map((name) => ({ eventId, name })))
    .onConflictDoNothing()
  const rows = await tx.select().from(rooms).where(eq(rooms.eventId, eventId))
  return new Map(rows.map(({ id, name }) => [name, id]))
}

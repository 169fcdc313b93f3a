import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  candidates,
  disruptions,
  meetings,
  participants,
  preferences,
  repairs,
  rooms,
  schedules,
  slots,
  unavailableSlots,
} from '../../database/schema.ts'
import { takesPart } from '../../database/taking-part.ts'

/** What is planned in an event, but for the versions, which are history. */
export const findPlanned = (reader: Reader, eventId: string) =>
  reader
    .select({
      id: meetings.id,
      scheduleId: schedules.id,
      kind: schedules.kind,
      schedule: schedules.name,
      slotId: meetings.slotId,
      tableId: meetings.tableId,
      locked: meetings.locked,
      state: candidates.state,
      projectId: candidates.projectParticipantId,
      hostId: candidates.hostParticipantId,
    })
    .from(meetings)
    .innerJoin(schedules, eq(schedules.id, meetings.scheduleId))
    .innerJoin(candidates, eq(candidates.id, meetings.candidateId))
    .where(
      and(eq(meetings.eventId, eventId), ne(schedules.kind, 'version'), ne(candidates.state, 'cancelled')),
    )
    .orderBy(schedules.createdAt, meetings.id)
export type Planned = Awaited<ReturnType<typeof findPlanned>>[number]

export const deleteMeetings = (tx: Transaction, ids: string[]) =>
  tx.delete(meetings).where(among(meetings.id, ids))

/** Of a draft: the meeting stays and gets another table when one is found. */
export const unseat = (tx: Transaction, ids: string[]) =>
  tx
    .update(meetings)
    .set({ tableId: null, locked: false, version: sql`${meetings.version} + 1` })
    .where(among(meetings.id, ids))

export const unlock = (tx: Transaction, ids: string[]) =>
  tx
    .update(meetings)
    .set({ locked: false, version: sql`${meetings.version} + 1` })
    .where(and(among(meetings.id, ids), eq(meetings.locked, true)))

export const updateStretch = (tx: Transaction, id: string, fromId: string, toId: string) =>
  tx.update(disruptions).set({ fromId, toId }).where(eq(disruptions.id, id))

/** Proposals are of one moment: they know nothing of slots and tables that came or went. */
export const forgetRepairs = (tx: Transaction, eventId: string) =>
  tx.delete(repairs).where(eq(repairs.eventId, eventId))

/** Who was away or late, and what was behind, on a day that is on another date now. */
export async function forgetMoved(tx: Transaction, eventId: string): Promise<void> {
  const ofDay = and(eq(disruptions.eventId, eventId), inArray(disruptions.kind, ['no_show', 'late']))
  const staying = sql`${disruptions.participantId} in (
    select id from ${participants} where event_id = ${eventId} and ${takesPart})`
  await tx.delete(disruptions).where(and(ofDay, staying))
  await tx.update(rooms).set({ delayMinutes: 0, delayFromId: null }).where(eq(rooms.eventId, eventId))
}

export async function insertAbsences(
  tx: Transaction,
  eventId: string,
  rows: { participantId: string; slotId: string }[],
): Promise<void> {
  if (rows.length === 0) return
  const given = rows.map((row) => ({ ...row, eventId }))
  await tx.insert(unavailableSlots).values(given).onConflictDoNothing()
}

/** Those who take part in an event take part in another one too. */
export async function copyPeople(tx: Transaction, fromId: string, toId: string): Promise<void> {
  const rows = await tx
    .select({ side: participants.side, projectId: participants.projectId, hostId: participants.hostId })
    .from(participants)
    .where(and(eq(participants.eventId, fromId), takesPart))
  if (rows.length > 0) await tx.insert(participants).values(rows.map((row) => ({ ...row, eventId: toId })))
}

/** Hosts who take part in another event too have the same table of their own there. */
export async function copyOwnTables(
  tx: Transaction,
  toId: string,
  tables: { ownerId: string | null; tableId: string }[],
): Promise<void> {
  const owned = tables.filter(({ ownerId }) => ownerId !== null)
  if (owned.length === 0) return
  await tx.execute(sql`
    update ${participants} copy set own_table_id = owned."tableId"
    from jsonb_to_recordset(${JSON.stringify(owned)}::jsonb) as owned ("ownerId" uuid, "tableId" uuid)
    join ${participants} was on was.id = owned."ownerId"
    where copy.event_id = ${toId} and copy.host_id = was.host_id`)
}

/** What people answered for one event is what they answer for another: wishes, and when they can come, slot by slot. */
export async function copyAnswers(tx: Transaction, fromId: string, toId: string): Promise<void> {
  const same = (one: string, other: string) => {
    const [a, b] = [sql.identifier(one), sql.identifier(other)]
    return sql`(${a}.project_id = ${b}.project_id or ${a}.host_id = ${b}.host_id)`
  }
  await tx.execute(sql`
    update ${participants} copy
    set max_meetings = was.max_meetings, needs = was.needs, answered_at = was.answered_at
    from ${participants} was
    where copy.event_id = ${toId} and was.event_id = ${fromId} and ${same('copy', 'was')}`)
  await tx.execute(sql`
    insert into ${preferences} (event_id, from_id, to_id, level, conflict)
    select ${toId}, sender.id, receiver.id, said.level, said.conflict
    from ${preferences} said
    join ${participants} was on was.id = said.from_id join ${participants} whom on whom.id = said.to_id
    join ${participants} sender on sender.event_id = ${toId} and ${same('sender', 'was')}
    join ${participants} receiver on receiver.event_id = ${toId} and ${same('receiver', 'whom')}
    where said.event_id = ${fromId}`)
  await tx.execute(sql`
    insert into ${unavailableSlots} (event_id, participant_id, slot_id)
    select ${toId}, copy.id, slot.id
    from ${unavailableSlots} away
    join ${participants} was on was.id = away.participant_id
    join ${slots} before on before.id = away.slot_id and before.removed_at is null
    join ${participants} copy on copy.event_id = ${toId} and ${same('copy', 'was')}
    join ${slots} slot on slot.event_id = ${toId} and slot.position = before.position
    where away.event_id = ${fromId}`)
}

import { and, asc, count, desc, eq, inArray, isNotNull, isNull, not, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  candidates,
  events,
  meetings,
  preferences,
  programmes,
  runs,
  schedules,
  slots,
} from '../../database/schema.ts'
import type { Suggestion } from '../../schemas/choice.ts'
import type { PreferenceLevel } from '../../schemas/common.ts'
import { eventFields } from '../events/repository.ts'
import { claimSeats, settleSeats } from '../participants/seats.ts'

export type ScheduleRow = typeof schedules.$inferSelect
export type PublishedSchedule = NonNullable<Awaited<ReturnType<typeof findPublished>>>
export type MeetingRow = Awaited<ReturnType<typeof findMeetings>>[number]

const meetingFields = {
  id: meetings.id,
  version: meetings.version,
  scheduleId: meetings.scheduleId,
  candidateId: meetings.candidateId,
  slotId: meetings.slotId,
  tableId: meetings.tableId,
  value: meetings.value,
  locked: meetings.locked,
  state: candidates.state,
  projectId: candidates.projectParticipantId,
  hostId: candidates.hostParticipantId,
}

/**
 * Why the meetings of a schedule that nobody asked for were proposed, by their pairs: as the run it came of has it, but
 * for those that somebody has asked for since.
 */
export async function findSuggestions(
  reader: Reader,
  schedule: Pick<ScheduleRow, 'runId'> | null,
): Promise<Map<string, Suggestion>> {
  if (!schedule?.runId) return new Map()
  const [row] = await reader
    .select({ suggestions: runs.suggestions })
    .from(runs)
    .where(eq(runs.id, schedule.runId))
  const proposed = new Map(Object.entries(row?.suggestions ?? {}))
  if (proposed.size === 0) return proposed
  const { projectParticipantId: project, hostParticipantId: host } = candidates
  const isBetween = or(
    and(eq(preferences.fromId, project), eq(preferences.toId, host)),
    and(eq(preferences.fromId, host), eq(preferences.toId, project)),
  )
  const asked = await reader
    .select({ id: candidates.id })
    .from(candidates)
    .innerJoin(preferences, isBetween)
    .where(and(among(candidates.id, [...proposed.keys()]), inArray(preferences.level, WISHES)))
  for (const { id } of asked) proposed.delete(id)
  return proposed
}

const WISHES: PreferenceLevel[] = ['must', 'want', 'open']

/** A meeting of the plan in force that was cancelled, and whose slot was taken out of the event since. */
const isForgotten = and(
  eq(schedules.kind, 'live'),
  eq(candidates.state, 'cancelled'),
  isNotNull(slots.removedAt),
)!

export async function findMeetings(reader: Reader, scheduleId: string) {
  return reader
    .select(meetingFields)
    .from(meetings)
    .innerJoin(candidates, eq(candidates.id, meetings.candidateId))
    .innerJoin(schedules, eq(schedules.id, meetings.scheduleId))
    .innerJoin(slots, eq(slots.id, meetings.slotId))
    .where(and(eq(meetings.scheduleId, scheduleId), not(isForgotten)))
    .orderBy(asc(meetings.id))
}

/** A meeting with the schedule, the event and the programme it belongs to, or null. */
export async function findMeeting(reader: Reader, meetingId: string) {
  const [row] = await reader
    .select({ meeting: meetingFields, schedule: schedules, programme: programmes })
    .from(meetings)
    .innerJoin(candidates, eq(candidates.id, meetings.candidateId))
    .innerJoin(schedules, eq(schedules.id, meetings.scheduleId))
    .innerJoin(events, eq(events.id, schedules.eventId))
    .innerJoin(programmes, eq(programmes.id, events.programmeId))
    .where(and(eq(meetings.id, meetingId), isNull(events.deletedAt)))
  return row ?? null
}

/** A schedule with the event and the programme it belongs to, or null. */
export async function findSchedule(reader: Reader, scheduleId: string) {
  const [row] = await reader
    .select({ schedule: schedules, event: eventFields, programme: programmes })
    .from(schedules)
    .innerJoin(events, eq(events.id, schedules.eventId))
    .innerJoin(programmes, eq(programmes.id, events.programmeId))
    .where(and(eq(schedules.id, scheduleId), isNull(events.deletedAt)))
  return row ?? null
}

export async function findLive(reader: Reader, eventId: string): Promise<ScheduleRow | null> {
  const [row] = await reader
    .select()
    .from(schedules)
    .where(and(eq(schedules.eventId, eventId), eq(schedules.kind, 'live')))
  return row ?? null
}

/** Which version the live schedule came from and when that was published; what is moved later leaves both. */
export async function findPublished(reader: Reader, eventId: string) {
  const version = alias(schedules, 'version')
  const [row] = await reader
    .select({ live: schedules, publishedAt: version.createdAt })
    .from(schedules)
    .leftJoin(
      version,
      and(eq(version.eventId, eventId), eq(version.kind, 'version'), eq(version.number, schedules.number)),
    )
    .where(and(eq(schedules.eventId, eventId), eq(schedules.kind, 'live')))
  return row ? { live: row.live, publishedAt: row.publishedAt ?? row.live.createdAt } : null
}

export async function findVersion(
  reader: Reader,
  eventId: string,
  number: number,
): Promise<ScheduleRow | null> {
  const [row] = await reader
    .select()
    .from(schedules)
    .where(and(eq(schedules.eventId, eventId), eq(schedules.kind, 'version'), eq(schedules.number, number)))
  return row ?? null
}

/** All schedules of an event, the newest first, each with the number of its meetings and of those that are locked. */
export async function findSchedules(reader: Reader, eventId: string) {
  const locked = sql<number>`count(*) filter (where ${meetings.locked})::int`
  const rows = await reader
    .select({ schedule: schedules, meetings: count(meetings.id), locked })
    .from(schedules)
    .leftJoin(meetings, eq(meetings.scheduleId, schedules.id))
    .where(eq(schedules.eventId, eventId))
    .groupBy(schedules.id)
    .orderBy(desc(schedules.createdAt), desc(schedules.id))
  const all = rows.map(({ schedule, ...counts }) => ({ ...schedule, ...counts }))
  // Publishing writes the live schedule and its version in one transaction, at one time.
  const publishedAt = new Map(
    all.flatMap(({ kind, number, createdAt }) => (kind === 'version' ? [[number, +createdAt] as const] : [])),
  )
  return all.map((one) => ({
    ...one,
    edited: one.kind === 'live' && +one.changedAt > (publishedAt.get(one.number) ?? +one.createdAt),
  }))
}

/** The locked meetings of some schedules, in the order of the day. */
export const findLocks = (reader: Reader, scheduleIds: string[]) =>
  reader
    .select({ ...meetingFields, startsAt: slots.startsAt })
    .from(meetings)
    .innerJoin(candidates, eq(candidates.id, meetings.candidateId))
    .innerJoin(slots, eq(slots.id, meetings.slotId))
    .where(and(inArray(meetings.scheduleId, scheduleIds), meetings.locked))
    .orderBy(asc(slots.startsAt), asc(meetings.id))

/** What the participants of an event said of each other. */
export const findWishes = (reader: Reader, eventId: string) =>
  reader
    .select({ fromId: preferences.fromId, toId: preferences.toId, level: preferences.level })
    .from(preferences)
    .where(and(eq(preferences.eventId, eventId), isNotNull(preferences.level)))

export async function nextVersionNumber(tx: Transaction, eventId: string): Promise<number> {
  const [row] = await tx
    .select({ number: sql<number>`coalesce(max(${schedules.number}), 0) + 1` })
    .from(schedules)
    .where(and(eq(schedules.eventId, eventId), eq(schedules.kind, 'version')))
  return row.number
}

export async function insertSchedule(
  tx: Transaction,
  row: typeof schedules.$inferInsert,
): Promise<ScheduleRow> {
  const [inserted] = await tx.insert(schedules).values(row).returning()
  return inserted
}

/** Every edit of a schedule raises its version, which publishing over it must know. */
export async function updateSchedule(
  tx: Transaction,
  id: string,
  fields: Partial<typeof schedules.$inferInsert> = {},
): Promise<number> {
  const [row] = await tx
    .update(schedules)
    .set({ ...fields, version: sql`${schedules.version} + 1`, changedAt: sql`now()` })
    .where(eq(schedules.id, id))
    .returning({ version: schedules.version })
  return row.version
}

/** What is in force is another day by now, though no meeting was moved in it. */
export const touchLive = (tx: Transaction, eventId: string) =>
  tx
    .update(schedules)
    .set({ changedAt: sql`now()` })
    .where(and(eq(schedules.eventId, eventId), eq(schedules.kind, 'live')))

export const sealSchedule = (tx: Transaction, id: string) =>
  tx.update(schedules).set({ sealed: true }).where(eq(schedules.id, id))

export const deleteSchedule = (tx: Transaction, id: string) =>
  tx.delete(schedules).where(eq(schedules.id, id))

export async function updateMeeting(
  tx: Transaction,
  id: string,
  fields: { slotId?: string; tableId?: string; locked?: boolean },
): Promise<number> {
  const [row] = await tx
    .update(meetings)
    .set({ ...fields, version: sql`${meetings.version} + 1` })
    .where(eq(meetings.id, id))
    .returning({
      version: meetings.version,
      scheduleId: meetings.scheduleId,
      candidateId: meetings.candidateId,
    })
  if (fields.slotId !== undefined) await claimSeats(tx, row.scheduleId, [row.candidateId])
  return row.version
}

type Cell = { id: string; slotId: string; tableId: string | null }

/** Puts each of two meetings where the other is: one after the other, as one step. Answers their versions. */
export async function exchangeMeetings(tx: Transaction, one: Cell, other: Cell): Promise<number[]> {
  await tx.execute(sql`set constraints all deferred`)
  const versions = [
    await updateMeeting(tx, one.id, cellOf(other)),
    await updateMeeting(tx, other.id, cellOf(one)),
  ]
  await tx.execute(sql`set constraints all immediate`)
  return versions
}

const cellOf = ({ slotId, tableId }: Cell) => ({ slotId, tableId: tableId ?? undefined })

export type NewMeeting = {
  candidateId: string
  slotId: string
  tableId: string | null
  value: number
  locked: boolean
}

/** What of a meeting is written when it is put into a schedule. */
export const newMeetingOf = ({ candidateId, slotId, tableId, value, locked }: NewMeeting): NewMeeting => ({
  ...{ candidateId, slotId, tableId, value, locked },
})

/** Whether meetings are put where nobody has had them, or stand so in a schedule already: only the former are refused. */
export type Placing = 'anew' | 'as it stands'

/** One statement whatever the number, so that a large schedule is no slower a transaction than a small one. */
export async function insertMeetings(
  tx: Transaction,
  schedule: ScheduleRow,
  rows: NewMeeting[],
  placing: Placing = 'anew',
) {
  await tx.execute(sql`
    insert into ${meetings} (schedule_id, event_id, candidate_id, slot_id, table_id, value, locked)
    select ${schedule.id}, ${schedule.eventId}, "candidateId", "slotId", "tableId", value, locked
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as given ("candidateId" uuid, "slotId" uuid, "tableId" uuid, value integer, locked boolean)`)
  await insertSeats(tx, schedule.id, rows, placing)
}

/** Puts meetings of a schedule where they are to be, adds those it does not hold yet, and lets others go. */
export async function rewriteMeetings(
  tx: Transaction,
  { id, eventId }: ScheduleRow,
  puts: NewMeeting[],
  drops: string[],
  placing: Placing = 'anew',
): Promise<void> {
  const given = sql`jsonb_to_recordset(${JSON.stringify(puts)}::jsonb)
    as given ("candidateId" uuid, "slotId" uuid, "tableId" uuid, value integer, locked boolean)`
  await tx.execute(sql`set constraints all deferred`)
  if (drops.length > 0)
    await tx.delete(meetings).where(and(eq(meetings.scheduleId, id), inArray(meetings.candidateId, drops)))
  await tx.execute(sql`
    update ${meetings} target
    set slot_id = given."slotId", table_id = given."tableId", value = given.value, locked = given.locked,
      version = target.version + 1
    from ${given} where target.schedule_id = ${id} and target.candidate_id = given."candidateId"`)
  await tx.execute(sql`
    insert into ${meetings} (schedule_id, event_id, candidate_id, slot_id, table_id, value, locked)
    select ${id}, ${eventId}, "candidateId", "slotId", "tableId", value, locked from ${given}
    on conflict (schedule_id, candidate_id) do nothing`)
  await insertSeats(tx, id, puts, placing)
  await tx.execute(sql`set constraints all immediate`)
}

/** Pairs whose meeting was cancelled and that are going to be held again. */
export const revivePairs = (tx: Transaction, candidateIds: string[]) =>
  tx
    .update(candidates)
    .set({ state: 'planned' })
    .where(and(inArray(candidates.id, candidateIds), eq(candidates.state, 'cancelled')))

/** Two chairs for each meeting that has none yet; one that was cancelled needs none. */
async function insertSeats(tx: Transaction, scheduleId: string, puts: NewMeeting[], placing: Placing) {
  await tx.execute(sql`
    insert into meeting_seats (meeting_id, schedule_id, slot_id, participant_id)
    select held.id, held.schedule_id, held.slot_id, side.participant_id
    from ${meetings} held
    join ${candidates} pair on pair.id = held.candidate_id
    cross join lateral (values (pair.project_participant_id), (pair.host_participant_id)) side (participant_id)
    where held.schedule_id = ${scheduleId} and pair.state <> 'cancelled'
      and not exists (select 1 from meeting_seats seat where seat.meeting_id = held.id)`)
  if (placing === 'as it stands') return settleSeats(tx, [scheduleId])
  await claimSeats(
    tx,
    scheduleId,
    puts.map(({ candidateId }) => candidateId),
  )
}

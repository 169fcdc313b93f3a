import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm'
import { lockProgramme, record } from '../changes.ts'
import type { Database, Transaction } from '../database/client.ts'
import {
  candidates,
  disruptions,
  events,
  participants,
  programmes,
  repairs,
  rooms,
  slots,
} from '../database/schema.ts'
import { addDays, daysBetween } from '../schemas/slot-times.ts'
import { clockOffset, dayOf, shiftDays } from './times.ts'

type Programme = typeof programmes.$inferSelect
type Event = typeof events.$inferSelect

/** Moves the sample camp to today, its other events with it, and sets its clock. Nothing to do where there is none. */
export async function redateSample(db: Database, now: Date): Promise<void> {
  await db.transaction(async (tx) => {
    const found = await findSample(tx)
    if (!found) return
    const { programme, camp } = found
    const days = daysBetween(camp.date, dayOf(now, programme.timezone))
    if (days !== 0) await moveEvents(tx, programme, days)
    if (days !== 0) await forgetDay(tx, camp.id)
    const clockOffsetMs = clockOffset(await findSlotsOf(tx, [camp.id]), now)
    if (days === 0 && clockOffsetMs === programme.clockOffsetMs) return
    await tx.update(programmes).set({ clockOffsetMs }).where(eq(programmes.id, programme.id))
    const author = { programmeId: programme.id, actorId: null }
    await record(tx, author, { type: 'sample.redated', payload: { days, clockOffsetMs } })
  })
}

async function findSample(tx: Transaction): Promise<{ programme: Programme; camp: Event } | null> {
  const [sample] = await tx.select({ id: programmes.id }).from(programmes).where(eq(programmes.sample, true))
  if (!sample) return null
  await lockProgramme(tx, sample.id)
  const [programme] = await tx.select().from(programmes).where(eq(programmes.id, sample.id))
  const [camp] = await tx
    .select()
    .from(events)
    .where(and(eq(events.programmeId, sample.id), eq(events.kind, 'camp')))
    .orderBy(asc(events.createdAt), asc(events.date))
    .limit(1)
  return camp && (await hasSlots(tx, camp.id)) ? { programme, camp } : null
}

const hasSlots = async (tx: Transaction, eventId: string) => (await findSlotsOf(tx, [eventId])).length > 0

const findSlotsOf = (tx: Transaction, eventIds: string[]) =>
  tx.select().from(slots).where(inArray(slots.eventId, eventIds)).orderBy(asc(slots.position))

/** The day begins anew: nobody has arrived, nothing has happened yet. */
async function forgetDay(tx: Transaction, eventId: string): Promise<void> {
  await tx.delete(disruptions).where(eq(disruptions.eventId, eventId))
  await tx.delete(repairs).where(eq(repairs.eventId, eventId))
  await tx
    .update(participants)
    .set({ attendance: 'expected', arrivedAt: null, attendanceDay: null })
    .where(eq(participants.eventId, eventId))
  const begun = and(eq(candidates.eventId, eventId), ne(candidates.state, 'cancelled'))
  await tx.update(candidates).set({ state: 'planned' }).where(begun)
  await tx.update(rooms).set({ delayMinutes: 0, delayFromId: null }).where(eq(rooms.eventId, eventId))
}

async function moveEvents(tx: Transaction, { id, timezone }: Programme, days: number): Promise<void> {
  const moved = await tx.select().from(events).where(eq(events.programmeId, id))
  const later = (at: Date | null) => at && shiftDays(at, days, timezone)
  for (const { id, date, startsAt, endsAt, replyBy } of moved) {
    const times = { startsAt: later(startsAt), endsAt: later(endsAt), replyBy: later(replyBy) }
    await tx
      .update(events)
      .set({ date: addDays(date, days), ...times })
      .where(eq(events.id, id))
  }
  const eventIds = moved.map((event) => event.id)
  await tx
    .update(participants)
    .set({ attendanceDay: sql`${participants.attendanceDay} + ${days}::int` })
    .where(inArray(participants.eventId, eventIds))
  for (const { id, day, startsAt, endsAt } of await findSlotsOf(tx, eventIds)) {
    const times = { startsAt: shiftDays(startsAt, days, timezone), endsAt: shiftDays(endsAt, days, timezone) }
    await tx
      .update(slots)
      .set({ day: addDays(day, days), ...times })
      .where(eq(slots.id, id))
  }
}

import { asc, eq } from 'drizzle-orm'
import type { Transaction } from '../database/client.ts'
import {
  candidates,
  meetingSeats,
  meetings,
  participants,
  preferences,
  schedules,
  slots,
  tables,
} from '../database/schema.ts'
import { settleSeats } from '../features/participants/seats.ts'
import { SAMPLE } from './data.ts'

const A_DAY_MS = 24 * 3_600_000

/**
 * The day of tutoring is over: each project has met one tutor, at the tutor's own table, before the workshop took
 * its time. Tutors take turns.
 */
export async function insertTutoring(
  tx: Transaction,
  eventId: string,
  peopleIds: Map<string, string>,
): Promise<void> {
  const turns = await tx.select().from(slots).where(eq(slots.eventId, eventId)).orderBy(asc(slots.position))
  const places = await tx
    .select()
    .from(tables)
    .where(eq(tables.eventId, eventId))
    .orderBy(asc(tables.position))
  const here = { eventId, attendance: 'left' as const, attendanceDay: turns[0].day }
  const tutors = await tx
    .insert(participants)
    .values(
      SAMPLE.tutors.map(({ code }, at) => ({
        ...here,
        ...{ side: 'host' as const, hostId: peopleIds.get(code)!, ownTableId: places[at].id },
        answeredAt: turns[0].startsAt,
      })),
    )
    .returning()
  const projects = await tx
    .insert(participants)
    .values(
      SAMPLE.projects.map(({ code }) => ({
        ...{ ...here, side: 'project' as const, projectId: peopleIds.get(code)! },
        answeredAt: turns[0].startsAt,
      })),
    )
    .returning()
  const met = projects.map(({ id }, at) => ({
    projectId: id,
    tutor: tutors[at % tutors.length],
    slotId: turns[Math.floor(at / tutors.length)].id,
  }))
  await tx.insert(preferences).values(
    met.map(({ projectId, tutor }) => ({
      eventId,
      fromId: tutor.id,
      toId: projectId,
      level: 'want' as const,
    })),
  )
  const pairs = await tx
    .insert(candidates)
    .values(
      met.map(({ projectId, tutor }) => ({
        ...{ eventId, projectParticipantId: projectId, hostParticipantId: tutor.id },
        state: 'done' as const,
      })),
    )
    .returning()
  const held = met.map(({ slotId, tutor }, at) => ({
    ...{ candidateId: pairs[at].id, slotId, tableId: tutor.ownTableId },
    ...{ value: SAMPLE.rules.weights.want, locked: false },
  }))
  const createdAt = new Date(turns[0].startsAt.getTime() - A_DAY_MS)
  for (const kind of ['live', 'version'] as const) {
    const values = { eventId, kind, name: 'Tutoraggio', number: 1, createdAt, changedAt: createdAt }
    const [{ id }] = await tx.insert(schedules).values(values).returning()
    const rows = held.map((meeting) => ({ ...meeting, eventId, scheduleId: id }))
    const inserted = await tx.insert(meetings).values(rows).returning()
    await tx.insert(meetingSeats).values(
      inserted.flatMap(({ id: meetingId, slotId }, at) =>
        [met[at].projectId, met[at].tutor.id].map((participantId) => ({
          ...{ meetingId, scheduleId: id, slotId, participantId },
        })),
      ),
    )
    await settleSeats(tx, [id])
    if (kind === 'version') await tx.update(schedules).set({ sealed: true }).where(eq(schedules.id, id))
  }
}

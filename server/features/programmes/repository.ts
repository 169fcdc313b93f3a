import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { isStanding, takesPart } from '../../database/taking-part.ts'
import {
  events,
  memberNames,
  memberships,
  participants,
  programmes,
  projects,
  proposals,
  hosts,
  schedules,
  slots,
  tables,
  users,
} from '../../database/schema.ts'
import type { Rsvp } from '../../schemas/common.ts'
import { eventFields, type ProgrammeRow } from '../events/repository.ts'

export async function insertProgramme(
  tx: Transaction,
  values: typeof programmes.$inferInsert,
): Promise<string> {
  const [{ id }] = await tx.insert(programmes).values(values).returning({ id: programmes.id })
  return id
}

export async function insertOrganiser(tx: Transaction, programmeId: string, userId: string): Promise<void> {
  await tx.insert(memberships).values({ programmeId, userId, role: 'organiser' })
  // Whoever founds it brings their own name.
  const [{ name }] = await tx.select({ name: users.name }).from(users).where(eq(users.id, userId))
  await tx.insert(memberNames).values({ programmeId, userId, name })
}

export async function updateProgramme(
  tx: Transaction,
  id: string,
  values: Partial<ProgrammeRow>,
): Promise<void> {
  if (Object.keys(values).length > 0) await tx.update(programmes).set(values).where(eq(programmes.id, id))
}

/** The events of a programme with their figures, soonest first. */
export async function findEventSummaries(reader: Reader, programmeId: string) {
  const rows = await reader
    .select(eventFields)
    .from(events)
    .where(and(eq(events.programmeId, programmeId), isNull(events.deletedAt)))
    .orderBy(asc(events.date), asc(events.title))
  return Promise.all(rows.map(async (event) => ({ event, ...(await countEvent(reader, event.id)) })))
}

async function countEvent(reader: Reader, eventId: string) {
  const said = (rsvp: Rsvp) =>
    reader.$count(
      participants,
      and(eq(participants.eventId, eventId), eq(participants.rsvp, rsvp), takesPart),
    )
  const [slotCount, tableCount, known, people, answered, coming, notComing, drafts, [live]] =
    await Promise.all([
      reader.$count(slots, and(eq(slots.eventId, eventId), isNull(slots.removedAt))),
      reader.$count(tables, and(eq(tables.eventId, eventId), isNull(tables.removedAt))),
      reader.$count(participants, and(eq(participants.eventId, eventId), isStanding)),
      reader.$count(participants, and(eq(participants.eventId, eventId), takesPart)),
      reader.$count(
        participants,
        and(eq(participants.eventId, eventId), sql`${participants.answeredAt} is not null`, takesPart),
      ),
      said('coming'),
      said('not-coming'),
      reader.$count(schedules, and(eq(schedules.eventId, eventId), eq(schedules.kind, 'draft'))),
      reader
        .select({ number: schedules.number })
        .from(schedules)
        .where(and(eq(schedules.eventId, eventId), eq(schedules.kind, 'live'))),
    ])
  return {
    slots: slotCount,
    tables: tableCount,
    known,
    participants: people,
    ...{ answered, coming, notComing, drafts },
    publishedVersion: live?.number ?? null,
  }
}

export async function countPeople(reader: Reader, programmeId: string) {
  const ofProgramme = and(eq(projects.programmeId, programmeId), isNull(projects.withdrawnAt))
  const submitted = reader
    .select({ id: proposals.projectId })
    .from(proposals)
    .where(inArray(proposals.status, ['submitted', 'approved']))
  const [all, financed, hostCount, proposalsSubmitted] = await Promise.all([
    reader.$count(projects, ofProgramme),
    reader.$count(projects, and(ofProgramme, eq(projects.financed, true))),
    reader.$count(hosts, and(eq(hosts.programmeId, programmeId), isNull(hosts.withdrawnAt))),
    reader.$count(projects, and(ofProgramme, inArray(projects.id, submitted))),
  ])
  return { projects: all, financed, hosts: hostCount, proposalsSubmitted }
}

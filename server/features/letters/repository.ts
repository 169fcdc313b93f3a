import { and, eq, inArray, isNotNull, isNull, ne, or, sql } from 'drizzle-orm'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  events,
  hosts,
  mailChoices,
  mails,
  mailTemplates,
  participants,
  programmes,
  projects,
  proposals,
  scheduledMails,
  sessions,
  users,
} from '../../database/schema.ts'
import { takesPart } from '../../database/taking-part.ts'
import { eventFields } from '../events/repository.ts'
import type { Language } from '../../schemas/common.ts'
import type { LetterKind, LetterText, ScheduledInput, ScheduledKind } from '../../schemas/letters.ts'

/** Events that a mail can be about, in their order. */
export const findEvents = (reader: Reader, programmeId: string) =>
  reader
    .select({
      ...{ id: events.id, title: events.title, kind: events.kind },
      date: events.date,
      lastDate: eventFields.lastDate,
    })
    .from(events)
    .where(and(eq(events.programmeId, programmeId), isNull(events.deletedAt), eq(events.rehearsal, false)))
    .orderBy(events.date, events.title)

/** How many of these are projects and hosts of the programme. */
export async function countNamed(reader: Reader, programmeId: string, ids: string[]): Promise<number> {
  const counts = [projects, hosts].map((of) =>
    reader.$count(of, and(eq(of.programmeId, programmeId), among(of.id, ids))),
  )
  const [teams, people] = await Promise.all(counts)
  return teams + people
}

/** Who takes part in an event, and whether they have answered. */
export const findTaking = (reader: Reader, eventId: string) =>
  reader
    .select({
      id: participants.id,
      of: sql<string>`coalesce(${participants.projectId}, ${participants.hostId})`,
      answeredAt: participants.answeredAt,
      attendance: participants.attendance,
      rsvp: participants.rsvp,
    })
    .from(participants)
    .where(and(eq(participants.eventId, eventId), takesPart))

/** The projects of a programme that have submitted their proposal. */
export async function findSubmitted(reader: Reader, projectIds: string[]): Promise<Set<string>> {
  const rows = await reader
    .select({ id: proposals.projectId })
    .from(proposals)
    .where(and(among(proposals.projectId, projectIds), inArray(proposals.status, ['submitted', 'approved'])))
  return new Set(rows.map(({ id }) => id))
}

/** Of these addresses those that somebody has signed in with. */
export async function findSignedIn(reader: Reader, emails: string[]): Promise<Set<string>> {
  const hasSession = sql`exists (select 1 from ${sessions} where ${sessions.userId} = ${users.id})`
  const rows = await reader
    .select({ email: users.email })
    .from(users)
    .where(and(among(users.email, emails), or(users.emailVerified, hasSession)))
  return new Set(rows.map(({ email }) => email))
}

/** When the last mails of these kinds were written to each person, or to a mailbox before that was told apart. */
export async function findLastWritten(reader: Reader, programmeId: string, kinds: LetterKind[]) {
  const rows = await reader
    .select({
      kind: mails.kind,
      key: sql<string>`coalesce(${mails.personId}::text, ${mails.to})`,
      at: sql<string>`max(${mails.createdAt})`,
    })
    .from(mails)
    .where(and(eq(mails.programmeId, programmeId), inArray(mails.kind, kinds), ne(mails.state, 'failed')))
    .groupBy(mails.kind, sql`coalesce(${mails.personId}::text, ${mails.to})`)
  const last = new Map(rows.map(({ kind, key, at }) => [`${kind} ${key}`, new Date(at)]))
  return (kind: LetterKind, { personId, email }: { personId: string; email: string }) =>
    last.get(`${kind} ${personId}`) ?? last.get(`${kind} ${email}`) ?? null
}

/** The addresses that want no mails that they need not have. */
export async function findRefusing(reader: Reader, programmeId: string): Promise<Set<string>> {
  const rows = await reader
    .select({ email: mailChoices.email })
    .from(mailChoices)
    .where(and(eq(mailChoices.programmeId, programmeId), isNotNull(mailChoices.refusedAt)))
  return new Set(rows.map(({ email }) => email))
}

export async function findChoice(reader: Reader, token: string) {
  const [row] = await reader
    .select({ choice: mailChoices, programme: programmes })
    .from(mailChoices)
    .innerJoin(programmes, eq(programmes.id, mailChoices.programmeId))
    .where(eq(mailChoices.token, token))
  return row ?? null
}

export const updateChoice = (tx: Transaction, token: string, refusedAt: Date | null) =>
  tx.update(mailChoices).set({ refusedAt }).where(eq(mailChoices.token, token))

export const upsertText = (
  tx: Transaction,
  key: { programmeId: string; kind: LetterKind; language: Language },
  text: LetterText,
) =>
  tx
    .insert(mailTemplates)
    .values({ ...key, ...text })
    .onConflictDoUpdate({
      target: [mailTemplates.programmeId, mailTemplates.kind, mailTemplates.language],
      set: text,
    })

export const deleteText = (
  tx: Transaction,
  { programmeId, kind, language }: { programmeId: string; kind: LetterKind; language: Language },
) =>
  tx
    .delete(mailTemplates)
    .where(
      and(
        eq(mailTemplates.programmeId, programmeId),
        eq(mailTemplates.kind, kind),
        eq(mailTemplates.language, language),
      ),
    )

export const updateReminded = (tx: Transaction, ids: string[], at: Date) =>
  tx.update(participants).set({ remindedAt: at }).where(among(participants.id, ids))

export type Scheduled = typeof scheduledMails.$inferSelect

export const findScheduled = (reader: Reader, eventId: string): Promise<Scheduled[]> =>
  reader.select().from(scheduledMails).where(eq(scheduledMails.eventId, eventId))

/** Those that may go, of events where anything goes. */
export const findSwitchedOn = (reader: Reader) =>
  reader
    .select({ id: scheduledMails.id, eventId: scheduledMails.eventId })
    .from(scheduledMails)
    .innerJoin(events, eq(events.id, scheduledMails.eventId))
    .where(
      and(
        ...[eq(scheduledMails.on, true), isNull(scheduledMails.doneAt)],
        ...[isNull(events.deletedAt), eq(events.rehearsal, false)],
      ),
    )

export const upsertScheduled = (
  tx: Transaction,
  { eventId, kind, on, days }: ScheduledInput & { eventId: string; kind: ScheduledKind },
) =>
  tx
    .insert(scheduledMails)
    .values({ eventId, kind, on, days })
    .onConflictDoUpdate({ target: [scheduledMails.eventId, scheduledMails.kind], set: { on, days } })

export const endScheduled = (tx: Transaction, id: string, doneAt: Date) =>
  tx.update(scheduledMails).set({ doneAt }).where(eq(scheduledMails.id, id))

export const countScheduled = (reader: Reader, id: string): Promise<number> =>
  reader.$count(mails, eq(mails.scheduledId, id))

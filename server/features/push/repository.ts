import { and, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  changes,
  events,
  memberships,
  participants,
  programmes,
  pushSubscriptions,
  sessions,
} from '../../database/schema.ts'

export type SubscriptionRow = typeof pushSubscriptions.$inferSelect

/** One a session, and one an address: a browser that changes hands tells its new person only. */
export async function replaceSubscription(tx: Transaction, row: typeof pushSubscriptions.$inferInsert) {
  const { sessionId, endpoint } = row
  await tx
    .delete(pushSubscriptions)
    .where(or(eq(pushSubscriptions.sessionId, sessionId), eq(pushSubscriptions.endpoint, endpoint)))
  await tx.insert(pushSubscriptions).values(row)
}

export async function deleteSubscription(reader: Reader, sessionId: string, endpoint?: string) {
  const same = endpoint === undefined ? undefined : eq(pushSubscriptions.endpoint, endpoint)
  await reader.delete(pushSubscriptions).where(and(eq(pushSubscriptions.sessionId, sessionId), same))
}

const inForce = () => gt(sessions.expiresAt, new Date())

/** While its session lasts. */
export async function findSubscription(reader: Reader, sessionId: string): Promise<SubscriptionRow | null> {
  const [row] = await reader
    .select({ subscription: pushSubscriptions })
    .from(pushSubscriptions)
    .innerJoin(sessions, eq(sessions.id, pushSubscriptions.sessionId))
    .where(and(eq(pushSubscriptions.sessionId, sessionId), inForce()))
  return row?.subscription ?? null
}

const ofMember = or(
  eq(participants.projectId, memberships.projectId),
  eq(participants.hostId, memberships.hostId),
)
const withMeetings = and(
  inArray(events.kind, ['camp', 'tutoring']),
  eq(events.rehearsal, false),
  isNull(events.deletedAt),
)

/** Whose agendas a session's person has, in events with one-to-one meetings. */
export const findOwnAgendas = (reader: Reader, sessionId: string) =>
  reader
    .selectDistinct({ participantId: participants.id, eventId: participants.eventId })
    .from(sessions)
    .innerJoin(memberships, eq(memberships.userId, sessions.userId))
    .innerJoin(participants, ofMember)
    .innerJoin(events, and(eq(events.id, participants.eventId), withMeetings))
    .where(eq(sessions.id, sessionId))

/** Programmes that somebody is subscribed in, with the number of their last change and the time of the last subscription. */
export const findFollowed = (reader: Reader) =>
  reader
    .select({
      id: programmes.id,
      seq: programmes.seq,
      subscribedAt: sql<string>`max(${pushSubscriptions.createdAt})`,
    })
    .from(pushSubscriptions)
    .innerJoin(sessions, and(eq(sessions.id, pushSubscriptions.sessionId), inForce()))
    .innerJoin(memberships, eq(memberships.userId, sessions.userId))
    .innerJoin(programmes, eq(programmes.id, memberships.programmeId))
    .groupBy(programmes.id)

/** Topics of a programme's changes after a number. */
export async function findTopics(reader: Reader, programmeId: string, after: number): Promise<Set<string>> {
  const rows = await reader
    .selectDistinct({ topic: sql<string>`unnest(${changes.audience})` })
    .from(changes)
    .where(and(eq(changes.programmeId, programmeId), gt(changes.seq, after)))
  return new Set(rows.map(({ topic }) => topic))
}

/** Of the agendas that a person may see, those that were opened in the browser that is told. */
const isOpened = or(
  sql`cardinality(${pushSubscriptions.participantIds}) = 0`,
  sql`${participants.id} = any(${pushSubscriptions.participantIds})`,
)

/** Agendas of a programme with the subscriptions to each, which stay locked: each is told of a change by one only. */
export const findSubscribed = (tx: Transaction, programmeId: string) =>
  tx
    .select({
      sessionId: pushSubscriptions.sessionId,
      told: pushSubscriptions.told,
      participantId: participants.id,
      eventId: participants.eventId,
    })
    .from(pushSubscriptions)
    .innerJoin(sessions, and(eq(sessions.id, pushSubscriptions.sessionId), inForce()))
    .innerJoin(memberships, eq(memberships.userId, sessions.userId))
    .innerJoin(participants, ofMember)
    .innerJoin(events, and(eq(events.id, participants.eventId), withMeetings))
    .where(and(eq(memberships.programmeId, programmeId), eq(events.programmeId, programmeId), isOpened))
    .orderBy(pushSubscriptions.sessionId, participants.id)
    .for('update', { of: pushSubscriptions })

export async function updateTold(tx: Transaction, sessionId: string, told: SubscriptionRow['told']) {
  const merged = sql`${pushSubscriptions.told} || ${JSON.stringify(told)}::jsonb`
  await tx.update(pushSubscriptions).set({ told: merged }).where(eq(pushSubscriptions.sessionId, sessionId))
}

import { and, asc, eq, inArray, isNull, lt, ne, notInArray, or } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  candidates,
  events,
  meetings,
  pairRulings,
  participants,
  preferences,
  schedules,
} from '../../database/schema.ts'

export type RulingRow = typeof pairRulings.$inferSelect

export const pairKey = (projectId: string, hostId: string) => `${projectId} ${hostId}`

/** What stands of each pair of an event. */
export const findRulings = (reader: Reader, eventId: string): Promise<RulingRow[]> =>
  reader
    .select()
    .from(pairRulings)
    .where(and(eq(pairRulings.eventId, eventId), isNull(pairRulings.endedAt)))
    .orderBy(asc(pairRulings.createdAt), asc(pairRulings.id))

export async function insertRuling(
  tx: Transaction,
  values: typeof pairRulings.$inferInsert,
): Promise<string> {
  const [{ id }] = await tx.insert(pairRulings).values(values).returning({ id: pairRulings.id })
  return id
}

/** Whether they were in the other state: a ruling ends, or stands again. */
export async function setEnded(tx: Transaction, ids: string[], endedAt: Date | null): Promise<boolean> {
  if (ids.length === 0) return true
  const rows = await tx
    .update(pairRulings)
    .set({ endedAt })
    .where(inArray(pairRulings.id, ids))
    .returning({ id: pairRulings.id })
  return rows.length === ids.length
}

export const findRulingsById = (reader: Reader, ids: string[]): Promise<RulingRow[]> =>
  reader.select().from(pairRulings).where(inArray(pairRulings.id, ids))

/** What one of a pair said against meeting: a conflict of interest weighs more. */
export async function findSaidAgainst(reader: Reader, eventId: string) {
  const rows = await reader
    .select()
    .from(preferences)
    .where(
      and(
        eq(preferences.eventId, eventId),
        or(eq(preferences.conflict, true), eq(preferences.level, 'avoid')),
      ),
    )
  const against = new Map<string, 'avoid' | 'conflict'>()
  for (const { fromId, toId, conflict } of rows)
    for (const key of [pairKey(fromId, toId), pairKey(toId, fromId)])
      if (conflict || !against.has(key)) against.set(key, conflict ? 'conflict' : 'avoid')
  return against
}

/** Pairs of an event whose project and host met in an earlier one of the programme, by what was in force there. */
export async function findMetBefore(
  reader: Reader,
  event: { id: string; programmeId: string; date: string },
): Promise<Set<string>> {
  const [project, host] = [alias(participants, 'project'), alias(participants, 'host')]
  const [hereProject, hereHost] = [alias(participants, 'here_project'), alias(participants, 'here_host')]
  const rows = await reader
    .selectDistinct({ projectId: hereProject.id, hostId: hereHost.id })
    .from(meetings)
    .innerJoin(schedules, and(eq(schedules.id, meetings.scheduleId), eq(schedules.kind, 'live')))
    .innerJoin(candidates, eq(candidates.id, meetings.candidateId))
    .innerJoin(events, eq(events.id, meetings.eventId))
    .innerJoin(project, eq(project.id, candidates.projectParticipantId))
    .innerJoin(host, eq(host.id, candidates.hostParticipantId))
    .innerJoin(
      hereProject,
      and(eq(hereProject.projectId, project.projectId), eq(hereProject.eventId, event.id)),
    )
    .innerJoin(hereHost, and(eq(hereHost.hostId, host.hostId), eq(hereHost.eventId, event.id)))
    .where(
      and(
        eq(events.programmeId, event.programmeId),
        ne(events.id, event.id),
        lt(events.date, event.date),
        eq(events.rehearsal, false),
        isNull(events.deletedAt),
        notInArray(candidates.state, ['cancelled', 'no_show']),
      ),
    )
  return new Set(rows.map(({ projectId, hostId }) => pairKey(projectId, hostId)))
}

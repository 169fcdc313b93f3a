import { and, eq, inArray, sql } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  disruptions,
  events,
  hosts,
  organisations,
  participants,
  people,
  projects,
  runs,
} from '../../database/schema.ts'
import { nameOf, shownAs } from '../../naming.ts'
import type { Ties } from '../../schemas/standing.ts'

/** A project or a host, with whose withdrawal or deletion is the matter. */
export type Subject = { side: 'project' | 'host'; id: string }
export type Found = {
  programmeId: string
  name: string
  withdrawnAt: Date | null
  mergedIntoId: string | null
}

export async function findSubject(reader: Reader, { side, id }: Subject): Promise<Found | null> {
  if (side === 'project') {
    const [row] = await reader.select().from(projects).where(eq(projects.id, id))
    return row ? { ...row, mergedIntoId: null } : null
  }
  const [row] = await reader
    .select({ host: hosts, person: people, organisation: organisations.name })
    .from(hosts)
    .innerJoin(people, eq(people.id, hosts.personId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(eq(hosts.id, id))
  return row ? { ...row.host, name: shownAs([row.organisation], nameOf(row.person)) } : null
}

type Counts = Omit<Ties, 'id' | 'name' | 'withdrawn' | 'deletable'>

/** What hangs on a project or a host, counted at once. A cancelled meeting of a published schedule is history too. */
export async function countTies(reader: Reader, { id }: Subject): Promise<Counts> {
  const [row] = await reader.execute<Counts>(sql`
    with taking as (
      select part.id, event.title, event.date from participants part join events event on event.id = part.event_id
      where ${id} in (part.project_id, part.host_id) and event.deleted_at is null
    ), planned as (
      select pair.state, plan.kind, held.candidate_id, slot.starts_at > now() + home.clock_offset_ms * interval '1 ms' as ahead
      from candidates pair join meetings held on held.candidate_id = pair.id
      join schedules plan on plan.id = held.schedule_id
      join slots slot on slot.id = held.slot_id
      join events event on event.id = plan.event_id join programmes home on home.id = event.programme_id
      where pair.project_participant_id in (select id from participants where ${id} in (project_id, host_id))
        or pair.host_participant_id in (select id from participants where ${id} in (project_id, host_id))
    ) select
      exists (select 1 from proposals where project_id = ${id} and version > 1)
        or exists (select 1 from hosts where id = ${id} and version > 1) as written,
      array(select title from taking order by date, title) as events,
      (select count(*)::int from preferences where from_id in (select id from taking)) as given,
      (select count(*)::int from preferences where to_id in (select id from taking)) as received,
      (select count(*)::int from planned where kind = 'draft') as drafted,
      (select count(*)::int from planned where kind = 'live' and ahead and state <> 'cancelled') as coming,
      (select count(distinct candidate_id)::int from planned where kind <> 'draft') as published,
      (select count(*)::int from hosts where merged_into_id = ${id}) as twins`)
  return row
}

export async function updateWithdrawn(tx: Transaction, { side, id }: Subject, at: Date | null) {
  if (side === 'project') await tx.update(projects).set({ withdrawnAt: at }).where(eq(projects.id, id))
  else await tx.update(hosts).set({ withdrawnAt: at }).where(eq(hosts.id, id))
}

/** Where a project or a host takes part, with the event. */
export const findPlaces = (reader: Reader, { side, id }: Subject) =>
  reader
    .select({ participant: participants, event: events })
    .from(participants)
    .innerJoin(events, eq(events.id, participants.eventId))
    .where(eq(side === 'project' ? participants.projectId : participants.hostId, id))

export const deleteAbsences = (tx: Transaction, participantIds: string[]) =>
  tx
    .delete(disruptions)
    .where(and(inArray(disruptions.participantId, participantIds), eq(disruptions.kind, 'no_show')))

export async function hasRunUnderWay(reader: Reader, { side, id }: Subject): Promise<boolean> {
  const taking = reader
    .select({ eventId: participants.eventId })
    .from(participants)
    .where(eq(side === 'project' ? participants.projectId : participants.hostId, id))
  const active = and(inArray(runs.eventId, taking), inArray(runs.status, ['queued', 'running']))
  return (await reader.$count(runs, active)) > 0
}

/** Meetings of drafts go first: they hold the pairs, and schedules that lose some are new to whoever has them open. */
export async function deleteDraftMeetings(tx: Transaction, { id }: Subject): Promise<void> {
  await tx.execute(sql`
    with gone as (
      delete from meetings using candidates pair, schedules plan
      where pair.id = meetings.candidate_id and plan.id = meetings.schedule_id and plan.kind = 'draft'
        and exists (select 1 from participants part where ${id} in (part.project_id, part.host_id)
          and part.id in (pair.project_participant_id, pair.host_participant_id))
      returning meetings.schedule_id)
    update schedules set version = version + 1, changed_at = now() where id in (select schedule_id from gone)`)
}

/** Everything of theirs goes with them, and open pages of theirs close. */
export async function deleteSubject(tx: Transaction, { side, id }: Subject): Promise<void> {
  if (side === 'project') await tx.delete(projects).where(eq(projects.id, id))
  else await tx.delete(hosts).where(eq(hosts.id, id))
  await ringSessions(tx)
}

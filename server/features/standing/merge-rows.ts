import { asc, eq, inArray, sql } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { events, hosts, organisations, participants, people } from '../../database/schema.ts'
import type { PreferenceLevel } from '../../schemas/common.ts'

export type ParticipantRow = typeof participants.$inferSelect
export type MergedHost = NonNullable<Awaited<ReturnType<typeof findMergedHost>>>

export async function findMergedHost(reader: Reader, id: string) {
  const [row] = await reader
    .select({ host: hosts, person: people, organisation: organisations.name })
    .from(hosts)
    .innerJoin(people, eq(people.id, hosts.personId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(eq(hosts.id, id))
  return row ?? null
}

/** Hosts that were merged into this one before. */
export async function findTwins(reader: Reader, hostId: string): Promise<string[]> {
  const rows = await reader.select({ id: hosts.id }).from(hosts).where(eq(hosts.mergedIntoId, hostId))
  return rows.map(({ id }) => id)
}

/** Where each of the two takes part, event by event. */
export async function findPlacesOfBoth(reader: Reader, survivorId: string, twinId: string) {
  const rows = await reader
    .select({ participant: participants, event: events })
    .from(participants)
    .innerJoin(events, eq(events.id, participants.eventId))
    .where(inArray(participants.hostId, [survivorId, twinId]))
    .orderBy(asc(events.date), asc(events.title))
  return [...Map.groupBy(rows, ({ event }) => event.id).values()].map((places) => {
    const of = (id: string) =>
      places.find(({ participant }) => participant.hostId === id)?.participant ?? null
    return { event: places[0].event, survivor: of(survivorId), twin: of(twinId) }
  })
}
export type Place = Awaited<ReturnType<typeof findPlacesOfBoth>>[number]

export type Said = { fromId: string; toId: string; level: PreferenceLevel | null; conflict: boolean }

export type Clash = { event: string; schedule: string; at: Date; survivor: string; twin: string }

/** Turns in which both are booked, and projects that both meet, in schedules that can still change. */
export const findClashes = async (reader: Reader, survivorId: string, twinId: string): Promise<Clash[]> => {
  const rows = await reader.execute<Omit<Clash, 'at'> & { at: string }>(sql`
    with booked as (
      select part.host_id, plan.id as plan, plan.kind, plan.name, event.title, event.date, slot.id as slot,
        slot.starts_at, pair.project_participant_id as partner, project.name as met, pair.state
      from participants part
      join candidates pair on pair.host_participant_id = part.id
      join meetings held on held.candidate_id = pair.id
      join schedules plan on plan.id = held.schedule_id and not plan.sealed
      join slots slot on slot.id = held.slot_id
      join events event on event.id = plan.event_id
      join participants other on other.id = pair.project_participant_id
      join projects project on project.id = other.project_id
      where part.host_id in (${survivorId}, ${twinId}))
    select one.title as event, case one.kind when 'live' then '' else one.name end as schedule,
      to_json(twin.starts_at) #>> '{}' as at, one.met as survivor, twin.met as twin
    from booked one join booked twin on twin.plan = one.plan and twin.host_id = ${twinId}
      and (twin.partner = one.partner
        or (twin.slot = one.slot and twin.state <> 'cancelled' and one.state <> 'cancelled'))
    where one.host_id = ${survivorId}
    order by one.kind desc, one.date, twin.starts_at`)
  return rows.map(({ at, ...clash }) => ({ ...clash, at: new Date(at) }))
}

/** Puts the twin's place in an event where the survivor's is; what both said has been settled before. */
export async function mergePlaces(tx: Transaction, survivor: ParticipantRow, twin: ParticipantRow) {
  const [one, two] = [survivor.id, twin.id]
  // A pair that both could be stays the survivor's; the twin's meetings that can still change become its.
  await tx.execute(sql`
    update candidates kept set state = gone.state from candidates gone
    where kept.host_participant_id = ${one} and gone.host_participant_id = ${two}
      and gone.project_participant_id = kept.project_participant_id and kept.state in ('planned', 'cancelled')
      and exists (select 1 from meetings held join schedules plan on plan.id = held.schedule_id
        where held.candidate_id = gone.id and plan.kind = 'live')`)
  await tx.execute(sql`
    update meetings held set candidate_id = kept.id, version = held.version + 1
    from candidates gone, candidates kept, schedules plan
    where gone.host_participant_id = ${two} and kept.host_participant_id = ${one}
      and kept.project_participant_id = gone.project_participant_id
      and held.candidate_id = gone.id and plan.id = held.schedule_id and not plan.sealed`)
  await tx.execute(sql`
    update candidates gone set host_participant_id = ${one} where host_participant_id = ${two} and not exists (
      select 1 from candidates kept where kept.host_participant_id = ${one}
        and kept.project_participant_id = gone.project_participant_id)`)
  await tx.execute(sql`
    update meeting_seats seat set participant_id = ${one}, human = null
    from schedules plan where plan.id = seat.schedule_id and not plan.sealed and seat.participant_id = ${two}`)
  await tx.execute(sql`
    update schedules set version = version + 1, changed_at = now()
    where not sealed and event_id = ${survivor.eventId}`)
  await tx.execute(sql`
    update pair_rulings gone set host_participant_id = ${one} where host_participant_id = ${two} and not exists (
      select 1 from pair_rulings kept where kept.host_participant_id = ${one} and kept.ended_at is null
        and kept.project_participant_id = gone.project_participant_id)`)
  await tx.execute(sql`update disruptions set participant_id = ${one} where participant_id = ${two}`)
  await tx
    .update(participants)
    .set({ mergedIntoId: one })
    .where(sql`${two} in (${participants.id}, ${participants.mergedIntoId})`)
}

export const movePlace = (tx: Transaction, participantId: string, hostId: string) =>
  tx.update(participants).set({ hostId }).where(eq(participants.id, participantId))

export const updatePlace = (
  tx: Transaction,
  id: string,
  values: Partial<
    Pick<
      ParticipantRow,
      | 'maxMeetings'
      | 'needs'
      | 'ownTableId'
      | 'answeredAt'
      | 'attendance'
      | 'arrivedAt'
      | 'attendanceDay'
      | 'removedAt'
      | 'standInId'
      | 'rsvp'
      | 'rsvpAt'
      | 'rsvpBy'
      | 'rsvpReason'
    >
  >,
) => tx.update(participants).set(values).where(eq(participants.id, id))

/** Whoever reads the twin's mailbox signs in for the survivor from now on, and links to the twin lead there. */
export async function retireTwin(tx: Transaction, survivorId: string, twinId: string): Promise<void> {
  await tx.execute(sql`
    delete from memberships gone where host_id = ${twinId} and exists (
      select 1 from memberships kept where kept.host_id = ${survivorId} and kept.user_id = gone.user_id)`)
  await tx.execute(sql`update memberships set host_id = ${survivorId} where host_id = ${twinId}`)
  await tx.update(hosts).set({ mergedIntoId: survivorId }).where(eq(hosts.mergedIntoId, twinId))
  await tx
    .update(hosts)
    .set({
      mergedIntoId: survivorId,
      withdrawnAt: new Date(),
      // Its code is free again for whoever comes with a table.
      code: sql`${hosts.code} || ' ' || ${hosts.id}`,
    })
    .where(eq(hosts.id, twinId))
  await ringSessions(tx)
}

export async function updateMerged(
  tx: Transaction,
  { host, person }: MergedHost,
  values: { host: Partial<typeof hosts.$inferInsert>; person: Partial<typeof people.$inferInsert> },
): Promise<void> {
  await tx
    .update(hosts)
    .set({ ...values.host, version: host.version + 1 })
    .where(eq(hosts.id, host.id))
  if (Object.keys(values.person).length > 0)
    await tx.update(people).set(values.person).where(eq(people.id, person.id))
}

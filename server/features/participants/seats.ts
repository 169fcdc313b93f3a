import { sql } from 'drizzle-orm'
import type { Transaction } from '../../database/client.ts'
import { hosts, meetings, meetingSeats, participants, schedules, teamMembers } from '../../database/schema.ts'

const these = (ids: string[]) => sql`(select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`

/**
 * Who has to sit in the seats of these schedules. Where somebody is in two places already, one seat keeps them and the
 * other knows nobody: what stands is for organisers to mend, and no edit of a person is refused for it.
 */
export const settleSeats = (tx: Transaction, scheduleIds: string[]) =>
  tx.execute(sql`
    with must as materialized (
      select participant_id, human from participant_humans where participant_id in (
        select participant_id from ${meetingSeats} where schedule_id in ${these(scheduleIds)})
    ), wanted as (
      select seat.meeting_id, seat.participant_id,
        case when row_number() over (
          partition by seat.schedule_id, seat.slot_id, must.human
          order by seat.human is not distinct from must.human desc, seat.meeting_id, seat.participant_id
        ) = 1 then must.human end as human
      from ${meetingSeats} seat join must on must.participant_id = seat.participant_id
      where seat.schedule_id in ${these(scheduleIds)}
    )
    update ${meetingSeats} seat set human = wanted.human from wanted
    where wanted.meeting_id = seat.meeting_id and wanted.participant_id = seat.participant_id
      and seat.human is distinct from wanted.human`)

/** For meetings placed anew: refused by the constraint where somebody would be in two places at once. */
export async function claimSeats(tx: Transaction, scheduleId: string, candidateIds: string[]): Promise<void> {
  await settleSeats(tx, [scheduleId])
  await tx.execute(sql`
    update ${meetingSeats} seat set human = must.human
    from ${meetings} held, participant_humans must
    where held.schedule_id = ${scheduleId} and held.candidate_id in ${these(candidateIds)}
      and seat.meeting_id = held.id and must.participant_id = seat.participant_id
      and seat.human is distinct from must.human`)
}

/** Seats of schedules that can still change know who has to sit in them, whatever was said of these people and teams. */
export async function refreshSeats(
  tx: Transaction,
  personIds: string[],
  projectIds: string[] = [],
): Promise<void> {
  const [chosen, changed] = [these(personIds), these(projectIds)]
  const open = await tx.execute<{ id: string }>(sql`
    select id from ${schedules} where not sealed and event_id in (
      select event_id from ${participants}
      where host_id in (select id from ${hosts} where person_id in ${chosen})
        or project_id in (select project_id from ${teamMembers} where person_id in ${chosen})
        or project_id in ${changed})`)
  if (open.length === 0) return
  await settleSeats(
    tx,
    open.map(({ id }) => id),
  )
}

import { sql } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'
import { events, participants, slots } from '../../database/schema.ts'

/** A workshop or public event of the programme, the turns of an event at its hours, and who of that event attends it. */
export type Engagement = { title: string; slots: string[]; participants: string[] }

/**
 * What takes people's time in an event; only of those who are named, where they are. To one to which nobody is invited
 * by name everybody comes, and a rehearsal takes nobody's time but in another one.
 */
export async function findEngagements(
  reader: Reader,
  eventId: string,
  ids: string[] | null = null,
): Promise<Engagement[]> {
  const isNamed =
    ids && sql`and taking.id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`
  return reader.execute<Engagement>(sql`
    select other.title, array_agg(distinct turn.id) as slots, array_agg(distinct taking.id) as participants
    from ${events} own
    join ${events} other on other.programme_id = own.programme_id and other.kind in ('workshop', 'public')
      and other.deleted_at is null and (own.rehearsal or not other.rehearsal)
    join ${slots} turn on turn.event_id = own.id and turn.removed_at is null
      and turn.starts_at < other.ends_at and other.starts_at < turn.ends_at
    join ${participants} taking on taking.event_id = own.id ${isNamed ?? sql``}
    where own.id = ${eventId} and (
      not exists (select 1 from ${participants} invited where invited.event_id = other.id)
      or exists (
        select 1 from ${participants} invited where invited.event_id = other.id and invited.removed_at is null
          and (invited.project_id = taking.project_id or invited.host_id = taking.host_id)))
    group by other.id order by other.starts_at, other.id`)
}

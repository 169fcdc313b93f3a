import { and, desc, eq, sql } from 'drizzle-orm'
import type { Inverse } from '../../change-catalogue.ts'
import type { Reader } from '../../database/client.ts'
import { given } from '../../database/given.ts'
import { changes, events, participants, slots } from '../../database/schema.ts'

/** A workshop or public event of the programme, the turns of an event at its hours, and who of that event attends it. */
export type Engagement = { title: string; slots: string[]; participants: string[] }

/** Of the programme's other events, those that take time. */
const takesTime = sql`other.programme_id = own.programme_id and other.kind in ('workshop', 'public')
  and other.deleted_at is null and (own.rehearsal or not other.rehearsal)`
/** Most days have no such event near them, and are not asked what they were to be. */
const LONGEST_DELAY = sql`interval '12 hours'`

/**
 * What takes people's time in an event; only of those who are named, where they are. To one to which nobody is invited
 * by name everybody comes, and a rehearsal takes nobody's time but in another one. A day that runs late runs into
 * nothing: what counts is when a turn was to be.
 */
export async function findEngagements(
  reader: Reader,
  eventId: string,
  ids: string[] | null = null,
): Promise<Engagement[]> {
  const isNamed =
    ids && sql`and taking.id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb)::uuid)`
  const near = await reader.execute(sql`
    select from ${events} own join ${events} other on ${takesTime}
    where own.id = ${eventId} and exists (
      select from ${slots} turn where turn.event_id = own.id
        and turn.starts_at - ${LONGEST_DELAY} < other.ends_at and other.starts_at < turn.ends_at + ${LONGEST_DELAY})
    limit 1`)
  if (near.length === 0) return []
  const planned = await findPlannedTimes(reader, eventId)
  return reader.execute<Engagement>(sql`
    select other.title, array_agg(distinct turn.id) as slots, array_agg(distinct taking.id) as participants
    from ${events} own
    join ${events} other on ${takesTime}
    join ${slots} turn on turn.event_id = own.id and turn.removed_at is null
    left join ${given(planned)} (id uuid, "startsAt" timestamptz, "endsAt" timestamptz) on given.id = turn.id
    join ${participants} taking on taking.event_id = own.id ${isNamed ?? sql``}
    where own.id = ${eventId}
      and coalesce(given."startsAt", turn.starts_at) < other.ends_at
      and other.starts_at < coalesce(given."endsAt", turn.ends_at) and (
      not exists (select 1 from ${participants} invited where invited.event_id = other.id)
      or exists (
        select 1 from ${participants} invited where invited.event_id = other.id and invited.removed_at is null
          and (invited.project_id = taking.project_id or invited.host_id = taking.host_id)))
    group by other.id order by other.starts_at, other.id`)
}

type Delay = Inverse<'event.delayed'>

/** When the turns that were put later, or earlier, on the day were to be: delay by delay back from when they are now. */
async function findPlannedTimes(reader: Reader, eventId: string): Promise<Delay['slots']> {
  const delays = await reader
    .select({ inverse: changes.inverse })
    .from(changes)
    .where(and(eq(changes.eventId, eventId), eq(changes.type, 'event.delayed')))
    .orderBy(desc(changes.seq))
  if (delays.length === 0) return []
  const turns = await reader.select().from(slots).where(eq(slots.eventId, eventId))
  const times = new Map(turns.map(({ id, startsAt }) => [id, startsAt.toISOString()]))
  const planned = new Map<string, Delay['slots'][number]>()
  for (const { slots: before, were } of delays.map(({ inverse }) => inverse as Delay))
    for (const [index, { id, startsAt }] of were.entries()) {
      if (times.get(id) === startsAt) {
        times.set(id, before[index].startsAt)
        planned.set(id, before[index])
      } else times.delete(id) // Another grid, set since, is the plan.
    }
  return [...planned.values()]
}

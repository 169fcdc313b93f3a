import { randomInt, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '../../server/database/client.ts'
import { seededRandom, type Random } from '../../solver/random.ts'

/** `npm run faults` does all of it; `npm test` a short form that takes seconds. */
export const FULL = process.env.FAULTS === 'full'
export const times = (short: number, full: number): number => (FULL ? full : short)

/** Random choices that can be made again: `SEED=…`. */
export function announceSeed(what: string): Random {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
  console.log(`${what}: SEED=${seed}${FULL ? ' (full)' : ''}`)
  return seededRandom(seed)
}

/** What must never be, each as the number of its violations; all are 0. */
export async function violations(db: Database): Promise<Record<string, number>> {
  const [row] = await db.execute<Record<string, number>>(sql`
    select
      (select count(*)::int from (
        select 1 from meeting_seats group by schedule_id, slot_id, participant_id having count(*) > 1) twice) as people_doubled,
      (select count(*)::int from (
        select 1 from meetings where table_id is not null
        group by schedule_id, slot_id, table_id having count(*) > 1) twice) as tables_doubled,
      (select count(*)::int from meetings where (
        select count(*) from meeting_seats seat where seat.meeting_id = meetings.id
          and seat.slot_id = meetings.slot_id and seat.schedule_id = meetings.schedule_id) <> 2) as half_seated,
      (select count(*)::int from meeting_seats seat join meetings on meetings.id = seat.meeting_id
        join candidates pair on pair.id = meetings.candidate_id
        where seat.participant_id not in (pair.project_participant_id, pair.host_participant_id)) as strangers_seated,
      (select count(*)::int from (
        select 1 from schedules where kind = 'live' group by event_id having count(*) > 1) twice) as live_twice,
      (select count(*)::int from schedules where kind = 'version' and not sealed) as versions_open,
      (select count(*)::int from programmes where seq <> (
        select count(*) from changes where programme_id = programmes.id)) as numbers_missing`)
  return row
}

export const NONE = {
  ...{ people_doubled: 0, tables_doubled: 0, half_seated: 0, strangers_seated: 0 },
  ...{ live_twice: 0, versions_open: 0, numbers_missing: 0 },
}

export type Answer = { status: number; body: { id?: string; version?: number; code?: string }; tries: number }

/** Sends a write until it is answered, each time as the same one: whatever happens on the way, it has one effect. */
export async function sendUntilAnswered(
  base: string,
  cookie: string,
  path: string,
  body: object,
  version: number | null,
): Promise<Answer> {
  const headers = {
    ...{ cookie, origin: base, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    ...(version !== null && { 'if-match': String(version) }),
    'x-forwarded-for': `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`,
  }
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`${base}/api/v1${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    })
      .then(async (response) => ({
        status: response.status,
        body: (await response.json()) as Answer['body'],
      }))
      .catch(() => null)
    if (answer && answer.status < 500) return { ...answer, tries }
    await new Promise((resolve) => setTimeout(resolve, 20 + randomInt(80)))
  }
}

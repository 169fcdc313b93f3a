import { randomInt, randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Database } from '../../server/database/client.ts'
import type { Operation } from './operations.ts'
import { checkRules, parseInstance } from '../../solver/index.ts'
import { seededRandom, type Random } from '../../solver/model/random.ts'
import { buildInstance } from '../../server/features/solver-input/instance.ts'
import { findCamp } from '../../server/features/solver-input/repository.ts'
import { findLive, findMeetings } from '../../server/features/schedules/repository.ts'

/** `npm run faults` does all of it; `npm test` a short form that takes seconds. */
export const FULL = process.env.FAULTS === 'full'
/** Of everything only a part, for a machine or an hour that has no room for all of it: `FAULTS_SHARE=0.1`. */
const SHARE = Number(process.env.FAULTS_SHARE ?? 1)
export const times = (short: number, full: number): number => (FULL ? Math.ceil(full * SHARE) : short)
/** How long a test may take before it counts as hung. */
export const within = (shortMs: number, fullMs: number): number => (FULL ? fullMs : shortMs)

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Random choices that can be made again: `SEED=…`. */
export function announceSeed(what: string): Random {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31))
  console.log(`${what}: SEED=${seed}${FULL ? ` (full × ${SHARE})` : ''}`)
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
      (select count(*)::int from meetings held
        join schedules on schedules.id = held.schedule_id
        join candidates pair on pair.id = held.candidate_id
        cross join lateral (select count(*) from meeting_seats seat where seat.meeting_id = held.id
          and seat.slot_id = held.slot_id and seat.schedule_id = held.schedule_id) seats
        where case
          when schedules.kind = 'draft' then seats.count not in (0, 2)
          when schedules.kind = 'live' and pair.state = 'cancelled' then seats.count <> 0 or held.table_id is not null
          else seats.count <> 2 end) as half_seated,
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

/**
 * The hard rules that the live schedule breaks, as the solver's own specification sees them. What people agreed on
 * the spot and what the day took from them afterwards are no rules here.
 */
export async function brokenRules(db: Database, eventId: string): Promise<string[]> {
  const camp = await findCamp(db, eventId)
  const live = await findLive(db, eventId)
  if (!camp || !live) throw new Error('nothing is published')
  const held = (await findMeetings(db, live.id)).filter(({ state }) => state !== 'cancelled')
  const people = camp.people.map((person) => ({ ...person, maxMeetings: camp.slots.length }))
  const pairs = held.map(({ candidateId: id, projectId, hostId, value }) => {
    return { id, projectId, hostId, value, lock: null }
  })
  const instance = parseInstance(buildInstance({ ...camp, people, unavailable: new Map() }, pairs))
  const meetings = held.map(({ candidateId: candidate, slotId: slot, tableId }) => {
    return { candidate, slot, ...(tableId !== null && { table: tableId }) }
  })
  return checkRules(instance, meetings).map(({ rule, message }) => `${rule}: ${message}`)
}

export type Answer = { status: number; body: { id?: string; version?: number; code?: string } }
/** `refused`: how often the service said that it could not now, which it may only where something is taken from it. */
export type Retried = Answer & { tries: number; refused: number; key: string }

/** Sends a write once; null where no answer came. */
export async function send(
  base: string,
  cookie: string,
  { method, path, body, version }: Operation,
  key: string = randomUUID(),
): Promise<Answer | null> {
  const headers = {
    ...{ cookie, origin: base, 'content-type': 'application/json', 'idempotency-key': key },
    ...(version !== null && { 'if-match': String(version) }),
  }
  const signal = AbortSignal.timeout(60_000)
  return fetch(`${base}/api/v1${path}`, { method, headers, body: JSON.stringify(body), signal })
    .then(async (response) => ({
      status: response.status,
      body: (await response.json()) as Answer['body'],
    }))
    .catch(() => null)
}

/**
 * Sends a write until it is answered, each time as the same one: whatever happens on the way, it has one effect.
 * No answer, and 503, are tried again; any other error of the service is its answer.
 */
export async function sendUntilAnswered(
  base: string,
  cookie: string,
  operation: Operation,
): Promise<Retried> {
  const key = randomUUID()
  let refused = 0
  for (let tries = 1; ; tries++) {
    const answer = await send(base, cookie, operation, key)
    if (answer && answer.status !== 503) return { ...answer, tries, refused, key }
    if (answer) refused += 1
    await pause(20 + randomInt(80))
  }
}

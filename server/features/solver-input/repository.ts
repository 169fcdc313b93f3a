import { eq, sql } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { candidates } from '../../database/schema.ts'
import { factsOf } from '../disruptions/facts.ts'
import { findDisruptions } from '../disruptions/repository.ts'
import { findEvent, findSlots, findTables } from '../events/repository.ts'
import { findParticipants, findUnavailable } from '../participants/repository.ts'
import type { Camp } from './instance.ts'

/** Everything about an event that the solver has to know, but for the pairs. */
export async function findCamp(reader: Reader, eventId: string): Promise<Camp | null> {
  const found = await findEvent(reader, eventId)
  if (!found) return null
  const [slots, tables, people, stated, disruptions] = await Promise.all([
    findSlots(reader, eventId),
    findTables(reader, eventId),
    findParticipants(reader, eventId),
    findUnavailable(reader, eventId),
    findDisruptions(reader, eventId),
  ])
  const { away, lost } = factsOf(disruptions, slots)
  const always = slots.map(({ id }) => id)
  const unavailable = new Map(
    people.map(({ id, withdrawn }) => {
      const gone = withdrawn ? always : [...(stated.get(id) ?? []), ...(away.get(id) ?? []), ...lost]
      return [id, new Set(gone)]
    }),
  )
  const { event, programme } = found
  const { title: name, rules } = event
  return { name, timezone: programme.timezone, rules, slots, tables, people, unavailable }
}

/** The project and the host of every pair that was ever given an id. */
export async function findPairs(reader: Reader, eventId: string): Promise<Pairs> {
  const rows = await reader.select().from(candidates).where(eq(candidates.eventId, eventId))
  return new Map(
    rows.map(({ id, projectParticipantId: projectId, hostParticipantId: hostId }) => [
      id,
      { projectId, hostId },
    ]),
  )
}

export type Pairs = Map<string, { projectId: string; hostId: string }>
type PairKey = { projectParticipantId: string; hostParticipantId: string }
const keyOf = (pair: PairKey) => `${pair.projectParticipantId} ${pair.hostParticipantId}`

/** Gives each pair the id by which an instance calls it. */
export type IdsOf<R extends Reader> = (
  reader: R,
  eventId: string,
  pairs: PairKey[],
) => Promise<(pair: PairKey) => string>

/** The lasting ids of pairs that have one; the others are called by their people, in a question that leaves no trace. */
export async function knownPairs(reader: Reader, eventId: string) {
  const ids = await findIds(reader, eventId)
  return (pair: PairKey): string => ids.get(keyOf(pair)) ?? keyOf(pair)
}

/** The lasting ids of pairs, given to those that have none yet. */
export async function identifyPairs(tx: Transaction, eventId: string, pairs: PairKey[]) {
  await tx.execute(sql`
    insert into ${candidates} (event_id, project_participant_id, host_participant_id)
    select ${eventId}, "projectParticipantId", "hostParticipantId"
    from jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb)
      as given ("projectParticipantId" uuid, "hostParticipantId" uuid)
    on conflict do nothing`)
  const ids = await findIds(tx, eventId)
  return (pair: PairKey): string => ids.get(keyOf(pair))!
}

/** Pairs whose ids were given while they were only thought of; which has another id by now keeps that one. */
export async function insertPairs(
  tx: Transaction,
  eventId: string,
  pairs: { id: string; participants: [string, string] }[],
): Promise<void> {
  if (pairs.length === 0) return
  const rows = pairs.map(({ id, participants: [projectParticipantId, hostParticipantId] }) => ({
    ...{ id, eventId, projectParticipantId, hostParticipantId },
  }))
  await tx.insert(candidates).values(rows).onConflictDoNothing()
}

async function findIds(reader: Reader, eventId: string): Promise<Map<string, string>> {
  const rows = await reader.select().from(candidates).where(eq(candidates.eventId, eventId))
  return new Map(rows.map((row) => [keyOf(row), row.id]))
}

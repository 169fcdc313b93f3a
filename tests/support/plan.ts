import { asc, eq } from 'drizzle-orm'
import type { Database } from '../../server/database/client.ts'
import { slots, tables } from '../../server/database/schema.ts'
import { insertMeetings, insertSchedule } from '../../server/features/schedules/repository.ts'
import { identifyPairs } from '../../server/features/solver-input/repository.ts'

/** A draft in which these pairs meet in the first turn, each at a table of its own; project first. */
export async function plantDraft(db: Database, eventId: string, met: [string, string][]): Promise<string> {
  const [slot] = await db.select().from(slots).where(eq(slots.eventId, eventId)).orderBy(asc(slots.startsAt))
  const places = await db.select().from(tables).where(eq(tables.eventId, eventId))
  return db.transaction(async (tx) => {
    const pairs = met.map(([projectParticipantId, hostParticipantId]) => ({
      ...{ projectParticipantId, hostParticipantId },
    }))
    const idOf = await identifyPairs(tx, eventId, pairs)
    const draft = await insertSchedule(tx, { eventId, kind: 'draft', name: 'Piano', number: null })
    const rows = pairs.map((pair, index) => ({
      ...{ candidateId: idOf(pair), slotId: slot.id, tableId: places[index].id, value: 1, locked: false },
    }))
    await insertMeetings(tx, draft, rows, 'as it stands')
    return draft.id
  })
}

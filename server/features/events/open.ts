import type { Actor } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow, type Action } from '../../policy.ts'
import type { Opened } from '../../view.ts'
import { findEvent, type EventRow, type ProgrammeRow } from './repository.ts'

export type FoundEvent = { event: EventRow; programme: ProgrammeRow }

/** The event: it exists, and the actor may do that in it. */
export async function openEvent(
  reader: Reader,
  actor: Actor,
  eventId: string,
  action: Action,
): Promise<FoundEvent> {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  allow(actor, action, { programmeId: found.programme.id, eventId })
  return found
}

/** The programme that an event is of. */
export const ofEvent =
  (eventId: string) =>
  async (reader: Reader): Promise<string | null> =>
    (await findEvent(reader, eventId))?.programme.id ?? null

/** Opening a view of a whole event. */
export async function openEventView(
  reader: Reader,
  actor: Actor,
  eventId: string,
  action: Action,
  topics: string[],
): Promise<Opened> {
  const { programme } = await openEvent(reader, actor, eventId, action)
  return { programmeId: programme.id, topics }
}

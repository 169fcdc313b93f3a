import type { Actor } from '../../actor.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { allow, type Action } from '../../policy.ts'
import type { Opened } from '../../view.ts'
import { findEvent } from './repository.ts'

/** Opening a view of a whole event: it exists, and the actor may do that in it. */
export async function openEvent(
  reader: Reader,
  actor: Actor,
  eventId: string,
  action: Action,
  topics: string[],
): Promise<Opened> {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const programmeId = found.programme.id
  allow(actor, action, { programmeId, eventId })
  return { programmeId, topics }
}

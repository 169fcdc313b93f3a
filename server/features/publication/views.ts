import type { Actor } from '../../actor.ts'
import { topic } from '../../changes.ts'
import { versionOf } from '../../content-version.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { TellingView } from '../../schemas/telling.ts'
import type { View } from '../../view.ts'
import { byClockOf } from '../events/clock.ts'
import { openEventView } from '../events/open.ts'
import { presentEvent } from '../events/present.ts'
import { findEvent } from '../events/repository.ts'
import { findContacts } from '../mail/repository.ts'
import { findParticipants } from '../participants/repository.ts'
import { readDiffering, stillAhead } from '../told/concerned.ts'
import { findPending } from '../told/repository.ts'
import { presentConcerned } from './present.ts'

/** Who has something to be told, and the notice that waits. */
export const tellingView: View = {
  name: 'telling',
  path: '/events/:eventId/telling',
  schema: TellingView,
  open: (reader, actor, eventId) => openEventView(reader, actor, eventId, 'plan.read', [topic.organisers]),
  read: readTelling,
  shared: true,
}

async function readTelling(reader: Reader, _: Actor, eventId: string): Promise<TellingView> {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const differing = await readDiffering(reader, found)
  const concerned = stillAhead(differing, found)
  const pending = await findPending(reader, eventId)
  // Most of the time there is nobody: then names and addresses are not looked up.
  const [people, contacts] =
    concerned.length > 0
      ? await Promise.all([findParticipants(reader, eventId), findContacts(reader, eventId)])
      : [[], new Map<string, unknown>()]
  return {
    event: presentEvent(found.event, found.programme),
    people: presentConcerned(concerned, people, contacts),
    version: versionOf(differing),
    dueAt: pending && byClockOf(found.programme, pending.dueAt).toISOString(),
  }
}

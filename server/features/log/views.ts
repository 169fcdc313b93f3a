import type { Actor } from '../../actor.ts'
import { topic } from '../../change-catalogue.ts'
import type { Reader } from '../../database/client.ts'
import { notFound } from '../../errors.ts'
import { LogView } from '../../schemas/programme.ts'
import type { View } from '../../view.ts'
import { openEventView } from '../events/open.ts'
import { presentEvent } from '../events/present.ts'
import { findEvent } from '../events/repository.ts'
import { findChanges } from './repository.ts'

/** The log of an event: how far it goes. Its sentences are read page by page, in the reader's language. */
export const logView: View = {
  name: 'changes',
  path: '/events/:eventId/changes',
  schema: LogView,
  open: (reader, actor, eventId) => openEventView(reader, actor, eventId, 'change.read', [topic.organisers]),
  read: readLog,
  shared: true,
  colleagues: true,
}

async function readLog(reader: Reader, _: Actor, eventId: string): Promise<LogView> {
  const found = await findEvent(reader, eventId)
  if (!found) throw notFound()
  const { event, programme } = found
  const [last] = await findChanges(reader, programme.id, { eventId, before: null, limit: 1 })
  return { event: presentEvent(event, programme), latest: last?.change.seq ?? 0 }
}

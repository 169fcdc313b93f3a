import type { TSchema } from 'typebox'
import type { Actor } from './actor.ts'
import type { Reader } from './database/client.ts'
import type { ViewName } from './schemas/live.ts'

/**
 * What a page shows, read in one place for HTTP and for sockets. `key` names the participant
 * (agenda, choices) or the schedule (plan); the others have none.
 */
export type View = {
  name: ViewName
  /** Address below /api/v1, for example /events/:eventId/agendas/:key. */
  path: string
  schema: TSchema
  /**
   * Throws unless the actor may see it. Answers which changes concern this page.
   * Called again whenever a socket is about to be served, so that a lost role closes it.
   */
  open(reader: Reader, actor: Actor, eventId: string, key: string | null): Promise<Opened>
  read(reader: Reader, actor: Actor, eventId: string, key: string | null): Promise<unknown>
}

export type Opened = { programmeId: string; topics: string[] }

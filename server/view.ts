import type { TSchema } from 'typebox'
import type { Actor } from './actor.ts'
import type { Reader } from './database/client.ts'
import type { DomainError } from './errors.ts'
import type { ViewName } from './schemas/live.ts'

/**
 * What a page shows, read in one place for HTTP and for sockets. `key` names the participant
 * (agenda, choices) or the schedule (plan); the others have none.
 */
export type View = {
  name: ViewName
  /** Address below /api/v1, for example /events/:eventId/agendas/:key; of a whole programme, that stands for the event. */
  path: string
  schema: TSchema
  /**
   * Throws unless the actor may see it. Answers which changes concern this page.
   * Called again whenever a socket is about to be served, so that a lost role closes it.
   */
  open(reader: Reader, actor: Actor, eventId: string, key: string | null): Promise<Opened>
  read(reader: Reader, actor: Actor, eventId: string, key: string | null): Promise<object>
  /** What is read depends on the event and the key alone: once for all who follow it. */
  shared?: true
  /** A page of those who run the event: who has it open is shown on the organisers' pages of this kind. */
  colleagues?: true
  /** The same for many keys of an event in a few queries: for pages that everybody has one of. Always shared. */
  many?: {
    open(reader: Reader, eventId: string, asked: Asked[]): Promise<(Opened | DomainError)[]>
    /** By key; what is gone meanwhile is absent. */
    read(reader: Reader, eventId: string, keys: string[]): Promise<Map<string, object>>
  }
}

export type Opened = { programmeId: string; topics: string[] }
export type Asked = { actor: Actor; key: string | null }

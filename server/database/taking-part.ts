import { sql } from 'drizzle-orm'
import { participants } from './schema.ts'

/** A participant who was not taken out of the event. */
export const takesPart = sql`${participants.removedAt} is null`

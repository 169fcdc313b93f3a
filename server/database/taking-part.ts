import { sql } from 'drizzle-orm'
import { hosts, participants, projects } from './schema.ts'

/** A participant who was not taken out of the event, and whose project or host has not withdrawn. */
export const takesPart = sql`(${participants.removedAt} is null
  and not exists (
    select 1 from ${projects} gone where gone.id = ${participants.projectId} and gone.withdrawn_at is not null)
  and not exists (
    select 1 from ${hosts} gone where gone.id = ${participants.hostId} and gone.withdrawn_at is not null))`

import { sql } from 'drizzle-orm'
import { hosts, participants, projects } from './schema.ts'

/** A participant whose project or host has not withdrawn; who was merged into another has. */
export const isStanding = sql`(not exists (
    select 1 from ${projects} gone where gone.id = ${participants.projectId} and gone.withdrawn_at is not null)
  and not exists (
    select 1 from ${hosts} gone where gone.id = ${participants.hostId} and gone.withdrawn_at is not null))`

/** One of these who was not taken out of the event. */
export const takesPart = sql`(${participants.removedAt} is null and ${isStanding})`

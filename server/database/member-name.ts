import { and, eq, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { memberNames } from './schema.ts'

/** The name by which a programme calls an account; what others call it is none of its business. */
export const isNameOf = (programmeId: PgColumn | string, userId: PgColumn): SQL | undefined =>
  and(eq(memberNames.programmeId, programmeId), eq(memberNames.userId, userId))

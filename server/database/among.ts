import { sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** One of many values, as one value of the statement however many they are: so that the statement stays the same. */
export const among = (column: PgColumn, values: string[]) => {
  const list = JSON.stringify(values)
  return column.getSQLType() === 'uuid'
    ? sql`${column} in (select jsonb_array_elements_text(${list}::jsonb)::uuid)`
    : sql`${column} in (select jsonb_array_elements_text(${list}::jsonb))`
}

import { sql } from 'drizzle-orm'

/** Many rows as one value of a statement: a table of ten thousand is no more statements than one of ten. */
export const given = (rows: object[]) => sql`jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given`

import { and, eq } from 'drizzle-orm'
import type { Reader } from '../../database/client.ts'
import { changes } from '../../database/schema.ts'

export async function findChange(reader: Reader, programmeId: string, seq: number) {
  const [row] = await reader
    .select()
    .from(changes)
    .where(and(eq(changes.programmeId, programmeId), eq(changes.seq, seq)))
  return row ?? null
}

import { and, asc, eq, inArray, sql } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import { isNameOf } from '../../database/member-name.ts'
import { memberNames, memberships, users } from '../../database/schema.ts'

/** Those who run a programme, its organisers and the people at the desk, and those who only follow it. */
export const findHelpers = (reader: Reader, programmeId: string) =>
  reader
    .select({
      id: memberships.id,
      userId: memberships.userId,
      programmeId: memberships.programmeId,
      role: memberships.role,
      name: sql<string>`coalesce(${memberNames.name}, '')`,
      language: memberNames.language,
      email: users.email,
    })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .leftJoin(memberNames, isNameOf(memberships.programmeId, memberships.userId))
    .where(
      and(
        eq(memberships.programmeId, programmeId),
        inArray(memberships.role, ['organiser', 'desk', 'observer']),
      ),
    )
    .orderBy(asc(memberships.role), asc(memberNames.name))

export async function findMember(reader: Reader, id: string) {
  const [row] = await reader.select().from(memberships).where(eq(memberships.id, id))
  return row ?? null
}

/** The membership ends, and the sockets that it had open close. */
export async function deleteMember(tx: Transaction, id: string): Promise<void> {
  await tx.delete(memberships).where(eq(memberships.id, id))
  await ringSessions(tx)
}

/** Null where that account has gone, or has the role already. */
export async function insertHelper(
  tx: Transaction,
  row: Pick<typeof memberships.$inferSelect, 'programmeId' | 'userId' | 'role'>,
): Promise<string | null> {
  if ((await tx.$count(users, eq(users.id, row.userId))) === 0) return null
  const [made] = await tx
    .insert(memberships)
    .values(row)
    .onConflictDoNothing()
    .returning({ id: memberships.id })
  return made?.id ?? null
}

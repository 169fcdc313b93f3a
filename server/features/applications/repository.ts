import { and, asc, desc, eq, inArray, lt, ne, sql } from 'drizzle-orm'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { applications, openCalls, programmes, projects, users } from '../../database/schema.ts'

export type CallRow = typeof openCalls.$inferSelect
export type ApplicationRow = typeof applications.$inferSelect
export type FoundApplication = NonNullable<Awaited<ReturnType<typeof findApplication>>>

/** A programme with its call, if it has written one. */
export async function findCall(reader: Reader, programmeId: string) {
  const [row] = await reader
    .select({ programme: programmes, call: openCalls })
    .from(programmes)
    .leftJoin(openCalls, eq(openCalls.programmeId, programmes.id))
    .where(eq(programmes.id, programmeId))
  return row ?? null
}

/** Of all programmes, those whose call anybody may read. */
export async function findShownCalls(reader: Reader): Promise<Set<string>> {
  const rows = await reader
    .select({ id: openCalls.programmeId })
    .from(openCalls)
    .where(eq(openCalls.on, true))
  return new Set(rows.map(({ id }) => id))
}

export const upsertCall = (tx: Transaction, values: CallRow) =>
  tx.insert(openCalls).values(values).onConflictDoUpdate({ target: openCalls.programmeId, set: values })

const found = {
  application: applications,
  programme: programmes,
  call: openCalls,
  email: users.email,
  project: { id: projects.id, rank: projects.rank, financed: projects.financed },
}

const select = (reader: Reader) =>
  reader
    .select(found)
    .from(applications)
    .innerJoin(programmes, eq(programmes.id, applications.programmeId))
    .innerJoin(users, eq(users.id, applications.userId))
    .leftJoin(openCalls, eq(openCalls.programmeId, programmes.id))
    .leftJoin(projects, eq(projects.id, applications.projectId))

export async function findApplication(reader: Reader, id: string) {
  const [row] = await select(reader).where(eq(applications.id, id))
  return row ?? null
}

export const findOwn = (reader: Reader, programmeId: string, userId: string) =>
  select(reader)
    .where(and(eq(applications.programmeId, programmeId), eq(applications.userId, userId)))
    .orderBy(asc(applications.createdAt), asc(applications.id))

/** Of what was handed in, the newest first. */
export const findHandedIn = (reader: Reader, programmeId: string) =>
  select(reader)
    .where(and(eq(applications.programmeId, programmeId), ne(applications.state, 'draft')))
    .orderBy(desc(applications.submittedAt), asc(applications.id))

export const countDrafts = (reader: Reader, programmeId: string) =>
  reader.$count(applications, and(eq(applications.programmeId, programmeId), eq(applications.state, 'draft')))

export async function insertApplication(tx: Transaction, values: typeof applications.$inferInsert) {
  const [{ id }] = await tx.insert(applications).values(values).returning({ id: applications.id })
  return id
}

/** Answers the new version. */
export async function updateApplication(
  tx: Transaction,
  { id, version }: Pick<ApplicationRow, 'id' | 'version'>,
  values: Partial<ApplicationRow>,
): Promise<number> {
  const [row] = await tx
    .update(applications)
    .set({ ...values, version: version + 1, updatedAt: new Date() })
    .where(eq(applications.id, id))
    .returning({ version: applications.version })
  return row.version
}

export const deleteApplication = (tx: Transaction, id: string) =>
  tx.delete(applications).where(eq(applications.id, id))

/** What never came to anything and nobody has touched since. */
export async function deleteUntouched(db: Database, before: Date): Promise<void> {
  const isOver = inArray(applications.state, ['draft', 'refused', 'withdrawn'])
  await db.delete(applications).where(and(isOver, lt(applications.updatedAt, before)))
}

/** Whether somebody still applies with something there. */
export const countOpen = (reader: Reader, programmeId: string, userId: string) =>
  reader.$count(
    applications,
    and(
      eq(applications.programmeId, programmeId),
      eq(applications.userId, userId),
      inArray(applications.state, ['draft', 'submitted', 'changes_requested']),
    ),
  )

/** What somebody applies with under that name. */
export async function findNamed(reader: Reader, programmeId: string, userId: string, name: string) {
  const [row] = await reader
    .select()
    .from(applications)
    .where(
      and(
        eq(applications.programmeId, programmeId),
        eq(applications.userId, userId),
        sql`lower(${applications.name}) = lower(${name})`,
      ),
    )
  return row ?? null
}

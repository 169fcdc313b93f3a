import { randomBytes, randomUUID } from 'node:crypto'
import { and, asc, count, eq, gt, inArray, isNull, ne, sql } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { among } from '../../database/among.ts'
import {
  events,
  hosts,
  memberNames,
  memberships,
  organisations,
  participants,
  passkeys,
  people,
  programmes,
  projects,
  rateLimits,
  runs,
  sessions,
  users,
  verifications,
} from '../../database/schema.ts'

import { namedInSql } from '../../naming.ts'

export type UserRow = typeof users.$inferSelect

// --- Sessions -----------------------------------------------------------------------------------

/** Sessions by their token, each with its person and memberships, in one query; those that have ended are absent. */
export async function findSessions(reader: Reader, tokens: string[]) {
  if (tokens.length === 0) return new Map<string, never>()
  const rows = await reader
    .select({
      token: sessions.token,
      sessionId: sessions.id,
      strong: sessions.strong,
      userId: users.id,
      founder: users.founder,
      membership: {
        programmeId: memberships.programmeId,
        role: memberships.role,
        projectId: memberships.projectId,
        hostId: memberships.hostId,
      },
      sample: programmes.sample,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .leftJoin(memberships, eq(memberships.userId, users.id))
    .leftJoin(programmes, eq(programmes.id, memberships.programmeId))
    .where(and(among(sessions.token, tokens), gt(sessions.expiresAt, new Date())))
  return Map.groupBy(rows, ({ token }) => token)
}

export async function strengthenSession(db: Database, sessionId: string): Promise<void> {
  await db.update(sessions).set({ strong: true }).where(eq(sessions.id, sessionId))
}

export async function insertSession(tx: Transaction, userId: string, days: number, strong: boolean) {
  const token = randomBytes(24).toString('base64url')
  const expiresAt = new Date(Date.now() + days * 24 * 60 * 60 * 1000)
  await tx.insert(sessions).values({ id: randomUUID(), userId, token, expiresAt, strong })
  return token
}

/** Ends whatever gave access to accounts so far: sessions, passkeys, codes on their way. */
export async function deleteAccess(tx: Transaction, ended: Pick<UserRow, 'id' | 'email'>[]): Promise<void> {
  const ids = ended.map(({ id }) => id)
  const closed = await tx.delete(sessions).where(among(sessions.userId, ids)).returning({ id: sessions.id })
  await tx.delete(passkeys).where(among(passkeys.userId, ids))
  const codes = ended.map(({ email }) => codeOf(email))
  await tx.delete(verifications).where(among(verifications.identifier, codes))
  for (const { id } of closed) await ringSessions(tx, id)
}

/** Under which better-auth keeps the code of an address. */
export const codeOf = (email: string) => `sign-in-otp-${email}`

const PRINTED = 'printed:'

/** A code that is handed over by other means than mail. */
export async function replaceCode(tx: Transaction, email: string, value: string, expiresAt: Date) {
  const identifier = codeOf(email)
  await tx.delete(verifications).where(eq(verifications.identifier, identifier))
  await tx.insert(verifications).values({ id: PRINTED + randomUUID(), identifier, value, expiresAt })
}

export async function hasPrintedCode(reader: Reader, email: string): Promise<boolean> {
  const rows = await reader
    .select({ id: verifications.id })
    .from(verifications)
    .where(and(eq(verifications.identifier, codeOf(email)), gt(verifications.expiresAt, new Date())))
  return rows.some(({ id }) => id.startsWith(PRINTED))
}

export async function isStrong(reader: Reader, sessionId: string): Promise<boolean> {
  const [row] = await reader
    .select({ strong: sessions.strong })
    .from(sessions)
    .where(eq(sessions.id, sessionId))
  return row?.strong === true
}

export async function countPasskeys(reader: Reader, userId: string): Promise<number> {
  const [row] = await reader.select({ n: count() }).from(passkeys).where(eq(passkeys.userId, userId))
  return row.n
}

/** Counts one more use of a key; answers how many there were within the window that is running. */
export async function countUse(db: Database, key: string, windowMs: number): Promise<number> {
  const now = Date.now()
  const over = sql`${rateLimits.lastRequest} < ${now - windowMs}`
  const [row] = await db
    .insert(rateLimits)
    .values({ id: randomUUID(), key, count: 1, lastRequest: now })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        count: sql`case when ${over} then 1 else ${rateLimits.count} + 1 end`,
        lastRequest: sql`case when ${over} then ${now} else ${rateLimits.lastRequest} end`,
      },
    })
    .returning({ count: rateLimits.count })
  return row.count
}

// --- People -------------------------------------------------------------------------------------

export async function findUser(reader: Reader, userId: string): Promise<UserRow | null> {
  const [row] = await reader.select().from(users).where(eq(users.id, userId))
  return row ?? null
}

export async function findUserByEmail(reader: Reader, email: string): Promise<UserRow | null> {
  const [row] = await reader.select().from(users).where(eq(users.email, email))
  return row ?? null
}

/** The accounts of addresses: new ones, or the existing ones untouched. */
export async function insertUsers(
  tx: Transaction,
  people: { email: string; name: string }[],
): Promise<Map<string, UserRow>> {
  const rows = people.map(({ email, name }) => ({ id: randomUUID(), email, name }))
  await tx.execute(sql`
    insert into ${users} (id, email, name) select id, email, name
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (id text, email text, name text)
    on conflict do nothing`)
  const emails = people.map(({ email }) => email)
  const found = await tx.select().from(users).where(among(users.email, emails))
  return new Map(found.map((user) => [user.email, user]))
}

/** Of some accounts those that no real programme knows and that may not found one. */
export const findPlayAccounts = (reader: Reader, ids: string[]): Promise<UserRow[]> =>
  reader
    .select()
    .from(users)
    .where(
      and(
        among(users.id, ids),
        eq(users.founder, false),
        sql`not exists (select 1 from ${memberships} held join ${programmes} of on of.id = held.programme_id
          where held.user_id = ${users.id} and not of.sample)`,
      ),
    )

export async function makeFounder(tx: Transaction, userId: string): Promise<void> {
  await tx.update(users).set({ founder: true }).where(eq(users.id, userId))
}

/** Each programme keeps the name that it gave last, and in which language it writes. */
export async function nameMembers(
  tx: Transaction,
  given: (typeof memberNames.$inferInsert)[],
): Promise<void> {
  await tx.execute(sql`
    insert into ${memberNames} (programme_id, user_id, name, language)
    select distinct on ("programmeId", "userId") "programmeId", "userId", name, language
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
      as given ("programmeId" uuid, "userId" text, name text, language text)
    on conflict (programme_id, user_id) do update
      set name = excluded.name, language = coalesce(excluded.language, ${memberNames.language})`)
}

export async function insertMemberships(tx: Transaction, rows: (typeof memberships.$inferInsert)[]) {
  await tx.execute(sql`
    insert into ${memberships} (programme_id, user_id, role, project_id, host_id)
    select "programmeId", "userId", role, "projectId", "hostId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as given ("programmeId" uuid, "userId" text, role text, "projectId" uuid, "hostId" uuid)
    on conflict do nothing`)
}

/** Whether people of different names have the address in some programme; of whom no name is known is nobody else. */
export async function isSharedMailbox(reader: Reader, email: string): Promise<boolean> {
  const rows = await reader
    .selectDistinct({ human: people.human })
    .from(people)
    .where(and(eq(people.email, email), ne(people.human, people.id)))
  return rows.length > 1
}

/** In which programmes a person is, real ones first. */
export const findProgrammesOf = (reader: Reader, userId: string) =>
  reader
    .selectDistinct({ id: programmes.id, sample: programmes.sample })
    .from(memberships)
    .innerJoin(programmes, eq(programmes.id, memberships.programmeId))
    .where(eq(memberships.userId, userId))
    .orderBy(asc(programmes.sample))

export async function holdsRealOrganiser(reader: Reader, userId: string): Promise<boolean> {
  const [row] = await reader
    .select({ id: memberships.id })
    .from(memberships)
    .innerJoin(programmes, eq(programmes.id, memberships.programmeId))
    .where(
      and(eq(memberships.userId, userId), eq(memberships.role, 'organiser'), eq(programmes.sample, false)),
    )
    .limit(1)
  return row !== undefined
}

export const findSampleIds = (reader: Reader, ids: string[]) =>
  reader
    .select({ id: programmes.id })
    .from(programmes)
    .where(and(inArray(programmes.id, ids), eq(programmes.sample, true)))

export const findEventsOf = (reader: Reader, programmeIds: string[]) =>
  programmeIds.length === 0
    ? Promise.resolve([])
    : reader
        .select()
        .from(events)
        .where(and(inArray(events.programmeId, programmeIds), isNull(events.deletedAt)))
        .orderBy(asc(events.date), asc(events.title))

export const findParticipantsOf = (reader: Reader, projectIds: string[], hostIds: string[]) =>
  projectIds.length + hostIds.length === 0
    ? Promise.resolve([])
    : reader
        .select()
        .from(participants)
        .where(
          sql`${projectIds.length > 0 ? inArray(participants.projectId, projectIds) : sql`false`} or ${
            hostIds.length > 0 ? inArray(participants.hostId, hostIds) : sql`false`
          }`,
        )

export const findProjectNames = (reader: Reader, ids: string[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : reader.select({ id: projects.id, name: projects.name }).from(projects).where(inArray(projects.id, ids))

export const findHostNames = (reader: Reader, ids: string[]) =>
  ids.length === 0
    ? Promise.resolve([])
    : reader
        .select({ id: hosts.id, name: namedInSql, organisation: organisations.name })
        .from(hosts)
        .innerJoin(people, eq(people.id, hosts.personId))
        .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
        .where(inArray(hosts.id, ids))

// --- Sample -------------------------------------------------------------------------------------

export async function findSampleProgramme(reader: Reader) {
  const [row] = await reader
    .select()
    .from(programmes)
    .where(eq(programmes.sample, true))
    .orderBy(asc(programmes.createdAt))
    .limit(1)
  return row ?? null
}

/** The sample's main event: its first camp. */
export async function findSampleEvent(reader: Reader, programmeId: string) {
  const [row] = await reader
    .select()
    .from(events)
    .where(and(eq(events.programmeId, programmeId), eq(events.kind, 'camp'), isNull(events.deletedAt)))
    .orderBy(asc(events.date))
    .limit(1)
  return row ?? null
}

export const findSampleProjects = (reader: Reader, programmeId: string) =>
  reader
    .select()
    .from(projects)
    .where(eq(projects.programmeId, programmeId))
    .orderBy(asc(projects.rank), asc(projects.name))

export const findSampleHosts = (reader: Reader, programmeId: string) =>
  reader
    .select({ host: hosts, name: namedInSql, organisation: organisations.name })
    .from(hosts)
    .innerJoin(people, eq(people.id, hosts.personId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(eq(hosts.programmeId, programmeId))
    .orderBy(asc(organisations.name), asc(people.lastName), asc(people.firstName))

export async function hasActiveRun(reader: Reader, programmeId: string): Promise<boolean> {
  const [row] = await reader
    .select({ id: runs.id })
    .from(runs)
    .innerJoin(events, eq(events.id, runs.eventId))
    .where(and(eq(events.programmeId, programmeId), inArray(runs.status, ['queued', 'running'])))
    .limit(1)
  return row !== undefined
}

export async function updateClock(tx: Transaction, programmeId: string, clockOffsetMs: number) {
  await tx.update(programmes).set({ clockOffsetMs }).where(eq(programmes.id, programmeId))
}

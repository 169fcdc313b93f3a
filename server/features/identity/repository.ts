import { randomBytes, randomUUID } from 'node:crypto'
import { and, asc, count, eq, gt, inArray, isNull, lt, ne, sql, type AnyColumn } from 'drizzle-orm'
import { ringSessions } from '../../changes.ts'
import type { Database, Reader, Transaction } from '../../database/client.ts'
import { among } from '../../database/among.ts'
import {
  applications,
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
  runs,
  sessions,
  teamMembers,
  users,
  verifications,
} from '../../database/schema.ts'

import { eventFields } from '../events/repository.ts'
import { codeOf } from './codes-repository.ts'
import { namedInSql } from '../../naming.ts'
import type { Language } from '../../schemas/common.ts'

export type UserRow = typeof users.$inferSelect

const DAY_MS = 24 * 60 * 60 * 1_000

export const addressOf = (email: string) => email.trim().toLowerCase()

// --- Sessions -----------------------------------------------------------------------------------

/** Sessions by their token, each with its person and memberships, in one query; those that have ended are absent. */
export async function findSessions(reader: Reader, tokens: string[]) {
  if (tokens.length === 0) return new Map<string, never>()
  const rows = await reader
    .select({
      token: sessions.token,
      sessionId: sessions.id,
      strong: sessions.strong,
      lastUsed: sessions.updatedAt,
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

export async function insertSession(
  tx: Transaction,
  userId: string,
  days: number,
  strong: boolean,
  userAgent?: string,
) {
  const token = randomBytes(24).toString('base64url')
  const expiresAt = new Date(Date.now() + days * 24 * 60 * 60 * 1000)
  await tx.insert(sessions).values({ id: randomUUID(), userId, token, expiresAt, strong, userAgent })
  return token
}

/** How long a session lasts: of who organises from its beginning, of who takes part from its last use. */
export const SESSION_DAYS = { organising: 30, takingPart: 90 }

/** Whether an account stands for a project or a host of a real programme, and neither organises nor may found one. */
const onlyTakesPart = (userId: AnyColumn | string) => sql<boolean>`(
  exists (select from ${memberships} held join ${programmes} of on of.id = held.programme_id
    where held.user_id = ${userId} and not of.sample and held.role in ('project', 'host'))
  and not exists (select from ${memberships} held join ${programmes} of on of.id = held.programme_id
    where held.user_id = ${userId} and not of.sample and held.role = 'organiser')
  and not exists (select from ${users} person where person.id = ${userId} and person.founder))`

/** When a session that begins now ends, if it is not used meanwhile. */
export async function findSessionEnd(reader: Reader, userId: string): Promise<Date> {
  const [{ long }] = await reader.execute<{ long: boolean }>(sql`select ${onlyTakesPart(userId)} as long`)
  const days = long ? SESSION_DAYS.takingPart : SESSION_DAYS.organising
  return new Date(Date.now() + days * DAY_MS)
}

/** Notes that sessions are in use, and renews those of who takes part; another node may have done so already. */
export async function touchSessions(db: Database, ids: string[], unlessSince: Date): Promise<void> {
  const renewed = new Date(Date.now() + SESSION_DAYS.takingPart * DAY_MS)
  await db
    .update(sessions)
    .set({
      updatedAt: new Date(),
      expiresAt: sql`case when ${onlyTakesPart(sessions.userId)} then ${renewed.toISOString()}::timestamptz else ${sessions.expiresAt} end`,
    })
    .where(and(among(sessions.id, ids), lt(sessions.updatedAt, unlessSince)))
}

/** Whoever begins to organise keeps no session longer than those who do. */
export async function shortenSessions(tx: Transaction, userIds: string[]): Promise<void> {
  const end = sql`${sessions.createdAt} + ${`${SESSION_DAYS.organising} days`}::interval`
  await tx
    .update(sessions)
    .set({ expiresAt: sql`least(${sessions.expiresAt}, ${end})` })
    .where(among(sessions.userId, userIds))
}

/** Ends whatever gave access to accounts so far: sessions, passkeys, codes on their way. */
export async function deleteAccess(tx: Transaction, ended: Pick<UserRow, 'id' | 'email'>[]): Promise<void> {
  const ids = ended.map(({ id }) => id)
  const closed = await tx.delete(sessions).where(among(sessions.userId, ids)).returning({ id: sessions.id })
  await tx.delete(passkeys).where(among(passkeys.userId, ids))
  // Those for open calls too, which name the programme behind the address.
  const codes = ended.map(({ email }) => codeOf(email))
  await tx.delete(verifications).where(inArray(sql`split_part(${verifications.identifier}, ' ', 1)`, codes))
  for (const { id } of closed) await ringSessions(tx, id)
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

/**
 * Each programme keeps the name that it gave last, and in which language it writes; one that an organiser wrote for a
 * helper is not replaced by the name under which the same person is invited as a contact.
 */
export async function nameMembers(
  tx: Transaction,
  given: (typeof memberNames.$inferInsert & { asHelper: boolean })[],
): Promise<void> {
  await tx.execute(sql`
    insert into ${memberNames} (programme_id, user_id, name, language)
    select distinct on ("programmeId", "userId") "programmeId", "userId", name, language
    from jsonb_to_recordset(${JSON.stringify(given)}::jsonb)
      as given ("programmeId" uuid, "userId" text, name text, language text, "asHelper" boolean)
    where "asHelper" or not exists (
      select from ${memberNames} known join ${memberships} held
        on held.programme_id = known.programme_id and held.user_id = known.user_id
      where known.programme_id = "programmeId" and known.user_id = "userId"
        and held.project_id is null and held.host_id is null and held.role <> 'applicant')
    on conflict (programme_id, user_id) do update
      set name = excluded.name, language = coalesce(excluded.language, ${memberNames.language})`)
}

/** For whom the programme has no name yet: how they call themselves. */
export const nameApplicant = (
  tx: Transaction,
  named: { programmeId: string; userId: string; name: string },
) => tx.insert(memberNames).values(named).onConflictDoNothing()

/** Memberships of those who apply with nothing and have no page open, and the accounts that were for nothing else. */
export async function deleteApplicants(tx: Transaction): Promise<void> {
  const idle = await tx
    .delete(memberships)
    .where(
      and(
        eq(memberships.role, 'applicant'),
        sql`not exists (select from ${applications} kept
            where kept.user_id = ${memberships.userId} and kept.programme_id = ${memberships.programmeId})`,
        sql`not exists (select from ${sessions} open
            where open.user_id = ${memberships.userId} and open.expires_at > now())`,
      ),
    )
    .returning({ userId: memberships.userId, programmeId: memberships.programmeId })
  const ids = idle.map(({ userId }) => userId)
  await tx.delete(memberNames).where(
    and(
      among(memberNames.userId, ids),
      sql`not exists (select from ${memberships} held
            where held.user_id = ${memberNames.userId} and held.programme_id = ${memberNames.programmeId})`,
    ),
  )
  await tx
    .delete(users)
    .where(
      and(
        among(users.id, ids),
        eq(users.founder, false),
        sql`not exists (select from ${memberships} held where held.user_id = ${users.id})`,
      ),
    )
}

/** Who is admitted stands for the project, and applies no more. */
export async function deleteApplicant(tx: Transaction, programmeId: string, userId: string): Promise<void> {
  await tx
    .delete(memberships)
    .where(
      and(
        eq(memberships.programmeId, programmeId),
        eq(memberships.userId, userId),
        eq(memberships.role, 'applicant'),
      ),
    )
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

/** The entries of people that an account reads the mail of and stands for, each in its project or as a host. */
export async function findOwnPeople(reader: Reader, userId: string) {
  const said = { id: people.id, programmeId: people.programmeId, language: people.language }
  const isOwn = and(eq(memberships.userId, userId), eq(users.email, people.email))
  const [ofHosts, ofTeams] = await Promise.all([
    reader
      .select({ ...said, hostId: hosts.id })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .innerJoin(hosts, eq(hosts.id, memberships.hostId))
      .innerJoin(people, eq(people.id, hosts.personId))
      .where(isOwn),
    reader
      .select({ ...said, projectId: teamMembers.projectId })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .innerJoin(teamMembers, eq(teamMembers.projectId, memberships.projectId))
      .innerJoin(people, eq(people.id, teamMembers.personId))
      .where(isOwn),
  ])
  return [
    ...ofHosts.map((one) => ({ ...one, projectId: null })),
    ...ofTeams.map((one) => ({ ...one, hostId: null })),
  ]
}

export async function updateLanguages(tx: Transaction, ids: string[], language: Language): Promise<void> {
  await tx.update(people).set({ language }).where(among(people.id, ids))
}

/** In which programmes a person is, real ones first. */
export const findProgrammesOf = (reader: Reader, userId: string) =>
  reader
    .selectDistinct({ id: programmes.id, sample: programmes.sample, timezone: programmes.timezone })
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
        .select(eventFields)
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

import { and, asc, desc, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm'
import { among } from '../../database/among.ts'
import type { Reader, Transaction } from '../../database/client.ts'
import {
  hosts,
  mails,
  organisations,
  participants,
  people,
  projects,
  teamMembers,
} from '../../database/schema.ts'
import { nameOf } from '../../naming.ts'
import type { Language } from '../../schemas/common.ts'

export type MailRow = typeof mails.$inferSelect
/** Somebody with a mail address, and what makes them a member; `who` says for whom of that mailbox a mail is. */
export type Addressee = {
  personId: string
  email: string
  name: string
  who: string
  firstName: string
  lastName: string
  /** Of a host the organisation, of a team its project. */
  organisation: string
  language: Language | null
} & ({ role: 'project'; projectId: string; hostId: null } | { role: 'host'; projectId: null; hostId: string })

/** As many as are written at once: a statement has so many values at most. */
const AT_ONCE = 500

export async function insertMails(tx: Transaction, values: (typeof mails.$inferInsert)[]): Promise<string[]> {
  const ids: string[] = []
  for (let from = 0; from < values.length; from += AT_ONCE) {
    const some = values.slice(from, from + AT_ONCE)
    const rows = await tx.insert(mails).values(some).returning({ id: mails.id })
    ids.push(...rows.map(({ id }) => id))
  }
  return ids
}

export async function findMail(reader: Reader, id: string): Promise<MailRow | null> {
  const [row] = await reader.select().from(mails).where(eq(mails.id, id))
  return row ?? null
}

export const findLastMails = (
  reader: Reader,
  programmeId: string,
  kinds: MailRow['kind'][],
): Promise<MailRow[]> =>
  reader
    .selectDistinctOn([mails.to, mails.kind])
    .from(mails)
    .where(and(eq(mails.programmeId, programmeId), inArray(mails.kind, kinds)))
    .orderBy(mails.to, mails.kind, desc(mails.createdAt), desc(mails.id))

export async function failWaiting(
  tx: Transaction,
  { programmeId, to, kind }: { programmeId: string; to: string; kind: string },
  error: 'withdrawn',
): Promise<void> {
  const waiting = and(eq(mails.to, to), eq(mails.kind, kind), eq(mails.state, 'waiting'))
  await tx
    .update(mails)
    .set({ state: 'failed', error })
    .where(and(eq(mails.programmeId, programmeId), waiting))
}

/** Those of these kinds that wait for these people, with what tells their meetings. */
export const findWaiting = (
  reader: Reader,
  programmeId: string,
  kinds: MailRow['kind'][],
  personIds: string[],
) =>
  reader
    .select({ id: mails.id, calendar: mails.calendar })
    .from(mails)
    .where(
      and(
        ...[eq(mails.programmeId, programmeId), eq(mails.state, 'waiting')],
        ...[inArray(mails.kind, kinds), among(mails.personId, personIds)],
      ),
    )

export async function replaceWaiting(tx: Transaction, ids: string[]): Promise<void> {
  await tx
    .update(mails)
    .set({ state: 'failed', error: 'replaced', nextAt: null })
    .where(and(among(mails.id, ids), eq(mails.state, 'waiting')))
}

type Found = { person: typeof people.$inferSelect; subject: { id: string; name: string } }

const projectPerson = ({ person, subject }: Found): Addressee => ({
  ...letterTo(person, subject.name),
  ...{ role: 'project', projectId: subject.id, hostId: null },
})

const hostPerson = ({ person, subject }: Found): Addressee => ({
  ...letterTo(person, subject.name),
  ...{ role: 'host', projectId: null, hostId: subject.id },
})

const letterTo = (person: Found['person'], of: string) => ({
  ...{ personId: person.id, email: person.email as string, language: person.language },
  ...{ firstName: person.firstName, lastName: person.lastName, organisation: of },
  name: nameOf(person) || of,
  who: nameOf(person) ? `${nameOf(person)} (${of})` : of,
})

/** Everybody with a mail address of the projects and hosts that have not withdrawn. */
export async function findReachable(reader: Reader, programmeId: string): Promise<Addressee[]> {
  const ofProjects = and(eq(projects.programmeId, programmeId), isNull(projects.withdrawnAt))
  const ofHosts = and(eq(hosts.programmeId, programmeId), isNull(hosts.withdrawnAt))
  const [teams, people] = await Promise.all([teamsWhere(reader, ofProjects), hostsWhere(reader, ofHosts)])
  return [...teams.map(projectPerson), ...people.map(hostPerson)]
}

const teamsWhere = (reader: Reader, which: SQL | undefined) =>
  reader
    .select({ person: people, subject: { id: projects.id, name: projects.name } })
    .from(projects)
    .innerJoin(teamMembers, eq(teamMembers.projectId, projects.id))
    .innerJoin(people, eq(people.id, teamMembers.personId))
    .where(and(which, isNotNull(people.email)))
    .orderBy(asc(projects.code), asc(teamMembers.position))

const hostsWhere = (reader: Reader, which: SQL | undefined) =>
  reader
    .select({ person: people, subject: { id: hosts.id, name: organisations.name } })
    .from(hosts)
    .innerJoin(people, eq(people.id, hosts.personId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(and(which, isNotNull(people.email)))
    .orderBy(asc(hosts.code))

/** Whoever comes to an event instead of somebody reads what is written about it. */
async function findStandIns(reader: Reader, which: SQL | undefined): Promise<Map<string, Addressee>> {
  const rows = await reader
    .select({
      person: people,
      ...{ id: participants.id, projectId: participants.projectId, hostId: participants.hostId },
      name: sql<string>`coalesce(${projects.name}, ${organisations.name})`,
    })
    .from(participants)
    .innerJoin(people, eq(people.id, participants.standInId))
    .leftJoin(projects, eq(projects.id, participants.projectId))
    .leftJoin(hosts, eq(hosts.id, participants.hostId))
    .leftJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(and(which, isNotNull(people.email)))
  return new Map(
    rows.map(({ id, person, name, projectId, hostId }) => [
      id,
      projectId
        ? projectPerson({ person, subject: { id: projectId, name } })
        : hostPerson({ person, subject: { id: hostId!, name } }),
    ]),
  )
}

/**
 * To whom a participant's mail goes, by participant: who comes instead, the host, or the first of the team with an
 * address. Of a whole event, or of one who takes part.
 */
export async function findContacts(
  reader: Reader,
  eventId: string,
  only: string | null = null,
): Promise<Map<string, Addressee>> {
  const which = and(eq(participants.eventId, eventId), only === null ? undefined : eq(participants.id, only))
  const taking = await reader.select().from(participants).where(which)
  const ids = (key: 'projectId' | 'hostId') => taking.flatMap((one) => one[key] ?? [])
  const [ofProjects, ofHosts, standIns] = await Promise.all([
    teamsWhere(reader, among(projects.id, ids('projectId'))),
    hostsWhere(reader, among(hosts.id, ids('hostId'))),
    findStandIns(reader, which),
  ])
  const bySubject = new Map([
    ...ofProjects.toReversed().map((found) => [found.subject.id, projectPerson(found)] as const),
    ...ofHosts.map((found) => [found.subject.id, hostPerson(found)] as const),
  ])
  return new Map(
    taking.flatMap(({ id, projectId, hostId }) => {
      const contact = standIns.get(id) ?? bySubject.get(projectId ?? hostId ?? '')
      return contact ? [[id, contact] as const] : []
    }),
  )
}

import { and, desc, eq, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { hosts, mails, participants, projects } from '../../database/schema.ts'
import type { NewInvitations } from '../../schemas/mail.ts'

export type MailRow = typeof mails.$inferSelect
/** Somebody with a mail address, and what makes them a member. */
export type Addressee = { email: string; name: string } & (
  { role: 'project'; projectId: string; hostId: null } | { role: 'host'; projectId: null; hostId: string }
)

const MOST = 500

export async function insertMail(tx: Transaction, values: typeof mails.$inferInsert): Promise<string> {
  const [row] = await tx.insert(mails).values(values).returning({ id: mails.id })
  return row.id
}

export async function findMail(reader: Reader, id: string): Promise<MailRow | null> {
  const [row] = await reader.select().from(mails).where(eq(mails.id, id))
  return row ?? null
}

/** Newest first. */
export const findMails = (reader: Reader, programmeId: string): Promise<MailRow[]> =>
  reader
    .select()
    .from(mails)
    .where(eq(mails.programmeId, programmeId))
    .orderBy(desc(mails.createdAt), desc(mails.id))
    .limit(MOST)

/** The end of a mail's way; its secret has served. */
export async function updateMail(
  reader: Reader,
  id: string,
  end: { state: 'sent'; sentAt: Date } | { state: 'failed'; error: string },
): Promise<void> {
  await reader
    .update(mails)
    .set({ ...end, secret: null })
    .where(eq(mails.id, id))
}

/** The chosen projects and hosts of the programme that have a mail address. */
export async function findReachable(
  reader: Reader,
  programmeId: string,
  chosen: NewInvitations,
): Promise<Addressee[]> {
  const some = (choice: 'all' | string[] | undefined, id: typeof projects.id | typeof hosts.id) =>
    choice === 'all' ? undefined : inArray(id, choice ?? [])
  const ofProjects = await reader
    .select({ id: projects.id, name: projects.name, email: projects.email })
    .from(projects)
    .where(
      and(
        eq(projects.programmeId, programmeId),
        isNotNull(projects.email),
        some(chosen.projects, projects.id),
      ),
    )
    .orderBy(projects.code)
  const ofHosts = await reader
    .select({ id: hosts.id, name: hosts.name, email: hosts.email })
    .from(hosts)
    .where(and(eq(hosts.programmeId, programmeId), isNotNull(hosts.email), some(chosen.hosts, hosts.id)))
    .orderBy(hosts.code)
  return [...ofProjects.map(projectPerson), ...ofHosts.map(hostPerson)]
}

type Named = { id: string; name: string; email: string | null }

const projectPerson = ({ id, name, email }: Named): Addressee => ({
  email: email as string,
  name,
  role: 'project',
  projectId: id,
  hostId: null,
})

const hostPerson = ({ id, name, email }: Named): Addressee => ({
  email: email as string,
  name,
  role: 'host',
  projectId: null,
  hostId: id,
})

/** Participants with a mail address who have not answered. */
export async function findUnanswered(
  reader: Reader,
  eventId: string,
): Promise<(Addressee & { participantId: string })[]> {
  const rows = await reader
    .select({ participantId: participants.id, project: projects, host: hosts })
    .from(participants)
    .leftJoin(projects, eq(projects.id, participants.projectId))
    .leftJoin(hosts, eq(hosts.id, participants.hostId))
    .where(and(eq(participants.eventId, eventId), isNull(participants.answeredAt)))
  return rows.flatMap(({ participantId, project, host }) => {
    if (project?.email) return [{ participantId, ...projectPerson(project) }]
    return host?.email ? [{ participantId, ...hostPerson(host) }] : []
  })
}

export async function updateReminded(tx: Transaction, ids: string[], at: Date): Promise<void> {
  if (ids.length > 0)
    await tx.update(participants).set({ remindedAt: at }).where(inArray(participants.id, ids))
}

import { and, eq, inArray, isNull } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { events, participants, programmes, projects, proposals } from '../../database/schema.ts'
import type { ProposalContent } from '../../schemas/proposal.ts'
import { findCarriers } from '../participants/repository.ts'

export type ProposalRow = typeof proposals.$inferSelect
export type ProjectRow = typeof projects.$inferSelect

/** A proposal with its project and programme, or null. */
export async function findProposal(reader: Reader, projectId: string) {
  const [row] = await reader
    .select({ proposal: proposals, project: projects, programme: programmes })
    .from(proposals)
    .innerJoin(projects, eq(projects.id, proposals.projectId))
    .innerJoin(programmes, eq(programmes.id, projects.programmeId))
    .where(eq(proposals.projectId, projectId))
  if (!row) return null
  return { ...row, organisations: (await findCarriers(reader, [projectId])).get(projectId) ?? [] }
}

/** The dates by which the project's events want answers; null for an event that asks for none. */
export async function findTerms(reader: Reader, projectId: string): Promise<(Date | null)[]> {
  const rows = await reader
    .select({ replyBy: events.replyBy })
    .from(participants)
    .innerJoin(events, and(eq(events.id, participants.eventId), isNull(events.deletedAt)))
    .where(eq(participants.projectId, projectId))
  return rows.map(({ replyBy }) => replyBy)
}

/** Participants of the project's events: its own, and those of the other side. */
export async function findConcerned(reader: Reader, projectId: string) {
  const own = reader
    .select({ eventId: participants.eventId })
    .from(participants)
    .where(eq(participants.projectId, projectId))
  const rows = await reader
    .select({ id: participants.id, side: participants.side, projectId: participants.projectId })
    .from(participants)
    .where(inArray(participants.eventId, own))
  return {
    own: rows.filter((row) => row.projectId === projectId).map(({ id }) => id),
    hosts: rows.filter(({ side }) => side === 'host').map(({ id }) => id),
  }
}

/** What a project brought along. It counts as untouched, so that its coming can be taken back. */
export const fillProposal = (tx: Transaction, projectId: string, content: ProposalContent) =>
  tx.update(proposals).set({ content }).where(eq(proposals.projectId, projectId))

/** Answers the new version. */
export async function updateProposal(
  tx: Transaction,
  { projectId, version }: Pick<ProposalRow, 'projectId' | 'version'>,
  values: Partial<Pick<ProposalRow, 'content' | 'status' | 'message' | 'submittedAt'>>,
): Promise<number> {
  const [row] = await tx
    .update(proposals)
    .set({ ...values, version: version + 1, updatedAt: new Date() })
    .where(and(eq(proposals.projectId, projectId), eq(proposals.version, version)))
    .returning({ version: proposals.version })
  return row.version
}

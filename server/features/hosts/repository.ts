import { eq, inArray } from 'drizzle-orm'
import type { Reader, Transaction } from '../../database/client.ts'
import { hosts, organisations, participants, people } from '../../database/schema.ts'
import type { HostPatch } from '../../schemas/proposal.ts'

export type HostRow = typeof hosts.$inferSelect
export type FoundHost = {
  host: HostRow
  person: typeof people.$inferSelect
  organisation: typeof organisations.$inferSelect
}

export async function findHostProfile(reader: Reader, hostId: string): Promise<FoundHost | null> {
  const [row] = await reader
    .select({ host: hosts, person: people, organisation: organisations })
    .from(hosts)
    .innerJoin(people, eq(people.id, hosts.personId))
    .innerJoin(organisations, eq(organisations.id, hosts.organisationId))
    .where(eq(hosts.id, hostId))
  // Of somebody entered twice, links to either lead to the one that stayed.
  if (row?.host.mergedIntoId) return findHostProfile(reader, row.host.mergedIntoId)
  return row ?? null
}

/** Answers the new version. */
export async function updateHost(
  tx: Transaction,
  { id, version }: HostRow,
  patch: Omit<HostPatch, 'firstName' | 'lastName' | 'title'>,
): Promise<number> {
  const [row] = await tx
    .update(hosts)
    .set({ ...patch, version: version + 1 })
    .where(eq(hosts.id, id))
    .returning({ version: hosts.version })
  return row.version
}

/** The host's own participants, and the projects that read its profile. */
export async function findConcerned(reader: Reader, hostId: string): Promise<string[]> {
  const own = reader
    .select({ eventId: participants.eventId })
    .from(participants)
    .where(eq(participants.hostId, hostId))
  const rows = await reader.select().from(participants).where(inArray(participants.eventId, own))
  return rows.filter((row) => row.side === 'project' || row.hostId === hostId).map(({ id }) => id)
}

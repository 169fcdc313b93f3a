import type { Actor } from '../../actor.ts'
import type { ProgrammeRow } from '../events/repository.ts'
import { clockOf } from '../events/clock.ts'
import { may } from '../../policy.ts'
import type { ProposalView } from '../../schemas/proposal.ts'
import { completeOf, missingOf } from './content.ts'
import type { ProjectRow, ProposalRow } from './repository.ts'

export type FoundProposal = {
  proposal: ProposalRow
  project: ProjectRow
  programme: ProgrammeRow
  organisations: string[]
}

/** Until when a proposal can be changed: the next term, or else the last one; null while there is none. */
export function termOf(terms: (Date | null)[], now: Date): Date | null {
  if (terms.includes(null)) return null
  const sorted = terms.filter((term) => term !== null).sort((one, other) => Number(one) - Number(other))
  return sorted.find((term) => term >= now) ?? sorted.at(-1) ?? null
}

/** Teams write until the term and until approval; organisers always. */
export function mayEdit(
  actor: Actor,
  { proposal, project, programme }: FoundProposal,
  term: Date | null,
): boolean {
  const resource = { programmeId: programme.id, projectId: project.id }
  if (!may(actor, 'proposal.edit', resource)) return false
  if (may(actor, 'proposal.review', resource)) return true
  return proposal.status !== 'approved' && (term === null || clockOf(programme) <= term)
}

export function presentProposal(actor: Actor, found: FoundProposal, terms: (Date | null)[]): ProposalView {
  const { proposal, project, programme, organisations } = found
  const term = termOf(terms, clockOf(programme))
  return {
    projectId: project.id,
    programmeId: programme.id,
    projectName: project.name,
    organisations,
    financed: project.financed,
    sample: project.sample,
    status: proposal.status,
    version: proposal.version,
    content: proposal.content,
    missing: missingOf(proposal.content),
    complete: completeOf(proposal.content),
    submittedAt: proposal.submittedAt?.toISOString() ?? null,
    message: proposal.message,
    replyBy: term?.toISOString() ?? null,
    now: clockOf(programme).toISOString(),
    mayEdit: mayEdit(actor, found, term),
    mayReview: may(actor, 'proposal.review', { programmeId: programme.id, projectId: project.id }),
  }
}

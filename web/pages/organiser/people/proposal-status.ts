import type { ProposalStatus } from '../../../../server/schemas/proposal.ts'
import { m } from '../../../paraglide/messages.js'

/** How a proposal's state looks and reads for the organisers. */
export const proposalLook = (status: string) =>
  looks[status as ProposalStatus] ?? ({ label: () => status, tone: 'quiet', icon: 'circle' } as const)

const looks = {
  draft: { label: m.people_proposal_draft, tone: 'quiet', icon: 'edit' },
  submitted: { label: m.people_proposal_submitted, tone: 'info', icon: 'send' },
  changes_requested: { label: m.people_proposal_changes, tone: 'warn', icon: 'undo' },
  approved: { label: m.people_proposal_approved, tone: 'good', icon: 'check' },
} as const

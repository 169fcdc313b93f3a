import type { FundingPart, ProposalContent, ProposalStatus } from '../../schemas/proposal.ts'

export const EMPTY_PROPOSAL: ProposalContent = {
  summary: '',
  problem: '',
  ask: '',
  offer: '',
  beneficiaries: '',
  district: '',
  themes: [],
  goals: [],
  support: [],
  fundingMix: [],
}

/** Hosts and the public read a proposal only once it was handed in. */
export const isVisible = (status: ProposalStatus): boolean => status === 'submitted' || status === 'approved'

const NEEDED = ['summary', 'problem', 'ask', 'offer', 'support'] as const
const ROUNDING = 0.5

/** What is still missing before it can be submitted, as JSON pointers into the content. */
export function missingOf(content: ProposalContent): string[] {
  const empty = NEEDED.filter((field) => !isFilled(content[field])).map((field) => `/${field}`)
  return mixAddsUp(content) ? empty : [...empty, '/fundingMix']
}

/** 0–100. */
export function completeOf(content: ProposalContent): number {
  const filled = Object.values(content).filter(isFilled).length
  return Math.round((100 * filled) / Object.keys(EMPTY_PROPOSAL).length)
}

const isFilled = (value: string | unknown[]) =>
  typeof value === 'string' ? value.trim() !== '' : value.length > 0

function mixAddsUp({ fundingMix }: ProposalContent): boolean {
  if (fundingMix.length === 0) return true
  const total = fundingMix.reduce((sum, { percent }) => sum + percent, 0)
  return Math.abs(total - 100) <= ROUNDING && fundingMix.every(isNamed)
}

/** A kind of source says what it is, but for "other". */
const isNamed = ({ kind, source }: FundingPart): boolean => kind !== 'other' || source.trim() !== ''

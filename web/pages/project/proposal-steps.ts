import type { ProposalContent } from '../../../server/schemas/proposal.ts'

export type Field = keyof ProposalContent

const needed = ['summary', 'problem', 'ask', 'offer', 'support'] as const

const filled = (value: string | unknown[]) =>
  typeof value === 'string' ? value.trim() !== '' : value.length > 0

export const mixTotal = ({ fundingMix }: ProposalContent) =>
  Math.round(fundingMix.reduce((sum, { percent }) => sum + percent, 0) * 100) / 100

const mixAddsUp = (content: ProposalContent) =>
  content.fundingMix.length === 0 ||
  (mixTotal(content) === 100 &&
    content.fundingMix.every(({ kind, source }) => kind !== 'other' || source.trim() !== ''))

/** What is still missing while one writes; on sending the server has the last word. */
export const missingOf = (content: ProposalContent): Field[] => [
  ...needed.filter((field) => !filled(content[field])),
  ...(mixAddsUp(content) ? [] : (['fundingMix'] as const)),
]

/** 0–100. */
export function completeOf(content: ProposalContent) {
  const values = Object.values(content)
  return Math.round((100 * values.filter(filled).length) / values.length)
}

export const steps = ['idea', 'chiediamo', 'mix', 'dove', 'invio'] as const
export type StepName = (typeof steps)[number]

export const stepOf: Record<Field, StepName> = {
  summary: 'idea',
  problem: 'idea',
  ask: 'chiediamo',
  offer: 'chiediamo',
  support: 'chiediamo',
  fundingMix: 'mix',
  district: 'dove',
  themes: 'dove',
  goals: 'dove',
  beneficiaries: 'dove',
}

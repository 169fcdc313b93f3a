import type { FundingPart, ProposalContent } from '../../../server/schemas/proposal.ts'
import { sourceKindLabel } from '../../lib/labels.ts'
import { m } from '../../paraglide/messages.js'

const goalWords = [
  m.goal_1,
  m.goal_2,
  m.goal_3,
  m.goal_4,
  m.goal_5,
  m.goal_6,
  m.goal_7,
  m.goal_8,
  m.goal_9,
  m.goal_10,
  m.goal_11,
  m.goal_12,
  m.goal_13,
  m.goal_14,
  m.goal_15,
  m.goal_16,
  m.goal_17,
]

/** `4 · Istruzione di qualità` */
export const goalLabel = (goal: number) => `${goal} · ${goalWords[goal - 1]?.() ?? ''}`
export const goalOptions = () =>
  goalWords.map((_, index) => ({ value: index + 1, label: goalLabel(index + 1) }))

/** A source by its kind and, where it was said, which one; another one by its name alone. */
export function sourceLabel({ kind, source }: FundingPart) {
  if (!source.trim()) return sourceKindLabel(kind)
  return kind === 'other' ? source : m.source_named({ kind: sourceKindLabel(kind), source })
}
export const mixParts = (mix: FundingPart[]) =>
  mix.map((part) => ({ label: sourceLabel(part), percent: part.percent }))

/** A tab may have kept parts of a mix from before they had a kind: theirs is the one the server read from the same words. */
export function withKinds(kept: Partial<ProposalContent>, { fundingMix }: ProposalContent) {
  const kindOf = (source: string) => fundingMix.find((one) => one.source === source)?.kind ?? 'other'
  const renewed = (part: Omit<FundingPart, 'kind'> & Partial<FundingPart>): FundingPart => ({
    kind: kindOf(part.source),
    ...part,
  })
  return kept.fundingMix ? { ...kept, fundingMix: kept.fundingMix.map(renewed) } : kept
}

import { COMPARED, type Compared, type CompatibilityReason } from '../../schemas/choice.ts'
import type { SupportForm } from '../../schemas/common.ts'
import type { HostProfile, ProposalContent, SourceKind } from '../../schemas/proposal.ts'

export type Compatibility = { compatibility: number; reasons: CompatibilityReason[] }

/** What each thing that is compared is worth. The page says so too (`fit_how_…`). */
const POINTS: Record<Compared, number> = { support: 40, theme: 30, district: 15, amount: 15 }
/** A form sought of which the project already has more than this share of its money counts half. */
const HEAVY_PERCENT = 50
const HEAVY_WEIGHT = 0.5

/** The form of support that a kind of source is, if it is one. */
const FORM_OF: Partial<Record<SourceKind, SupportForm>> = {
  donation: 'donation',
  five_per_mille: 'donation',
  crowdfunding: 'donation',
  sponsorship: 'sponsorship',
}

/** Of two of whom one may not read the other yet: nothing can be compared. */
export const NO_COMPATIBILITY: Compatibility = {
  compatibility: 0,
  reasons: [{ kind: 'open', values: [...COMPARED] }],
}

/** What both sides stated of one thing: how much of it they share, 0–1, and what; null where one left it open. */
type Common = { share: number; values: string[] } | null

/**
 * How well a proposal and a host's interests go together, 0–100, with the reasons. Four things are compared: the forms
 * of support sought and given (40 points), the project's themes among the host's (30), its district among theirs (15),
 * and an amount sought within their range (15). What one side left open counts neither for nor against: the number is
 * the share of points reached among those that could be. Where nothing can be compared it is 0.
 */
export function compatibilityOf(proposal: ProposalContent, host: HostProfile): Compatibility {
  const common: Record<Compared, Common> = {
    support: supportOf(proposal, host),
    theme: themeOf(proposal, host),
    district: districtOf(proposal, host),
    amount: amountOf(proposal, host),
  }
  const counted = COMPARED.filter((one) => common[one] !== null)
  const most = sum(counted.map((one) => POINTS[one]))
  const reached = sum(counted.map((one) => POINTS[one] * common[one]!.share))
  const open = COMPARED.filter((one) => common[one] === null)
  const reasons: CompatibilityReason[] = [
    ...counted.map((kind) => ({ kind, values: common[kind]!.values })),
    { kind: 'open', values: open },
  ]
  return {
    compatibility: most === 0 ? 0 : Math.round((100 * reached) / most),
    reasons: reasons.filter(({ values }) => values.length > 0),
  }
}

/** A form on which the funding mix already leans heavily counts for less, so that the others come first. */
function supportOf(proposal: ProposalContent, { supportForms }: HostProfile): Common {
  const sought = proposal.support.map(({ form }) => form)
  if (sought.length === 0 || supportForms.length === 0) return null
  const heavy = heavyForm(proposal)
  const values = sought.filter((form) => supportForms.includes(form))
  const weights = values.map((form) => (form === heavy ? HEAVY_WEIGHT : 1))
  return { share: sum(weights) / sought.length, values }
}

/** The form that brings more than half of the project's money, if one does. */
export function heavyForm({ fundingMix }: ProposalContent): SupportForm | null {
  const percents = new Map<SupportForm, number>()
  for (const { kind, percent } of fundingMix) {
    const form = FORM_OF[kind]
    if (form) percents.set(form, (percents.get(form) ?? 0) + percent)
  }
  return [...percents].find(([, percent]) => percent > HEAVY_PERCENT)?.[0] ?? null
}

function themeOf({ themes }: ProposalContent, host: HostProfile): Common {
  if (themes.length === 0 || host.themes.length === 0) return null
  const values = themes.filter((theme) => host.themes.includes(theme))
  return { share: values.length / themes.length, values }
}

function districtOf({ district }: ProposalContent, { districts }: HostProfile): Common {
  if (district.trim() === '' || districts.length === 0) return null
  const isOne = districts.some((name) => sameWord(name, district))
  return { share: isOne ? 1 : 0, values: isOne ? [district] : [] }
}

/** Of the amounts that are sought in a form the host gives. */
function amountOf({ support }: ProposalContent, host: HostProfile): Common {
  const { supportForms, amountMin, amountMax } = host
  const amounts = support
    .filter(({ form }) => supportForms.length === 0 || supportForms.includes(form))
    .map(({ amount }) => amount)
    .filter((amount) => amount !== null)
  if (amounts.length === 0 || (amountMin === null && amountMax === null)) return null
  const values = amounts.filter((amount) => amount >= (amountMin ?? 0) && amount <= (amountMax ?? Infinity))
  return { share: values.length > 0 ? 1 : 0, values: values.map(String) }
}

const sameWord = (one: string, other: string) =>
  one.trim().localeCompare(other.trim(), 'it', { sensitivity: 'base' }) === 0

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

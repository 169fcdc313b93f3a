import type { CompatibilityReason } from '../../schemas/choice.ts'
import type { SupportForm } from '../../schemas/common.ts'
import type { HostProfile, ProposalContent } from '../../schemas/proposal.ts'

export type Compatibility = { compatibility: number; reasons: CompatibilityReason[] }

/** What the parts of a full match are worth. */
const POINTS = { support: 40, theme: 30, district: 15, amount: 15 }
/** A project that already lives on one kind of source by more than this share is pointed elsewhere. */
const HEAVY_PERCENT = 50
const HEAVY_WEIGHT = 0.5

/** Words, in both languages, that tell of which form a source of the funding mix is. */
const SOURCE_WORDS: Record<SupportForm, RegExp> = {
  donation: /don(a|o)|liberal|5\s?x|crowd|raccolta fondi|fundrais|gift|benefic/i,
  sponsorship: /sponsor/i,
  partnership: /partner|collaboraz|co-?progett|joint/i,
}

export const NO_COMPATIBILITY: Compatibility = { compatibility: 0, reasons: [] }

/**
 * How well a proposal and a host's interests go together, 0–100, with the reasons: the share of the support
 * forms sought that the host gives, the share of themes in common, the district, and an amount in the host's
 * range. Only what both sides stated earns points. A help for sorting: no candidate hangs on it.
 */
export function compatibilityOf(proposal: ProposalContent, host: HostProfile): Compatibility {
  const forms = proposal.support.map(({ form }) => form).filter((form) => host.supportForms.includes(form))
  const themes = proposal.themes.filter((theme) => host.themes.includes(theme))
  const district = host.districts.some((name) => sameWord(name, proposal.district)) ? [proposal.district] : []
  const amounts = amountsInRange(proposal, host)
  const points =
    POINTS.support * supportShare(proposal, forms) +
    POINTS.theme * (themes.length / Math.max(1, proposal.themes.length)) +
    POINTS.district * district.length +
    POINTS.amount * Math.min(1, amounts.length)
  const reasons: CompatibilityReason[] = [
    { kind: 'support', values: forms },
    { kind: 'theme', values: themes },
    { kind: 'district', values: district },
    { kind: 'amount', values: amounts.map(String) },
  ]
  return { compatibility: Math.round(points), reasons: reasons.filter(({ values }) => values.length > 0) }
}

/** A form on which the funding mix already leans heavily counts for less, so that the others come first. */
function supportShare(proposal: ProposalContent, common: SupportForm[]): number {
  const heavy = heavyForm(proposal)
  const weightOf = (form: SupportForm) => (form === heavy ? HEAVY_WEIGHT : 1)
  return sum(common.map(weightOf)) / Math.max(1, proposal.support.length)
}

/** The form that brings more than half of the project's money, if one does. */
export function heavyForm({ fundingMix }: ProposalContent): SupportForm | null {
  const percentOf = (form: SupportForm) =>
    sum(fundingMix.filter(({ source }) => SOURCE_WORDS[form].test(source)).map(({ percent }) => percent))
  const forms = Object.keys(SOURCE_WORDS) as SupportForm[]
  return forms.find((form) => percentOf(form) > HEAVY_PERCENT) ?? null
}

function amountsInRange({ support }: ProposalContent, { supportForms, amountMin, amountMax }: HostProfile) {
  if (amountMin === null && amountMax === null) return []
  const amounts = support
    .filter(({ form }) => supportForms.includes(form))
    .map(({ amount }) => amount)
    .filter((amount) => amount !== null)
  return amounts.filter((amount) => amount >= (amountMin ?? 0) && amount <= (amountMax ?? Infinity))
}

const sameWord = (one: string, other: string) =>
  one.trim() !== '' && one.trim().localeCompare(other.trim(), 'it', { sensitivity: 'base' }) === 0

const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)

import type { ChoiceCard, CompatibilityReason } from '../../../server/schemas/choice.ts'
import type { Theme } from '../../../server/schemas/proposal.ts'
import type { SupportForm } from '../../../server/schemas/common.ts'
import { m } from '../../paraglide/messages.js'
import { money } from '../../lib/format.ts'
import { supportLabel } from '../../lib/labels.ts'
import { themeLabel } from './words.ts'

export function fitLabel(compatibility: number) {
  if (compatibility >= 70) return m.fit_strong()
  if (compatibility >= 40) return m.fit_good()
  return compatibility > 0 ? m.fit_some() : m.fit_none()
}

export const fitTone = (compatibility: number) =>
  compatibility >= 70 ? 'good' : compatibility >= 40 ? 'info' : 'quiet'

const list = (values: string[]) => values.join(', ')
const lower = (text: string) => text.charAt(0).toLocaleLowerCase() + text.slice(1)

const forms = (values: string[]) => list(values.map((form) => lower(supportLabel(form as SupportForm))))
const themes = (values: string[]) => list(values.map((theme) => lower(themeLabel(theme as Theme))))
const amounts = (values: string[]) => list(values.map((euros) => money(Number(euros))))

/** The reasons as the reader's own: a host reads about a project, a project about a host. */
const ofProject: Record<CompatibilityReason['kind'], (values: string[]) => string> = {
  support: (values) => m.reason_project_support({ forms: forms(values) }),
  theme: (values) => m.reason_theme({ themes: themes(values) }),
  district: (values) => m.reason_district({ district: list(values) }),
  amount: (values) => m.reason_project_amount({ amount: amounts(values) }),
}
const ofHost: typeof ofProject = {
  support: (values) => m.reason_host_support({ forms: forms(values) }),
  theme: (values) => m.reason_theme({ themes: themes(values) }),
  district: (values) => m.reason_district({ district: list(values) }),
  amount: (values) => m.reason_host_amount({ amount: amounts(values) }),
}

export const reasonsOf = (card: ChoiceCard) =>
  card.reasons.map(({ kind, values }) => ({ kind, words: (card.project ? ofProject : ofHost)[kind](values) }))

import type { ChoiceCard, Compared, CompatibilityReason, Suggestion } from '../../server/schemas/choice.ts'
import type { Theme } from '../../server/schemas/proposal.ts'
import type { SupportForm } from '../../server/schemas/common.ts'
import { m } from '../paraglide/messages.js'
import { money } from './format.ts'
import { supportLabel } from './labels.ts'
import { themeLabel } from './themes.ts'

const comparedWords: Record<Compared, () => string> = {
  support: m.compared_support,
  theme: m.compared_theme,
  district: m.compared_district,
  amount: m.compared_amount,
}
const ALL = Object.keys(comparedWords).length

/** Nothing that both sides stated can be compared. */
const isUnknown = (reasons: CompatibilityReason[]) =>
  reasons.some(({ kind, values }) => kind === 'open' && values.length === ALL)

export function fitLabel({ compatibility, reasons }: Suggestion) {
  if (isUnknown(reasons)) return m.fit_unknown()
  return m.fit_number({ n: compatibility })
}

export const fitTone = (compatibility: number) =>
  compatibility >= 70 ? 'good' : compatibility >= 40 ? 'info' : 'quiet'

const list = (values: string[]) => values.join(', ')
const lower = (text: string) => text.charAt(0).toLocaleLowerCase() + text.slice(1)

const forms = (values: string[]) => list(values.map((form) => lower(supportLabel(form as SupportForm))))
const themes = (values: string[]) => list(values.map((theme) => lower(themeLabel(theme as Theme))))
const amounts = (values: string[]) => list(values.map((euros) => money(Number(euros))))

const open = (values: string[]) =>
  m.reason_open({ fields: list(values.map((one) => comparedWords[one as Compared]())) })

type Words = Record<CompatibilityReason['kind'], (values: string[]) => string>
/** The reasons as the reader's own: a host reads about a project, a project about a host, organisers about both. */
const words: Record<'project' | 'host' | 'both', Words> = {
  project: {
    support: (values) => m.reason_project_support({ forms: forms(values) }),
    theme: (values) => m.reason_theme({ themes: themes(values) }),
    district: (values) => m.reason_district({ district: list(values) }),
    amount: (values) => m.reason_project_amount({ amount: amounts(values) }),
    open,
  },
  host: {
    support: (values) => m.reason_host_support({ forms: forms(values) }),
    theme: (values) => m.reason_theme({ themes: themes(values) }),
    district: (values) => m.reason_district({ district: list(values) }),
    amount: (values) => m.reason_host_amount({ amount: amounts(values) }),
    open,
  },
  both: {
    support: (values) => m.reason_support({ forms: forms(values) }),
    theme: (values) => m.reason_theme({ themes: themes(values) }),
    district: (values) => m.reason_same_district({ district: list(values) }),
    amount: (values) => m.reason_amount({ amount: amounts(values) }),
    open,
  },
}

/** Why two fit, as one reads it who looks at a project, at a host, or at both. */
export const reasonWords = (reasons: CompatibilityReason[], of: keyof typeof words) =>
  isUnknown(reasons) ? [] : reasons.map(({ kind, values }) => words[of][kind](values))

export const reasonsOf = ({ reasons, project }: ChoiceCard) =>
  reasonWords(reasons, project ? 'project' : 'host')

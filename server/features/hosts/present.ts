import type { hosts, people } from '../../database/schema.ts'
import type { HostProfile, Theme } from '../../schemas/proposal.ts'
import type { SupportForm } from '../../schemas/common.ts'

export const presentProfile = (
  host: typeof hosts.$inferSelect,
  { firstName, lastName, title }: typeof people.$inferSelect,
): HostProfile => ({
  ...{ firstName, lastName, title },
  about: host.about,
  themes: host.themes as Theme[],
  supportForms: host.supportForms as SupportForm[],
  districts: host.districts,
  amountMin: host.amountMin,
  amountMax: host.amountMax,
  funds: host.funds,
  doesNotFund: host.doesNotFund,
})

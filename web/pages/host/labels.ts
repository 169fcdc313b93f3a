import type { HostProfile } from '../../../server/schemas/proposal.ts'
import { m } from '../../paraglide/messages.js'

export const fieldLabel = (field: keyof HostProfile) =>
  ({
    firstName: m.profile_first_name,
    lastName: m.profile_last_name,
    title: m.profile_role,
    about: m.profile_about,
    themes: m.profile_themes,
    supportForms: m.profile_support,
    districts: m.profile_districts,
    amountMin: m.profile_amount_min,
    amountMax: m.profile_amount_max,
    funds: m.profile_funds,
    doesNotFund: m.profile_does_not_fund,
  })[field]()

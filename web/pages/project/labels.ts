import { m } from '../../paraglide/messages.js'
import type { Field, StepName } from './proposal-steps.ts'

export const fieldLabel = (field: Field) =>
  ({
    summary: m.proposal_summary,
    problem: m.proposal_problem,
    ask: m.proposal_ask,
    offer: m.proposal_offer,
    support: m.proposal_support,
    fundingMix: m.proposal_mix,
    district: m.proposal_district,
    themes: m.proposal_themes,
    goals: m.proposal_goals,
    beneficiaries: m.proposal_beneficiaries,
  })[field]()

export const stepLabel = (step: StepName) =>
  ({
    idea: m.proposal_step_idea,
    chiediamo: m.proposal_step_ask,
    mix: m.proposal_step_mix,
    dove: m.proposal_step_place,
    invio: m.proposal_step_send,
  })[step]()

/** How each field of an application is called on its page. */
export const applicationFields = {
  name: m.application_name,
  organisations: m.application_organisations,
  firstName: m.application_first_name,
  lastName: m.application_last_name,
  title: m.application_role,
  phone: m.application_phone,
  summary: m.application_what,
  problem: m.application_why,
  ask: m.application_ask,
  support: m.proposal_support,
  district: m.proposal_district,
}

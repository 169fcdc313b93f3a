import type { Field, StepName } from './proposal-steps.ts'
import { m } from '../../paraglide/messages.js'

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

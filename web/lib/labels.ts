import type { SourceKind } from '../../server/schemas/proposal.ts'
import { m } from '../paraglide/messages.js'

/** The words of a preference, a meeting's state, a support form: written once, used by every page. */
export const preferenceLabel = (value: 'must' | 'want' | 'open' | 'avoid') =>
  ({ must: m.preference_must, want: m.preference_want, open: m.preference_open, avoid: m.preference_avoid })[
    value
  ]()

export const stateLabel = (value: 'planned' | 'called' | 'in_progress' | 'done' | 'no_show' | 'cancelled') =>
  ({
    planned: m.state_planned,
    called: m.state_called,
    in_progress: m.state_in_progress,
    done: m.state_done,
    no_show: m.state_no_show,
    cancelled: m.state_cancelled,
  })[value]()

export const supportLabel = (value: 'donation' | 'sponsorship' | 'partnership') =>
  ({ donation: m.support_donation, sponsorship: m.support_sponsorship, partnership: m.support_partnership })[
    value
  ]()

export const hostKindLabel = (value: 'corporate' | 'enterprise' | 'foundation' | 'cooperative' | 'other') =>
  ({
    corporate: m.host_kind_corporate,
    enterprise: m.host_kind_enterprise,
    foundation: m.host_kind_foundation,
    cooperative: m.host_kind_cooperative,
    other: m.host_kind_other,
  })[value]()

export const eventKindLabel = (value: 'camp' | 'tutoring' | 'workshop' | 'public') =>
  ({
    camp: m.event_kind_camp,
    tutoring: m.event_kind_tutoring,
    workshop: m.event_kind_workshop,
    public: m.event_kind_public,
  })[value]()

export const attendanceLabel = (value: 'expected' | 'here' | 'late' | 'absent' | 'left') =>
  ({
    expected: m.attendance_expected,
    here: m.attendance_here,
    late: m.attendance_late,
    absent: m.attendance_absent,
    left: m.attendance_left,
  })[value]()

export const sourceKindLabel = (value: SourceKind) =>
  ({
    own: m.source_own,
    public: m.source_public,
    foundation: m.source_foundation,
    donation: m.source_donation,
    sponsorship: m.source_sponsorship,
    five_per_mille: m.source_five_per_mille,
    crowdfunding: m.source_crowdfunding,
    loan: m.source_loan,
    other: m.source_other,
  })[value]()

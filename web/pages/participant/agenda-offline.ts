import type { AgendaMeeting, AgendaView } from '../../../server/schemas/agenda.ts'

const withoutProposal = (meeting: AgendaMeeting): AgendaMeeting => ({
  ...meeting,
  with: { ...meeting.with, summary: '', supportForms: [] },
  suggestion: meeting.suggestion && { ...meeting.suggestion, reasons: [] },
})

/** What of an agenda stays on the device: when, at which table and with whom; not what people propose. */
export const withoutProposals = (view: AgendaView): AgendaView => ({
  ...view,
  slots: view.slots.map((slot) => ({ ...slot, meeting: slot.meeting && withoutProposal(slot.meeting) })),
})

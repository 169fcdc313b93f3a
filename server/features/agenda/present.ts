import type { AgendaMeeting, AgendaView } from '../../schemas/agenda.ts'
import type { Suggestion } from '../../schemas/choice.ts'
import type { SupportForm } from '../../schemas/common.ts'
import { NO_COMPATIBILITY } from '../choices/compatibility.ts'
import { presentTimes } from '../day/present.ts'
import type { Times } from '../day/propagate.ts'
import type { EventInfo, SlotView } from '../../schemas/event.ts'
import type { SlotRow, TableRow } from '../events/repository.ts'
import { presentRsvp } from '../participants/repository.ts'
import { isVisible } from '../proposals/content.ts'
import type { PublishedSchedule } from '../schedules/repository.ts'
import type { ToldRow } from '../told/repository.ts'
import type { AgendaMeetingRow, AppointmentRow, Profile } from './repository.ts'

/** Everything agendas are made of: read once, whether for one participant or for all. */
export type AgendaDay = {
  event: EventInfo
  published: AgendaView['published']
  slots: SlotRow[]
  /** The slots as they are shown, the same on all agendas. */
  shown: SlotView[]
  tables: Map<string, TableRow>
  /** Of whoever has one of their own. */
  ownTables: Map<string, { name: string; room: string }>
  profiles: Map<string, Profile>
  unavailable: Map<string, Set<string>>
  appointments: AppointmentRow[]
  times: Map<string, Times>
  suggestions: Map<string, Suggestion>
  told: Map<string, ToldRow>
}

export const presentPublished = (published: PublishedSchedule | null) =>
  published && { number: published.live.number ?? 0, publishedAt: published.publishedAt.toISOString() }

export const presentSelf = ({
  id,
  side,
  name,
  organisations,
  attendance,
  code,
}: Profile): AgendaView['participant'] => ({ id, side, name, organisations, attendance, code })

/** One participant's day. A cancelled meeting leaves its slot free. */
export function presentAgenda(day: AgendaDay, self: Profile, meetings: AgendaMeetingRow[]): AgendaView {
  const held = meetings.filter(({ state }) => state !== 'cancelled')
  const bySlot = new Map(held.map((meeting) => [meeting.slotId, meeting]))
  const away = day.unavailable.get(self.id)
  return {
    event: day.event,
    participant: presentSelf(self),
    rsvp: presentRsvp(self),
    instead: self.instead,
    ownTable: day.ownTables.get(self.id) ?? null,
    published: day.published,
    told: presentTold(day, day.told.get(self.id)),
    slots: day.shown.map(({ id, day: date, block, startsAt, endsAt }) => ({
      ...{ id, day: date, block, startsAt, endsAt },
      available: !away?.has(id),
      meeting: presentMeeting(day, self, bySlot.get(id)),
    })),
    appointments: day.appointments.filter((one) => attends(one, self)).map(presentAppointment),
  }
}

function presentTold({ profiles }: AgendaDay, told: ToldRow | undefined): AgendaView['told'] {
  if (!told) return null
  return {
    at: told.toldAt?.toISOString() ?? null,
    date: told.date,
    meetings: Object.entries(told.meetings).map(([id, { with: other, startsAt, table }]) => ({
      ...{ id, startsAt, table },
      name: profiles.get(other)?.name ?? '',
    })),
  }
}

function presentMeeting(
  day: AgendaDay,
  self: Profile,
  meeting: AgendaMeetingRow | undefined,
): AgendaMeeting | null {
  const { tables, profiles } = day
  const other = meeting && profiles.get(meeting.projectId === self.id ? meeting.hostId : meeting.projectId)
  if (!other) return null
  const table = tables.get(meeting.tableId ?? '')
  return {
    id: meeting.candidateId,
    slotId: meeting.slotId,
    ...presentTimes(day, meeting),
    table: table?.name ?? null,
    room: table?.room ?? '',
    state: meeting.state,
    suggestion: presentSuggestion(day.suggestions.get(meeting.candidateId), other),
    with: presentOther(other),
  }
}

/** That nobody asked for it both may know; why it fits tells a host of a proposal, and so only of one that hosts see. */
function presentSuggestion(suggestion: Suggestion | undefined, { status }: Profile): Suggestion | null {
  if (!suggestion) return null
  return status && !isVisible(status) ? NO_COMPATIBILITY : suggestion
}

/** What one side reads of the other: never an address, never what it said of others. */
function presentOther(other: Profile): AgendaMeeting['with'] {
  const content = other.status && isVisible(other.status) ? other.content : null
  return {
    participantId: other.id,
    attendance: other.attendance,
    name: other.name,
    instead: other.instead,
    organisations: other.organisations,
    summary: other.host?.about ?? content?.summary ?? '',
    kind: other.organisation?.kind ?? null,
    financed: other.financed,
    supportForms: other.host
      ? (other.host.supportForms as SupportForm[])
      : (content?.support ?? []).map(({ form }) => form),
  }
}

const attends = ({ isOpen, invited }: AppointmentRow, { projectId, hostId }: Profile): boolean =>
  isOpen || invited.includes(projectId ?? hostId ?? '')

const presentAppointment = (row: AppointmentRow): AgendaView['appointments'][number] => ({
  id: row.id,
  title: row.title,
  venue: row.venue,
  date: row.date,
  startsAt: row.startsAt?.toISOString() ?? null,
  endsAt: row.endsAt?.toISOString() ?? null,
})

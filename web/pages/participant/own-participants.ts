import type { PlacesView } from '../../../server/schemas/taking-part.ts'
import { api } from '../../lib/api.ts'
import { eventToday } from '../../lib/event-now.svelte.ts'
import { nearestFirst } from '../../lib/nearest-day.ts'
import { isOneToOne, session } from '../../lib/session.svelte.ts'
import { shellContext } from '../../lib/shell-context.svelte.ts'

export type ParticipantRef = { eventId: string; participantId: string }
/** Who a project or host is in one event, with that event's title and days. */
export type OwnParticipant = ParticipantRef & {
  title: string
  date: string
  lastDate: string
  /** False: only what there was can be read. */
  takesPart: boolean
}
export type Side = 'project' | 'host'

/** Who this project or host is in each event with one-to-one meetings in which it takes part, today's or the next first. */
export function ownParticipants(side: Side, id: string): OwnParticipant[] {
  const membership = session.membership(side, id)
  if (!membership) return []
  const { events, timezone } = membership
  return nearestFirst(events.filter(isOneToOne), eventToday(timezone)).flatMap(
    ({ id: eventId, participantId, title, date, lastDate }) =>
      participantId ? [{ eventId, participantId, title, date, lastDate, takesPart: true }] : [],
  )
}

/** The same for an organiser, who answers for others and reads what there was of those who take no part any more. */
export async function participantsForOrganiser(side: Side, id: string): Promise<OwnParticipant[]> {
  const { places } = await api.get<PlacesView>(
    `/api/v1/${side === 'project' ? 'projects' : 'hosts'}/${id}/places`,
  )
  const sorted = nearestFirst(places, eventToday(shellContext.zone))
  return [...sorted.filter(({ takesPart }) => takesPart), ...sorted.filter(({ takesPart }) => !takesPart)]
}

/** Which participant a page is about: the one of the event that the address asks for, or of the first one. */
export function participantAt(
  participants: OwnParticipant[],
  address: URLSearchParams,
): ParticipantRef | null {
  const eventId = address.get('evento')
  const one = participants.find((each) => each.eventId === eventId) ?? participants[0]
  return one ? { eventId: one.eventId, participantId: one.participantId } : null
}

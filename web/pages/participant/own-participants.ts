import type { PlacesView } from '../../../server/schemas/taking-part.ts'
import { api } from '../../lib/api.ts'
import { session, type Membership } from '../../lib/session.svelte.ts'

export type ParticipantRef = { eventId: string; participantId: string }
/** Who a project or host is in one event, with that event's title and date. */
export type OwnParticipant = ParticipantRef & {
  title: string
  date: string
  /** False: only what there was can be read. */
  takesPart: boolean
}
export type Side = 'project' | 'host'

type Event = Membership['events'][number]
const isOneToOne = ({ kind }: Event) => kind === 'camp' || kind === 'tutoring'
const campFirst = (events: Event[]) =>
  events.filter(isOneToOne).sort((one, other) => Number(other.kind === 'camp') - Number(one.kind === 'camp'))

/** Who this project or host is in each event with one-to-one meetings in which it takes part, the camp first. */
export const ownParticipants = (side: Side, id: string): OwnParticipant[] =>
  campFirst(session.membership(side, id)?.events ?? []).flatMap(
    ({ id: eventId, participantId, title, date }) =>
      participantId ? [{ eventId, participantId, title, date, takesPart: true }] : [],
  )

/** The same for an organiser, who answers for others and reads what there was of those who take no part any more. */
export async function participantsForOrganiser(side: Side, id: string): Promise<OwnParticipant[]> {
  const { places } = await api.get<PlacesView>(
    `/api/v1/${side === 'project' ? 'projects' : 'hosts'}/${id}/places`,
  )
  return places
}

/** Which participant a page is about: the one of the event that the address asks for, or the camp's. */
export function participantAt(
  participants: OwnParticipant[],
  address: URLSearchParams,
): ParticipantRef | null {
  const eventId = address.get('evento')
  const one = participants.find((each) => each.eventId === eventId) ?? participants[0]
  return one ? { eventId: one.eventId, participantId: one.participantId } : null
}

import type { AnswersView } from '../../../server/schemas/choice.ts'
import { api } from '../../lib/api.ts'
import { session, type Membership } from '../../lib/session.svelte.ts'

export type ParticipantRef = { eventId: string; participantId: string }
/** Who a project or host is in one event, with that event's title and date. */
export type OwnParticipant = ParticipantRef & { title: string; date: string }
export type Side = 'project' | 'host'

type Event = Membership['events'][number]
const isOneToOne = ({ kind }: Event) => kind === 'camp' || kind === 'tutoring'
const campFirst = (events: Event[]) =>
  events.filter(isOneToOne).sort((one, other) => Number(other.kind === 'camp') - Number(one.kind === 'camp'))

/** Who this project or host is in each event with one-to-one meetings in which it takes part, the camp first. */
export const ownParticipants = (side: Side, id: string): OwnParticipant[] =>
  campFirst(session.membership(side, id)?.events ?? []).flatMap(
    ({ id: eventId, participantId, title, date }) =>
      participantId ? [{ eventId, participantId, title, date }] : [],
  )

/** The same for an organiser, who answers for others: each event's answers say who takes part. */
export async function participantsForOrganiser(side: Side, id: string): Promise<OwnParticipant[]> {
  const organised = session.memberships.filter(({ role }) => role === 'organiser')
  const found = await Promise.all(
    campFirst(organised.flatMap(({ events }) => events)).map(async ({ id: eventId, title, date }) => {
      const { answers } = await api.get<AnswersView>(`/api/v1/events/${eventId}/answers`)
      const row = answers.find(({ projectId, hostId }) => (side === 'project' ? projectId : hostId) === id)
      return row ? [{ eventId, participantId: row.participantId, title, date }] : []
    }),
  )
  return found.flat()
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

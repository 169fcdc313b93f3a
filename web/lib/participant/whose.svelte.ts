import { keep, readKept } from '../kept.ts'
import { session } from '../session.svelte.ts'

export type Whose = { eventId: string; participantId: string }
export type Meeting = Whose & { title: string; date: string }
export type Side = 'project' | 'host'

/** The events with one-to-one meetings in which this project or host takes part, the camp first. */
export function meetingsOf(side: Side, id: string): Meeting[] {
  const events = session.membership(side, id)?.events ?? []
  return events
    .flatMap(({ id: eventId, participantId, kind, title, date }) =>
      participantId && (kind === 'camp' || kind === 'tutoring')
        ? [{ eventId, participantId, title, date, kind }]
        : [],
    )
    .sort((one, other) => Number(other.kind === 'camp') - Number(one.kind === 'camp'))
}

const nameOf = (side: Side, id: string) => `whose ${side} ${id}`

/**
 * Which participant a page is about: the one that the address asks for, or the camp's. Without network the
 * session is not known, and the last answer on this device opens the kept agenda.
 */
export function whoseIs(side: Side, id: string, address: URLSearchParams): Whose | null {
  const eventId = address.get('evento')
  const participantId = address.get('partecipante')
  if (eventId && participantId) return { eventId, participantId }
  const found = meetingsOf(side, id)
  const one = found.find((meeting) => meeting.eventId === eventId) ?? found[0]
  if (!one) return session.user ? null : (readKept<Whose>(nameOf(side, id))?.data ?? null)
  const whose = { eventId: one.eventId, participantId: one.participantId }
  if (!eventId) keep(nameOf(side, id), { at: new Date().toISOString(), data: whose })
  return whose
}

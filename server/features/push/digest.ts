import type { Reader } from '../../database/client.ts'
import type { Announced } from '../../database/schema.ts'
import type { News } from '../../queue.ts'
import type { AgendaMeeting, AgendaView } from '../../schemas/agenda.ts'
import { agendaView } from '../agenda/views.ts'
import { clockOf } from '../events/clock.ts'
import { findEvent } from '../events/repository.ts'

type AgendaKey = { participantId: string; eventId: string }
/** `again`: when, in real time, one of them will say something new though nothing changes; Infinity for never. */
type Digests = { agendas: Map<string, Announced>; again: number }

/** Meetings are news so long before they begin, as on the open page. */
export const SOON_MS = 2 * 60_000

/** What those agendas say now, by participant; of what is not published there is nothing to know. */
export async function readDigests(reader: Reader, keys: AgendaKey[], soonMs = SOON_MS): Promise<Digests> {
  const told: Digests = { agendas: new Map(), again: Infinity }
  for (const [eventId, some] of Map.groupBy(keys, (key) => key.eventId)) {
    const found = await findEvent(reader, eventId)
    if (!found) continue
    const now = clockOf(found.programme).getTime()
    const ids = [...new Set(some.map(({ participantId }) => participantId))]
    const agendas = (await agendaView.many?.read(reader, eventId, ids)) as Map<string, AgendaView>
    for (const [id, agenda] of agendas) {
      if (!agenda.published) continue
      told.agendas.set(id, digestOf(agenda, now, soonMs))
      told.again = Math.min(told.again, nextSoon(agenda, now) - found.programme.clockOffsetMs)
    }
  }
  return told
}

const meetingsOf = ({ slots }: AgendaView) => slots.flatMap(({ meeting }) => meeting ?? [])

function digestOf(agenda: AgendaView, now: number, soonMs: number): Announced {
  const meetings = meetingsOf(agenda)
  return {
    date: agenda.event.date,
    called: meetings.filter(({ state }) => state === 'called').map(({ id }) => id),
    soon: soonOf(meetings, now, soonMs),
  }
}

/** The meeting about to begin. Whoever still sits in another one, or is being called, is left in peace. */
function soonOf(meetings: AgendaMeeting[], now: number, soonMs: number): string | null {
  const coming = meetings.find(
    ({ endsAt, state }) => Date.parse(endsAt) > now && state !== 'done' && state !== 'no_show',
  )
  if (coming?.state !== 'planned') return null
  const left = Date.parse(coming.startsAt) - now
  return left > 0 && left <= soonMs ? `${coming.id} ${coming.startsAt}` : null
}

/** A meeting's end counts as well: only then is the next one, delayed into its last minutes maybe, what comes. */
const nextSoon = (agenda: AgendaView, now: number): number =>
  Math.min(
    ...meetingsOf(agenda)
      .flatMap(({ startsAt, endsAt }) => [Date.parse(startsAt) - SOON_MS, Date.parse(endsAt)])
      .filter((at) => at > now),
  )

/** What is said from now on is compared with. That a meeting is near is said once, also if it was called in between. */
export const remembering = (before: Announced | undefined, now: Announced): Announced => ({
  ...now,
  soon: now.soon ?? before?.soon ?? null,
})

/**
 * What goes out by itself: calls, and what is near. By the same rules as the open page, nothing is news of an agenda never
 * looked at, or of one moved to another day.
 */
export function newsBetween(before: Announced | undefined, now: Announced): News[] {
  if (before?.date !== now.date) return []
  if (now.called.some((id) => !before.called.includes(id))) return ['called']
  return now.soon && before.soon !== now.soon ? ['soon'] : []
}

export const isSame = (before: Announced | undefined, now: Announced): boolean =>
  before?.date === now.date &&
  before.called.join() === now.called.join() &&
  (before.soon ?? null) === now.soon

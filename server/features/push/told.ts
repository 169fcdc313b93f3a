import { createHash } from 'node:crypto'
import type { Reader } from '../../database/client.ts'
import type { ToldAgenda } from '../../database/schema.ts'
import type { AgendaView } from '../../schemas/agenda.ts'
import { agendaView } from '../agenda/views.ts'

export type News = 'changed' | 'called'
type Place = { participantId: string; eventId: string }

/** What those agendas say now, by participant; of what is not published there is nothing to know. */
export async function readTold(reader: Reader, places: Place[]): Promise<Map<string, ToldAgenda>> {
  const found = new Map<string, ToldAgenda>()
  for (const [eventId, some] of Map.groupBy(places, (place) => place.eventId)) {
    const ids = [...new Set(some.map(({ participantId }) => participantId))]
    const agendas = (await agendaView.many?.read(reader, eventId, ids)) as Map<string, AgendaView>
    for (const [id, agenda] of agendas) if (agenda.published) found.set(id, toldOf(agenda))
  }
  return found
}

function toldOf({ event, slots }: AgendaView): ToldAgenda {
  const meetings = slots.flatMap(({ meeting }) => meeting ?? [])
  const plan = meetings.map(({ id, startsAt, table }) => [id, startsAt, table])
  return {
    date: event.date,
    plan: createHash('sha256').update(JSON.stringify(plan)).digest('base64url'),
    called: meetings.filter(({ state }) => state === 'called').map(({ id }) => id),
  }
}

/** By the same rules as the open page: nothing is news of an agenda never told, or of one moved to another day. */
export function newsBetween(before: ToldAgenda | undefined, now: ToldAgenda): News | null {
  if (before?.date !== now.date) return null
  if (now.called.some((id) => !before.called.includes(id))) return 'called'
  return before.plan === now.plan ? null : 'changed'
}

export const isSame = (before: ToldAgenda | undefined, now: ToldAgenda): boolean =>
  before?.date === now.date && before.plan === now.plan && before.called.join() === now.called.join()

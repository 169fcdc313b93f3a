import { changesBetween, type AgendaChange } from '../../../server/schemas/agenda-changes.ts'
import type { AgendaView } from '../../../server/schemas/agenda.ts'
import type { NamedChange } from '../../lib/change-words.ts'

type SeenMeeting = { startsAt: string; table: string | null; name: string }
/** What this device has seen of what they were told: by which notice, and how the agenda was by that. */
export type Seen = { date: string; at: string | null; meetings: Record<string, SeenMeeting> }

const byId = <M extends { id: string }, Rest>(list: M[], pick: (one: M) => Rest) =>
  Object.fromEntries(list.map((one) => [one.id, pick(one)]))

/** Null until they were told anything. */
export const look = ({ told }: AgendaView): Seen | null =>
  told && {
    ...{ date: told.date, at: told.at },
    meetings: byId(told.meetings, ({ startsAt, table, name }) => ({ startsAt, table, name })),
  }

/**
 * What the notices say that went out since this device last saw what they said: the same as their mails and phones. The
 * agenda below shows what is in force at once, so nothing is said here that is no longer so. Nothing is news to one who
 * looks for the first time, or where the sample's event has moved along to a new day.
 */
export function changesSince(seen: Seen | null, view: AgendaView): NamedChange[] {
  const told = look(view)
  if (!seen || !told || seen.at === told.at) return []
  const { date, sample, timezone } = view.event
  if (sample && seen.date !== told.date) return []
  const now = byId(
    view.slots.flatMap(({ meeting }) => meeting ?? []),
    ({ startsAt, table }) => ({ startsAt, table }),
  )
  const isSo = (change: AgendaChange) =>
    change.kind === 'date'
      ? change.now === date
      : change.now?.startsAt === now[change.id]?.startsAt && change.now?.table === now[change.id]?.table
  return changesBetween(seen, told, timezone)
    .filter(isSo)
    .map((change) =>
      change.kind === 'date' ? change : { ...change, name: (change.now ?? change.before)?.name ?? '' },
    )
}

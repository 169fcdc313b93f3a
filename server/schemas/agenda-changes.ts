import { addDays, daysBetween, instantOf, wallTime } from './slot-times.ts'

/**
 * What differs for a person between two agendas: one definition, for what organisers see and decide, for what is
 * written to people, and for what a page shows them.
 */
export type Place = { startsAt: string; table: string | null }
/** A person's meetings by their ids, and the date on which the event began. */
export type Agenda<M extends Place = Place> = { date: string; meetings: Record<string, M> }

/** The event itself is on another date. */
type DateChange = { kind: 'date'; id: 'date'; now: string; before: string }
type MeetingChange<M extends Place> = {
  kind: 'added' | 'removed' | 'moved' | 'table'
  id: string
  now: M | null
  before: M | null
}
export type AgendaChange<M extends Place = Place> = DateChange | MeetingChange<M>

export function changesBetween<M extends Place>(
  before: Agenda<M>,
  { date, meetings }: Agenda<M>,
  zone: string,
): AgendaChange<M>[] {
  const old = onDate(before, date, zone)
  const dates: DateChange[] =
    before.date === date ? [] : [{ kind: 'date', id: 'date', now: date, before: before.date }]
  const changed = Object.entries(meetings).flatMap(([id, now]) => {
    const known = old[id] ?? null
    const kind = kindOf(known, now)
    return kind ? [{ kind, id, now, before: known }] : []
  })
  const removed = Object.entries(old)
    .filter(([id]) => !meetings[id])
    .map(([id, known]) => ({ kind: 'removed' as const, id, now: null, before: known }))
  return [...dates, ...changed, ...removed]
}

/** The same meetings at the same hours of another date of the event: only what differs besides is a change. */
export function onDate<M extends Place>({ date, meetings }: Agenda<M>, now: string, zone: string) {
  if (date === now) return meetings
  const days = daysBetween(date, now)
  const moved = (meeting: M): M => {
    const wall = wallTime(new Date(meeting.startsAt), zone)
    const there = instantOf(addDays(wall.slice(0, 10), days), wall.slice(11), zone)
    return { ...meeting, startsAt: there?.toISOString() ?? meeting.startsAt }
  }
  return Object.fromEntries(Object.entries(meetings).map(([id, meeting]) => [id, moved(meeting)]))
}

function kindOf(before: Place | null, now: Place) {
  if (!before) return 'added' as const
  if (before.startsAt !== now.startsAt) return 'moved' as const
  return before.table === now.table ? null : ('table' as const)
}

/** Minutes by which several meetings have moved alike, with nothing else changed; null where that is not so. */
export function commonShift(changes: AgendaChange[]): number | null {
  const shifts = changes.map(({ kind, now, before }) =>
    kind === 'moved' && now && before && now.table === before.table
      ? (Date.parse(now.startsAt) - Date.parse(before.startsAt)) / 60_000
      : null,
  )
  const [first = null] = shifts
  return shifts.length > 1 && first !== null && shifts.every((shift) => shift === first) ? first : null
}

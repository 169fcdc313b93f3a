import type { AgendaMeeting, AgendaView } from '../../../server/schemas/agenda.ts'
import { addDays, daysBetween, instantOf, wallTime } from '../../../server/schemas/slot-times.ts'

type SeenMeeting = { startsAt: string; table: string | null; name: string }
/** What this device showed last: enough to tell what changed since. */
export type Seen = { date: string; number: number; meetings: Record<string, SeenMeeting> }

/** The event itself is on another date. */
type DateChange = { kind: 'date'; id: 'date'; now: string; before: string }
type MeetingChange = {
  kind: 'added' | 'removed' | 'moved' | 'table'
  id: string
  name: string
  now: SeenMeeting | null
  before: SeenMeeting | null
}
export type AgendaChange = DateChange | MeetingChange

const held = ({ slots }: AgendaView) => slots.flatMap(({ meeting }) => meeting ?? [])

const seenOf = ({ startsAt, table, with: other }: AgendaMeeting): SeenMeeting => ({
  startsAt,
  table,
  name: other.name,
})

export const look = (view: AgendaView): Seen => ({
  date: view.event.date,
  number: view.published?.number ?? 0,
  meetings: Object.fromEntries(held(view).map((meeting) => [meeting.id, seenOf(meeting)])),
})

/** Nothing is news to one who looks for the first time, or where the sample's event has moved along to a new day. */
export function changesSince(seen: Seen | null, view: AgendaView): AgendaChange[] {
  if (!seen || seen.number === 0) return []
  const { date, sample, timezone } = view.event
  if (sample && seen.date !== date) return []
  const seenMeetings = onDate(seen, date, timezone)
  const dates: DateChange[] =
    seen.date === date ? [] : [{ kind: 'date', id: 'date', now: date, before: seen.date }]
  const now = look(view).meetings
  const changed = Object.entries(now).flatMap(([id, meeting]) => {
    const before = seenMeetings[id] ?? null
    const kind = kindOf(before, meeting)
    return kind ? [{ kind, id, name: meeting.name, now: meeting, before }] : []
  })
  const removed = Object.entries(seenMeetings)
    .filter(([id]) => !now[id])
    .map(([id, before]) => ({ kind: 'removed' as const, id, name: before.name, now: null, before }))
  return [...dates, ...changed, ...removed]
}

/** What was seen, at the same hours of the date on which the event is now: only what differs besides is told. */
function onDate({ date, meetings }: Seen, now: string, zone: string): Seen['meetings'] {
  if (date === now) return meetings
  const days = daysBetween(date, now)
  const moved = ({ startsAt, ...rest }: SeenMeeting) => {
    const wall = wallTime(new Date(startsAt), zone)
    const there = instantOf(addDays(wall.slice(0, 10), days), wall.slice(11), zone)
    return { ...rest, startsAt: there?.toISOString() ?? startsAt }
  }
  return Object.fromEntries(Object.entries(meetings).map(([id, meeting]) => [id, moved(meeting)]))
}

function kindOf(before: SeenMeeting | null, now: SeenMeeting) {
  if (!before) return 'added' as const
  if (before.startsAt !== now.startsAt) return 'moved' as const
  return before.table === now.table ? null : ('table' as const)
}

import type { AgendaMeeting, AgendaView } from '../../../server/schemas/agenda.ts'

type SeenMeeting = { startsAt: string; table: string | null; name: string }
/** What this device showed last: enough to tell what changed since. */
export type Seen = { date: string; number: number; meetings: Record<string, SeenMeeting> }

export type AgendaChange = {
  kind: 'added' | 'removed' | 'moved' | 'table'
  id: string
  name: string
  now: SeenMeeting | null
  before: SeenMeeting | null
}

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

/** Nothing is news to one who looks for the first time, or whose event was moved to another day. */
export function changesSince(seen: Seen | null, view: AgendaView): AgendaChange[] {
  if (!seen || seen.date !== view.event.date || seen.number === 0) return []
  const now = look(view).meetings
  const changed = Object.entries(now).flatMap(([id, meeting]) => {
    const before = seen.meetings[id] ?? null
    const kind = kindOf(before, meeting)
    return kind ? [{ kind, id, name: meeting.name, now: meeting, before }] : []
  })
  const removed = Object.entries(seen.meetings)
    .filter(([id]) => !now[id])
    .map(([id, before]) => ({ kind: 'removed' as const, id, name: before.name, now: null, before }))
  return [...changed, ...removed]
}

function kindOf(before: SeenMeeting | null, now: SeenMeeting) {
  if (!before) return 'added' as const
  if (before.startsAt !== now.startsAt) return 'moved' as const
  return before.table === now.table ? null : ('table' as const)
}

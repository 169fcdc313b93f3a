import type { AgendaMeeting, AgendaView } from '../../../server/schemas/agenda.ts'

type Slot = AgendaView['slots'][number]
export type DayRow =
  | { kind: 'meeting'; key: string; meeting: AgendaMeeting }
  | { kind: 'free' | 'away'; key: string; startsAt: string; endsAt: string; turns: number }

/** A block's rows: meetings one by one, free or unavailable turns in a row as one pause. */
export function rowsOf(slots: Slot[]): DayRow[] {
  const rows: DayRow[] = []
  for (const { id, startsAt, endsAt, available, meeting } of slots) {
    const last = rows.at(-1)
    const kind = available ? 'free' : 'away'
    if (meeting) rows.push({ kind: 'meeting', key: meeting.id, meeting })
    else if (last?.kind === kind) rows[rows.length - 1] = { ...last, endsAt, turns: last.turns + 1 }
    else rows.push({ kind, key: id, startsAt, endsAt, turns: 1 })
  }
  return rows
}

export const meetingsIn = (slots: Slot[]) => slots.flatMap(({ meeting }) => meeting ?? [])

/** The meeting that is on, the next one, the one after: what somebody in the room wants to know. */
export function momentOf(slots: Slot[], now: number) {
  const coming = meetingsIn(slots).filter(
    ({ endsAt, state }) => Date.parse(endsAt) > now && state !== 'done' && state !== 'no_show',
  )
  const [first = null, second = null] = coming
  const on = first !== null && Date.parse(first.startsAt) <= now
  return { on, current: first, after: second }
}

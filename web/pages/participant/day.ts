import type { AgendaMeeting, AgendaView } from '../../../server/schemas/agenda.ts'

type Slot = AgendaView['slots'][number]
type Appointment = AgendaView['appointments'][number]
export type DayRow =
  | { kind: 'meeting'; key: string; meeting: AgendaMeeting }
  | {
      kind: 'free' | 'away'
      key: string
      startsAt: string
      endsAt: string
      turns: number
      /** Where they are instead, if it is known. */
      at: string | null
    }

/** A block's rows: meetings one by one, free or unavailable turns in a row as one pause. */
export function rowsOf(slots: Slot[], appointments: Appointment[] = []): DayRow[] {
  const rows: DayRow[] = []
  for (const slot of slots) {
    const { id, startsAt, endsAt, available, meeting } = slot
    const last = rows.at(-1)
    const kind = available ? 'free' : 'away'
    const at = available ? null : (appointments.find((one) => overlap(one, slot))?.title ?? null)
    if (meeting) rows.push({ kind: 'meeting', key: meeting.id, meeting })
    else if (last?.kind === kind && last.at === at)
      rows[rows.length - 1] = { ...last, endsAt, turns: last.turns + 1 }
    else rows.push({ kind, key: id, startsAt, endsAt, turns: 1, at })
  }
  return rows
}

const overlap = (one: Appointment, slot: Slot) =>
  one.startsAt !== null &&
  one.endsAt !== null &&
  Date.parse(one.startsAt) < Date.parse(slot.endsAt) &&
  Date.parse(slot.startsAt) < Date.parse(one.endsAt)

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

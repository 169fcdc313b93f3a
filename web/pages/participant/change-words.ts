import type { EventInfo } from '../../../server/schemas/event.ts'
import { m } from '../../paraglide/messages.js'
import { eventDates, eventTimeSaid } from '../../lib/format.ts'
import type { AgendaChange } from './agenda-changes.ts'

/** `Fondazione Mole passa dalle 10:20 alle 11:00, tavolo 7` */
export function changeWords(change: AgendaChange, event: EventInfo) {
  if (change.kind === 'date') {
    const [now, before] = [change.now, change.before].map((date) => eventDates({ date }))
    return m.agenda_change_date({ now: now!, before: before! })
  }
  const { kind, name, now, before } = change
  const at = (startsAt = '') => eventTimeSaid(startsAt, event)
  const table = (called: string | null | undefined) => called ?? m.agenda_no_table()
  if (kind === 'added')
    return m.agenda_change_added({ name, time: at(now?.startsAt), table: table(now?.table) })
  if (kind === 'removed') return m.agenda_change_removed({ name, time: at(before?.startsAt) })
  if (kind === 'moved')
    return m.agenda_change_moved({
      name,
      time: at(now?.startsAt),
      before: at(before?.startsAt),
      table: table(now?.table),
    })
  return m.agenda_change_table({ name, table: table(now?.table), before: table(before?.table) })
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

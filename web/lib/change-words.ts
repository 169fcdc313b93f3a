import { commonShift, type AgendaChange } from '../../server/schemas/agenda-changes.ts'
import type { EventInfo } from '../../server/schemas/event.ts'
import { m } from '../paraglide/messages.js'
import { eventDates, eventTimeSaid } from './format.ts'

/** What changed in an agenda, with the name of whom it is a meeting with. */
export type NamedChange = AgendaChange & { name?: string }

/** A line a change; where all moved alike, one line. */
export function changeLines(changes: NamedChange[], event: EventInfo): string[] {
  const shift = commonShift(changes)
  if (shift === null) return changes.map((change) => changeWords(change, event))
  return [
    shift > 0 ? m.agenda_change_shifted({ minutes: shift }) : m.agenda_change_earlier({ minutes: -shift }),
  ]
}

/** `Fondazione Mole passa dalle 10:20 alle 11:00, tavolo 7` */
export function changeWords(change: NamedChange, event: EventInfo) {
  if (change.kind === 'date') {
    const [now, before] = [change.now, change.before].map((date) => eventDates({ date }))
    return m.agenda_change_date({ now: now!, before: before! })
  }
  const { kind, name = '', now, before } = change
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

import type { EventInfo, SlotView } from '../../../server/schemas/event.ts'
import type { Mark } from '../../../server/schemas/marks.ts'
import { featureLabel } from '../../lib/features.ts'
import { eventTimeSaid, number, plural, weekday } from '../../lib/format.ts'
import { m } from '../../paraglide/messages.js'
import { tableName } from '../../lib/table-name.ts'

/** What a page knows of the plan that its marks are about. */
export type MarkNames = {
  event: EventInfo
  slots: SlotView[]
  tables: { id: string; name: string }[]
  label: (personId: string) => string
  organisations: (personId: string) => string[]
}

/** What is broken, as a sentence with the names of those concerned. */
export function markWords(mark: Mark, { event, slots, tables, label, organisations }: MarkNames): string {
  const at = (id: string | undefined) => slots.find((slot) => slot.id === id)?.startsAt
  const said = (id: string | undefined) => (at(id) ? eventTimeSaid(at(id)!, event) : '')
  const [first = '', second = ''] = mark.participants
  const [who, other] = [label(first), label(second)]
  const pair = `${who} – ${other}`
  const time = said(mark.slots[0])
  const table = tableName(tables.find(({ id }) => id === mark.tableId)?.name ?? '')
  const most = number(mark.most)
  const meetings = plural(mark.count, {
    one: m.marks_meetings_one(),
    other: m.marks_meetings_many({ count: number(mark.count) }),
  })
  switch (mark.kind) {
    case 'withdrawn':
    case 'absence':
    case 'notComing':
    case 'availability':
      return m[`mark_${mark.kind}`]({ who, other, time })
    case 'table':
      return m.mark_table({ table, time, pair })
    case 'ownTable':
      return m.mark_ownTable({ table, time, who, other })
    case 'need':
      return m.mark_need({ table, time, who, needs: mark.needs.map(featureLabel).join(', ') })
    case 'mustMeet':
      return m.mark_mustMeet({ pair })
    case 'mustTime':
      return m.mark_mustTime({ pair, wanted: time, time: said(mark.slots[1]) })
    case 'maximum':
      return m.mark_maximum({ who, meetings, most })
    case 'inRow':
    case 'perHalf':
    case 'pause':
      return m[`mark_${mark.kind}`]({ who, meetings, most, time })
    case 'perDay':
      return m.mark_perDay({ who, meetings, most, day: weekday(at(mark.slots[0]) ?? '', event.timezone) })
    case 'organisation':
      return m.mark_organisation({ who, meetings, most, organisation: organisations(second).join(', ') })
    default:
      return m[`mark_${mark.kind}`]({ pair, time })
  }
}

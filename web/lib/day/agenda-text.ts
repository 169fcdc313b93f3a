import type { AgendaView } from '../../../server/schemas/agenda.ts'
import { m } from '../../paraglide/messages.js'
import { copyText } from '../copy-text.ts'
import { eventDates, eventTimeRange } from '../format.ts'
import { tableName } from '../table-name.ts'
import { toast } from '../toasts.svelte.ts'

/** Somebody's agenda in a few lines, for a message from phone to phone; what is cancelled is left out. */
export function agendaText({ event, participant, slots }: AgendaView, address: string): string {
  const meetings = slots.flatMap(({ meeting }) =>
    meeting && meeting.state !== 'cancelled' && meeting.state !== 'no_show' ? [meeting] : [],
  )
  const lines = meetings.map(({ startsAt, endsAt, table, room, with: other }) =>
    [
      eventTimeRange(startsAt, endsAt, event),
      table && [tableName(table), room].filter(Boolean).join(', '),
      [other.name, ...other.organisations.filter((one) => one !== other.name)].join(', '),
    ]
      .filter(Boolean)
      .join(' · '),
  )
  return [
    [event.title, eventDates(event)].join(' · '),
    participant.name,
    '',
    ...(lines.length ? lines : [m.agenda_text_none()]),
    '',
    m.agenda_text_note({ address }),
  ].join('\n')
}

/** Puts it on the clipboard, and says so. */
export async function copyAgenda(view: AgendaView | Promise<AgendaView>, address: string) {
  const text = 'then' in view ? view.then((one) => agendaText(one, address)) : agendaText(view, address)
  const done = await copyText(text)
  toast(done ? m.agenda_copied() : m.agenda_copy_failed(), { tone: done ? 'good' : 'bad' })
}

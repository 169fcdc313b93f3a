import type { EventSummary } from '../../../../server/schemas/programme.ts'
import type { IconName } from '../../../lib/icons.ts'
import { m } from '../../../paraglide/messages.js'

export type NextAction = { href: string; label: string; icon: IconName }

export const hasMeetings = (kind: EventSummary['kind']) => kind === 'camp' || kind === 'tutoring'

/** What the organiser does next for an event: the first thing that is missing. */
export function nextAction(event: EventSummary, programmeId: string, today: string): NextAction {
  const base = `/organizza/evento/${event.id}`
  const setup = { href: `${base}/preparazione`, icon: 'settings' } as const
  if (!hasMeetings(event.kind)) return { ...setup, label: m.overview_do_open() }
  if (event.slots === 0) return { ...setup, label: m.overview_do_slots() }
  if (event.tables === 0) return { ...setup, label: m.overview_do_tables() }
  if (event.participants === 0)
    return { href: `/organizza/${programmeId}/persone`, label: m.overview_do_people(), icon: 'users' }
  if (event.publishedVersion !== null && event.date <= today && today <= event.lastDate)
    return { href: `${base}/giornata`, label: m.overview_do_day(), icon: 'clock' }
  if (event.publishedVersion !== null)
    return { href: `${base}/piano`, label: m.overview_do_plan(), icon: 'table' }
  if (event.drafts > 0) return { href: `${base}/piano`, label: m.overview_do_publish(), icon: 'send' }
  if (event.answered < event.participants)
    return { href: `${base}/risposte`, label: m.overview_do_answers(), icon: 'check-circle' }
  return { href: `${base}/calcolo`, label: m.overview_do_build(), icon: 'chart' }
}

import { m } from '../paraglide/messages.js'
import type { IconName } from './icons.ts'

export type NavItem = { href: string; label: string; icon: IconName }
export type NavGroup = { title?: string; items: NavItem[] }

export const projectNavigation = (projectId: string): NavItem[] => [
  { href: `/progetto/${projectId}/proposta`, label: m.nav_proposal(), icon: 'note' },
  { href: `/progetto/${projectId}/scelte`, label: m.nav_choices(), icon: 'heart' },
  { href: `/progetto/${projectId}/agenda`, label: m.nav_agenda(), icon: 'calendar' },
]

export const hostNavigation = (hostId: string): NavItem[] => [
  { href: `/referente/${hostId}/profilo`, label: m.nav_profile(), icon: 'building' },
  { href: `/referente/${hostId}/proposte`, label: m.nav_proposals(), icon: 'heart' },
  { href: `/referente/${hostId}/agenda`, label: m.nav_agenda(), icon: 'calendar' },
]

export const programmeNavigation = (programmeId: string): NavItem[] => [
  { href: `/organizza/${programmeId}`, label: m.nav_overview(), icon: 'grid' },
  { href: `/organizza/${programmeId}/persone`, label: m.nav_people(), icon: 'users' },
  { href: `/organizza/${programmeId}/candidature`, label: m.nav_applications(), icon: 'note' },
  { href: `/organizza/${programmeId}/pubblico`, label: m.nav_public(), icon: 'globe' },
  { href: `/organizza/${programmeId}/posta`, label: m.nav_mail(), icon: 'mail' },
  { href: `/organizza/${programmeId}/registro`, label: m.nav_changes(), icon: 'list' },
]

export const eventNavigation = (eventId: string): NavItem[] => {
  const base = `/organizza/evento/${eventId}`
  return [
    { href: `${base}/preparazione`, label: m.nav_setup(), icon: 'settings' },
    { href: `${base}/partecipanti`, label: m.nav_taking_part(), icon: 'users' },
    { href: `${base}/risposte`, label: m.nav_answers(), icon: 'check-circle' },
    { href: `${base}/calcolo`, label: m.nav_build(), icon: 'chart' },
    { href: `${base}/piano`, label: m.nav_plan(), icon: 'table' },
    { href: `${base}/giornata`, label: m.nav_day(), icon: 'clock' },
    { href: `${base}/registro`, label: m.nav_changes(), icon: 'list' },
    { href: `${base}/stampa`, label: m.nav_print(), icon: 'print' },
  ]
}

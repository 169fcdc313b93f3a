import type { MailsView } from '../../../../server/schemas/mail.ts'
import { m } from '../../../paraglide/messages.js'

export type Mail = MailsView['mails'][number]
export type State = Mail['state']

export const mailStates = {
  waiting: { label: m.mail_waiting, icon: 'clock', tone: 'info' },
  sent: { label: m.mail_sent, icon: 'check', tone: 'good' },
  perhaps: { label: m.mail_perhaps, icon: 'alert', tone: 'warn' },
  failed: { label: m.mail_failed, icon: 'alert', tone: 'bad' },
  kept: { label: m.mail_kept, icon: 'note', tone: 'quiet' },
} as const

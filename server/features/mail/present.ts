import type { Locale } from '../../actor.ts'
import { isMessage, say } from '../../messages.ts'
import type { MailsView } from '../../schemas/programme.ts'
import type { MailRow } from './repository.ts'
import { HIDDEN } from './service.ts'

/** A mail as organisers read it; `reveal` shows its code, which only the sample does. */
export function presentMail(mail: MailRow, locale: Locale, reveal: boolean): MailsView['mails'][number] {
  const { id, to, subject, kind, state, error, createdAt, sentAt } = mail
  const body = reveal && mail.secret ? mail.body.replace(HIDDEN, mail.secret) : mail.body
  return {
    id,
    to,
    subject,
    body,
    kind,
    state,
    error: reasonOf(error, locale),
    at: (sentAt ?? createdAt).toISOString(),
  }
}

function reasonOf(error: string | null, locale: Locale): string | null {
  const key = `mail_failed_${error}`
  return error && isMessage(key) ? say(locale, key) : error
}

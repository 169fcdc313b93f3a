import type { Locale } from '../../actor.ts'
import type { MailTry } from '../../database/schema.ts'
import { isMessage, say } from '../../messages.ts'
import type { MailsView } from '../../schemas/mail.ts'
import type { MailRow } from './repository.ts'
import { HIDDEN, isResendable } from './service.ts'

/** A mail as organisers read it; `reveal` shows its code, which only the sample does. */
export function presentMail(
  mail: MailRow & { name?: string | null },
  locale: Locale,
  reveal: boolean,
): MailsView['mails'][number] {
  const { id, to, name = null, subject, kind, error, tries, nextAt, createdAt, sentAt } = mail
  return {
    ...{ id, to, name, subject, kind },
    body: reveal && mail.secret ? mail.body.replaceAll(HIDDEN, mail.secret) : mail.body,
    state: stateOf(mail),
    error: error && sentenceOf(`mail_failed_${error}`, locale),
    at: (sentAt ?? createdAt).toISOString(),
    tries: tries.map((one) => presentTry(one, locale)),
    nextAt: nextAt?.toISOString() ?? null,
    again: isResendable(mail),
  }
}

export const stateOf = ({ state }: Pick<MailRow, 'state'>) => (state === 'sending' ? 'waiting' : state)

const presentTry = ({ at, outcome, words }: MailTry, locale: Locale) => ({
  ...{ at, words },
  text: sentenceOf(`mail_try_${outcome}`, locale),
})

const sentenceOf = (key: string, locale: Locale): string => (isMessage(key) ? say(locale, key) : key)

import { createTransport, type Transporter } from 'nodemailer'
import type { Config } from '../config.ts'
import type { Database } from '../database/client.ts'
import { CODE_MINUTES } from '../features/identity/sign-in-codes.ts'
import { findMail, updateMail, type MailRow } from '../features/mail/repository.ts'
import { HIDDEN } from '../features/mail/service.ts'
import { log } from '../log.ts'
import { MAIL_ATTEMPTS, type Queue } from '../queue.ts'

const AT_ONCE = 4

/** Sends waiting mails, where there is a mail server to send them through. */
export async function workMails(
  queue: Queue,
  { config, db }: { config: Config; db: Database },
): Promise<void> {
  if (config.smtpUrl === null) return
  const transport = createTransport(config.smtpUrl)
  await queue.work(
    'mail',
    async ({ mailId }, { attempt }) => {
      const mail = await findMail(db, mailId)
      if (mail?.state === 'waiting') await deliver(db, transport, config, mail, attempt + 1 >= MAIL_ATTEMPTS)
    },
    AT_ONCE,
  )
}

async function deliver(db: Database, transport: Transporter, config: Config, mail: MailRow, last: boolean) {
  if (isStale(mail)) return updateMail(db, mail.id, { state: 'failed', error: 'late' })
  try {
    await transport.sendMail(letter(mail, config))
  } catch (error) {
    const told = causeOf(error, mail.to)
    if (!last && !isRefusal(error)) throw told
    log.warn({ err: told, mailId: mail.id, kind: mail.kind }, 'a mail was given up')
    return updateMail(db, mail.id, { state: 'failed', error: reasonOf(error) })
  }
  await updateMail(db, mail.id, { state: 'sent', sentAt: new Date() })
}

/** A mail that goes out twice, because the machine stopped in between, is still one by its id. */
const letter = (mail: MailRow, config: Config) => ({
  messageId: `<${mail.id}@${new URL(config.publicUrl).hostname}>`,
  from: config.mailFrom,
  to: { name: '', address: mail.to },
  subject: mail.subject,
  text: mail.secret ? mail.body.replace(HIDDEN, mail.secret) : mail.body,
  headers: { 'Auto-Submitted': 'auto-generated' },
})

const isStale = ({ kind, createdAt }: MailRow) =>
  kind === 'code' && Date.now() - createdAt.getTime() > CODE_MINUTES * 60_000

type SmtpError = { code?: string; responseCode?: number; response?: string; message?: string }

/** What the mail server said, without whom it was about. */
function causeOf(error: unknown, address: string): Error {
  const { code, responseCode, response, message = '' } = error as SmtpError
  const [who] = address.split('@')
  const words = [address, who].reduce((text, said) => text.replaceAll(said, '…'), response ?? message)
  const told = new Error([responseCode, words].filter(Boolean).join(' '))
  return Object.assign(told, { name: 'MailError', code, stack: '' })
}

/** A 5xx answer is final; anything else may be over the next time. */
const isRefusal = (error: unknown) => ((error as SmtpError).responseCode ?? 0) >= 500

function reasonOf(error: unknown): 'login' | 'refused' | 'unreachable' {
  const { code, responseCode } = error as SmtpError
  if (code === 'EAUTH') return 'login'
  return responseCode ? 'refused' : 'unreachable'
}
